"""The shapes of objects and lists that the criteria read: what can be used is kept or repaired, the rest taken out.

A shape is a function from a JSON value to the same value when it is well formed, to a repaired copy, or to
MISFIT; those of single values are in primitives.py. Well-formed input costs one pass and no copy.
"""

from collections.abc import Callable, Mapping
from typing import Any

from smartapp.normalize.primitives import MISFIT, NUMBERS, day, number, text

Shape = Callable[[Any], Any]


def anything(value: Any) -> Any:
    """Any JSON object."""
    return value if type(value) is dict else MISFIT


def record(**shapes: Shape) -> Shape:
    """An object whose named members have these shapes; a member that does not fit is taken out."""

    def check(value: Any) -> Any:
        return members(value, shapes) if type(value) is dict else MISFIT

    return check


def words(shape: Shape) -> Shape:
    """The same for an object that mostly has strings only, each of which fits."""

    def check(value: Any) -> Any:
        if type(value) is dict:
            for member in value.values():
                if type(member) is not str:
                    return shape(value)
            return value
        return MISFIT

    return check


def members(value: dict[str, Any], shapes: Mapping[str, Shape]) -> dict[str, Any]:
    """The object with the misfits among its named members taken out; the same object when all fit."""
    get = shapes.get
    for name, old in value.items():
        shape = get(name)
        if shape is not None and shape(old) is not old:
            return _mended(value, shapes)
    return value


def _mended(value: dict[str, Any], shapes: Mapping[str, Shape]) -> dict[str, Any]:
    read = {name: shapes[name](old) if name in shapes else old for name, old in value.items()}
    return {name: new for name, new in read.items() if new is not MISFIT}


def many(shape: Shape) -> Shape:
    """A list of such values; a single one stands for a list of one, misfits are left out."""

    def check(value: Any) -> Any:
        if type(value) is not list:  # DSTU2 and STU3 have single objects where R4 has lists
            one = shape(value)
            return MISFIT if one is MISFIT else [one]
        for item in value:
            if shape(item) is not item:
                return [new for each in value if (new := shape(each)) is not MISFIT]
        return value

    return check


def coding(value: Any) -> Any:
    """A Coding; a numeric code is taken as its digits."""
    if type(value) is not dict:
        return MISFIT
    parts = (value.get("system"), value.get("code"), value.get("display"))
    if all(part is None or type(part) is str for part in parts):
        return value
    mended = {k: v for k, v in value.items() if k not in ("system", "code", "display") or type(v) is str}
    if type(value.get("code")) is int:
        mended["code"] = str(value["code"])
    return mended


def concept(value: Any) -> Any:
    """A CodeableConcept; one with codings that hold texts alone is sound, others are looked at closely."""
    if type(value) is not dict:
        return MISFIT
    codings = value.get("coding")
    if type(codings) is not list or type(value.get("text", "")) is not str:
        return _mended_concept(value)
    for each in codings:
        if type(each) is not dict:
            return _mended_concept(value)
        for member in each.values():
            if type(member) is not str:  # as userSelected, or an extension
                return _mended_concept(value)
    return value


def _mended_concept(value: dict[str, Any]) -> dict[str, Any]:
    """The concept without a text that is none, and with those codings that are some."""
    wording = value.get("text")
    if wording is not None and type(wording) is not str:
        value = {k: v for k, v in value.items() if k != "text"}
    codings = value.get("coding")
    mended = _codings(codings) if codings is not None else None
    if mended is codings:
        return value
    rest = {k: v for k, v in value.items() if k != "coding"}
    return rest if mended is MISFIT else {**rest, "coding": mended}


def quantity(value: Any) -> Any:
    """A Quantity: a number, and texts."""
    if type(value) is not dict:
        return MISFIT
    for name, member in value.items():
        if type(member) is not str if name != "value" else type(member) not in NUMBERS:
            return _quantity(value)
    return value


def reference(value: Any) -> Any:
    """A Reference: texts, and an Identifier of texts."""
    if type(value) is not dict:
        return MISFIT
    if "identifier" in value:
        return _reference(value)
    for member in value.values():
        if type(member) is not str:
            return _reference(value)
    return value


_codings = many(coding)

_reference = record(reference=text, display=text, identifier=record(system=text, value=text))
period = record(start=day, end=day)
note = words(record(text=text))
_quantity = record(value=number, unit=text, code=text, system=text)
