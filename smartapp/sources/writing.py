"""FHIR out to the EHR: a document is written once, however often it is tried, or it is said why not.

What is written carries our identifier, so that a second try finds the first one: by If-None-Exist where the
server knows it, and by looking before writing where it does not.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from requests import codes

from smartapp.errors import NotWritten, Obstacle
from smartapp.facts import Gap, Resource
from smartapp.sources import conformance, refusals, written
from smartapp.sources.asks import Ask
from smartapp.sources.capabilities import Capabilities
from smartapp.sources.chart import Server
from smartapp.sources.ehr import Reader
from smartapp.sources.exchange import Sent
from smartapp.sources.failed import FailedError
from smartapp.sources.references import resolved

_SECONDS = 20.0
_LOOK_SECONDS = 6.0
_NAMES = {"QuestionnaireResponse": "form", "DocumentReference": "document"}
_UNCERTAIN_STATUS = frozenset({408, 500, 502, 504})
_UNCERTAIN_WHY = frozenset({refusals.TOO_SLOW, refusals.NOT_THERE, refusals.BROKEN_OFF, refusals.NO_FHIR})
_OBSTACLES = {401: Obstacle.NOT_GRANTED, 403: Obstacle.NOT_GRANTED} | dict.fromkeys(
    (404, 405, 410, 501), Obstacle.NOT_SUPPORTED
)
_TEXTS = {
    Obstacle.NOT_SUPPORTED: "This EHR takes no {name} from apps{status}.",
    Obstacle.NOT_GRANTED: "The EHR did not allow the {name} to be written{status}{why}.",
    Obstacle.REFUSED: "The EHR did not accept the {name}{status}.",
    Obstacle.FAILED: "The {name} could not be written into the EHR{status}{why}. It can be tried again.",
    Obstacle.UNCERTAIN: (
        "It is not known whether the {name} arrived in the EHR{status}{why}. "
        "Please look in the chart before it is tried again."
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A document that is in the EHR."""

    reference: str | None
    """"Type/id"; None when the EHR took it and does not say under which name."""
    again: bool = False
    """It was there already, from an earlier try."""


def create(server: Server, resource: Resource, *, key: str, seconds: float = _SECONDS) -> Written:
    """The document in the EHR, written now or found there; NotWritten says why it is not.

    `key` is the document's own: the same document tried again has the same key, another document another.
    """
    resource = written.identified(resource, key)
    task = _Task(server=server, reader=server.reader(seconds), resource=resource)
    task.allow("create", "c")
    task.check()
    if found := task.look():
        return Written(reference=found, again=True)
    try:
        return task.written(
            task.reader.post(task.kind, resource, {"If-None-Exist": f"identifier={written.token(resource)}"})
        )
    except FailedError as failed:
        return task.after(failed)


def update(server: Server, resource: Resource, *, seconds: float = _SECONDS) -> Written:
    """The document in the EHR in place of the one of the same id; NotWritten says why it is not."""
    task = _Task(server=server, reader=server.reader(seconds), resource=resource)
    task.allow("update", "u")
    return task.put()


