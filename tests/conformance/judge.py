"""Whether what our engine gives for a test is what the test expects."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from conformance.cqltests import CqlTest

from smartapp.elm import compile_program
from smartapp.elm.bounds import end, start
from smartapp.elm.code import Code, Concept
from smartapp.elm.interval import Interval, Uncertainty
from smartapp.elm.quantity import Long, Quantity, Ratio
from smartapp.elm.temporal import HOUR, DateTime, in_offset
from smartapp.errors import SmartappError

NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """How a test went."""

    name: str
    passed: bool
    why: str = ""


def judge(test: CqlTest, sides: Mapping[str, Mapping[str, Any]]) -> Verdict:
    """Pass when both sides are the same, or when what must fail fails or is null."""
    actual, failure = _value(sides["Actual"])
    if test.invalid:
        return Verdict(
            name=test.name, passed=failure is not None or actual is None, why=f"gave {canonical(actual)}"
        )
    if failure is not None:
        return Verdict(name=test.name, passed=False, why=failure)
    if "Expected" not in sides:
        return Verdict(name=test.name, passed=True)
    expected, failure = _value(sides["Expected"])
    if failure is not None:
        return Verdict(name=test.name, passed=False, why=f"the expected value: {failure}")
    got, wanted = canonical(actual), canonical(expected)
    return Verdict(name=test.name, passed=got == wanted, why=f"gave {got}, expected {wanted}")


def _value(side: Mapping[str, Any]) -> tuple[Any, str | None]:
    if "problem" in side:
        return None, f"translator: {side['problem']}"
    try:
        program = compile_program([side["elm"]], {})
        library = side["elm"]["library"]["identifier"]["id"]
        return program.evaluate(library, [], parameters={}, now=NOW).value("Value"), None
    except SmartappError as error:
        return None, f"engine: {error}"


def canonical(value: Any) -> Any:
    """A value as plain data that compares as the test means it: type, value and precision."""
    if isinstance(value, bool | str) or value is None:
        return value
    if isinstance(value, list):
        return [canonical(item) for item in value]
    if isinstance(value, dict):
        return {name: canonical(item) for name, item in sorted(value.items())}
    return _CANONICAL.get(type(value), lambda other: (type(other).__name__, str(other)))(value)


def _number(value: Any) -> Any:
    return (type(value).__name__, str(Decimal(value).normalize() + 0))


def _datetime(value: DateTime) -> Any:
    return ("DateTime", str(in_offset(value, 0) if value.precision >= HOUR else value).rstrip("Z"))


def _interval(value: Interval) -> Any:
    first, last = start(value), end(value)
    low = canonical(first) if first is not None else ("null", value.low_closed)
    high = canonical(last) if last is not None else ("null", value.high_closed)
    return ("Interval", low, high)


_CANONICAL = {
    int: _number,
    Long: _number,
    Decimal: _number,
    DateTime: _datetime,
    Interval: _interval,
    Uncertainty: lambda value: ("Interval", canonical(value.low), canonical(value.high)),
    Quantity: lambda value: ("Quantity", _number(value.value), value.unit),
    Ratio: lambda value: ("Ratio", canonical(value.numerator), canonical(value.denominator)),
    Code: lambda value: ("Code", value.code, value.system, value.version, value.display),
    Concept: lambda value: ("Concept", [canonical(code) for code in value.codes], value.display),
}
