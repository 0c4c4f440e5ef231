"""python -m bench: measure everything, print a table, write build/bench.json."""

import logging
import sys
import tempfile
from pathlib import Path

import orjson

from bench import other, patient, service, start
from bench.decide import Decision
from bench.measure import side_by_side
from smartapp.policies import Catalog, load_catalog

_OUT = Path(__file__).parents[1] / "build" / "bench.json"
_SIZES = (300, 3000)
_ROUNDS, _LARGE_ROUNDS, _OTHER_ROUNDS = 400, 15, 60
_GOALS = {
    "eval_ms / parse_ms": (6, "at most"),
    "cql_execution_ms / eval_ms": (30, "at least"),
    "hook_ms / floor_ms": (4, "at most"),
    "cold_start_s": (1.5, "at most"),
}


def main() -> None:
    """Measure, print, write."""
    logging.disable(logging.CRITICAL)
    found = measured()
    _OUT.parent.mkdir(exist_ok=True)
    _OUT.write_bytes(orjson.dumps(found, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS))
    lines = (f"{name:36} {_figure(value)}{_goal(name, value)}\n" for name, value in found.items())
    sys.stdout.writelines(lines)


def measured() -> dict[str, float | None]:
    """Every figure by its name."""
    catalog = load_catalog()
    decision = Decision(catalog, patient.record())
    found: dict[str, float | None] = {"resources": 30, "bytes": len(decision.body)}
    found |= _answer(decision)
    found["cql_execution_ms"] = other.cql_execution_ms(decision, rounds=_OTHER_ROUNDS)
    found |= {f"{name} ({size})": v for size in _SIZES for name, v in _large(catalog, size).items()}
    found |= {"cold_start_s": start.cold_start_s(times=5), "rss_mb": start.rss_mb()}
    return found | _ratios(found)


def _answer(decision: Decision) -> dict[str, float]:
    """All parts of one answer, and the hook call, in turn."""
    body = orjson.dumps(patient.hook_call(patient.record()))
    with tempfile.TemporaryDirectory() as folder:
        app = service.application(Path(folder))
        calls = {"hook_ms": service.hook(app, body), "floor_ms": service.floor(app, body)}
        return side_by_side(decision.parts() | calls, rounds=_ROUNDS)


def _large(catalog: Catalog, size: int) -> dict[str, float]:
    return side_by_side(Decision(catalog, patient.record(size)).parts(), rounds=_LARGE_ROUNDS)


def _ratios(found: dict[str, float | None]) -> dict[str, float]:
    pairs = [goal.split(" / ") for goal in _GOALS if " / " in goal]
    pairs += [["eval_ms (3000)", "eval_ms (300)"], ["eval_ms (3000)", "parse_ms (3000)"]]
    return {f"{a} / {b}": found[a] / found[b] for a, b in pairs if found.get(a) and found.get(b)}


def _figure(value: float | None) -> str:
    return f"{'-':>11}" if value is None else f"{value:11.3f}"


def _goal(name: str, value: float | None) -> str:
    if name not in _GOALS or value is None:
        return ""
    limit, direction = _GOALS[name]
    reached = value <= limit if direction == "at most" else value >= limit
    return f"   {direction} {limit}: {'reached' if reached else 'NOT reached'}"


if __name__ == "__main__":
    main()
