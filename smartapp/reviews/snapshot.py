"""A chart as it was read, kept so that a review can be shown again without reading it again."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from smartapp.facts import Facts, Gap, Remark, Unread


def to_json(facts: Facts) -> dict[str, Any]:
    """The facts as JSON."""
    return {
        "patient_id": facts.patient_id,
        "resources": list(facts.resources),
        "unread": [asdict(unread) for unread in facts.unread],
        "remarks": [asdict(remark) for remark in facts.remarks],
        "origins": dict(facts.origins),
        "full_urls": dict(facts.full_urls),
    }


def from_json(held: Mapping[str, Any]) -> Facts:
    """The facts that JSON holds."""
    return Facts(
        patient_id=held["patient_id"],
        resources=tuple(held["resources"]),
        unread=tuple(Unread(**{**unread, "gap": Gap(unread["gap"])}) for unread in held["unread"]),
        remarks=tuple(Remark(**remark) for remark in held["remarks"]),
        origins=held["origins"],
        full_urls=held["full_urls"],
    )
