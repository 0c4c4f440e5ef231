"""Every answer of the form with where it came from, in the form's order, as rows to print."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from smartapp.outputs.form.answers import Answer, all_answers, author, origin, sources, value
from smartapp.outputs.form.enabled import asked
from smartapp.outputs.form.text import label
from smartapp.outputs.packet.sources import Sources
from smartapp.policies.form import Item, all_items

Given = Mapping[str, Any]
Row = dict[str, str]

_ORIGINS = {"auto": "from the chart", "override": "changed by", "manual": "entered by"}


def groups(form: Iterable[Item], given: Iterable[Given], cited: Sources) -> list[dict[str, Any]]:
    """The answered groups at the top of the form: { title, rows }; a row is a heading or an answer."""
    found = [(item, list(_rows((item,), (one,), cited))) for item, one in _matched(form, given)]
    return [
        {"title": item.text or item.link_id, "rows": _without_title(item, rows)}
        for item, rows in found
        if rows
    ]


def unanswered(form: tuple[Item, ...], given: list[Given]) -> list[str]:
    """The questions that are asked and required and have no answer yet."""
    links, held = asked(form, given), {link for link, _ in all_answers(given)}
    return [
        item.text or item.link_id
        for item in all_items(form)
        if item.shown.required and item.link_id in links and item.link_id not in held
    ]


def said(item: Item, answer: Answer) -> str:
    """The value of one answer, for a person."""
    held = value(answer)
    if isinstance(held, Mapping) and "value" in held:
        return f"{held['value']} {held.get('unit') or held.get('code') or ''}".strip()
    return label(item, answer)


def told(item: Item, answers: Iterable[Answer]) -> str:
    """The answers to one question, for a person."""
    return "; ".join(said(item, answer) for answer in answers)


def _rows(form: Iterable[Item], given: Iterable[Given], cited: Sources) -> Iterator[Row]:
    counts: dict[str, int] = {}
    for item, one in _matched(form, given):
        counts[item.link_id] = counts.get(item.link_id, 0) + 1
        below = list(_rows(item.items, one.get("item", ()), cited))
        if one.get("answer"):
            yield _answer(item, one["answer"], cited)
        elif below:
            nth = f" ({counts[item.link_id]})" if item.shown.repeats else ""
            yield {"heading": f"{item.text or item.link_id}{nth}", "number": item.shown.prefix or ""}
        yield from below


def _matched(form: Iterable[Item], given: Iterable[Given]) -> Iterator[tuple[Item, Given]]:
    defined = {item.link_id: item for item in form}
    return ((defined[one["linkId"]], one) for one in given if one["linkId"] in defined)


def _without_title(item: Item, rows: list[Row]) -> list[Row]:
    """The heading of the whole group is its title already."""
    return rows[1:] if item.type == "group" and "heading" in rows[0] else rows


def _answer(item: Item, answers: list[Answer], cited: Sources) -> Row:
    return {
        "number": item.shown.prefix or "",
        "question": item.text or item.link_id,
        "answer": told(item, answers),
        "origin": "; ".join(dict.fromkeys(map(_origin, answers))),
        "source": cited.cite(reference for answer in answers for reference in sources(answer)),
    }


def _origin(answer: Answer) -> str:
    """From the chart, or changed or entered by a clinician, by name where that is recorded."""
    kind = origin(answer) or ""
    words = _ORIGINS.get(kind, "not recorded")
    return words if kind not in ("override", "manual") else f"{words} {author(answer) or 'a clinician'}"
