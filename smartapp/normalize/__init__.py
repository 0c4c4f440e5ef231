"""From what EHRs send to what the criteria ask for. The original resources stay as they were: copies are changed.

The steps, in order:
 1. sanitize      usable shapes; what was odd is remarked
 2. identity      an id for each resource, one version of each, none entered in error, none of another patient
 3. references    relative references
 4. links         what Conditions say about their staging Observations, panels about their members
 5. conditions, medications, observations, coverage: canonical codings and what the words of the chart say
 6. reasons       why it was ordered, given or done
"""

from collections.abc import Callable
from dataclasses import replace

from smartapp.facts import Facts, Remark, reference_of
from smartapp.normalize import conditions, coverage, identity, links, medications, observations, reasons
from smartapp.normalize.braf import Asked
from smartapp.normalize.coding import Json
from smartapp.normalize.references import References, rewritten
from smartapp.normalize.sanitize import sanitized
from smartapp.normalize.terms import Disease, Terms

__all__ = ["Disease", "Terms", "normalize"]


def normalize(facts: Facts, terms: Terms) -> Facts:
    """Facts with the same patient's resources in one dialect; untouched resources stay the same objects."""
    remarks: list[Remark] = []
    sound = [r for raw in facts.resources if (r := sanitized(raw, remarks)) is not None]
    current = [r for r in identity.distinct(identity.named(sound)) if not identity.is_error(r)]
    own = list(identity.own(current, facts.patient_id, References(current, facts.full_urls), remarks))
    resources = _read(own, References(own, facts.full_urls), terms)
    return replace(facts, resources=tuple(resources), remarks=(*facts.remarks, *remarks))


def _read(own: list[Json], references: References, terms: Terms) -> list[Json]:
    """Each resource read in the light of the others, which are looked up as they were sent."""
    relative = [rewritten(resource, references) for resource in own]
    about = links.staged_conditions(relative)
    questions = links.inherited_questions(relative)
    readers = _readers(terms, references, about, questions)
    return [_explained(_with(readers, resource), terms, references) for resource in relative]


def _with(readers: dict[str, Callable[[Json], Json]], resource: Json) -> Json:
    reader = readers.get(resource["resourceType"])
    return reader(resource) if reader else resource


def _explained(resource: Json, terms: Terms, references: References) -> Json:
    return (
        reasons.stated(resource, terms, references) if resource["resourceType"] in reasons.TYPES else resource
    )


def _readers(
    terms: Terms, references: References, about: dict[str, str], questions: dict[str, Asked]
) -> dict[str, Callable[[Json], Json]]:
    def observation(resource: Json) -> Json:
        name = reference_of(resource)
        inherited = questions.get(name) if questions and links.may_inherit(resource) else None
        return observations.read(links.focused(resource, about.get(name)), terms, inherited)

    def medication(resource: Json) -> Json:
        return medications.identified(resource, terms, references)

    return {
        "Condition": lambda resource: conditions.read(resource, terms),
        "Observation": observation,
        "DiagnosticReport": lambda resource: observations.report(resource, terms),
        "Procedure": lambda resource: medications.procedure(resource, terms),
        "ServiceRequest": lambda resource: medications.procedure(resource, terms),
        "Coverage": lambda resource: coverage.read(resource, references),
        **dict.fromkeys(medications.TYPES, medication),
    }
