"""The steps of a launch in their order: to the authorization server, and back with a token."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from smartapp.ehrs import Ehr
from smartapp.errors import AccessDenied, BadIdentity, EhrFault, NoPatient
from smartapp.sources import granted
from smartapp.sources.smart import authorization
from smartapp.sources.smart.authorization import Pending
from smartapp.sources.smart.discovery import Discovery
from smartapp.sources.smart.identity import Identity, Verifier
from smartapp.sources.smart.network import Network
from smartapp.sources.smart.tokens import Grant, TokenEndpoint

_NOBODY = Identity(user=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the browser brought back."""

    code: str
    iss: str | None = None
    """The issuer that says it answers (RFC 9207)."""


class Gateway:
    """SMART App Launch with any registered EHR."""

    def __init__(self, network: Network, *, clock: Callable[[], datetime]) -> None:
        self._network = network
        self._seconds = lambda: clock().timestamp()
        self._discovery = Discovery(network)
        self._verifier = Verifier(network, clock=self._seconds)

    def begin(
        self, ehr: Ehr, *, session: str, redirect_uri: str, launch: str | None, aud: str
    ) -> tuple[str, Pending]:
        """Where to send the browser, and what to remember; `launch` None starts without the EHR."""
        return authorization.begin(
            ehr,
            self._discovery.of(ehr),
            session=session,
            redirect_uri=redirect_uri,
            launch=launch,
            aud=aud,
            network=self._network,
            clock=self._seconds,
        )

    def finish(self, ehr: Ehr, pending: Pending, answer: Answer) -> tuple[Grant, Identity]:
        """The grant with its patient, and who the user is; LaunchFailed says why there is none."""
        metadata = self._discovery.of(ehr)
        if answer.iss not in {None, metadata.issuer, ehr.iss}:
            raise EhrFault("The answer came from another authorization server than the one that was asked.")
        grant = self.endpoint(ehr).exchange(answer.code, pending)
        if not _reads_anything(grant):
            raise AccessDenied("The EHR granted nothing of what the assistant needs to read.")
        if grant.patient is None:
            raise NoPatient("The EHR did not say whose chart is open.")
        return grant, self._identity(ehr, pending, grant)

    def endpoint(self, ehr: Ehr) -> TokenEndpoint:
        """The EHR's token endpoint."""
        return TokenEndpoint(
            ehr=ehr, metadata=self._discovery.of(ehr), network=self._network, clock=self._seconds
        )

    def _identity(self, ehr: Ehr, pending: Pending, grant: Grant) -> Identity:
        if grant.id_token is None:
            if "openid" in grant.scopes:
                raise BadIdentity("The EHR granted to say who you are, and did not.")
            return _NOBODY
        return self._verifier.verified(
            grant.id_token,
            ehr=ehr,
            metadata=self._discovery.of(ehr),
            nonce=pending.nonce,
            access_token=grant.access_token,
        )


def _reads_anything(grant: Grant) -> bool:
    allowed = granted.read(grant.scopes)
    if allowed.letters is None:  # no resource is named: the server decides with each request
        return True
    every = (*allowed.letters.values(), *(allowed.parts or {}).values())
    return any(letters & {"r", "s"} for letters in every)