def relate(server: Server, reference: str, to: str, *, seconds: float = _SECONDS) -> Written:
    """The DocumentReference in the EHR, referring to another resource as well; NotWritten says why it does not.

    It is changed as the EHR has it now: what was added to it there stays.
    """
    kind = reference.partition("/")[0]
    task = _Task(server=server, reader=server.reader(seconds), resource={"resourceType": kind})
    task.allow("update", "u")
    try:
        found = task.reader.only(kind, reference)
        context, related = _related(found, reference)
    except FailedError as failed:
        raise _not_written(failed, kind, is_repeatable=True) from failed
    is_there = {"reference": to} in related
    if not is_there:
        context = {**context, "related": [*related, {"reference": to}]}
        replace(task, resource={**found, "context": context}).put()
    return Written(reference=reference, again=is_there)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Task:
    """One document on its way into one EHR."""

    server: Server
    reader: Reader
    resource: Resource

    @property
    def kind(self) -> str:
        return str(self.resource["resourceType"])

    @property
    def offers(self) -> Capabilities:
        return self.server.offers(self.reader)

    @property
    def can_look(self) -> bool:
        """Whether an earlier try can be found."""
        return self.offers.has(self.kind, "search-type") and self.server.granted.allows(self.kind, "s")

    def allow(self, interaction: str, letter: str) -> None:
        """NotWritten when there is no point in asking the EHR."""
        if not self.offers.has(self.kind, interaction):
            raise _obstacle(Obstacle.NOT_SUPPORTED, self.kind)
        if not self.server.granted.allows(self.kind, letter):
            raise _obstacle(Obstacle.NOT_GRANTED, self.kind, why=refusals.NO_SCOPE)

    def check(self) -> None:
        """NotWritten unless the document is valid FHIR."""
        if faults := conformance.faults(self.resource):
            raise _obstacle(Obstacle.FAILED, self.kind, why=f"it is not valid FHIR ({', '.join(faults)})")

    def put(self) -> Written:
        """The document in place of the one of the same id, in the version in which it was read."""
        self.check()
        version = (self.resource.get("meta") or {}).get("versionId")
        headers = {"If-Match": f'W/"{version}"'} if version else {}
        try:
            return self.written(self.reader.put(f"{self.kind}/{self.resource['id']}", self.resource, headers))
        except FailedError as failed:
            raise _not_written(failed, self.kind, is_repeatable=True) from failed

    def look(self, reader: Reader | None = None) -> str | None:
        """The document in the EHR that has this one's identifier; None: there is none, or no way to look."""
        if not self.can_look:
            return None
        query = written.query(self.resource, self.offers)
        found = (reader or self.reader).within(_LOOK_SECONDS).read([Ask(type=self.kind, query=query)])
        # a server may overlook the parameter: compare, never trust the search
        return next(
            (
                f"{self.kind}/{item['id']}"
                for item in found.resources
                if item["resourceType"] == self.kind and written.is_same(item, self.resource) and "id" in item
            ),
            None,
        )

    def written(self, sent: Sent) -> Written:
        """What the answer to a write says: 201 for a new resource, 200 for one that was there.

        FailedError for another answer than 201 that names nothing and is no FHIR, such as the page of a portal on the
        way: it does not say that anything was written.
        """
        # FHIR R4 "create": Location is [base]/[type]/[id]/_history/[vid]; the body may be left out
        name = resolved({"reference": sent.location}, {}) or ""
        body = sent.body if isinstance(sent.body, Mapping) else {}
        if not name.startswith(f"{self.kind}/") and body.get("resourceType") == self.kind and body.get("id"):
            name = f"{self.kind}/{body['id']}"
        if sent.status != codes.created and not sent.is_fhir and not name.startswith(f"{self.kind}/"):
            raise FailedError(Gap.FAILED, why=refusals.NO_FHIR)
        return Written(
            reference=name if name.startswith(f"{self.kind}/") else None, again=sent.status == codes.ok
        )

    def after(self, failed: FailedError) -> Written:
        """What is known after a create that was not confirmed: it may have arrived all the same."""
        if (_is_uncertain(failed) or failed.status == codes.precondition_failed) and (
            found := self.look(self.server.reader(_LOOK_SECONDS))
        ):
            return Written(reference=found, again=True)
        repeatable = self.can_look or self.offers.creates_once(self.kind)
        raise _not_written(failed, self.kind, is_repeatable=repeatable) from failed


def _related(found: Resource, reference: str) -> tuple[Mapping[str, Any], list[Any]]:
    """The context of a document, and what it refers to there; FailedError where it is another document, or odd."""
    context = found.get("context") or {}
    related = (context.get("related") or []) if isinstance(context, dict) else None
    if f"{found['resourceType']}/{found.get('id')}" != reference or not isinstance(related, list):
        raise FailedError(Gap.FAILED, why=refusals.SOMETHING_ELSE)
    return context, related


def _is_uncertain(failed: FailedError) -> bool:
    """Whether a write may have been carried out although its answer is missing."""
    return failed.status in _UNCERTAIN_STATUS or (failed.status is None and failed.why in _UNCERTAIN_WHY)


def _not_written(failed: FailedError, kind: str, *, is_repeatable: bool) -> NotWritten:
    """Why a write did not succeed; one that can be looked for, or that the EHR makes once, may be repeated."""
    if _is_uncertain(failed):
        obstacle = Obstacle.FAILED if is_repeatable else Obstacle.UNCERTAIN
    elif failed.status in (None, 429, 503):
        obstacle = Obstacle.FAILED
    else:
        obstacle = _OBSTACLES.get(failed.status, Obstacle.REFUSED)
    return _obstacle(obstacle, kind, status=failed.status, code=failed.code, why=failed.why)


def _obstacle(
    obstacle: Obstacle, kind: str, *, status: int | None = None, code: str = "", why: str = ""
) -> NotWritten:
    numbers = ", ".join(text for text in (str(status or ""), code) if text)
    text = _TEXTS[obstacle].format(
        name=_NAMES.get(kind, kind),
        status=f" ({numbers})" if numbers else "",
        why=f": {why}" if why else "",
    )
    return NotWritten(text, obstacle=obstacle)
