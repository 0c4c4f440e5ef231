"""HL7's CQL tests (cqframework/cql-tests), read from the shared folder and translated once.

Nothing of them is kept in this project: the XML is read in place, and what the official translator makes
of it lies under build/, from where it is taken until the XML, the translator or this file changes.
"""

import hashlib
import json
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree as ET

ROOT = Path(__file__).parents[2]
TESTS = ROOT / ".." / "shared" / "cql-tests"
TRANSLATE = ROOT / "cql" / "translate"
BUILD = ROOT / "build" / "conformance"
NS = "{http://hl7.org/fhirpath/tests}"


@dataclass(frozen=True, slots=True, kw_only=True)
class CqlTest:
    """One test: an expression, and the expression that it must be the same as."""

    name: str
    """File, group and test: "CqlQueryTests/Sort/IntegerDescending"."""
    expression: str
    output: str | None
    invalid: bool
    """Whether an error (or null) is what must come out."""


def missing() -> str | None:
    """Why the tests cannot be run here, or None."""
    if not TESTS.is_dir():
        return "../shared/cql-tests is not here"
    if shutil.which("node") is None:
        return "Node is not installed"
    if not (TRANSLATE / "node_modules").is_dir():
        return "the translator is not installed: npm ci in cql/translate"
    return None


def read_tests() -> list[CqlTest]:
    """All tests, in the order of the files."""
    return [test for file in sorted(TESTS.glob("*.xml")) for test in _read_file(file)]


def _read_file(file: Path) -> list[CqlTest]:
    groups = ET.parse(file).getroot().iter(f"{NS}group")
    return [
        _read_test(f"{file.stem}/{group.get('name')}", test)
        for group in groups
        for test in group.iter(f"{NS}test")
    ]


def _read_test(group: str, test: ET.Element) -> CqlTest:
    expression, output = test.find(f"{NS}expression"), test.find(f"{NS}output")
    return CqlTest(
        name=f"{group}/{test.get('name')}",
        expression=(expression.text if expression is not None else "") or "",
        output=output.text if output is not None else None,
        invalid=expression is not None and expression.get("invalid", "false") != "false",
    )


def translated(tests: list[CqlTest]) -> dict[str, dict[str, object]]:
    """For each test by name, the ELM of its two sides and the translator's complaints about each."""
    texts = {test.name: {"Actual": test.expression, "Expected": test.output} for test in tests}
    question = json.dumps(texts, sort_keys=True)
    cache = BUILD / f"elm-{_fingerprint(question)}.json"
    if not cache.exists():
        BUILD.mkdir(parents=True, exist_ok=True)
        (BUILD / "tests.json").write_text(question, encoding="utf-8")
        script = Path(__file__).with_name("translate_tests.mjs")
        subprocess.run(
            ["node", script, BUILD / "tests.json", cache], check=True, stdout=subprocess.DEVNULL, timeout=600
        )
    return json.loads(cache.read_text(encoding="utf-8"))


def _fingerprint(question: str) -> str:
    sources = [
        TRANSLATE / "translator.mjs",
        TRANSLATE / "package-lock.json",
        Path(__file__).with_name("translate_tests.mjs"),
    ]
    return hashlib.sha256(
        b"".join([question.encode(), *(source.read_bytes() for source in sources)])
    ).hexdigest()[:16]
