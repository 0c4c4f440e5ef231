"""The EHRs that may launch the app: who they are, how the app proves itself to them, what it asks them for."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from joserfc.jwk import KeySet

Auth = Literal["public", "symmetric", "asymmetric"]

SCOPES: tuple[str, ...] = (
    "patient/Patient.r",
    "patient/Condition.rs",
    "patient/Observation.rs",
    "patient/DiagnosticReport.rs",
    "patient/MedicationRequest.rs",
    "patient/MedicationAdministration.rs",
    "patient/MedicationDispense.rs",
    "patient/MedicationStatement.rs",
    "patient/Medication.rs",
    "patient/Procedure.rs",
    "patient/Coverage.rs",
    "patient/Organization.r",
    "patient/Practitioner.r",
    "patient/PractitionerRole.r",
    "patient/Location.r",
    "patient/Encounter.r",
    "patient/ServiceRequest.rs",
    "patient/QuestionnaireResponse.crus",
    "patient/DocumentReference.crus",
)
"""What the app asks for, as SMART 2 scopes; an EHR with version 1 only is asked for the same in its words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ehr:
    """One EHR as it was registered."""

    name: str
    """As clinicians know it."""
    iss: str
    """The FHIR base address, byte for byte as registered."""
    client_id: str = ""
    auth: Auth = "public"
    secret: str = field(default="", repr=False)
    """Of a symmetric client."""
    keys: "KeySet | None" = field(default=None, repr=False)
    """The private keys of an asymmetric client: the first signs, all are published."""
    alg: str = "ES384"
    """What the first key signs with: ES384 or RS384."""
    scopes: tuple[str, ...] = SCOPES
    """The resource scopes to ask for, in the form of SMART 2."""
    more_scopes: tuple[str, ...] = ()
    """Others to ask for as they stand, such as online_access."""
    scope_version: Literal["auto", "v1", "v2"] = "auto"
    aud: str = ""
    """What to send as aud where that is not the iss of the launch."""
    frame_ancestors: tuple[str, ...] = ()
    """The origins whose pages may show the app in a frame."""
    hosts: tuple[str, ...] = ()
    """Hosts beside that of the iss where its authorization server and its keys may be."""
    open: bool = False
    """A test server that asks for no authorization. Never guessed, only set."""
    own_tab: bool = False
    """Whether its sign-in cannot be shown in a frame, so that a framed launch asks to open a tab of its own."""
    nonce_optional: bool = False
    """Whether an id_token without nonce is taken; one with a wrong nonce never is."""


class Registry:
    """All EHRs that are registered; an iss that is not among them is never asked for anything."""

    def __init__(self, ehrs: Sequence[Ehr] = ()) -> None:
        self._ehrs = tuple(ehrs)

    def __iter__(self) -> Iterator[Ehr]:
        return iter(self._ehrs)

    def __len__(self) -> int:
        return len(self._ehrs)

    def find(self, iss: str) -> Ehr | None:
        """The EHR with this FHIR base, which may differ in a final slash; None: it is not registered."""
        return next((ehr for ehr in self._ehrs if ehr.iss.rstrip("/") == iss.rstrip("/")), None)


def is_of(ehr: Ehr, url: str) -> bool:
    """Whether an address is on a host of this EHR and as safe as its FHIR base."""
    try:
        base, parts = urlsplit(ehr.iss), urlsplit(url)
        _ = parts.port
    except ValueError:
        return False
    safe = parts.scheme == "https" or parts.scheme == base.scheme == "http"
    plain = parts.username is None and parts.password is None and not parts.fragment
    return safe and plain and parts.netloc.lower() in {base.netloc.lower(), *map(str.lower, ehr.hosts)}
