"""What a launch was granted: SMART scopes as the letters c, r, u, d, s for each resource type."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

# SMART App Launch 2.2 "Scopes": v1 names read, write and *, v2 letters in the order cruds
_SCOPE = re.compile(r"(?:patient|user|system)/(\*|[A-Za-z]+)\.(read|write|\*|c?r?u?d?s?)(\?.*)?")
_V1 = {"read": "rs", "write": "cud", "*": "cruds"}
_ALL = frozenset("cruds")


@dataclass(frozen=True, slots=True, kw_only=True)
class Granted:
    """The letters granted for each type; None: nothing says what is granted, the server decides."""

    letters: Mapping[str, frozenset[str]] | None = None
    parts: Mapping[str, frozenset[str]] | None = None
    """The letters that are granted for some resources of a type only (`patient/Observation.rs?category=...`)."""

    def allows(self, resource_type: str, letter: str) -> bool:
        """Whether an interaction is granted, if only for a part of the type's resources."""
        return self._has(self.letters, resource_type, letter) or self.allows_part(resource_type, letter)

    def allows_part(self, resource_type: str, letter: str) -> bool:
        """Whether an interaction is granted for a part of the type's resources and for no more."""
        whole = self._has(self.letters, resource_type, letter)
        return not whole and letter in (self.parts or {}).get(resource_type, frozenset())

    @staticmethod
    def _has(letters: Mapping[str, frozenset[str]] | None, resource_type: str, letter: str) -> bool:
        if letters is None:
            return True
        return any(letter in letters.get(name, frozenset()) for name in (resource_type, "*"))


EVERYTHING = Granted()
"""An open server, or one whose grant names no resource types."""


def read(scopes: Iterable[str]) -> Granted:
    """The grant that scopes describe.

    EVERYTHING when none of them names a resource type: some EHRs grant by the registration of the app and
    return "launch openid fhirUser"; what is not granted then shows in their answers.
    """
    whole: dict[str, frozenset[str]] = {}
    parts: dict[str, frozenset[str]] = {}
    for found in filter(None, map(_SCOPE.fullmatch, scopes)):
        name, letters, query = found.groups()
        kept = parts if query else whole
        kept[name] = kept.get(name, frozenset()) | (frozenset(_V1.get(letters, letters)) & _ALL)
    return Granted(letters=whole, parts=parts) if whole or parts else EVERYTHING
