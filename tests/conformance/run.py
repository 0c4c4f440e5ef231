"""Runs HL7's CQL tests in our engine and writes build/conformance.json: python tests/conformance/run.py."""

import json
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[2])]

from conformance.cqltests import BUILD, missing, read_tests, translated  # noqa: E402 - the path above first
from conformance.judge import Verdict, judge  # noqa: E402

REPORT = BUILD.parent / "conformance.json"


def verdicts() -> list[Verdict]:
    """How every test went."""
    tests = read_tests()
    sides = translated(tests)
    return [judge(test, sides[test.name]) for test in tests]


def summary(found: list[Verdict]) -> dict[str, Any]:
    """The report: totals, and the same per file with what failed."""
    files: dict[str, dict[str, Any]] = defaultdict(lambda: {"passed": 0, "failed": 0, "failures": {}})
    for verdict in found:
        file = files[verdict.name.partition("/")[0]]
        file["passed" if verdict.passed else "failed"] += 1
        if not verdict.passed:
            file["failures"][verdict.name] = verdict.why
    passed = sum(verdict.passed for verdict in found)
    counts = {"passed": passed, "failed": len(found) - passed, "total": len(found)}
    return {"engine": "smartapp.elm", **counts, "files": dict(files)}


def main() -> int:
    """Write the report and print the totals; 2 where the tests cannot be run here."""
    if reason := missing():
        sys.stderr.write(f"HL7's CQL tests are not run: {reason}.\n")
        return 2
    report = summary(verdicts())
    REPORT.parent.mkdir(parents=True, exist_ok=True)
    REPORT.write_text(json.dumps(report, indent=2), encoding="utf-8")
    sys.stdout.writelines(_lines(report))
    return 0


def _lines(report: dict[str, Any]) -> Iterator[str]:
    for name, file in report["files"].items():
        yield f"{name:36} {file['passed']:5} passed {file['failed']:4} failed\n"
    share = report["passed"] / report["total"]
    yield f"{report['passed']} of {report['total']} passed ({share:.1%}); {REPORT.name}\n"


if __name__ == "__main__":
    sys.exit(main())
