"""What a launch is about: the order that the EHR named, else the orders that wait in the chart."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from smartapp.facts import Facts, Resource, is_forbidden, reference_of
from smartapp.sources import orders
from smartapp.sources.addresses import OutsideError, within
from smartapp.sources.bundle import Case, M, Match
from smartapp.sources.references import resolved, subject_of

_FORMS = ("QuestionnaireResponse",)
_CONTEXT = "http://hl7.org/fhir/us/davinci-dtr/StructureDefinition/qr-context"
_URGENCY = ("draft", "active", "on-hold")
FhirContext = Iterable[Mapping[str, Any]]
"""SMART App Launch 2.2 "fhirContext": each item refers to something the launch is about."""


def named(fhir_context: FhirContext, *, base: str) -> tuple[str, ...]:
    """The orders ("Type/id") that a fhirContext refers to, of this server only."""
    return _references(fhir_context, base, orders.TYPES)


def forms(fhir_context: FhirContext, *, base: str) -> tuple[str, ...]:
    """The forms ("QuestionnaireResponse/id") that a fhirContext refers to: those to go on with."""
    return _references(fhir_context, base, _FORMS)


def _references(fhir_context: FhirContext, base: str, types: Collection[str]) -> tuple[str, ...]:
    found = (_own(item.get("reference"), base, types) for item in fhir_context if isinstance(item, Mapping))
    return tuple(dict.fromkeys(name for name in found if name))


def cases(
    facts: Facts, *, match: Match[M], fhir_context: FhirContext = (), base: str = ""
) -> tuple[Case[M], ...]:
    """The cases that a launch may be about, the likeliest first; never empty.

    An order that the EHR named, or the one of a form that it named to go on with, is the one, whether a policy
    covers it or not (`match` is then None). Else
    each waiting order that a policy covers: drafts first, the newest first. Else one case without an order:
    ask as if the product were ordered.
    """
    names = (*named(fhir_context, base=base), *_of_forms(facts, fhir_context, base))
    orders_asked = tuple(_named_orders(facts, tuple(dict.fromkeys(names)))) or _waiting(facts, match)
    if not orders_asked:
        return (Case(facts=facts, order=None, match=None),)
    return tuple(Case(facts=facts, order=order, match=_match(order, facts, match)) for order in orders_asked)


def _own(reference: Any, base: str, types: Collection[str]) -> str | None:
    """The "Type/id" of a reference to a resource of these types below the base."""
    if not isinstance(reference, str):
        return None
    try:
        within(base, reference)
    except OutsideError:
        return None
    name = resolved({"reference": reference}, {}) or ""
    return name if name.partition("/")[0] in types else None


def _of_forms(facts: Facts, fhir_context: FhirContext, base: str) -> Iterator[str]:
    """The orders of the forms that were named: DTR names a form in progress by itself, its order is in it."""
    for form in filter(None, map(facts.find, forms(fhir_context, base=base))):
        yield from orders_of(form, facts.full_urls)


def orders_of(form: Resource, full_urls: Mapping[str, str]) -> Iterator[str]:
    """The orders ("Type/id") that a QuestionnaireResponse says it is for."""
    extensions = form.get("extension")
    for extension in extensions if isinstance(extensions, list) else ():
        if isinstance(extension, dict) and extension.get("url") == _CONTEXT:
            name = resolved(extension.get("valueReference"), full_urls) or ""
            if name.partition("/")[0] in orders.TYPES:
                yield name


def _named_orders(facts: Facts, names: tuple[str, ...]) -> Iterator[Resource]:
    for order in filter(None, map(facts.find, names)):
        if not is_forbidden(order) and _is_own(order, facts):
            yield order


def _waiting(facts: Facts, match: Match[M]) -> tuple[Resource, ...]:
    found = {
        reference_of(order): order
        for order in facts.of_type(*orders.TYPES)
        if orders.is_open(order) and _is_own(order, facts) and _match(order, facts, match) is not None
    }
    newest = sorted(found.values(), key=lambda order: str(order.get("authoredOn", "")), reverse=True)
    return tuple(sorted(newest, key=lambda order: _URGENCY.index(order["status"])))


def _is_own(order: Resource, facts: Facts) -> bool:
    return subject_of(order, facts.full_urls) in {facts.patient_id, None}


def _match(order: Resource, facts: Facts, match: Match[M]) -> M | None:
    known = orders.medications(facts.resources)
    return match(orders.with_medication(order, known, facts.full_urls))
