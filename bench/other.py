"""The other engine, cql-execution in Node, evaluating the same libraries over the same normalised record."""

import sys
from pathlib import Path
from statistics import median
from typing import Any

from bench.decide import LIBRARIES, PARAMETERS, Decision

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))  # the driver is the differential test's

from differential.oracle import Oracle, job, missing


def cql_execution_ms(decision: Decision, *, rounds: int) -> float | None:
    """The median of so many evaluations of every define, measured inside Node; None where it cannot run."""
    if missing():
        return None
    asked: dict[str, Any] = job(
        decision.normalised, PARAMETERS, "2026-06-01T12:00:00.000+00:00", repeat=rounds + 20
    )
    with Oracle() as oracle:
        return median(oracle.ask({**asked, "libraries": LIBRARIES})["ms"][20:])
