"""The system scopes of SMART: what was asked for, what is granted of it, and whether it allows a request."""

import re
from collections.abc import Iterable, Mapping

from smartapp.ehrs.clients import SCOPES

# DTR 2.2.0 writes the types in small letters, SMART App Launch 2.2 as FHIR does: both are understood
_SCOPE = re.compile(r"system/(?P<type>[A-Za-z]+|\*)\.(?P<right>cruds|c?r?u?d?s?|read|write|\*)")
_RIGHTS: Mapping[str, str] = {"read": "rs", "write": "cud", "*": "cruds"}
_KNOWN = tuple(scope.removeprefix("system/").partition(".")[0] for scope in SCOPES)


def granted(asked: Iterable[str], *, allowed: Iterable[str]) -> tuple[str, ...]:
    """Of the scopes asked for those that are allowed, by type and letters; what is not understood is left out."""
    mine = _letters(allowed)
    wanted = _letters(asked)
    common = {kind: "".join(c for c in "cruds" if c in mine[kind] & wanted[kind]) for kind in _KNOWN}
    return tuple(f"system/{kind}.{letters}" for kind, letters in common.items() if letters)


def allows(scopes: Iterable[str], kind: str, letters: str) -> bool:
    """Whether the scopes allow any of these things ("r" read, "s" search) with a type."""
    return bool(_letters(scopes)[kind] & set(letters))


def _letters(scopes: Iterable[str]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {kind: set() for kind in _KNOWN}
    for scope in scopes:
        if match := _SCOPE.fullmatch(scope):
            for kind in _KNOWN:
                if match["type"].lower() in {"*", kind.lower()}:
                    found[kind] |= set(_RIGHTS.get(match["right"], match["right"]))
    return found
