"""One patient in our engine and in another: where they differ, define by define."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from differential.oracle import LIBRARIES, Engine, job
from spec import fhir
from spec.ask import POLICY, catalog, noon

from smartapp.elm import DefineError, Evaluation
from smartapp.elm.code import Code
from smartapp.flow import Review, review
from smartapp.planned import planned_date
from smartapp.sources import bundle as source


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A record as both engines see it: what our normaliser made of it, and what is asked."""

    id: str
    resources: tuple[Any, ...]
    parameters: Mapping[str, Any]
    now: datetime
    ours: Mapping[str, Evaluation]


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A define whose values differ."""

    record: str
    library: str
    define: str
    ours: Any
    theirs: Any
    born: str
    planned: str


def prepared(name: str, resources: list[Any], *, order: str | None, as_of: str) -> Record:
    """A record, read and normalised; BadInput where it cannot be used."""
    whole = source.read(fhir.bundle(resources))
    given = source.case_of(whole, match=catalog().match, order=order, origin="file")
    policy = catalog().policy(POLICY)
    assert policy is not None
    now = noon(as_of)
    seen = review(policy, given.facts, order=given.order, now=now)
    parameters = _parameters(seen)
    ours = {name: seen.run.also(name) for name in LIBRARIES}
    return Record(id=name, resources=seen.facts.resources, parameters=parameters, now=now, ours=ours)


def differences(record: Record, other: Engine) -> list[Difference]:
    """Every define of our libraries that the engines answer differently."""
    asked = job(record.resources, record.parameters, f"{record.now:%Y-%m-%dT%H:%M:%S}.000+00:00")
    answered = other.ask(asked)
    return [found for name in LIBRARIES for found in _differing(record, name, answered[name])]


def _differing(record: Record, library: str, theirs: Mapping[str, Any]) -> Iterator[Difference]:
    run = record.ours[library]
    for define in run.names:
        mine, other = _ours(run, define), _theirs(theirs, define)
        if mine != other:
            yield Difference(
                record=record.id,
                library=library,
                define=define,
                ours=mine,
                theirs=other,
                born=_born(record),
                planned=str(record.parameters["Planned Date"]),
            )


def _born(record: Record) -> str:
    return next((str(r.get("birthDate")) for r in record.resources if r["resourceType"] == "Patient"), "")


def _ours(run: Evaluation, define: str) -> Any:
    try:
        return _plain(run.value(define))
    except DefineError as error:
        return {"error": error.why}


def _theirs(answer: Mapping[str, Any], define: str) -> Any:
    errors = answer["errors"]
    return {"error": errors[define]} if define in errors else answer["values"].get(define)


def _plain(value: Any) -> Any:
    """A value of our engine as driver.mjs and Plain.java write those of the others."""
    if isinstance(value, Mapping):
        kind = value.get("resourceType")
        return f"{kind}/{value.get('id')}" if kind else {k: _plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, Code):
        return "|".join("null" if part is None else part for part in (value.system, value.code))
    if isinstance(value, Decimal):
        return float(value)
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)


def _parameters(seen: Review) -> dict[str, Any]:
    order = seen.order
    return {
        "Planned Date": planned_date(order, seen.now),
        "As Of": seen.now.date().isoformat(),
        "Order": seen.determination.order,
        "Unread": sorted({unread.type for unread in seen.facts.unread}),
    }
