"""SMART scopes, versions 1 and 2, as what they allow."""

import re
from collections.abc import Iterable

_SCOPE = re.compile(r"(patient|user)/(\*|[A-Za-z]+)\.(read|write|\*|c?r?u?d?s?)")
_LETTERS = {"read": "rs", "write": "cud", "*": "cruds"}
_OTHERS = frozenset(
    {
        "openid",
        "fhirUser",
        "profile",
        "launch",
        "launch/patient",
        "launch/encounter",
        "online_access",
        "offline_access",
    }
)

SUPPORTED = (*sorted(_OTHERS), "patient/*.cruds", "user/*.cruds", "patient/*.*", "user/*.*")


def understood(scope: str) -> bool:
    """Whether the server can grant a scope; one that a query narrows it cannot."""
    return scope in _OTHERS or bool((found := _SCOPE.fullmatch(scope)) and found[3])


def allows(scopes: Iterable[str], *, level: str, resource_type: str, letter: str) -> bool:
    """Whether scopes of a level (patient or user) allow an interaction (c, r, u, d or s) with a type."""
    granted = (found for scope in scopes if (found := _SCOPE.fullmatch(scope)))
    return any(
        found[1] == level and found[2] in ("*", resource_type) and letter in _LETTERS.get(found[3], found[3])
        for found in granted
    )
