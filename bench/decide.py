"""The parts of a decision on a record: parsing, normalising, evaluating every define, the determination."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import orjson

from bench import patient
from smartapp.facts import Facts, Resource
from smartapp.flow import determine
from smartapp.normalize import normalize
from smartapp.policies import Catalog, Policy

POLICY = "TILMelanoma"
LIBRARIES = ("TILMelanomaEvidence", POLICY, "TILMelanomaNotices")
"""All that the policy says, without what only its form asks."""
NOW = datetime.fromisoformat(patient.NOW)
PARAMETERS = {
    "Planned Date": "2026-06-01",
    "As Of": "2026-06-01",
    "Order": f"MedicationRequest/{patient.ORDER}",
    "Unread": [],
}


class Decision:
    """One policy and one record; each method is one thing to measure."""

    def __init__(self, catalog: Catalog, resources: list[Resource]) -> None:
        policy = catalog.policy(POLICY)
        assert policy is not None
        self.policy: Policy = policy
        self.body = orjson.dumps(patient.bundle(resources))
        self._facts = Facts(patient_id=patient.PATIENT, resources=tuple(resources))
        self._order = patient.order()
        self.normalised = normalize(self._facts, policy.terms).resources

    def parse(self) -> Any:
        """The bytes of the record as JSON."""
        return orjson.loads(self.body)

    def normalise(self) -> Facts:
        """What the criteria ask for, beside what the EHR sent."""
        return normalize(self._facts, self.policy.terms)

    def evaluate(self, resources: Any = None) -> list[Any]:
        """The value of every define of the policy's libraries."""
        resources = self.normalised if resources is None else resources
        run = self.policy.program.evaluate(self.policy.name, resources, parameters=PARAMETERS, now=NOW)
        return [part.value(name) for part in map(run.also, LIBRARIES) for name in part.names]

    def normalise_and_evaluate(self) -> list[Any]:
        """Both, as for every new record."""
        return self.evaluate(self.normalise().resources)

    def determine(self) -> Any:
        """The whole use case, with evidence, reasons, notices and questions."""
        return determine(self.policy, self._facts, order=self._order, now=NOW)

    def parts(self) -> dict[str, Callable[[], object]]:
        """What to measure, by the name of its figure."""
        return {
            "parse_ms": self.parse,
            "normalise_ms": self.normalise,
            "evaluate_ms": self.evaluate,
            "eval_ms": self.normalise_and_evaluate,
            "determine_ms": self.determine,
        }
