"""An answer as the text that a person reads and types, and the text as an answer again."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from smartapp.errors import BadInput
from smartapp.outputs.form.answers import Answer, value
from smartapp.policies.form import Item, offers

Coding = Mapping[str, Any]
_OWN = "https://smartapp.example/"
"""Our own codes mean nothing to a person: only their displays are shown."""
_DATE = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?", re.ASCII)
_EARLIEST, _LATEST = 1850, 2150
_MOST_LETTERS = 10_000
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]")


def tokens(item: Item, answers: Sequence[Answer]) -> tuple[str, ...]:
    """What the form's field holds for these answers: one text each."""
    return tuple(_TOKENS.get(item.type, str)(value(answer)) for answer in answers)


def label(item: Item, answer: Answer) -> str:
    """The answer for a person."""
    held = value(answer)
    if isinstance(held, bool):
        return "Yes" if held else "No"
    return coding_label(held) if isinstance(held, Mapping) else tokens(item, (answer,))[0]


def coding_label(coding: Coding) -> str:
    """A Coding for a person: "Stage IV", "C43.9 Malignant melanoma of skin, unspecified"."""
    code, display = str(coding.get("code", "")), str(coding.get("display", ""))
    if str(coding.get("system", "")).startswith(_OWN):
        return display or code
    return " ".join(part for part in (code, display) if part)


def as_asked(item: Item, coding: Coding) -> dict[str, Any]:
    """A Coding as the answer's value[x]; FHIR R4 "open-choice": a code from the list, or else words."""
    if item.type == "open-choice" and not offers(item, coding):
        return {"valueString": coding_label(coding)}
    return {"valueCoding": dict(coding)}


def is_same(posted: Iterable[str], held: Iterable[str]) -> bool:
    """Whether a field came back as it was drawn; browsers change spaces and line ends, nobody else does."""
    return sorted(" ".join(t.split()) for t in posted) == sorted(" ".join(t.split()) for t in held)


def parse(item: Item, text: str, *, held: Sequence[Answer]) -> dict[str, Any]:
    """The answer's value[x] for what was typed or chosen; BadInput says what helps.

    `held` are the answers so far: a coding that the chart gave may be chosen again.
    """
    if _UNPRINTABLE.search(text):
        raise BadInput("The text holds characters that cannot be stored; type it again.")
    return _PARSERS[item.type](item, text.strip(), held)


def is_supported(item: Item) -> bool:
    """Whether the form can ask this type of question."""
    return item.type in _PARSERS


def _boolean(_: Item, text: str, __: Sequence[Answer]) -> dict[str, Any]:
    if text not in ("true", "false"):
        raise BadInput("Choose Yes or No.")
    return {"valueBoolean": text == "true"}


def _date(_: Item, text: str, __: Sequence[Answer]) -> dict[str, Any]:
    match = _DATE.fullmatch(text)
    if match is None:
        raise BadInput("Enter a date as year, month, day: 2026-06-01. A month (2026-06) or a year is enough.")
    year, month, day = (int(part or 1) for part in match.groups())
    try:
        date(year, month, day)
    except ValueError as error:
        raise BadInput(f"There is no day {text} in the calendar.") from error
    if not _EARLIEST <= year <= _LATEST:
        raise BadInput(f"The year {year} cannot be right.")
    return {"valueDate": text}


def _integer(item: Item, text: str, _: Sequence[Answer]) -> dict[str, Any]:
    if not re.fullmatch(r"[+-]?\d{1,9}", text, re.ASCII):
        raise BadInput("Enter a whole number, in digits.")
    return {"valueInteger": int(_within(item, Decimal(text)))}


def _decimal(item: Item, text: str, _: Sequence[Answer]) -> dict[str, Any]:
    if not re.fullmatch(r"[+-]?\d{1,12}(\.\d{1,9})?", text, re.ASCII):
        raise BadInput("Enter a number, with a point before decimals: 2.5.")
    return {"valueDecimal": float(_within(item, Decimal(text)))}


def _within(item: Item, number: Decimal) -> Decimal:
    low, high = item.shown.minimum, item.shown.maximum
    if low is not None and number < low:
        raise BadInput(f"Enter a number that is not below {low}.")
    if high is not None and number > high:
        raise BadInput(f"Enter a number that is not above {high}.")
    return number


def _string(item: Item, text: str, _: Sequence[Answer]) -> dict[str, Any]:
    most = min(item.shown.max_length or _MOST_LETTERS, _MOST_LETTERS)
    if len(text) > most:
        raise BadInput(f"The text has {len(text)} letters; at most {most} are possible.")
    return {"valueString": text.replace("\r\n", "\n")}


def _choice(item: Item, text: str, held: Sequence[Answer]) -> dict[str, Any]:
    for coding in _codings(item, held):
        if coding.get("code") == text:
            return {"valueCoding": dict(coding)}
    raise BadInput("Choose one of the answers that are offered.")


def _open_choice(item: Item, text: str, held: Sequence[Answer]) -> dict[str, Any]:
    for coding in _codings(item, held):
        named = (str(coding.get("code")).casefold(), coding_label(coding).casefold())
        if text.casefold() in named and offers(item, coding):
            return {"valueCoding": dict(coding)}
    return _string(item, text, held)


def _codings(item: Item, held: Sequence[Answer]) -> Iterable[Coding]:
    return (*(a["valueCoding"] for a in held if "valueCoding" in a), *item.shown.options)


_PARSERS: Mapping[str, Callable[[Item, str, Sequence[Answer]], dict[str, Any]]] = {
    "boolean": _boolean,
    "choice": _choice,
    "date": _date,
    "decimal": _decimal,
    "integer": _integer,
    "open-choice": _open_choice,
    "string": _string,
    "text": _string,
}
_TOKENS: Mapping[str, Callable[[Any], str]] = {
    "boolean": lambda held: "true" if held else "false",
    "choice": lambda held: str(held.get("code", "")) if isinstance(held, Mapping) else str(held),
    "open-choice": lambda held: coding_label(held) if isinstance(held, Mapping) else str(held),
}
