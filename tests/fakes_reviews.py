"""A small service of reviews for tests: an EHR whose chart and whose answers to writing the test chooses."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from html.parser import HTMLParser
from typing import Any

from flask import Flask

from smartapp.errors import NotWritten, Obstacle
from smartapp.facts import Facts
from smartapp.outputs.dialect import Dialect
from smartapp.outputs.form.authors import Author
from smartapp.policies import Catalog, Policy, load_catalog
from smartapp.reviews.answering import Form
from smartapp.reviews.reading import Reading
from smartapp.reviews.reviews import Reviews
from smartapp.reviews.visits import Visit
from smartapp.store import Store
from smartapp.store.launches import Launch
from smartapp.web import headers, pages, problems, reviews
from smartapp.web.metrics import Metrics
from smartapp.web.reviews.desk import Desk
from smartapp.web.sessions import Sessions

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
DOCTOR = Author(reference="Practitioner/d1", name="Dr. Ada Example")
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
ISS = "https://ehr.example/fhir"


@cache
def catalog() -> Catalog:
    return load_catalog()


def policy() -> Policy:
    return catalog().policies[0]


PATIENT = {
    "resourceType": "Patient",
    "id": "p",
    "birthDate": "1960-05-04",
    "gender": "female",
    "name": [{"given": ["Ann"], "family": "Example"}],
}
ORDER = {
    "resourceType": "MedicationRequest",
    "id": "o1",
    "status": "draft",
    "intent": "order",
    "subject": {"reference": "Patient/p"},
    "authoredOn": "2026-05-30",
    "medicationCodeableConcept": {"text": "lifileucel"},
    "requester": {"display": "Dr. Ada Example"},
}
MELANOMA = {
    "resourceType": "Condition",
    "id": "c1",
    "subject": {"reference": "Patient/p"},
    "clinicalStatus": {"coding": [{"code": "active"}]},
    "code": {
        "coding": [
            {
                "system": "http://hl7.org/fhir/sid/icd-10-cm",
                "code": "C43.59",
                "display": "Malignant melanoma of other part of trunk",
            }
        ]
    },
}


def given(drug: str, code: str, day: str, ident: str) -> dict[str, Any]:
    return {
        "resourceType": "MedicationAdministration",
        "id": ident,
        "status": "completed",
        "subject": {"reference": "Patient/p"},
        "medicationCodeableConcept": {"coding": [{"system": RXNORM, "code": code, "display": drug}]},
        "effectiveDateTime": day,
    }


NIVOLUMAB = given("nivolumab", "1597876", "2024-03-01", "a1")
PEMBROLIZUMAB = given("pembrolizumab", "1547545", "2025-01-01", "a3")
CHART = (PATIENT, ORDER, MELANOMA, NIVOLUMAB, PEMBROLIZUMAB)
"""Melanoma and anti-PD-1 are on record; whether it is advanced, and BRAF, are not."""
COMPLETE = {
    "unresectable": ("true",),
    "unresectable.why": ("Encases the vessels",),
    "metastatic": ("false",),
    "braf.status": ("v600-not-detected",),
    "attest.statement": ("", "true"),
    "attest.name": ("Dr. Ada Example",),
    "attest.date": ("2026-06-01",),
}
"""What completes the form of that chart."""


def facts(*resources: dict[str, Any]) -> Facts:
    return Facts(patient_id="p", resources=resources or CHART)


def launch(**other: Any) -> Launch:
    known = {
        "id": "launch-1",
        "session": "session-1",
        "iss": ISS,
        "patient": "p",
        "user": DOCTOR.reference,
        "user_name": DOCTOR.name,
    }
    return Launch(**{**known, **other})


@dataclass
class FakeWriter:
    """An EHR that takes what it is given, once by key, unless it is told to refuse."""

    refuses: bool = False
    says: str = "The EHR did not answer in time."
    obstacle: Obstacle = Obstacle.FAILED
    updates: bool = False
    is_late: bool = False
    """Whether an update goes unanswered."""
    taken: dict[str, Any] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    related: list[tuple[str, str]] = field(default_factory=list)
    refuses_type: str = ""

    def create(self, resource: Any, *, key: str) -> str:
        self.asked.append(key)
        if self.refuses or resource["resourceType"] == self.refuses_type:
            raise NotWritten(self.says, obstacle=self.obstacle)
        self.taken.setdefault(key, resource)
        return f"{resource['resourceType']}/{list(self.taken).index(key) + 1}"

    def update(self, resource: Any, *, key: str) -> str:
        if self.is_late:
            raise NotWritten("The EHR did not answer in time.", obstacle=Obstacle.FAILED)
        if not self.updates:
            raise NotWritten("This EHR changes nothing.", obstacle=Obstacle.NOT_SUPPORTED)
        self.taken[key] = resource
        return f"{resource['resourceType']}/{resource['id']}"

    def relate(self, reference: str, to: str) -> str:
        self.related.append((reference, to))
        if self.is_late:
            raise NotWritten("The EHR did not answer in time.", obstacle=Obstacle.FAILED)
        if not self.updates:
            raise NotWritten("This EHR changes nothing.", obstacle=Obstacle.NOT_SUPPORTED)
        return reference


@dataclass
class Clock:
    at: datetime = NOW

    def __call__(self) -> datetime:
        return self.at


class Service:
    """Reviews as a launch finds them, without HTTP."""

    def __init__(self, chart: Facts | None = None, *, dialect: Dialect = Dialect.V2_0) -> None:
        self.clock = Clock()
        self.store = Store("sqlite://", clock=self.clock)
        self.reviews = Reviews(catalog=catalog(), store=self.store, clock=self.clock, dialect=dialect)
        self.chart = chart or facts()

    def open(self, *, session: str = "session-1", **known: Any) -> Visit:
        visit = self.reviews.visits.begin(
            **{
                "launch": "launch-1",
                "session": session,
                "iss": ISS,
                "ehr_name": "Practice EHR",
                "patient": "p",
                "encounter": None,
                "user": DOCTOR.reference,
                "user_name": DOCTOR.name,
                "banner": True,
                "open": False,
                "began_at": self.clock(),
                **known,
            }
        )
        return self.reviews.arrived(visit, self.chart)

    def form(
        self, visit: Visit, sent: dict[str, tuple[str, ...]], *, token: str, revision: int | None = None
    ) -> Form:
        shown = self.reviews.view(visit).version if revision is None else revision
        return Form(sent=sent, revision=shown, token=token, by=visit.author)


def items_of(response: Any) -> list[dict[str, Any]]:
    """Every item, at any depth."""
    found = []
    for item in response.get("item", ()):
        found += [item, *items_of(item)]
    return found


def answers_of(response: Any, link_id: str) -> list[dict[str, Any]]:
    return [a for item in items_of(response) if item["linkId"] == link_id for a in item.get("answer", ())]


@dataclass
class Site:
    """The pages under test, and what stands behind them."""

    app: Flask
    desk: Desk
    store: Store
    writer: FakeWriter
    clock: Clock
    launches: dict[str, Launch]
    users: dict[str, Any]
    """Of the launches that come: what is otherwise about their user."""
    chart: list[Callable[[Launch], Facts]]


def site(chart: Callable[[Launch], Facts] = lambda _: facts(), *, later: Any = None, **user: Any) -> Site:
    """The service with a chart that is read at once, unless `later` says when; `user` is who launches."""
    clock, writer = Clock(), FakeWriter()
    store = Store("sqlite://", clock=clock)
    read, launches = [chart], {}
    app = Flask("smartapp", static_folder=None)
    sessions = Sessions(store.vault, seconds=3600)
    sessions.register(app)
    kept = Reviews(catalog=catalog(), store=store, clock=clock)
    desk = Desk(
        reviews=kept,
        reading=Reading(
            kept,
            chart=lambda one, _: read[0](one),  # a test may change it
            later=later or (lambda work: work()),
        ),
        sessions=sessions,
        launch=launches.get,
        writer=lambda _: writer,
        ehr_name=lambda _: "Practice EHR",
        clock=clock,
    )
    app.register_blueprint(pages.blueprint())
    app.register_blueprint(reviews.blueprint(lambda: desk))
    headers.register(app, origins=())
    problems.register(app, Metrics())

    @app.get("/begin/<name>")
    def begin(name: str) -> str:
        one = launch(id=name, session=sessions.begin(), **user)
        launches[name] = one
        return desk.open(one)

    return Site(
        app=app, desk=desk, store=store, writer=writer, clock=clock, launches=launches, users=user, chart=read
    )


class _Fields(HTMLParser):
    """What a browser would send of the page's form."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: dict[str, list[str]] = {}
        self._inside, self._select, self._area = False, "", ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "form":
            self._inside = "answers" in (given.get("class") or "").split()
        name = given.get("name")
        if not self._inside:
            return
        if tag == "input" and name and given.get("type") != "submit":
            if given.get("type") not in ("radio", "checkbox") or "checked" in given:
                self.sent.setdefault(name, []).append(given.get("value") or "")
        elif tag == "select" and name:
            self._select = name
        elif tag == "option" and self._select and "selected" in given:
            self.sent.setdefault(self._select, []).append(given.get("value") or "")
        elif tag == "textarea" and name:
            self._area = name
            self.sent[name] = [""]

    def handle_data(self, data: str) -> None:
        if self._area:
            self.sent[self._area] = [self.sent[self._area][0] + data]

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self._select = ""
        elif tag == "textarea":
            self.sent[self._area] = [self.sent[self._area][0].removeprefix("\n").replace("\n", "\r\n")]
            self._area = ""
        elif tag == "form":
            self._inside = False


def fields(html: str) -> dict[str, list[str]]:
    """The fields of the page's form as a browser sends them when nothing is edited."""
    parser = _Fields()
    parser.feed(html)
    return parser.sent


def edited(html: str, **changes: Sequence[str] | str) -> dict[str, Any]:
    """The same with some fields edited; names are given with "_" for "."."""
    named = {name.replace("__", "."): value for name, value in changes.items()}
    return {**fields(html), **named}
