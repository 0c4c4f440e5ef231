"""The grants: authorization code with PKCE, launch context and id_token; refresh."""

from collections.abc import Mapping
from typing import Any

from authlib.oauth2.rfc6749 import InvalidRequestError
from authlib.oauth2.rfc6749.grants import AuthorizationCodeGrant, RefreshTokenGrant
from authlib.oauth2.rfc7009 import RevocationEndpoint
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oidc.core import OpenIDCode, UserInfo
from joserfc.jwk import RSAKey

from smartapp.sandbox.auth.clients import Client
from smartapp.sandbox.auth.context import Context
from smartapp.sandbox.auth.memory import CODE, Code, Token

METHODS = ["none", "client_secret_basic", "private_key_jwt"]


class CodeGrant(AuthorizationCodeGrant):  # type: ignore[misc]  # authlib publishes no types
    """Authorization code; the one who grants it is the context of the launch."""

    TOKEN_ENDPOINT_AUTH_METHODS = METHODS

    def save_authorization_code(self, code: str, request: Any) -> None:
        """Remember the code with what it stands for."""
        memory = self.server.memory
        data = request.payload.data
        memory.keep_code(
            Code(
                code=code,
                client_id=request.client.client_id,
                redirect_uri=request.payload.redirect_uri,
                scope=request.scope,
                code_challenge=data["code_challenge"],
                code_challenge_method="S256",
                nonce=data.get("nonce"),
                context=request.user,
                until=memory.clock() + CODE,
            )
        )

    def query_authorization_code(self, code: str, client: Client) -> Code | None:
        """The code, while it is good and unused."""
        found: Code | None = self.server.memory.take_code(code, client.client_id)
        return found

    def delete_authorization_code(self, authorization_code: Code) -> None:
        """Nothing: it was forgotten when it was taken."""

    def authenticate_user(self, authorization_code: Code) -> Context:
        """The context that the code was granted in."""
        return authorization_code.context


class RefreshGrant(RefreshTokenGrant):  # type: ignore[misc]  # authlib publishes no types
    """Refresh; each refresh token is good once."""

    TOKEN_ENDPOINT_AUTH_METHODS = METHODS
    INCLUDE_NEW_REFRESH_TOKEN = True

    def authenticate_refresh_token(self, refresh_token: str) -> Token | None:
        """The token that the refresh token came with."""
        found: Token | None = self.server.memory.refreshable(refresh_token)
        return found

    def authenticate_user(self, refresh_token: Token) -> Context:
        """The context that it was first granted in."""
        return refresh_token.context

    def revoke_old_credential(self, refresh_token: Token) -> None:
        """The old pair is worth nothing any more."""
        self.server.memory.forget(refresh_token)


class Revocation(RevocationEndpoint):  # type: ignore[misc]  # authlib publishes no types
    """Revocation of an access or refresh token by the app that it was given to (RFC 7009)."""

    CLIENT_AUTH_METHODS = METHODS

    def query_token(self, token_string: str, _token_type_hint: str | None) -> Token | None:
        """The token with this access or refresh token."""
        memory = self.server.memory
        found: Token | None = memory.token(token_string) or memory.refreshable(token_string)
        return found

    def revoke_token(self, token: Token, _request: Any) -> None:
        """Forget it; what was refreshed with it is worth nothing either."""
        self.server.memory.forget(token)


class Pkce(CodeChallenge):  # type: ignore[misc]  # authlib publishes no types
    """PKCE, always and with S256 only (SMART App Launch 2.2 "Considerations for PKCE Support")."""

    SUPPORTED_CODE_CHALLENGE_METHOD = ("S256",)

    def validate_code_challenge(self, grant: Any, redirect_uri: str) -> None:
        """Refuse a request without a challenge or with another method."""
        data = grant.request.payload.data
        if not data.get("code_challenge") or data.get("code_challenge_method") != "S256":
            raise InvalidRequestError("PKCE is required: code_challenge, code_challenge_method=S256.")
        super().validate_code_challenge(grant, redirect_uri)


class Launch:
    """What SMART adds to an authorization request: aud, launch."""

    def __init__(self, *, iss: str) -> None:
        self._iss = iss

    def __call__(self, grant: Any) -> None:
        """Have authlib ask."""
        grant.register_hook("after_validate_authorization_request_payload", self._check)

    def _check(self, grant: Any, _redirect_uri: str) -> None:
        data: Mapping[str, str] = grant.request.payload.data
        if data.get("aud") != self._iss:
            raise InvalidRequestError("aud must be the address of the FHIR server.")
        if not data.get("state"):
            raise InvalidRequestError("state is required.")
        launch = data.get("launch")
        if launch is not None and grant.server.memory.launched(launch) is None:
            raise InvalidRequestError("The launch is unknown or too old; launch from the EHR again.")
        if launch is None and "launch" in (data.get("scope") or "").split():
            raise InvalidRequestError("The scope launch needs the launch parameter.")


class IdToken(OpenIDCode):  # type: ignore[misc]  # authlib publishes no types
    """The id_token: who the user is, RS256."""

    def __init__(self, key: RSAKey, *, issuer: str, iss: str) -> None:
        super().__init__(require_nonce=False)
        self._key = key
        self._issuer = issuer
        self._iss = iss

    def resolve_client_private_key(self, _client: Client) -> RSAKey:
        """The key that signs."""
        return self._key

    def get_client_claims(self, _client: Client) -> dict[str, Any]:
        """The issuer."""
        return {"iss": self._issuer}

    def get_encode_header(self, client: Client) -> dict[str, Any]:
        """Which key signed."""
        return {**super().get_encode_header(client), "kid": self._key.kid, "typ": "JWT"}

    def exists_nonce(self, _nonce: str, _request: Any) -> bool:
        """Not looked for: the code is good only once."""
        return False

    def generate_user_info(self, user: Context, scope: str) -> UserInfo:
        """The subject, and where to read about the user when that is granted."""
        told = UserInfo(sub=user.user)
        if "fhirUser" in scope.split():
            told["fhirUser"] = f"{self._iss}/Practitioner/{user.user}"
        return told
