"""Who may see what: the bearer's scopes, and the compartment of the patient that was launched for."""

from dataclasses import dataclass

from smartapp.facts import Resource
from smartapp.sandbox.fhir.parameters import COMPARTMENT
from smartapp.sandbox.fhir.refusals import forbidden
from smartapp.sandbox.fhir.scopes import allows

_WORDS = {"c": "create", "r": "read", "u": "update", "s": "search"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """What a token allows."""

    scopes: frozenset[str]
    patient: str | None
    """The id of the patient that patient/ scopes are about."""
    user: str | None = None
    """The id of the Practitioner who is signed in."""

    def is_own(self, resource_type: str, resource_id: str) -> bool:
        """Whether it is the user's own Practitioner, which the scope fhirUser opens."""
        return "fhirUser" in self.scopes and (resource_type, resource_id) == ("Practitioner", self.user)

    def confined_to(self, resource_type: str, letter: str) -> str | None:
        """The patient whose resources may be touched, None for everybody's; Refusal when none may."""
        if allows(self.scopes, level="user", resource_type=resource_type, letter=letter):
            return None
        if self.patient and allows(self.scopes, level="patient", resource_type=resource_type, letter=letter):
            return self.patient
        raise forbidden(f"The token's scopes do not allow to {_WORDS[letter]} {resource_type}.")


EVERYTHING = Access(scopes=frozenset({"user/*.cruds"}), patient=None)
"""For an open server, and for the EHR's own screen."""


def patient_of(resource: Resource) -> str | None:
    """The id of the patient that a resource is about; None for one of nobody's."""
    if resource["resourceType"] == "Patient":
        return str(resource["id"])
    element = COMPARTMENT.get(resource["resourceType"])
    reference = resource.get(element, {}).get("reference", "") if element else ""
    kind, _, patient = reference.rpartition("/")
    return patient if kind.endswith("Patient") else None


def is_visible(resource: Resource, patient: str | None) -> bool:
    """Whether someone confined to a patient may see it; what is nobody's (a Medication) everyone may."""
    shared = resource["resourceType"] != "Patient" and resource["resourceType"] not in COMPARTMENT
    return patient is None or shared or patient_of(resource) == patient
