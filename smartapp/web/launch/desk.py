"""What a launch needs, given by the wiring; how a grant becomes a Launch, and how a session ends."""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from secrets import token_hex
from typing import TYPE_CHECKING, Any

from smartapp.ehrs import Ehr, Registry
from smartapp.errors import LaunchFailed, UnknownEhr
from smartapp.sources.access import OPEN, Access
from smartapp.sources.launched import named
from smartapp.store import Launch, Lead, Vault, launches
from smartapp.web.launch.limit import Limit
from smartapp.web.launch.page import LaunchPage
from smartapp.web.sessions import Sessions

if TYPE_CHECKING:
    from smartapp.sources.patients import PatientLine
    from smartapp.sources.smart.authorization import Pending
    from smartapp.sources.smart.gateway import Gateway
    from smartapp.sources.smart.identity import Identity
    from smartapp.sources.smart.tokens import Grant

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """The EHRs, the sessions and the launches of this service."""

    registry: Registry
    gateway: "Callable[[], Gateway]"
    """Made when it is first needed, for authlib takes long to load."""
    sessions: Sessions
    vault: Vault
    page: LaunchPage
    limit: Limit
    opened: Callable[[Launch], str]
    """Begins the review of a launch; gives its id."""
    patients: "Callable[[Ehr, str], Sequence[PatientLine]]"
    """The patients of an open server whose name, birth date or id is this text."""
    name: Callable[[Launch], str | None]
    """What the EHR calls the user of a launch."""
    led: Callable[[str], Lead | None]
    """What the appContext of a card leads to."""
    jwks: Callable[[], Mapping[str, Any]]
    """The public keys that our assertions are checked with."""
    url: str
    """Our own address without a final slash."""
    seconds: float
    """How long a launch lasts."""
    clock: Callable[[], datetime]

    @property
    def redirect_uri(self) -> str:
        """The address that an EHR sends the browser back to; registered there."""
        return f"{self.url}/callback"

    def access(self, launch: Launch) -> Access:
        """The right of a launch to ask its server; its token is renewed where the server allows it."""
        if launch.open:
            return OPEN
        from smartapp.sources.smart.access import LaunchAccess  # noqa: PLC0415 - see `gateway`
        from smartapp.web.launch.keeper import VaultKeeper  # noqa: PLC0415

        keeper = VaultKeeper(vault=self.vault, launch=launch.id, clock=self.clock)
        return LaunchAccess(keeper, lambda: self.gateway().endpoint(self._ehr(launch)))

    def launched(self, ehr: Ehr, pending: "Pending", grant: "Grant", identity: "Identity") -> Launch:
        """The launch that a grant makes, kept."""
        launch = Launch(
            id=token_hex(16),
            session=pending.session,
            iss=ehr.iss,
            patient=grant.patient or "",
            encounter=grant.encounter,
            user=identity.user,
            user_name=identity.name,
            scopes=grant.scopes,
            fhir_context=(*grant.fhir_context, *self._led(ehr, grant)),
            app_context=grant.app_context,
            need_patient_banner=grant.need_patient_banner,
            tenant=grant.tenant,
            access_token=grant.access_token,
            refresh_token=grant.refresh_token,
            expires_at=grant.ends_at(self.clock()),
            token_endpoint=self.gateway().endpoint(ehr).metadata.token_endpoint,
        )
        _note_lacking(pending, grant)
        self._end_those_of_others(launch)
        self._keep(launch)
        name = launch.user_name or self.name(launch)  # this may renew the token
        return launches.change(self.vault, launch.id, lambda now: replace(now, user_name=name)) or launch

    def launched_openly(self, ehr: Ehr, session: str, patient: str) -> Launch:
        """The launch of a patient who was chosen on an open server, kept."""
        launch = Launch(id=token_hex(16), session=session, iss=ehr.iss, patient=patient, open=True)
        self._keep(launch)
        return launch

    def review(self, ehr: Ehr, launch: Launch) -> str:
        """The address of the review that a launch opens, in a session with a new cookie."""
        self.sessions.renew(frames=ehr.frame_ancestors)
        log.info("launched open=%s user=%s scopes=%d", launch.open, bool(launch.user), len(launch.scopes))
        return f"/reviews/{self.opened(launch)}"

    def end(self) -> None:
        """End this browser's session with all its launches, and tell their EHRs."""
        session = self.sessions.current()
        for launch in launches.of_session(self.vault, session) if session else ():
            self._end(launch)
        self.sessions.end()

    def _led(self, ehr: Ehr, grant: "Grant") -> Iterator[Mapping[str, Any]]:
        """The order of the card whose link was followed, for an EHR that names no order itself."""
        if grant.app_context is None or named(grant.fhir_context, base=ehr.iss):
            return
        lead = self.led(grant.app_context)
        if lead is not None and lead.patient == grant.patient:
            yield {"reference": lead.order}

    def _ehr(self, launch: Launch) -> Ehr:
        found = self.registry.find(launch.iss)
        if found is None:
            raise UnknownEhr("The EHR of this launch is not registered any more.")
        return found

    def _keep(self, launch: Launch) -> None:
        launches.save(self.vault, launch, seconds=self.seconds)

    def _end_those_of_others(self, launch: Launch) -> None:
        """On a shared workstation the next user must not find what the one before had open."""
        for earlier in launches.of_session(self.vault, launch.session):
            if earlier.iss == launch.iss and earlier.user != launch.user:
                self._end(earlier)

    def _end(self, launch: Launch) -> None:
        self.vault.delete(launches.KIND, launch.id)
        token = launch.refresh_token or launch.access_token
        if token is None:
            return
        try:
            self.gateway().endpoint(self._ehr(launch)).revoke(token)
        except LaunchFailed:
            log.info("token not revoked; it ends by itself")


def _note_lacking(pending: "Pending", grant: "Grant") -> None:
    """For those who run the service: what the EHR should be told to grant. The review says it to the clinician."""
    from smartapp.sources.smart import scopes  # noqa: PLC0415 - see `gateway`

    lacking = scopes.missing(pending.scope.split(), grant.scopes)
    if lacking:
        told = (f"{name}.{''.join(sorted(letters))}" for name, letters in sorted(lacking.items()))
        log.warning("not granted: %s", " ".join(told))
