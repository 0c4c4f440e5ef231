"""What a FHIR server is asked with: a token that may be renewed, one that may not, or none."""

from dataclasses import dataclass, field
from threading import Lock
from typing import Protocol


class Access(Protocol):
    """The right to ask one server, as a launch or a hook call brings it."""

    def token(self) -> str | None:
        """The access token; None: the server is open."""

    def refresh(self) -> str | None:
        """A new token in place of one that was refused; None when there is no way to get one."""


@dataclass(frozen=True, slots=True)
class Fixed:
    """A token that came with a call and cannot be renewed, or plainly none."""

    given: str | None = None

    def token(self) -> str | None:
        """The token that was given."""
        return self.given

    def refresh(self) -> str | None:
        """Nothing: only a launch can renew its token."""
        return None


OPEN = Fixed()
"""The access to a server that asks for none."""


@dataclass(slots=True)
class Once:
    """An access that is renewed once at most, however many threads are refused at the same time."""

    access: Access
    _lock: Lock = field(default_factory=Lock)
    _tried: bool = False

    def token(self) -> str | None:
        """The token as it is now."""
        return self.access.token()

    def renewed(self, refused: str | None) -> bool:
        """Whether there is now another token than the one that was refused."""
        with self._lock:
            if not self._tried and self.access.token() == refused:
                self._tried = True
                self.access.refresh()
            return self.access.token() not in (None, refused)
