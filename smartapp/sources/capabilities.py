"""What a FHIR server says about itself in its CapabilityStatement: what may be asked, and how."""

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

from smartapp.facts import Resource
from smartapp.sources.failed import FailedError

_SECONDS = 3600.0
"""How long a statement is believed; EHRs change theirs with an upgrade."""
_SECONDS_OF_SILENCE = 60.0
"""How long a server that gave none is not asked again."""
_MOST_SERVERS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What a server offers for one resource type; an empty set is what it does not say."""

    interactions: frozenset[str] = frozenset()
    parameters: frozenset[str] = frozenset()
    includes: frozenset[str] = frozenset()
    conditional_create: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    """A server's offers by resource type; None: it did not say, and everything may be tried."""

    software: str = ""
    version: str = ""
    """Of FHIR, as in "4.0.1"."""
    offers: Mapping[str, Offer] | None = None

    @property
    def is_other(self) -> bool:
        """Whether the server says that it speaks another FHIR than R4 (4.0) and R4B, which is the same here."""
        return bool(self.version) and not self.version.startswith("4.")

    def has(self, resource_type: str, interaction: str) -> bool:
        """Whether a type can be read, searched, created; true as long as nothing says otherwise."""
        if self.offers is None:
            return True
        offer = self.offers.get(resource_type)
        return offer is not None and (not offer.interactions or interaction in offer.interactions)

    def says(self, resource_type: str, parameter: str) -> bool:
        """Whether a search by this parameter is said to work."""
        return parameter in self._offer(resource_type).parameters

    def includes(self, value: str) -> bool:
        """Whether `_include=Type:element` is said to work."""
        return bool(self._offer(value.partition(":")[0]).includes & {"*", value})

    def creates_once(self, resource_type: str) -> bool:
        """Whether a create with If-None-Exist is said to make no duplicate."""
        return self._offer(resource_type).conditional_create

    def _offer(self, resource_type: str) -> Offer:
        return (self.offers or {}).get(resource_type, Offer())


UNSAID = Capabilities()
"""A server that gives no statement, or none that can be read."""


def read(statement: Resource) -> Capabilities:
    """The offers of a CapabilityStatement; UNSAID when it lists no resource types."""
    offers = {
        item["type"]: _offer(item)
        for rest in _dicts(statement.get("rest"))
        if rest.get("mode", "server") == "server"
        for item in _dicts(rest.get("resource"))
        if isinstance(item.get("type"), str)
    }
    software = statement.get("software")
    name = software.get("name") if isinstance(software, dict) else None
    return Capabilities(
        software=str(name or statement.get("publisher") or ""),
        version=str(statement.get("fhirVersion") or ""),
        offers=offers or None,
    )


@dataclass(frozen=True, slots=True)
class Known:
    """The capabilities of the servers that were asked, by their address; shared by all threads."""

    _found: dict[str, tuple[float, Capabilities]] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def of(self, base: str, get: Callable[[], Resource]) -> Capabilities:
        """The capabilities of one server; `get` asks it for its statement or raises FailedError."""
        now = time.monotonic()
        with self._lock:
            until, capabilities = self._found.get(base, (0.0, UNSAID))
        if now < until:
            return capabilities
        try:
            capabilities, seconds = read(get()), _SECONDS
        except FailedError:
            capabilities, seconds = UNSAID, _SECONDS_OF_SILENCE
        with self._lock:
            if len(self._found) >= _MOST_SERVERS:
                self._found.clear()
            self._found[base] = (now + seconds, capabilities)
        return capabilities


def _offer(item: Mapping[str, Any]) -> Offer:
    return Offer(
        interactions=frozenset(str(i.get("code")) for i in _dicts(item.get("interaction"))),
        parameters=frozenset(str(p.get("name")) for p in _dicts(item.get("searchParam"))),
        includes=frozenset(filter(lambda value: isinstance(value, str), _list(item.get("searchInclude")))),
        conditional_create=item.get("conditionalCreate") is True,
    )


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _dicts(value: Any) -> Iterator[Mapping[str, Any]]:
    return (item for item in _list(value) if isinstance(item, dict))
