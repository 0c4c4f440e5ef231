"""Which orders of a hook call a policy covers; one that cannot be understood is never passed over in silence."""

from collections.abc import Callable, Mapping
from typing import Any

from smartapp.errors import PrefetchMissing
from smartapp.facts import Remark, Resource
from smartapp.sources import orders, prefetch
from smartapp.sources.asks import Ask, Source
from smartapp.sources.entries import merged
from smartapp.sources.references import resolved
from smartapp.web.calls import Call

_UNCLEAR = Remark(
    code="other-order-unclear",
    text="The medication of another order of this call could not be read: that order was not looked at.",
)


def covered_orders(
    call: Call, match: Callable[[Resource], Any | None], reader: Source | None
) -> tuple[list[tuple[Resource, Any]], tuple[Remark, ...]]:
    """The orders that a policy covers, each with what covers it; a remark where another's medication is unreadable.

    PrefetchMissing where none is covered and a medication cannot be read.
    """
    given = merged((call.drafts, prefetch.also_sent(call.prefetch)))
    known = dict(orders.medications(given.resources))
    found, unclear = [], 0
    for order in filter(orders.is_waiting, call.orders):
        _learn_medication(order, known, given.full_urls, reader)
        whole = orders.with_medication(order, known, given.full_urls)
        covering = match(whole)
        if covering is not None:
            found.append((order, covering))
        elif orders.is_unreadable(whole):
            unclear += 1
    if unclear and not found:
        raise PrefetchMissing("What an order gives as its medication was neither sent nor readable.")
    return found, (_UNCLEAR,) if unclear else ()


def _learn_medication(
    order: Resource, known: dict[str, Resource], full_urls: Mapping[str, str], reader: Source | None
) -> None:
    """Read the Medication of an order that says nothing else about what it orders, where it can be read."""
    reference = order.get("medicationReference", {})
    name = resolved(reference, full_urls)
    if reader is None or name is None or name in known or reference.get("display"):
        return
    known |= orders.medications(reader.read([Ask(type="Medication", query=name)]).resources)
