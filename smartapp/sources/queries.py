"""What is asked of an EHR: one query for each resource type that the criteria may need."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

_PATIENT = "{{context.patientId}}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """One declared prefetch key; the service sends the same query itself for a key that is missing."""

    key: str
    type: str
    template: str

    def of(self, patient_id: str) -> str:
        """The query for one patient."""
        return self.template.replace(_PATIENT, patient_id)


def _search(key: str, resource_type: str) -> Query:
    return Query(key=key, type=resource_type, template=f"{resource_type}?patient={_PATIENT}")


# Only what CDS Hooks 2.0.1 "Prefetch query restrictions" recommends: instance reads, type-level searches,
# reference and token parameters. The first two are the standard expressions of CRD (found-29).
PATIENT = Query(key="patient", type="Patient", template=f"Patient/{_PATIENT}")
COVERAGE = Query(key="coverage", type="Coverage", template=f"Coverage?patient={_PATIENT}&status=active")
REQUIRED = (PATIENT, COVERAGE)
OPTIONAL = (
    _search("conditions", "Condition"),
    _search("observations", "Observation"),
    _search("diagnosticReports", "DiagnosticReport"),
    _search("medicationRequests", "MedicationRequest"),
    _search("medicationStatements", "MedicationStatement"),
    _search("medicationAdministrations", "MedicationAdministration"),
    _search("medicationDispenses", "MedicationDispense"),
    _search("procedures", "Procedure"),
    _search("questionnaireResponses", "QuestionnaireResponse"),
)
QUERIES = REQUIRED + OPTIONAL
ORDERS = _search("serviceRequests", "ServiceRequest")
"""Asked besides the others when a whole record is read, to find the order in it."""

TEMPLATES: Mapping[str, str] = MappingProxyType({query.key: query.template for query in QUERIES})
TYPES = frozenset(query.type for query in QUERIES) | {"ServiceRequest", "Medication"}
"""The resource types whose absence is worth a word."""

RESULT_CODES = ",".join(
    f"{system}|{code}"
    for system, codes in (
        # BRAF tests, stage groups, M categories, performance status, disease status
        (
            "http://loinc.org",
            (
                *("53844-7", "58483-9", "58415-1", "85101-4", "89861-9", "97025-1"),
                *("21902-2", "21908-9", "21914-7", "21901-4", "21907-1", "21913-9", "89247-1", "97509-4"),
            ),
        ),
        (
            "http://snomed.info/sct",
            ("399390009", "399537006", "399588009", "277208005", "371497001", "399387003"),
        ),
    )
    for code in codes
)
"""What to ask Observations for by code, in a search, where a server gives none without category or code."""
