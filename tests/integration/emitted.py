"""What this application emits about the cases of the specification, for a validator to judge."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from claims import COVERAGE, PATIENT, PLAN
from davinci.asked import CASES, answer
from fakes_reviews import Service
from joserfc.jwk import KeySet
from spec.ask import answers, ask, catalog, noon, outcome
from spec.cases import Case

from smartapp import flow
from smartapp.ehrs.payers import Payer
from smartapp.facts import Facts, Resource, reference_of
from smartapp.outputs.dialect import Dialect
from smartapp.outputs.form.authors import Author
from smartapp.outputs.form.check import missing
from smartapp.outputs.form.names import NEW, in_row, is_repeated, numbered
from smartapp.outputs.form.read import read
from smartapp.policies.form import Item, all_items
from smartapp.reviews.claims import making
from smartapp.reviews.document import document
from smartapp.reviews.dossier import Dossier
from smartapp.reviews.response import completed
from smartapp.reviews.view import Signature
from smartapp.reviews.work import Signed, Work
from smartapp.sources import bundle as source

PDF = b"%PDF-1.7"
_TYPED = {
    "boolean": lambda _: ("", "true"),
    "choice": lambda item: (str(item.shown.options[0]["code"]),),
    "date": lambda _: ("2026-05-01",),
    "integer": lambda item: (str(item.shown.minimum or 1),),
    "open-choice": lambda _: ("C34.90, and words of explanation",),
    "string": lambda _: ("Stated",),
    "text": lambda _: ("Stated in\nmore than one line",),
}
"""What a person answers to a question of each type."""
_MOST_ROUNDS = 9
_DOCTOR = "Practitioner/hale"
_ORDERED = {
    "authoredOn": "2026-05-30",
    "requester": {"reference": _DOCTOR, "display": "Dr. Rowan Halewick"},
}
"""What a payer wants to know of an order and the cases leave out."""
_PRACTITIONER = {
    "resourceType": "Practitioner",
    "id": "hale",
    "identifier": [{"system": "http://hl7.org/fhir/sid/us-npi", "value": "1234567893"}],
    "name": [{"family": "Halewick", "given": ["Rowan"]}],
}
_NUMBER = {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/v2-0203", "code": "MR"}]}
_MRN = [{"type": _NUMBER, "system": "https://ehr.example/mrn", "value": "M1"}]
_PAYER = Payer(
    name="Example Health Plan",
    base="https://payer.example/fhir",
    client_id="c",
    keys=KeySet([]),
    identifier="https://payer.example/sid|1",
    provider="Example Cancer Center",
    provider_npi="1234567893",
)

Json = dict[str, Any]


def suggested(cards: Iterable[Mapping[str, Any]]) -> list[Json]:
    """The resources that the suggestions of cards would create."""
    actions = (action for card in cards for s in card.get("suggestions", ()) for action in s["actions"])
    return [action["resource"] for action in actions if "resource" in action]


def of_hooks(dialect: Dialect) -> list[Json]:
    """What is written on and beside the order, for every case, each once."""
    told = [given for case in CASES if (given := answer(case, dialect))]
    orders = [given.action["resource"] for given in told if given.action]
    return distinct([*orders, *(one for given in told for one in suggested(given.cards))])


def distinct(resources: Iterable[Json]) -> list[Json]:
    """The resources without copies."""
    return [*{json.dumps(one, sort_keys=True): one for one in resources}.values()]


@cache
def decided() -> list[Case]:
    """A case for each combination of outcome, answers, type of order and way to give its reason."""
    told: dict[tuple[str, ...], Case] = {}
    for case in CASES:
        found = ask(case.bundle, order=case.order, as_of=case.as_of)
        kind = str(case.order).partition("/")[0]
        reasons = [key for key in ("reasonCode", "reasonReference") if f'"{key}"' in json.dumps(case.bundle)]
        told.setdefault((outcome(found), *answers(found).values(), kind, *reasons), case)
    return [*told.values()]


def covering(resources: Iterable[Json]) -> list[Json]:
    """Those of the resources that hold something that none before them did: an element, a question, a status."""
    seen: set[str] = set()
    return [
        one for one in resources if not seen.issuperset(shown := {*_shown(one)}) and not seen.update(shown)
    ]


def _shown(node: Any, path: str = "") -> Iterator[str]:
    if isinstance(node, list):
        for inner in node:
            yield from _shown(inner, path)
    elif isinstance(node, dict):
        kind = str(node.get("resourceType", ""))
        for key, inner in node.items():
            yield from _shown(inner, f"{kind or path}.{key}")
    else:
        yield f"{path}={node}" if path.endswith((".linkId", ".status", ".url", "Boolean")) else path


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A signed review."""

    dossier: Dossier
    form: Json
    """The signed form."""
    packet: Json
    """The document that goes with it."""

    def claim(self, dialect: Dialect, **changed: Any) -> Any:
        """The case for a request to a payer."""
        return making.case(self.dossier, _PAYER, default=dialect, **changed)


