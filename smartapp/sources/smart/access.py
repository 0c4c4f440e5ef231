"""A launch's right to ask its server: the token as it is kept, renewed where the server allows it."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from smartapp.errors import LaunchFailed
from smartapp.sources.smart.tokens import Grant, TokenEndpoint

log = logging.getLogger(__name__)

_PATIENCE_SECONDS = 12.0
_PAUSE_SECONDS = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """The tokens of a launch at one moment."""

    access_token: str | None = field(repr=False)
    refresh_token: str | None = field(repr=False)
    scopes: frozenset[str]


class Keeper(Protocol):
    """Where the tokens of one launch are kept, for all workers."""

    def held(self) -> Held | None:
        """The tokens now; None: the launch has ended."""

    def keep(self, grant: Grant) -> None:
        """Put those of a grant in their place."""

    def begin(self) -> bool:
        """Whether this caller may refresh now; False: another one does."""

    def finish(self) -> None:
        """Let others refresh again."""


class LaunchAccess:
    """The access of one launch. A refresh token is used once, whoever else needs it at the same time."""

    def __init__(
        self,
        keeper: Keeper,
        endpoint: Callable[[], TokenEndpoint],
        *,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._keeper, self._endpoint, self._sleep = keeper, endpoint, sleep
        self._seen = keeper.held()

    def token(self) -> str | None:
        """The access token; None: the launch has ended, or its server is open."""
        return self._seen.access_token if self._seen else None

    def refresh(self) -> str | None:
        """A new token in place of the one that was refused; None when there is no way to get one."""
        before = self.token()
        if not self._is_replaced(before) and self._keeper.begin():
            try:
                self._renew(before)
            finally:
                self._keeper.finish()
        else:
            self._wait(before)
        return self.token() if self.token() != before else None

    def _renew(self, before: str | None) -> None:
        if self._is_replaced(before) or self._seen is None or self._seen.refresh_token is None:
            return
        try:
            grant = self._endpoint().refresh(self._seen.refresh_token, scopes=self._seen.scopes)
        except LaunchFailed as error:
            log.info("refresh failed kind=%s", type(error).__name__)
            return
        self._keeper.keep(grant)
        self._seen = self._keeper.held()

    def _wait(self, before: str | None) -> None:
        until = time.monotonic() + _PATIENCE_SECONDS
        while not self._is_replaced(before) and time.monotonic() < until:
            if self._keeper.begin():  # the other one is through, perhaps without a new token
                self._keeper.finish()
                self._is_replaced(before)
                return
            self._sleep(_PAUSE_SECONDS)

    def _is_replaced(self, before: str | None) -> bool:
        """Whether another caller has got a new token meanwhile; it is then this one's too."""
        self._seen = self._keeper.held()
        return self.token() != before
