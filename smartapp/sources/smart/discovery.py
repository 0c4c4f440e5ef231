"""What an authorization server says about itself, at .well-known/smart-configuration below the FHIR base."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Any
from urllib.parse import urljoin

from smartapp.ehrs import Ehr
from smartapp.errors import EhrFault
from smartapp.sources.smart.network import Network, check_host

_FRESH_SECONDS = 600
_WHAT = "EHR's sign-in service (SMART configuration)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """The part of a SMART configuration that a launch needs; every address is on the EHR's hosts."""

    authorization_endpoint: str
    token_endpoint: str
    issuer: str | None = None
    jwks_uri: str | None = None
    revocation_endpoint: str | None = None
    capabilities: frozenset[str] = frozenset()
    scopes: frozenset[str] = frozenset()
    """`scopes_supported`: not exhaustive, by the specification."""


class Discovery:
    """The configurations of EHRs, each remembered for ten minutes."""

    def __init__(self, network: Network, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._network, self._clock = network, clock
        self._known: dict[str, tuple[float, Metadata]] = {}
        self._lock = Lock()

    def of(self, ehr: Ehr) -> Metadata:
        """The EHR's configuration; EhrFault when there is none that can be used. Never read as 'open'."""
        with self._lock:
            known = self._known.get(ehr.iss)
        if known and self._clock() - known[0] < _FRESH_SECONDS:
            return known[1]
        metadata = self._read(ehr)
        with self._lock:
            self._known[ehr.iss] = (self._clock(), metadata)
        return metadata

    def _read(self, ehr: Ehr) -> Metadata:
        base = ehr.iss.rstrip("/")
        given = self._network.get(ehr, f"{base}/.well-known/smart-configuration", what=_WHAT)
        issuer = _text(given, "issuer")
        # Inferno's server and others name their keys only in the OpenID configuration
        jwks = _text(given, "jwks_uri") or (self._jwks_uri(ehr, issuer) if issuer else None)
        return Metadata(
            authorization_endpoint=_endpoint(ehr, given, "authorization_endpoint"),
            token_endpoint=_endpoint(ehr, given, "token_endpoint"),
            issuer=issuer,
            jwks_uri=jwks and _checked(ehr, jwks, "jwks_uri"),
            revocation_endpoint=_optional(ehr, given, "revocation_endpoint"),
            capabilities=_texts(given, "capabilities"),
            scopes=_texts(given, "scopes_supported"),
        )

    def _jwks_uri(self, ehr: Ehr, issuer: str) -> str | None:
        try:
            url = f"{issuer.rstrip('/')}/.well-known/openid-configuration"
            given = self._network.get(ehr, url, what="EHR's sign-in service (OpenID configuration)")
        except EhrFault:
            return None  # needed only when an id_token comes, and then missed
        return _text(given, "jwks_uri") if given.get("issuer") == issuer else None


def _endpoint(ehr: Ehr, given: Mapping[str, Any], name: str) -> str:
    url = _text(given, name)
    if url is None:
        raise EhrFault(f"The SMART configuration of {ehr.name} names no {name}.")
    return _checked(ehr, url, name)


def _optional(ehr: Ehr, given: Mapping[str, Any], name: str) -> str | None:
    try:
        return _endpoint(ehr, given, name)
    except EhrFault:
        return None


def _checked(ehr: Ehr, url: str, name: str) -> str:
    # SMART App Launch 2.2 "Metadata": clients should resolve relative addresses against the FHIR base
    try:
        absolute = urljoin(f"{ehr.iss.rstrip('/')}/", url)
    except ValueError as error:
        raise EhrFault(f"The {name} of {ehr.name} is no address.") from error
    check_host(ehr, absolute, what=name)
    return absolute


def _text(given: Mapping[str, Any], name: str) -> str | None:
    value = given.get(name)
    return value if isinstance(value, str) and value else None


def _texts(given: Mapping[str, Any], name: str) -> frozenset[str]:
    value = given.get(name)
    return (
        frozenset(item for item in value if isinstance(item, str)) if isinstance(value, list) else frozenset()
    )
