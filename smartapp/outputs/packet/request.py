"""What is asked, for whom and by whom: the order and the answers that a reviewer files the packet by."""

from collections.abc import Mapping
from typing import Any

from smartapp.determination import Determination
from smartapp.evidence import date_of, text_of
from smartapp.facts import Facts
from smartapp.outputs.form.answers import all_answers
from smartapp.outputs.packet import answers
from smartapp.outputs.packet.sources import Sources
from smartapp.outputs.wording import cut
from smartapp.policies import Policy
from smartapp.policies.form import all_items

_LETTERS = 120
"""Characters of a value on the first page; the answers have it whole."""
_LABELS = (
    ("Diagnosis", "dx.code"),
    ("Member ID", "member.number"),
    ("Plan", "member.plan"),
    ("Requesting oncologist", "provider.name"),
    ("NPI", "provider.npi"),
    ("Treatment centre", "facility.name"),
    ("Planned date", "facility.date"),
)
"""Labels with the linkId of the answer; those that a policy's form does not have are left out."""


def told(
    policy: Policy,
    determination: Determination,
    facts: Facts,
    response: Mapping[str, Any],
    sources: Sources,
) -> list[tuple[str, str]]:
    """Label and value of each; what the form does not say is said to be not given."""
    known = {item.link_id: item for item in all_items(policy.form)}
    held = ((link, found) for link, found in all_answers(response.get("item", ())) if link in known)
    given = {link: answers.told(known[link], found) for link, found in held}
    shown = [
        (label, cut(given.get(link) or "not given", _LETTERS)) for label, link in _LABELS if link in known
    ]
    return [("Therapy", policy.therapy), ("Order", _order(determination, facts, sources)), *shown]


def _order(determination: Determination, facts: Facts, sources: Sources) -> str:
    if determination.order is None:
        return "none; asked as if the therapy were ordered"
    order = facts.find(determination.order)
    if order is None:
        return determination.order
    parts = (
        text_of(order),
        str(order.get("status") or ""),
        date_of(order),
        sources.cite([determination.order]),
    )
    return cut(", ".join(part for part in parts if part), _LETTERS)
