"""Our engine and cqframework's in Java answer every define alike: all spec patients and 300 mutated ones."""

import shutil
from pathlib import Path

import maven
import pytest
from differential import compare, defects, oracle, records

MUTATED = 300
_WHY = maven.missing()

pytestmark = pytest.mark.skipif(bool(_WHY), reason=_WHY)


def test_no_spec_patient_is_answered_differently() -> None:
    found = records.compared(records.as_written(), oracle.JavaEngine)

    assert defects.unexplained(found, defects.JAVA) == []


def test_no_mutated_patient_is_answered_differently() -> None:
    found = records.compared(records.mutated(MUTATED), oracle.JavaEngine)

    assert defects.unexplained(found, defects.JAVA) == []


def test_a_library_that_was_changed_is_found(tmp_path: Path) -> None:
    elm = shutil.copytree(oracle.ELM, tmp_path / "elm")
    library = elm / "TILMelanoma.json"
    library.write_text(
        library.read_text(encoding="utf-8").replace('"birth date"', '"hearsay"'), encoding="utf-8"
    )
    record = next(records.as_written())

    with oracle.JavaEngine(elm=elm) as changed:
        found = compare.differences(record, changed)

    assert {"Adult Evidence"} == {d.define for d in defects.unexplained(found, defects.JAVA)}
