"""What a launch is about, from the EHR's screen to the token response."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """The user, the patient and what else an app is told about where it was launched."""

    user: str
    """The id of the Practitioner."""
    patient: str | None = None
    encounter: str | None = None
    order: str | None = None
    """The reference of the order that the launch is about."""
    app_context: str | None = None
    """What the SMART link of a card carried."""
    framed: bool = False
    """Whether the app runs in the EHR's frame, below the EHR's own patient banner."""
    coverage: str | None = None
    intent: str | None = None

    def told(self, scopes: frozenset[str], *, tenant: str) -> dict[str, Any]:
        """The context parameters of a token response (SMART App Launch 2.2 "Launch context arrives")."""
        if not scopes & {"launch", "launch/patient", "launch/encounter"}:
            return {}
        told: Mapping[str, Any] = {
            "patient": self.patient,
            "encounter": self.encounter,
            "fhirContext": [{"reference": name} for name in (self.order, self.coverage) if name],
            "appContext": self.app_context,
            "intent": self.intent,
        }
        present = {name: value for name, value in told.items() if value}
        return {**present, "need_patient_banner": not self.framed, "tenant": tenant}
