"""How the app proves itself to a token endpoint: by its id, by its secret, or by a signed assertion."""

from collections.abc import Callable
from typing import Any

from authlib.integrations.requests_client import OAuth2Session
from authlib.oauth2.rfc7523 import PrivateKeyJWT
from authlib.oauth2.rfc7523.assertion import private_key_jwt_sign

from smartapp.ehrs import Ehr
from smartapp.sources.smart.network import Network

_METHODS = {"public": "none", "symmetric": "client_secret_basic", "asymmetric": "private_key_jwt"}
_ASSERTION_SECONDS = 240


class SmartPrivateKeyJWT(PrivateKeyJWT):  # type: ignore[misc]  # authlib publishes no types
    """The assertion of authlib as SMART wants it: authlib's own has no kid and lasts an hour."""

    def __init__(self, ehr: Ehr, *, clock: Callable[[], float]) -> None:
        super().__init__(alg=ehr.alg)
        self._ehr, self._clock = ehr, clock

    def sign(self, auth: Any, token_endpoint: str) -> str:
        """A new assertion for this endpoint; its jti is random."""
        assert self._ehr.keys is not None, "an asymmetric client has keys"
        key = self._ehr.keys.keys[0]
        signed: str = private_key_jwt_sign(
            key,
            client_id=auth.client_id,
            token_endpoint=token_endpoint,
            alg=self.alg,
            header={"typ": "JWT", "kid": key.kid},
            issued_at=int(self._clock()),
            # SMART App Launch 2.2 "Client Authentication: asymmetric": no more than five minutes
            expires_in=_ASSERTION_SECONDS,
        )
        return signed


def session(ehr: Ehr, network: Network, *, clock: Callable[[], float], **options: Any) -> OAuth2Session:
    """A session of authlib for the client that the app is at this EHR."""
    method = _METHODS[ehr.auth]
    oauth = OAuth2Session(
        ehr.client_id,
        ehr.secret or None,
        token_endpoint_auth_method=method,
        revocation_endpoint_auth_method=method,
        code_challenge_method="S256",
        **options,
    )
    if ehr.auth == "asymmetric":
        oauth.register_client_auth_method(SmartPrivateKeyJWT(ehr, clock=clock))
    network.equip(oauth)
    return oauth
