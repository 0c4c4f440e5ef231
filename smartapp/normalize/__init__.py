"""From what EHRs send to what the criteria ask for, on copies: the original resources stay as they were.

The steps, in order:
 1. sanitize      usable shapes; what was odd is remarked
 2. identity      an id for each resource, one version of each, none entered in error, none of another patient
    periods       those that end before they start are remarked
 3. references    relative references
 4. links         what Conditions say about their staging Observations, panels about their members
 5. conditions, medications, observations, coverage
                  canonical codings, and what the words of the chart say
 6. reasons       why it was ordered, given or done
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from smartapp.facts import Facts, Remark
from smartapp.normalize import (
    conditions,
    coverage,
    identity,
    links,
    medications,
    observations,
    periods,
    reasons,
)
from smartapp.normalize.braf import Asked
from smartapp.normalize.coding import Json
from smartapp.normalize.readable import ELEMENTS
from smartapp.normalize.references import References, rewritten
from smartapp.normalize.sanitize import sanitized
from smartapp.normalize.terms import Disease, Terms

__all__ = ["Disease", "Terms", "normalize"]


def normalize(facts: Facts, terms: Terms) -> Facts:
    """Facts with the same patient's resources in one dialect; untouched resources stay the same objects.

    Doing it again changes nothing: readings of an earlier run are read anew.
    """
    remarks: list[Remark] = []
    sound = [r for raw in facts.resources if (r := sanitized(raw, remarks)) is not None]
    found = identity.distinct(sound)
    current = {name: resource for name, resource in found.items() if not identity.is_error(resource)}
    own = identity.own(current, facts.patient_id, References(current, facts.full_urls), remarks)
    notable = {
        name: resource
        for name, resource in own.items()
        if not _NOTABLE.isdisjoint(resource) and resource["resourceType"] in ELEMENTS
    }
    remarks += periods.reversed_in(notable.values())
    resources = tuple(_read(own, notable, References(own, facts.full_urls), terms))
    return replace(facts, resources=resources, remarks=tuple(dict.fromkeys((*facts.remarks, *remarks))))


_NOTABLE = links.ELEMENTS | periods.ELEMENTS
"""What may name another resource, a reason or a period; most resources name none but their patient."""


def _read(
    own: Mapping[str, Json], notable: Mapping[str, Json], references: References, terms: Terms
) -> Iterator[Json]:
    """Each resource read in the light of the others, which are looked up as they were sent."""
    linked = {
        name: links.placed(links.outward(rewritten(resource, references), own, terms), references, terms)
        for name, resource in notable.items()
        if not links.ELEMENTS.isdisjoint(resource)
    }
    about, questions = links.staged_conditions(linked.values()), links.inherited_questions(linked.values())
    passed = reasons.passed_on(linked.values(), references, terms)
    readers = _readers(terms, references, about, questions)
    for name, resource in own.items():
        placed = linked.get(name, resource)
        read = readers.get(resource["resourceType"], _as_it_is)(placed)
        if read is not placed or name in linked or name in passed:
            read = reasons.stated(read, terms, references, passed.get(name, ()))
        yield read


def _as_it_is(resource: Json) -> Json:
    return resource


def _readers(
    terms: Terms, references: References, about: Mapping[str, str], questions: Mapping[str, Asked]
) -> Mapping[str, Callable[[Json], Json]]:
    def observation(resource: Json) -> Json:
        name = identity.reference(resource)
        inherited = questions.get(name) if questions and links.may_inherit(resource) else None
        return observations.read(links.focused(resource, about.get(name)), terms, inherited)

    def procedure(resource: Json) -> Json:
        return medications.procedure(resource, terms, references)

    def medication(resource: Json) -> Json:
        return medications.identified(resource, terms, references)

    alone = not about and not questions
    return {
        "Condition": lambda resource: conditions.read(resource, terms),
        "Observation": (lambda resource: observations.read(resource, terms)) if alone else observation,
        "DiagnosticReport": lambda resource: observations.report(resource, terms),
        "Procedure": procedure,
        "ServiceRequest": procedure,
        "Coverage": lambda resource: coverage.read(resource, references),
        **dict.fromkeys(medications.TYPES, medication),
    }
