"""The patients of an open test server, to choose one from: there is no launch that names one."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from smartapp.errors import Unreachable
from smartapp.facts import Resource
from smartapp.sources.chart import Server
from smartapp.sources.ehr import Reader
from smartapp.sources.entries import Contents, contents
from smartapp.sources.failed import FailedError
from smartapp.sources.granted import EVERYTHING
from smartapp.sources.refusals import refusal

_MOST = 20
_SECONDS = 10.0
_DAY = re.compile(r"\d{4}(?:-\d{2}(?:-\d{2})?)?")
_ID = re.compile(r"[A-Za-z0-9.-]{1,64}")
_BEST_NAMES = ("official", "usual")


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientLine:
    """What tells one patient from another in a list."""

    id: str
    name: str
    birth_date: str | None
    gender: str | None


def patients(server: Server, *, text: str = "", seconds: float = _SECONDS) -> tuple[PatientLine, ...]:
    """The patients whose name, birth date or id is `text`, 20 at most; with none, whichever come first.

    For open servers only: a launch has its one patient. Unreachable says why there is no list.
    """
    if server.access.token() is not None or server.granted is not EVERYTHING:
        raise Unreachable("Patients can be looked for on an open test server only.")
    reader = server.reader(seconds)
    lines: dict[str, PatientLine] = {}
    if _ID.fullmatch(text) and any(c.isdigit() for c in text):
        lines |= _by_id(server, text)
    given = _first_page(reader, _query(text.strip()))
    found = (item for item in given.resources if item["resourceType"] == "Patient")
    lines |= {str(item["id"]): _line(item) for item in found if isinstance(item.get("id"), str)}
    if given.unread and not lines:
        raise Unreachable(given.unread[0].text)
    return tuple(lines.values())[:_MOST]


def _first_page(reader: Reader, query: str) -> Contents:
    """What the server gives first; in `unread` why that is not all."""
    try:
        page = reader.only("Bundle", query)
    except FailedError as failed:
        return Contents(
            full_urls={}, unread=(refusal("Patient", failed.gap, status=failed.status, why=failed.why),)
        )
    return contents(page, about="Patient")


def _by_id(server: Server, text: str) -> dict[str, PatientLine]:
    try:
        found = server.read(f"Patient/{text}")
    except Unreachable:
        return {}
    return {text: _line(found)} if found.get("id") == text else {}


def _query(text: str) -> str:
    if not text:
        return f"Patient?_count={_MOST}"
    name = "birthdate" if _DAY.fullmatch(text) else "name"
    return f"Patient?{name}={quote(text, safe='')}&_count={_MOST}"


def _line(patient: Resource) -> PatientLine:
    return PatientLine(
        id=str(patient.get("id")),
        name=_name(patient) or "(no name)",
        birth_date=_text(patient.get("birthDate")),
        gender=_text(patient.get("gender")),
    )


def _name(patient: Resource) -> str:
    names = list(_dicts(patient.get("name")))
    best = next((item for use in _BEST_NAMES for item in names if item.get("use") == use), None)
    name = best or (names[0] if names else {})
    given = name.get("given")
    parts = [*(given if isinstance(given, list) else ()), name.get("family")]
    return _text(name.get("text")) or " ".join(str(part) for part in parts if part)


def _dicts(value: Any) -> Iterator[Mapping[str, Any]]:
    return (item for item in (value if isinstance(value, list) else ()) if isinstance(item, dict))


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None
