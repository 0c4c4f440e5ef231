"""What the authorization server remembers: launches, codes, tokens, and the assertions that were used."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from secrets import token_urlsafe
from threading import RLock
from typing import Any

from authlib.oauth2.rfc6749 import AuthorizationCodeMixin, TokenMixin

from smartapp.sandbox.auth.clients import Client
from smartapp.sandbox.auth.context import Context

_LAUNCH = timedelta(minutes=10)
CODE = timedelta(minutes=1)  # SMART App Launch 2.2: "a short lifetime (~1 minute)"


@dataclass(frozen=True, kw_only=True)
class Code(AuthorizationCodeMixin):  # type: ignore[misc]  # authlib publishes no types
    """A code that can be exchanged once."""

    code: str
    client_id: str
    redirect_uri: str
    scope: str
    code_challenge: str
    code_challenge_method: str
    nonce: str | None
    context: Context
    until: datetime

    def get_redirect_uri(self) -> str:
        """The address that it was sent to."""
        return self.redirect_uri

    def get_scope(self) -> str:
        """The scopes that were granted."""
        return self.scope

    def get_nonce(self) -> str | None:
        """What ties the id_token to the request."""
        return self.nonce

    def get_auth_time(self) -> None:
        """Not told."""

    def get_acr(self) -> None:
        """Not told."""

    def get_amr(self) -> None:
        """Not told."""


@dataclass(frozen=True, kw_only=True)
class Token(TokenMixin):  # type: ignore[misc]  # authlib publishes no types
    """An access token, and the refresh token that came with it."""

    access_token: str
    refresh_token: str | None
    client_id: str
    scope: str
    context: Context
    code: str | None
    """The code that it was first exchanged for."""
    until: datetime

    def check_client(self, client: Client) -> bool:
        """Whether it was given to this client."""
        return bool(client.client_id == self.client_id)

    def get_scope(self) -> str:
        """The scopes that were granted."""
        return self.scope


@dataclass(kw_only=True)
class Memory:
    """Everything in memory, gone with the process."""

    clock: Callable[[], datetime]
    clients: dict[str, Client] = field(default_factory=dict)
    _launches: dict[str, tuple[Context, datetime]] = field(default_factory=dict)
    _codes: dict[str, Code] = field(default_factory=dict)
    _tokens: dict[str, Token] = field(default_factory=dict)
    _assertions: dict[tuple[str, str], datetime] = field(default_factory=dict)
    _lock: Any = field(default_factory=RLock)

    def launch(self, context: Context) -> str:
        """An opaque launch id for a context."""
        name = token_urlsafe(24)
        self._launches[name] = (context, self.clock() + _LAUNCH)
        return name

    def launched(self, name: str) -> Context | None:
        """The context of a launch id; None when it is unknown or too old."""
        context, until = self._launches.get(name, (None, None))
        return context if until and until > self.clock() else None

    def keep_code(self, code: Code) -> None:
        """Remember a code."""
        self._codes[code.code] = code

    def take_code(self, name: str, client_id: str) -> Code | None:
        """The code, once; a second time every token that it gave is worth nothing."""
        with self._lock:
            code = self._codes.pop(name, None)
        if code is None:
            # RFC 6749 4.1.2: a code that is used twice was stolen from someone
            self._tokens = {key: token for key, token in self._tokens.items() if token.code != name}
            return None
        return code if code.client_id == client_id and code.until > self.clock() else None

    def keep_token(self, token: Token) -> None:
        """Remember a token."""
        self._tokens[token.access_token] = token

    def token(self, access_token: str) -> Token | None:
        """The token, while it is good."""
        token = self._tokens.get(access_token)
        return token if token and token.until > self.clock() else None

    def refreshable(self, refresh_token: str) -> Token | None:
        """The token that a refresh token came with."""
        return next((t for t in self._tokens.values() if t.refresh_token == refresh_token), None)

    def forget(self, token: Token) -> None:
        """Revoke a token and its refresh token."""
        self._tokens.pop(token.access_token, None)

    def expire_all(self) -> None:
        """Let every access token run out at once; refresh tokens stay good."""
        now = self.clock()
        self._tokens = {k: Token(**{**vars(t), "until": now}) for k, t in self._tokens.items()}

    def is_new(self, client_id: str, jti: str, *, until: datetime) -> bool:
        """Whether an assertion is seen for the first time."""
        with self._lock:
            now = self.clock()
            self._assertions = {k: end for k, end in self._assertions.items() if end > now}
            return self._assertions.setdefault((client_id, jti), until) is until
