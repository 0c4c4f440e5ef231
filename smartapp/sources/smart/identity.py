"""Who is at the screen: the id_token, held to the issuer, the client, the time and the nonce."""

import hashlib
import re
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Any

from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from smartapp.ehrs import Ehr
from smartapp.errors import BadIdentity, EhrFault
from smartapp.sources.smart.discovery import Metadata
from smartapp.sources.smart.network import Network

_ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "ES256", "ES384")
_LEEWAY_SECONDS = 30
_FRESH_SECONDS = 600
_LEAST_SECONDS = 60
"""Between two readings of the same keys: an unknown kid makes us ask again, but not as often as one likes."""
_USER = re.compile(r"(Practitioner|PractitionerRole|Patient|RelatedPerson|Person)/[A-Za-z0-9\-._]{1,128}")
_LONGEST = 32 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """The user whom the EHR names."""

    user: str | None
    """"Practitioner/id" or another type; None: the id_token names nobody on this FHIR server."""
    name: str | None = None


class Verifier:
    """Verifies id_tokens; the keys of each EHR are remembered for ten minutes."""

    def __init__(self, network: Network, *, clock: Callable[[], float]) -> None:
        self._network, self._clock = network, clock
        self._known: dict[str, tuple[float, KeySet]] = {}
        self._lock = Lock()

    def verified(
        self, id_token: str, *, ehr: Ehr, metadata: Metadata, nonce: str, access_token: str
    ) -> Identity:
        """The identity in an id_token; BadIdentity unless everything about it is right."""
        claims = self._signed(id_token, ehr, metadata)
        _check_claims(claims, ehr=ehr, metadata=metadata, now=self._clock())
        _check_nonce(claims, nonce, optional=ehr.nonce_optional)
        _check_access_token(id_token, claims, access_token)
        name = claims.get("name")
        return Identity(user=_user(claims, ehr), name=name if isinstance(name, str) and name else None)

    def _signed(self, id_token: str, ehr: Ehr, metadata: Metadata) -> Mapping[str, Any]:
        kid = _header(id_token).get("kid")
        try:
            return jwt.decode(id_token, self._keys(ehr, metadata, kid), algorithms=list(_ALGORITHMS)).claims
        except (JoseError, ValueError, TypeError, KeyError):
            raise BadIdentity("The signature of the EHR's statement about you is not good.") from None

    def _keys(self, ehr: Ehr, metadata: Metadata, kid: Any) -> KeySet:
        if metadata.jwks_uri is None:
            raise BadIdentity(
                "The EHR does not publish the keys that its statement about you is signed with."
            )
        with self._lock:
            read_at, keys = self._known.get(metadata.jwks_uri, (None, None))
        age = time.monotonic() - read_at if read_at is not None else float("inf")
        unknown = keys is not None and kid is not None and kid not in {key.kid for key in keys.keys}
        if keys is None or age > _FRESH_SECONDS or (unknown and age > _LEAST_SECONDS):
            keys = self._read(ehr, metadata.jwks_uri)
        return keys

    def _read(self, ehr: Ehr, url: str) -> KeySet:
        try:
            given = self._network.get(ehr, url, what="EHR's sign-in service (signing keys)")
            keys = KeySet([key for item in _listed(given) if (key := _public(item)) is not None])
        except EhrFault as error:
            raise BadIdentity(str(error)) from error
        with self._lock:
            self._known[url] = (time.monotonic(), keys)
        return keys


def _listed(given: Mapping[str, Any]) -> list[Any]:
    keys = given.get("keys")
    return keys if isinstance(keys, list) else []


def _public(item: Any) -> Any:
    """One key; None for what is no public key for signatures, which must not spoil the others."""
    if not isinstance(item, dict) or item.get("kty") not in {"RSA", "EC"} or item.get("use", "sig") != "sig":
        return None
    try:
        return KeySet.import_key_set({"keys": [item]}).keys[0]
    except (JoseError, ValueError, TypeError, KeyError):
        return None


def _header(id_token: str) -> Mapping[str, Any]:
    try:
        header = jws.extract_compact(id_token.encode()[:_LONGEST]).headers()
    except (JoseError, ValueError, TypeError, AttributeError):
        raise BadIdentity("The EHR's statement about you cannot be read.") from None
    return header if isinstance(header, dict) else {}


def _check_claims(claims: Mapping[str, Any], *, ehr: Ehr, metadata: Metadata, now: float) -> None:
    if metadata.issuer is None:
        raise BadIdentity("The EHR does not say who issues its statements about users.")
    rules = jwt.JWTClaimsRegistry(
        now=int(now),
        leeway=_LEEWAY_SECONDS,
        # the issuer of the configuration, which is generally not the FHIR base
        iss={"essential": True, "value": metadata.issuer},
        aud={"essential": True, "value": ehr.client_id},
        sub={"essential": True},
        exp={"essential": True},
        iat={"essential": True},
    )
    try:
        rules.validate(dict(claims))
    except (JoseError, ValueError, TypeError):
        raise BadIdentity(
            "The EHR's statement about you is expired, or made by or for somebody else."
        ) from None
    # OpenID Connect Core 3.1.3.7: with several audiences, or where azp is given, it must be this client
    audience = claims["aud"]
    several = isinstance(audience, list) and len(audience) > 1
    if (several or "azp" in claims) and claims.get("azp") != ehr.client_id:
        raise BadIdentity("The EHR's statement about you was made for another application.")


def _check_nonce(claims: Mapping[str, Any], nonce: str, *, optional: bool) -> None:
    given = claims.get("nonce")
    if given is None and optional:
        return
    if given != nonce:
        raise BadIdentity("The EHR's statement about you does not belong to this launch.")


def _check_access_token(id_token: str, claims: Mapping[str, Any], access_token: str) -> None:
    """OpenID Connect Core 3.1.3.8: at_hash, where it is given, binds the two tokens."""
    given = claims.get("at_hash")
    if given is None:
        return
    bits = str(_header(id_token).get("alg"))[-3:]
    digest = hashlib.new(f"sha{bits}", access_token.encode()).digest()
    if given != urlsafe_b64encode(digest[: len(digest) // 2]).rstrip(b"=").decode():
        raise BadIdentity("The EHR's statement about you does not belong to the access it gave.")


def _user(claims: Mapping[str, Any], ehr: Ehr) -> str | None:
    """The reference relative to the FHIR base: fhirUser may be absolute, profile is its older name."""
    given = claims.get("fhirUser") or claims.get("profile")
    if not isinstance(given, str):
        return None
    relative = given.removeprefix(f"{ehr.iss.rstrip('/')}/")
    return relative if _USER.fullmatch(relative) else None
