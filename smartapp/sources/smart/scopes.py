"""What to ask for: the scopes of a registered EHR in the version that its server speaks."""

import re
from collections.abc import Iterable, Iterator

from smartapp.ehrs import Ehr
from smartapp.sources import granted
from smartapp.sources.smart.discovery import Metadata

_RESOURCE = re.compile(r"(?:patient|user|system)/[^.?]+\.([cruds]+)")
_READS, _WRITES = frozenset("rs"), frozenset("cud")


def to_ask(ehr: Ehr, metadata: Metadata, *, launched: bool) -> str:
    """The scope parameter of an authorization request; `launched`: by the EHR, else the app starts alone."""
    first = "launch" if launched else "launch/patient"
    resources = ehr.scopes if _speaks_version_2(ehr, metadata) else _in_version_1(ehr.scopes)
    online = ("online_access",) if _offers_online_access(metadata) else ()
    return " ".join(dict.fromkeys((first, "openid", "fhirUser", *online, *ehr.more_scopes, *resources)))


def missing(asked: Iterable[str], given: Iterable[str]) -> dict[str, frozenset[str]]:
    """By resource type the letters that were asked for and not granted, not even for some resources."""
    wanted, allowed = granted.read(asked).letters or {}, granted.read(given)
    gaps = {
        name: frozenset(letter for letter in letters if not allowed.allows(name, letter))
        for name, letters in wanted.items()
    }
    return {name: gap for name, gap in gaps.items() if gap}


def _speaks_version_2(ehr: Ehr, metadata: Metadata) -> bool:
    if ehr.scope_version != "auto":
        return ehr.scope_version == "v2"
    if metadata.capabilities & {"permission-v1", "permission-v2"}:
        return "permission-v2" in metadata.capabilities
    return any(map(_RESOURCE.fullmatch, metadata.scopes))


def _offers_online_access(metadata: Metadata) -> bool:
    return "permission-online" in metadata.capabilities or "online_access" in metadata.scopes


def _in_version_1(scopes: Iterable[str]) -> Iterator[str]:
    """The same in the words of version 1, where reading is one right and writing another."""
    for scope in scopes:
        letters = _RESOURCE.fullmatch(scope.partition("?")[0])
        if letters is None:
            yield scope
            continue
        kind = scope.partition(".")[0]
        verbs = (("read", _READS), ("write", _WRITES))
        yield from (f"{kind}.{verb}" for verb, group in verbs if group & set(letters[1]))
