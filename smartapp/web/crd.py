"""What Da Vinci CRD adds to a CDS Hooks call: versions, options, and the rules whose breach is a 422."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from smartapp.errors import BadHook, BrokenProfile
from smartapp.facts import Resource
from smartapp.outputs import coverage
from smartapp.outputs.coverage import Chosen, Option, Settings, Trouble
from smartapp.outputs.dialect import Dialect, dialect_of

_VERSION = "davinci-crd.version"
_REQUESTED = "davinci-crd.requestedVersion"
_OPTIONS = "davinci-crd.configuration-options"
_CONFIGURATION = "davinci-crd.configuration"
# mandatory in profile-medicationrequest and profile-servicerequest of both editions
_MANDATORY = ("status", "intent", "subject", "authoredOn", "requester")
_PRIMARY = frozenset({"order-sign"})
_TROUBLES = {
    Trouble.NONE: "The patient has no active Coverage that could be read: there is nothing to answer for.",
    Trouble.SEVERAL: "Several Coverages are active and none is marked as the primary one: send only that one.",
    Trouble.FOREIGN: "This service does not answer for the payer of the patient's Coverage.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Crd:
    """How this service speaks CRD, from the settings."""

    dialect: Dialect = Dialect.V2_0
    """Spoken with clients that ask for no version."""
    options: tuple[Option, ...] = coverage.offered()
    payers: frozenset[str] = frozenset()
    """The payers answered for, as identifiers or names in lower case; none named: all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What the caller wants to hear, and how."""

    dialect: Dialect
    settings: Settings
    is_declared: bool
    """Whether the call says that it is CRD: then the rules of CRD hold, not only those of CDS Hooks."""
    is_primary: bool
    """Whether CRD wants to hear at this hook what is needed."""
    payers: frozenset[str]
    server: str | None
    user: str
    """The clinician as "Practitioner/id"."""


def wish(extension: Mapping[str, Any], crd: Crd, *, hook: str, server: str | None, user: str) -> Wish:
    """The wish of a call; BrokenProfile for a version that is not spoken here."""
    return Wish(
        dialect=_dialect(extension, crd),
        settings=coverage.chosen(extension.get(_CONFIGURATION), crd.options),
        is_declared=_REQUESTED in extension or _CONFIGURATION in extension,
        is_primary=hook in _PRIMARY,
        payers=crd.payers,
        server=server,
        user=user,
    )


def discovery(crd: Crd) -> dict[str, Any]:
    """The extension of a service in the discovery document (CRD 2.2.1 dev-1, dev-4)."""
    return {
        _VERSION: [dialect.value for dialect in Dialect],
        _OPTIONS: [
            {
                "code": option.code,
                "type": option.type,
                "name": option.name,
                "description": option.description,
                "default": option.default,
            }
            for option in crd.options
        ],
    }


def check_order(order: Resource, wanted: Wish) -> None:
    """BrokenProfile names what a declared CRD call leaves out of an order that it must have."""
    missing = [name for name in _MANDATORY if name not in order]
    if wanted.is_declared and missing:
        # CRD 2.2.1 hook-13: 422 for valid FHIR that breaks a constraint of the guide
        raise BrokenProfile(f"{order['resourceType']}: CRD asks for {', '.join(missing)}.")


def check_coverage(chosen: Chosen, wanted: Wish) -> None:
    """BadHook where CRD has no answer without the one Coverage (2.2.1 hook-13).

    A call that does not say that it is CRD gets its card all the same, unless its payer is another one.
    """
    if chosen.trouble is Trouble.FOREIGN or (wanted.is_declared and chosen.trouble in _TROUBLES):
        raise BadHook(_TROUBLES[chosen.trouble])


def is_about_one_order(card: Mapping[str, Any]) -> bool:
    """Whether a card says that it is about one order of the call (CRD 2.2.1 dev-25)."""
    return "extension" in card


def _dialect(extension: Mapping[str, Any], crd: Crd) -> Dialect:
    if _REQUESTED not in extension:
        return crd.dialect
    version = extension[_REQUESTED]
    if not isinstance(version, str):
        raise BadHook(f"extension '{_REQUESTED}' must be text.")
    dialect = dialect_of(version)
    if dialect is None:
        spoken = ", ".join(Dialect)
        raise BrokenProfile(f"This version of CRD is not spoken here; these are: {spoken}.")
    return dialect
