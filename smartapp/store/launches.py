"""What a launch brought: who, whose record, where, and the right to read it. Kept sealed, kind "launch"."""

from collections.abc import Callable, Mapping
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


def change(vault: Vault, launch_id: str, step: Callable[[Launch], Launch]) -> Launch | None:
    """The launch after a step, kept; its remaining time stays. None: it has ended, and stays ended.

    The step is done once more when someone else was faster, so that no renewed token is lost.
    """
    while found := vault.get_versioned(KIND, launch_id):
        after = step(_from_json(found[0]))
        if vault.swap(KIND, launch_id, _as_json(after), version=found[1]):
            return after
    return None


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
