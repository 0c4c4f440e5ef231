"""What apps asked the FHIR server for, kept for the screen: the last requests about each patient."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

_KEPT = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request and the status of its answer."""

    at: datetime
    method: str
    address: str
    """Type, id and query, below the FHIR base."""
    status: int
    patient: str


class Traffic:
    """The last requests, of all patients together."""

    def __init__(self) -> None:
        self._held: deque[Request] = deque(maxlen=_KEPT)

    def note(self, request: Request) -> None:
        """Remember a request."""
        self._held.append(request)

    def forget(self, patient: str) -> None:
        """As if nobody had asked about a patient."""
        for request in list(self.about(patient)):
            self._held.remove(request)

    def about(self, patient: str) -> Iterator[Request]:
        """The requests about a patient, newest first."""
        return (request for request in reversed(list(self._held)) if request.patient == patient)
