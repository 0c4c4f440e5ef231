"""A signed token, checked in the order of CDS Hooks 2.0.1 "Trusting CDS Clients"; nothing in it is believed before.

The client assertions of SMART Backend Services are checked alike, with the id of the client as issuer.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

import orjson
from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from smartapp.ehrs.clients import Client
from smartapp.errors import NotAllowed, NotAuthenticated

ALGORITHMS = ("ES384", "RS384")
LEEWAY_SECONDS = 30
ASSERTION_SECONDS = 300
"""SMART App Launch 2.2 "Client Authentication: asymmetric": no more than five minutes."""
_LONGEST = 16 * 1024
_REGISTERED = ("iss", "aud", "exp", "iat", "jti")

Claims = Mapping[str, Any]


class Keys(Protocol):
    """The public keys of callers."""

    def of(self, client: Client, kid: str) -> KeySet:
        """The keys to check a token with that names this one."""


class Guard(Protocol):
    """Knows what was seen before."""

    def is_first(self, *name: str, until: float) -> bool:
        """Whether this was not seen before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verifier:
    """Checks tokens; each is good once."""

    keys: Keys
    guard: Guard
    clock: Callable[[], datetime]

    def client(
        self, token: str, *, find: Callable[[str], Client | None], audience: str, is_assertion: bool = False
    ) -> Client:
        """Whose token it is; NotAuthenticated names the rule that it breaks, NotAllowed a tenant of others.

        `find` gives the client of an issuer, `audience` is the address that was called. An assertion is by
        its issuer and about it, for that address only, and belongs to no tenant.
        """
        header, issuer = _unverified(token)
        client = find(issuer)
        if client is None:
            raise NotAuthenticated("The token's issuer is not registered here.")
        _check_header(header, client)
        claims = self._signed(token, self.keys.of(client, header["kid"]))
        _check_types(claims)
        if claims["iss"] != issuer:  # what was read before the signature must be what was signed
            raise NotAuthenticated("The token's issuer is not the one that signed.")
        if is_assertion:
            _check_subject(claims)
            self._check_times(claims, longest=min(client.seconds, ASSERTION_SECONDS))
            _check_audience(claims, {audience})
        else:
            self._check_times(claims, longest=client.seconds)
            _check_audience(claims, {audience, client.audience} - {""})
        if not self.guard.is_first(issuer, claims["jti"], until=claims["exp"] + LEEWAY_SECONDS):
            raise NotAuthenticated("The token was used before.")
        if not is_assertion and client.tenants and claims.get("tenant") not in client.tenants:
            raise NotAllowed("The caller may not call for this tenant.")
        return client

    def _signed(self, token: str, keys: KeySet) -> Claims:
        if not keys.keys:
            raise NotAuthenticated("The caller's keys cannot be read at the moment.")
        try:
            return jwt.decode(token, keys, algorithms=list(ALGORITHMS)).claims
        except (JoseError, ValueError, TypeError, KeyError):
            raise NotAuthenticated(
                "The token's signature cannot be verified with the caller's keys."
            ) from None

    def _check_times(self, claims: Claims, *, longest: float) -> None:
        now = self.clock().timestamp()
        if claims["exp"] <= now - LEEWAY_SECONDS:
            raise NotAuthenticated("The token has expired.")
        if max(claims["iat"], claims.get("nbf", 0)) > now + LEEWAY_SECONDS:
            raise NotAuthenticated("The token is for the future.")
        left = claims["exp"] - now - LEEWAY_SECONDS
        if max(claims["exp"] - claims["iat"], left) > longest:
            raise NotAuthenticated(f"The token lives longer than {longest:g} seconds.")


def _unverified(token: str) -> tuple[Mapping[str, Any], str]:
    """The header, and the issuer that the payload names: only good to look up whose keys to check with."""
    try:
        parsed = jws.extract_compact(token[:_LONGEST].encode("ascii"))
        header, claims = parsed.headers(), orjson.loads(parsed.payload)
        return dict(header), str(claims["iss"]) if isinstance(claims["iss"], str) else ""
    except (JoseError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise NotAuthenticated("The token cannot be read, or names no issuer.") from None


def _check_header(header: Mapping[str, Any], client: Client) -> None:
    # alg is compared with a fixed list: "none" and every HMAC are refused before any key is looked at
    if header.get("alg") not in ALGORITHMS:
        raise NotAuthenticated(f"The token's alg must be one of {', '.join(ALGORITHMS)}.")
    if header.get("typ") != "JWT":
        raise NotAuthenticated("The token's typ must be JWT.")
    if not isinstance(header.get("kid"), str) or not header["kid"]:
        raise NotAuthenticated("The token must name its key (kid).")
    if "jku" in header and header["jku"] != client.jku:
        raise NotAuthenticated("The token's jku is not the one that the caller registered.")


def _check_types(claims: Claims) -> None:
    if missing := [name for name in _REGISTERED if not claims.get(name)]:
        raise NotAuthenticated(f"The token has no {missing[0]}.")
    times = [claims[name] for name in ("exp", "iat", "nbf") if name in claims]
    if not all(_is_time(value) for value in times):
        raise NotAuthenticated("The token's exp, iat and nbf must be numbers.")
    if not isinstance(claims["jti"], str) or not isinstance(claims["aud"], str | list):
        raise NotAuthenticated("The token's jti and aud must be text.")


def _check_audience(claims: Claims, audiences: set[str]) -> None:
    given = claims["aud"] if isinstance(claims["aud"], list) else [claims["aud"]]
    if not audiences.intersection(item for item in given if isinstance(item, str)):
        raise NotAuthenticated(f"The token's aud must be {' or '.join(sorted(audiences))}.")


def _check_subject(claims: Claims) -> None:
    # SMART App Launch 2.2 "Client Authentication: asymmetric": iss and sub are the client_id
    if claims.get("sub") != claims["iss"]:
        raise NotAuthenticated("The assertion's sub must be its iss.")


def _is_time(value: Any) -> bool:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return number and abs(value) < 2**53 and math.isfinite(value)