def signed(case: Case, dialect: Dialect, *, everything: bool = False, number: int = 1) -> Made:
    """The review of a case, completed and signed, its order in force; `everything`: every question is answered."""
    given = source.case_of(source.read(case.bundle), match=catalog().match, order=case.order, origin="file")
    assert given.order is not None, "every case has an order"
    order = {**_ORDERED, **given.order, "status": "active"}
    chart = [order if one is given.order else one for one in given.facts.resources]
    chart = replace(given.facts, resources=tuple(chart))
    return sign(chart, order, case.as_of, dialect, everything=everything, number=number)


def sign(
    chart: Facts,
    order: Resource | None,
    day: str,
    dialect: Dialect,
    *,
    everything: bool = False,
    number: int = 1,
) -> Made:
    """The same of a chart, made complete in what a payer wants to know of people."""
    chart, policy, now = _known(chart), catalog().policies[0], noon(day)
    review = flow.review(policy, chart, order=order, now=now)
    visit = Service(chart).open(patient=chart.patient_id, user=_DOCTOR)
    work = Work(
        id="signed",
        policy=policy.name,
        patient=f"Patient/{chart.patient_id}",
        order=reference_of(order) if order else None,
        items=_answered(policy.form, review.response()["item"], everything=everything),
        removed={},
        number=number,
        typed={},
        read_at=now,
    )
    signature = Signature(who="Dr. Rowan Halewick", reference=_DOCTOR, at=now, method="signed in a test")
    form = completed(work, policy, review.facts, signature, dialect=dialect)
    work = replace(work, signed=Signed(response=form, signature=signature))
    earlier = f"DocumentReference/{number}" if number > 1 else None
    packet = document(work, signature, PDF, form="QuestionnaireResponse/1", earlier=earlier)
    return Made(dossier=Dossier(visit=visit, work=work, review=review, chart=chart), form=form, packet=packet)


def _known(chart: Facts) -> Facts:
    """The chart with the numbers of the patient and of who orders, and with a Coverage if it has none."""
    me = {"reference": f"Patient/{chart.patient_id}"}
    coverage = {**COVERAGE, "subscriber": me, "beneficiary": me}
    kept = [
        {"name": PATIENT["name"], "gender": "female", **one, "identifier": _MRN}
        if reference_of(one) == me["reference"]
        else one
        for one in chart.resources
    ]
    insured = () if chart.of_type("Coverage") else (coverage, PLAN)
    return replace(chart, resources=(*kept, *insured, _PRACTITIONER))


def _answered(
    form: tuple[Item, ...], items: list[Json], *, everything: bool
) -> tuple[Mapping[str, Any], ...]:
    """The items with what a person answers to what is required, or to all that can be answered."""
    author = Author(reference=_DOCTOR, name="Dr. Rowan Halewick")
    items = numbered(form, items)
    if everything:
        items = read(form, items, _typed(form), removed={}, by=author).items
    named = {item.link_id: item for item in all_items(form)}
    for _ in range(_MOST_ROUNDS):
        wanted = {error.field: named[error.field.rpartition("].")[2]] for error in missing(form, items)}
        if not wanted:
            break
        sent = {field: _TYPED[item.type](item) for field, item in wanted.items()}
        items = read(form, items, sent, removed={}, by=author).items
    return tuple(items)


def _typed(form: Iterable[Item], prefix: str = "") -> dict[str, tuple[str, ...]]:
    """An answer to every question, in a new row where there are rows."""
    sent: dict[str, tuple[str, ...]] = {}
    for item in form:
        if item.type == "group":
            sent |= _typed(item.items, in_row(item, NEW) if is_repeated(item) else prefix)
        elif not item.shown.read_only:
            sent[prefix + item.link_id] = _TYPED[item.type](item)
    return sent
