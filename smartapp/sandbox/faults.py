"""Misbehaviour on demand: what an EHR does wrong, for a path and a patient, now or a number of times."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from itertools import count
from threading import RLock
from typing import Any

from flask import Response

from smartapp.errors import BadInput
from smartapp.sandbox.fhir.refusals import outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One kind of misbehaviour, where it happens and how often."""

    kind: str
    path: str = "/fhir"
    """The beginning of the paths, such as /fhir/Observation or /auth/token."""
    patient: str | None = None
    """Only for requests about this patient."""
    times: int | None = None
    """How often it still happens; None: until it is removed."""
    seconds: float = 5.0
    """How long slow takes, or Retry-After tells to wait."""
    id: int = 0
    standing: bool = False
    """Whether it belongs to the patient's story and stays when faults are cleared."""

    def concerns(self, path: str, patient: str | None) -> bool:
        """Whether a request is one that it happens to."""
        here = path == self.path or path.startswith((f"{self.path}/", f"{self.path}?"))
        return here and self.patient in (None, patient)


KINDS: Mapping[str, str] = {
    "slow": "answer slowly",
    "unauthorized": "401, as if the token had expired",
    "forbidden": "403, as if the scope were missing",
    "busy": "429 with Retry-After",
    "failing": "500",
    "broken": "JSON that breaks off",
    "html": "an HTML page instead of JSON",
    "missing-page": "404 on every page but the first",
    "no-refresh": "no refresh token",
}
"""What can be asked for, in words."""


class Faults:
    """What goes wrong at the moment."""

    def __init__(
        self, standing: tuple[Fault, ...] = (), *, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._sleep = sleep
        self._lock = RLock()
        self._numbers = count(1)
        self._active: dict[int, Fault] = {}
        self._standing = tuple(replace(fault, standing=True) for fault in standing)
        for fault in self._standing:
            self.add(fault)

    def add(self, fault: Fault) -> Fault:
        """The fault with its number, from now on."""
        if fault.kind not in KINDS:
            raise BadInput(f"There is no fault '{fault.kind}'; there are {', '.join(KINDS)}.")
        path = "/auth/token" if fault.kind == "no-refresh" else fault.path
        with self._lock:
            known = replace(fault, path=path, id=next(self._numbers))
            self._active[known.id] = known
            return known

    def remove(self, number: int) -> None:
        """End one."""
        self._active.pop(number, None)

    def clear(self) -> None:
        """End all but those of the patients' stories."""
        with self._lock:
            self._active = {number: fault for number, fault in self._active.items() if fault.standing}

    def restore(self, patient: str) -> None:
        """Leave of the faults of one patient those that belong to the story."""
        with self._lock:
            self._active = {n: fault for n, fault in self._active.items() if fault.patient != patient}
            for fault in self._standing:
                if fault.patient == patient:
                    self.add(fault)

    @property
    def active(self) -> tuple[Fault, ...]:
        """What goes wrong now."""
        return tuple(self._active.values())

    def take(self, path: str, patient: str | None, *kinds: str) -> Fault | None:
        """The first fault of these kinds for a request, counted as having happened."""
        with self._lock:
            for number, fault in self._active.items():
                if fault.kind in kinds and fault.concerns(path, patient):
                    self._count(number, fault)
                    return fault
        return None

    def instead(self, path: str, patient: str | None, *, is_later_page: bool) -> Response | None:
        """The wrong answer to give instead of the right one; waits when slow is asked for."""
        if slow := self.take(path, patient, "slow"):
            self._sleep(slow.seconds)
        if is_later_page and self.take(path, patient, "missing-page"):
            return _json(404, outcome("The page is not here any more.", code="not-found"))
        fault = self.take(path, patient, *_ANSWERS)
        return _ANSWERS[fault.kind](fault) if fault else None

    def _count(self, number: int, fault: Fault) -> None:
        if fault.times is None:
            return
        if fault.times <= 1:
            del self._active[number]
        else:
            self._active[number] = replace(fault, times=fault.times - 1)


def read(given: Any) -> Fault:
    """The fault in a control request: kind, and where wanted path, patient, times, seconds; else BadInput."""
    known: Mapping[str, type | tuple[type, ...]] = {
        "kind": str,
        "path": str,
        "patient": str,
        "times": int,
        "seconds": (int, float),
    }
    if not isinstance(given, dict) or "kind" not in given:
        raise BadInput("A fault is an object with 'kind'.")
    for name, value in given.items():
        if name not in known or not isinstance(value, known[name]):
            raise BadInput(f"A fault has no '{name}' like this.")
    return Fault(**given)


def _json(status: int, body: Mapping[str, Any], **headers: str) -> Response:
    from flask import json  # noqa: PLC0415

    answer = Response(json.dumps(body), status, mimetype="application/fhir+json")
    answer.headers.update({name.replace("_", "-"): value for name, value in headers.items()})
    return answer


def _unauthorized(_: Fault) -> Response:
    body = outcome("The access token has expired.", code="expired")
    return _json(401, body, WWW_Authenticate='Bearer error="invalid_token"')


def _forbidden(_: Fault) -> Response:
    return _json(403, outcome("You may not read this type.", code="forbidden"))


def _busy(fault: Fault) -> Response:
    return _json(429, outcome("Too many requests.", code="throttled"), Retry_After=f"{fault.seconds:.0f}")


def _failing(_: Fault) -> Response:
    return _json(500, outcome("Something failed here.", code="exception"))


def _broken(_: Fault) -> Response:
    return Response(
        '{"resourceType": "Bundle", "type": "searchset", "entry": [{"resour', mimetype="application/fhir+json"
    )


def _html(_: Fault) -> Response:
    return Response("<!doctype html><title>Maintenance</title><p>Back soon.", mimetype="text/html")


_ANSWERS: Mapping[str, Callable[[Fault], Response]] = {
    "unauthorized": _unauthorized,
    "forbidden": _forbidden,
    "busy": _busy,
    "failing": _failing,
    "broken": _broken,
    "html": _html,
}
