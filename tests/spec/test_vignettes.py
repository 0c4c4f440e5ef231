"""The case files against the project's table of vignettes, and every record against FHIR R4."""

import csv
from pathlib import Path

import pytest
from spec.cases import CRITERIA, NO_CARD, Case, load

TABLE = Path(__file__).parents[2] / ".." / "shared" / "reference" / "vignettes.csv"
CASES = load("vignettes")
VALID = [case for folder in ("vignettes", "decisions") for case in load(folder) if not case.odd]


@pytest.fixture(scope="module")
def table() -> dict[str, dict[str, str]]:
    if not TABLE.exists():
        pytest.skip("the table of vignettes is not here")
    with TABLE.open(encoding="utf-8", newline="") as file:
        return {row["id"]: row for row in csv.DictReader(file)}


def test_every_row_is_a_case_and_every_case_a_row(table: dict[str, dict[str, str]]) -> None:
    rows = {case.row for case in CASES}

    assert rows == set(table)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_a_case_expects_what_its_row_says(case: Case, table: dict[str, dict[str, str]]) -> None:
    row = table[case.row]

    told = {"outcome": case.outcome} | {c: e[0] for c, e in case.answers.items()}

    assert told == _expected(row)


_ALTERNATIVES = {"13": 3, "18": 2, "31": 3, "45": 4, "72": 3, "82": 9, "94": 2, "96": 2, "103": 2, "110": 2}


@pytest.mark.parametrize(("row", "alternatives"), _ALTERNATIVES.items())
def test_every_alternative_of_a_row_is_a_case(row: str, alternatives: int) -> None:
    assert len([case for case in CASES if case.row == row]) == alternatives


def test_case_ids_are_unique() -> None:
    ids = [case.id for folder in ("vignettes", "decisions", "dialects") for case in load(folder)]

    assert sorted(ids) == sorted(set(ids))


def test_the_records_are_valid_fhir() -> None:
    from fhir.resources.R4B import get_fhir_model_class  # noqa: PLC0415 - the models load slowly, only here

    resources = {str(r): r for case in VALID for r in case.resources}
    problems = [_problem(get_fhir_model_class(r["resourceType"]), r) for r in resources.values()]

    assert [p for p in problems if p] == []


def _problem(model, resource):
    try:
        model.model_validate(resource)
    except ValueError as error:
        return f"{resource['resourceType']}/{resource.get('id')}: {error}"
    return None


def _expected(row: dict[str, str]) -> dict[str, str]:
    """A row without outcome means no card; blank answers are not asked for."""
    outcome = row["outcome"] or NO_CARD
    columns = {criterion: row[criterion.replace("-", "_")] for criterion in CRITERIA}
    return {"outcome": outcome} | {c: answer for c, answer in columns.items() if answer}
