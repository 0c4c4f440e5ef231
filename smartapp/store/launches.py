"""What a launch brought: who, whose record, where, and the right to read it. Kept sealed, kind "launch"."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from smartapp.store.vault import Vault

KIND = "launch"


@dataclass(frozen=True, slots=True, kw_only=True)
class Launch:
    """One launch, from the EHR or on its own; it belongs to one session of one browser."""

    id: str
    """Random, 128 bits and more."""
    session: str
    """The id of the session in which it was started."""
    iss: str
    """The FHIR base address, byte for byte as it was registered."""
    patient: str
    """The id without "Patient/"."""
    encounter: str | None = None
    user: str | None = None
    """"Practitioner/id" or another type, relative to the FHIR base; None: the EHR named nobody."""
    user_name: str | None = None
    scopes: frozenset[str] = frozenset()
    """As granted, not as asked."""
    fhir_context: tuple[Mapping[str, Any], ...] = ()
    app_context: str | None = None
    """What the CDS Hooks link carried."""
    need_patient_banner: bool = True
    """Whether the EHR leaves it to us to show whose record this is."""
    tenant: str | None = None
    open: bool = False
    """Whether the server is an open test server, which asks for no token."""
    access_token: str | None = field(default=None, repr=False)
    refresh_token: str | None = field(default=None, repr=False)
    expires_at: datetime | None = None
    """When the access token ends, if the server said so."""
    token_endpoint: str | None = None


def save(vault: Vault, launch: Launch, *, seconds: float) -> None:
    """Keep a launch for so long; found again by its id, and by its session."""
    vault.put(KIND, launch.id, _as_json(launch), index=launch.session, seconds=seconds)


def load(vault: Vault, launch_id: str) -> Launch | None:
    """The launch with this id; None: unknown, ended or expired."""
    value = vault.get(KIND, launch_id)
    return None if value is None else _from_json(value)


def update(vault: Vault, launch: Launch) -> None:
    """Keep a launch as it is now; its remaining time stays. One that has ended stays ended."""
    found = vault.get_versioned(KIND, launch.id)
    if found is not None:
        vault.swap(KIND, launch.id, _as_json(launch), version=found[1])


def of_session(vault: Vault, session: str) -> list[Launch]:
    """The launches of a session, the newest first."""
    return [_from_json(value) for value in vault.find(KIND, session)]


def _as_json(launch: Launch) -> dict[str, Any]:
    ends = launch.expires_at
    return asdict(launch) | {"scopes": sorted(launch.scopes), "expires_at": ends and ends.isoformat()}


def _from_json(value: Mapping[str, Any]) -> Launch:
    ends = value["expires_at"]
    parsed = {
        "scopes": frozenset(value["scopes"]),
        "fhir_context": tuple(value["fhir_context"]),
        "expires_at": ends and datetime.fromisoformat(ends),
    }
    return Launch(**{**value, **parsed})
