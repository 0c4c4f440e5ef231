"""The tokens of a launch in the vault, where all workers find them, and one of them renews them."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from smartapp.sources.smart.access import Held
from smartapp.sources.smart.tokens import Grant
from smartapp.store import Launch, Vault, launches

_LONGEST_RENEWAL = 20
"""Seconds after which a worker that stopped in the middle holds nobody up any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VaultKeeper:
    """The keeper of one launch's tokens."""

    vault: Vault
    launch: str
    clock: Callable[[], datetime]

    def held(self) -> Held | None:
        """The tokens now; None: the launch has ended."""
        found = launches.load(self.vault, self.launch)
        if found is None:
            return None
        return Held(access_token=found.access_token, refresh_token=found.refresh_token, scopes=found.scopes)

    def keep(self, grant: Grant) -> None:
        """Put those of a grant in their place; patient and user stay those of the launch."""
        ends = grant.ends_at(self.clock())

        def renewed(found: Launch) -> Launch:
            return replace(
                found,
                access_token=grant.access_token,
                refresh_token=grant.refresh_token or found.refresh_token,
                expires_at=ends,
                scopes=grant.scopes,
            )

        launches.change(self.vault, self.launch, renewed)

    def begin(self) -> bool:
        """Whether this caller may renew now."""
        return self.vault.add("renewal", self.launch, 1, seconds=_LONGEST_RENEWAL)

    def finish(self) -> None:
        """Let others renew again."""
        self.vault.delete("renewal", self.launch)
