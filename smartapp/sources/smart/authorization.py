"""Where to send the browser, and what to remember until it comes back."""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from smartapp.ehrs import Ehr
from smartapp.sources.smart import clients, scopes
from smartapp.sources.smart.discovery import Metadata
from smartapp.sources.smart.network import Network


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending:
    """A launch between its start and its callback; kept on the server only, and good once."""

    session: str
    """The id of the browser session that started it."""
    iss: str
    scope: str
    """What was asked for."""
    redirect_uri: str
    verifier: str = field(repr=False)
    nonce: str = field(repr=False)
    state: str = field(repr=False)

    def as_json(self) -> Mapping[str, Any]:
        """For the vault."""
        return asdict(self)


def begin(  # noqa: PLR0913 - each is a parameter of the request
    ehr: Ehr,
    metadata: Metadata,
    *,
    session: str,
    redirect_uri: str,
    launch: str | None,
    aud: str,
    network: Network,
    clock: Callable[[], float],
) -> tuple[str, Pending]:
    """The authorization request as an address, and what its answer is held against."""
    pending = Pending(
        session=session,
        iss=ehr.iss,
        scope=scopes.to_ask(ehr, metadata, launched=launch is not None),
        redirect_uri=redirect_uri,
        verifier=secrets.token_urlsafe(48),
        nonce=secrets.token_urlsafe(24),
        state=secrets.token_urlsafe(32),
    )
    with clients.session(ehr, network, clock=clock) as oauth:
        url, _ = oauth.create_authorization_url(
            metadata.authorization_endpoint,
            state=pending.state,
            code_verifier=pending.verifier,
            redirect_uri=redirect_uri,
            scope=pending.scope,
            nonce=pending.nonce,
            aud=ehr.aud or aud,
            **({"launch": launch} if launch is not None else {}),
        )
    return url, pending
