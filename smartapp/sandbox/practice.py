"""The practice: everything that the EHR holds, wired once."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from joserfc.jwk import ECKey, RSAKey

from smartapp.sandbox import stories
from smartapp.sandbox.auth.clients import Client
from smartapp.sandbox.auth.context import Context
from smartapp.sandbox.auth.memory import Memory
from smartapp.sandbox.auth.server import SmartServer
from smartapp.sandbox.faults import Faults
from smartapp.sandbox.fhir.access import EVERYTHING, Access, patient_of
from smartapp.sandbox.fhir.records import Records
from smartapp.sandbox.fhir.service import Fhir
from smartapp.sandbox.payer import PracticePayer
from smartapp.sandbox.traffic import Traffic

USERS = ("hale", "brook")
"""The ids of the Practitioners who can sign in: an oncologist, and the one who prepares the requests."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How the practice EHR runs."""

    url: str
    """Its own address without a final slash."""
    open: bool = False
    """Whether the FHIR server answers without a token, as public test servers do."""
    asks_consent: bool = True
    """Whether a launch from the EHR shows the consent screen; a standalone launch always asks."""
    clock: Callable[[], datetime] = field(default=lambda: datetime.now(UTC))


@dataclass(frozen=True, slots=True, kw_only=True)
class Practice:
    """The records, who may read them, and what goes wrong."""

    settings: Settings
    fhir: Fhir
    auth: SmartServer
    key: RSAKey
    """Signs id_tokens."""
    hooks_key: ECKey
    """Signs the calls of CDS services."""
    faults: Faults
    payer: PracticePayer
    traffic: Traffic = field(default_factory=Traffic)

    @property
    def iss(self) -> str:
        """The address of the FHIR server, as apps know it."""
        return f"{self.settings.url}/fhir"

    @property
    def issuer(self) -> str:
        """The address of the authorization server."""
        return f"{self.settings.url}/auth"

    @property
    def memory(self) -> Memory:
        """Launches, codes and tokens."""
        memory: Memory = self.auth.memory
        return memory

    def register(self, client: Client) -> None:
        """Let an app in."""
        self.memory.clients[client.client_id] = client

    def access(self, authorization: str) -> Access | None:
        """What the bearer of an Authorization header may do; None: it is no good token."""
        if self.settings.open:
            return EVERYTHING
        scheme, _, name = authorization.partition(" ")
        token = self.memory.token(name) if scheme.lower() == "bearer" else None
        if token is None:
            return None
        return Access(
            scopes=frozenset(token.scope.split()), patient=token.context.patient, user=token.context.user
        )

    def context(self, *, user: str, patient: str | None, order: str | None = None) -> Context:
        """The launch context of a user with a patient: the encounter and the coverage are looked up."""
        return Context(
            user=user,
            patient=patient,
            order=order,
            encounter=self._first("Encounter", patient),
            coverage=self._reference("Coverage", patient),
        )

    def reset(self, patient: str) -> None:
        """Put the patient's record and its faults back as they were at the start."""
        self.faults.restore(patient)
        self.traffic.forget(patient)
        records = self.fhir.records
        records.remove(
            found
            for name in records.types()
            for found in records.of_type(name)
            if patient_of(found) == patient
        )
        today = self.settings.clock().date()
        records.load(found for found in stories.records(today) if patient_of(found) == patient)

    def _first(self, resource_type: str, patient: str | None) -> str | None:
        held = (found for found in self.fhir.records.of_type(resource_type) if patient_of(found) == patient)
        return next((str(found["id"]) for found in held if patient), None)

    def _reference(self, resource_type: str, patient: str | None) -> str | None:
        found = self._first(resource_type, patient)
        return f"{resource_type}/{found}" if found else None


def opened(settings: Settings) -> Practice:
    """A practice with all its patients as they are at the start."""
    records = Records(clock=settings.clock)
    records.load(stories.records(settings.clock().date()))
    faults = Faults(tuple(fault for story in stories.told() for fault in story.faults))
    key = RSAKey.generate_key(2048, {"kid": "practice-1"})
    iss, issuer = f"{settings.url}/fhir", f"{settings.url}/auth"
    auth = SmartServer(
        Memory(clock=settings.clock),
        iss=iss,
        issuer=issuer,
        key=key,
        refreshes=lambda patient: faults.take("/auth/token", patient, "no-refresh") is None,
    )
    return Practice(
        settings=settings,
        fhir=Fhir(records=records, base=iss),
        auth=auth,
        key=key,
        hooks_key=ECKey.generate_key("P-384", {"kid": "practice-hooks-1"}),
        faults=faults,
        payer=PracticePayer(clock=settings.clock),
    )
