"""Resources that others wrote are survived: each beside the base patient, as if it were the patient's own."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from spec import fhir
from spec.ask import answers, ask
from spec.cases import load

from smartapp.determination import Answer

FOLDER = Path(__file__).parents[1] / ".." / "shared" / "foreign" / "clinical"
FILES = sorted(FOLDER.glob("*.json"))
BASE = next(case for case in load("vignettes") if case.row == "1")
_OF_PATIENT = ("subject", "patient", "beneficiary")

# Beside the base patient, in whom every criterion is met, a file leaves every criterion met, except:
EXPECTED = {
    # V600E against the base patient's "not detected": a conflict
    "fsh-transcribed__genomics-reporting__Observation-BRAF-V600E": {"braf": Answer.UNKNOWN},
    # an active breast cancer: whose M category is it?
    "mcode-ctms__eom_patient_1": {"advanced": Answer.UNKNOWN},
    "mcode-ctms__patient_data_missing_histology_morph": {"advanced": Answer.UNKNOWN},
}


@pytest.fixture(autouse=True)
def _is_there() -> None:
    if not FILES:
        pytest.skip("the resources of others are not here")


@pytest.mark.parametrize("path", FILES or [None], ids=lambda path: getattr(path, "stem", "none"))
def test_a_foreign_resource_is_survived_with_sane_answers(path: Path) -> None:
    told = json.loads(path.read_text(encoding="utf-8"))
    foreign = [_of_base_patient(r) for r in _resources(told) if r["resourceType"] != "Patient"]

    said = ask(fhir.bundle([*BASE.resources, *foreign]), order=BASE.order, as_of=BASE.as_of)

    assert said is not None
    assert answers(said) == dict.fromkeys(answers(said), Answer.MET) | EXPECTED.get(path.stem, {})


def _resources(node: Any) -> Iterator[dict[str, Any]]:
    """Every resource in a file: itself, the entries of a Bundle, or wherever other tools hold them."""
    if (
        isinstance(node, dict)
        and isinstance(node.get("resourceType"), str)
        and node["resourceType"] != "Bundle"
    ):
        yield node
    elif isinstance(node, dict | list):
        for value in node.values() if isinstance(node, dict) else node:
            yield from _resources(value)


def _of_base_patient(resource: dict[str, Any]) -> dict[str, Any]:
    subject = {key: {"reference": "Patient/patient"} for key in _OF_PATIENT if key in resource}
    return {**resource, **subject}
