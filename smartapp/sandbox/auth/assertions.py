"""Asymmetric clients: the signed assertion of SMART App Launch 2.2 "client-confidential-asymmetric"."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from authlib.oauth2.rfc6749 import InvalidClientError
from authlib.oauth2.rfc7523 import JWTBearerClientAssertion
from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from smartapp.sandbox.auth.clients import Client
from smartapp.sandbox.auth.memory import Memory

ALGORITHMS = ("ES384", "RS384")
_LONGEST = timedelta(minutes=5)


class Assertion(JWTBearerClientAssertion):  # type: ignore[misc]  # authlib publishes no types
    """Held to the specification where authlib leaves it open: algorithms, kid, five minutes, each jti once."""

    CLIENT_AUTH_METHOD = "private_key_jwt"

    def __init__(self, memory: Memory, *, issuer: str) -> None:
        super().__init__(leeway=5)
        self._memory = memory
        self._issuer = issuer

    def get_audiences(self) -> list[str]:
        """The addresses that an assertion may be for: those of the endpoints that take one."""
        return [f"{self._issuer}/token", f"{self._issuer}/revoke"]

    def resolve_client_public_key(self, client: Client) -> KeySet:
        """The keys of the client; InvalidClientError when it registered none."""
        if client.jwks is None:
            raise InvalidClientError(description="The client registered no keys.")
        return KeySet.import_key_set(client.jwks)  # type: ignore[arg-type]  # a Mapping will do

    def process_assertion_claims(self, assertion: str, resolve_key: KeySet) -> Mapping[str, Any]:
        """The claims of a good assertion; InvalidClientError says what is wrong with another."""
        try:
            header = jws.extract_compact(assertion.encode()).headers()
            _check_header(header)
            token = jwt.decode(assertion, resolve_key, algorithms=list(ALGORITHMS))
        except (JoseError, ValueError) as error:
            raise InvalidClientError(description="The assertion's signature is not good.") from error
        self.verify_claims(token.claims)
        return token.claims

    def verify_claims(self, claims: Mapping[str, Any]) -> None:
        """Check who, for whom, until when and whether for the first time."""
        ends = claims.get("exp")
        if isinstance(ends, int | float) and _time(ends) > self._memory.clock() + _LONGEST + timedelta(
            seconds=5
        ):
            raise InvalidClientError(description="exp must be no more than five minutes away.")
        super().verify_claims(claims)

    def validate_jti(self, claims: Mapping[str, Any], jti: str) -> bool:
        """Whether the assertion is used for the first time."""
        return self._memory.is_new(claims["sub"], jti, until=_time(claims["exp"]))


def _check_header(header: Mapping[str, Any]) -> None:
    if header.get("typ") != "JWT":
        raise InvalidClientError(description="The assertion's typ must be JWT.")
    if not header.get("kid"):
        raise InvalidClientError(description="The assertion must name its key (kid).")


def _time(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
