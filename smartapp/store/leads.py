"""What the link of a card leads to: the card carries an opaque appContext, the rest stays here. Sealed, kind "lead"."""

from dataclasses import asdict, dataclass
from typing import Any

from smartapp.store.vault import Vault

KIND = "lead"
_SECONDS = 7 * 24 * 3600.0
"""A card may wait in a list of tasks for days; after that the launch asks which order is meant."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lead:
    """The order that a card was about."""

    patient: str
    """The id without "Patient/"."""
    order: str
    """"MedicationRequest/id", as the hook call had it."""


def row(vault: Vault, context: str, lead: Lead) -> dict[str, Any]:
    """The row that keeps what a fresh appContext leads to."""
    return vault.fresh(KIND, context, asdict(lead), seconds=_SECONDS)


def load(vault: Vault, context: str) -> Lead | None:
    """Where an appContext leads; None: it is none of ours, or too old."""
    held = vault.get(KIND, context)
    return Lead(**held) if held else None
