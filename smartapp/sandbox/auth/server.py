"""authlib's authorization server, with our memory, grants and token responses."""

from collections.abc import Callable
from datetime import timedelta
from secrets import token_urlsafe
from typing import Any

from authlib.integrations.flask_oauth2 import AuthorizationServer
from joserfc.jwk import RSAKey

from smartapp.sandbox.auth.assertions import Assertion
from smartapp.sandbox.auth.clients import Client
from smartapp.sandbox.auth.context import Context
from smartapp.sandbox.auth.grants import CodeGrant, IdToken, Launch, Pkce, RefreshGrant, Revocation
from smartapp.sandbox.auth.memory import Memory, Token

_TENANT = "practice"
_REFRESHING = frozenset({"online_access", "offline_access"})


class SmartServer(AuthorizationServer):  # type: ignore[misc]  # authlib publishes no types
    """Issues codes and tokens for the FHIR server at `iss`; `refreshes` says for whom refresh tokens are given."""

    def __init__(
        self, memory: Memory, *, iss: str, issuer: str, key: RSAKey, refreshes: Callable[[str | None], bool]
    ) -> None:
        super().__init__(query_client=memory.clients.get, save_token=self._save)
        self.memory = memory
        self.seconds = 3600
        self._refreshes = refreshes
        self.register_token_generator("default", self._token)
        self.register_client_auth_method(Assertion.CLIENT_AUTH_METHOD, Assertion(memory, issuer=issuer))
        extensions = [Pkce(required=True), Launch(iss=iss), IdToken(key, issuer=issuer, iss=iss)]
        self.register_grant(CodeGrant, extensions)
        self.register_grant(RefreshGrant)
        self.register_endpoint(Revocation)

    def issue(self, client_id: str, scope: str, context: Context, *, seconds: int) -> Token:
        """A token that nobody asked for: the one that a CDS Hooks call carries."""
        told = {"access_token": token_urlsafe(32), "expires_in": seconds}
        token = self._kept(told, client_id, scope, context, code=None)
        self.memory.keep_token(token)
        return token

    def _token(
        self, *, client: Client, user: Context, scope: str, include_refresh_token: bool, **_: Any
    ) -> dict[str, Any]:
        granted = client.get_allowed_scope(scope)
        token = {
            "access_token": token_urlsafe(32),
            "token_type": "Bearer",
            "expires_in": self.seconds,
            "scope": granted,
        }
        refreshing = include_refresh_token and _REFRESHING & set(granted.split())
        if refreshing and self._refreshes(user.patient):
            token["refresh_token"] = token_urlsafe(32)
        return token

    def _save(self, token: dict[str, Any], request: Any) -> None:
        """Remember the token, and add to the response what the launch was about."""
        context: Context = request.user
        code = getattr(request, "authorization_code", None)
        old = getattr(request, "refresh_token", None)
        origin = code.code if code else old.code if old else None
        self.memory.keep_token(
            self._kept(token, request.client.client_id, token["scope"], context, code=origin)
        )
        token.update(context.told(frozenset(token["scope"].split()), tenant=_TENANT))

    def _kept(
        self, token: dict[str, Any], client_id: str, scope: str, context: Context, *, code: str | None
    ) -> Token:
        return Token(
            access_token=token["access_token"],
            refresh_token=token.get("refresh_token"),
            client_id=client_id,
            scope=scope,
            context=context,
            code=code,
            until=self.memory.clock() + timedelta(seconds=token["expires_in"]),
        )
