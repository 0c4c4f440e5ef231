"""Our engine and cql-execution answer every define alike: all spec patients and 2,000 mutated ones."""

import pytest
from differential import defects, oracle, records

MUTATED = 2000
_WHY = oracle.missing()

pytestmark = pytest.mark.skipif(_WHY is not None, reason=str(_WHY))


def test_no_spec_patient_is_answered_differently() -> None:
    found = records.compared(records.as_written(), oracle.Oracle)

    assert defects.unexplained(found, defects.CQL_EXECUTION) == []


def test_no_mutated_patient_is_answered_differently() -> None:
    found = records.compared(records.mutated(MUTATED), oracle.Oracle)

    assert defects.unexplained(found, defects.CQL_EXECUTION) == []
