"""What a newer chart fills in, put together with what a person has answered: the person's answers are never touched.

DTR 2.2 "Relaunch": population runs again for empty and automatic answers and never changes override and manual ones;
a manual one becomes an override where the chart now has an answer, too.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from smartapp.outputs.form.answers import is_own, overriding, sources
from smartapp.outputs.form.names import in_row, is_repeated, next_id, row_name
from smartapp.outputs.form.read import given_by
from smartapp.policies.form import Item

Given = Mapping[str, Any]
Removed = Mapping[str, tuple[str, ...]]


def populate(
    form: Iterable[Item],
    before: Iterable[Given],
    fresh: Iterable[Given],
    *,
    removed: Removed,
    prefix: str = "",
) -> list[dict[str, Any]]:
    """The answers so far with those that the chart gives now; what a person took out (`removed`) stays out."""
    held, new = given_by(before), given_by(fresh)
    done: list[dict[str, Any]] = []
    for item in form:
        old, now = held.get(item.link_id, []), new.get(item.link_id, [])
        if is_repeated(item):
            done += _rows(item, old, now, removed)
        elif item.type == "group":
            done += _group(item, old, now, removed, prefix)
        else:
            done += _question(old, now, is_out=prefix + item.link_id in removed)
    return done


def derived(form: Iterable[Item], before: Iterable[Given], fresh: Iterable[Given]) -> list[dict[str, Any]]:
    """The answers so far, with what nobody can answer as it follows from them now (`fresh`)."""
    held, new = given_by(before), given_by(fresh)
    done: list[dict[str, Any]] = []
    for item in form:
        old, now = held.get(item.link_id, []), new.get(item.link_id, [])
        if item.shown.read_only:
            done += map(dict, now)
        elif item.type == "group" and not is_repeated(item):
            below = derived(item.items, _below(old), _below(now))
            done += [{**whole, "item": below} for whole in [*old, *now][:1] if below]
        else:
            done += map(dict, old)
    return done


def _question(old: Sequence[Given], now: Sequence[Given], *, is_out: bool) -> list[dict[str, Any]]:
    own = any(is_own(answer) for one in old for answer in one.get("answer", ()))
    if own:
        return [_overriding(one) if now else dict(one) for one in old]
    return [] if is_out else [dict(one) for one in now]


def _overriding(one: Given) -> dict[str, Any]:
    return {**one, "answer": [overriding(answer) for answer in one["answer"]]}


def _group(
    item: Item, old: Sequence[Given], now: Sequence[Given], removed: Removed, prefix: str
) -> list[dict[str, Any]]:
    below = populate(item.items, _below(old), _below(now), removed=removed, prefix=prefix)
    whole = next(iter((*old, *now)), None)
    return [{**whole, "item": below}] if whole and below else []


def _rows(item: Item, old: Sequence[Given], now: Sequence[Given], removed: Removed) -> list[dict[str, Any]]:
    """The rows so far, each with the new row that speaks of the same resources; then the other new rows."""
    waiting = [row for row in now if not _was_taken_out(item, row, removed)]
    done = []
    for row in old:
        match = next((one for one in waiting if _sources(one) & _sources(row)), None)
        if match is not None:
            waiting.remove(match)
            done += _row(item, row, match, removed)
        elif _has_own(row):
            done.append(dict(row))
    for row in waiting:
        new = next_id([*old, *done], item, gone=removed)
        done.append({"id": new, **{key: part for key, part in row.items() if key != "id"}})
    return done


def _row(item: Item, row: Given, match: Given, removed: Removed) -> list[dict[str, Any]]:
    prefix = in_row(item, row["id"])
    below = populate(item.items, _below([row]), _below([match]), removed=removed, prefix=prefix)
    return [{**row, "item": below}] if below else []


def _was_taken_out(item: Item, row: Given, removed: Removed) -> bool:
    start = row_name(item, "")[:-1]
    gone = (set(names) for name, names in removed.items() if name.startswith(start) and name.endswith("]"))
    return any(_sources(row) & names for names in gone)


def _sources(row: Given) -> set[str]:
    return {
        name for one in row.get("item", ()) for answer in one.get("answer", ()) for name in sources(answer)
    }


def _has_own(row: Given) -> bool:
    return any(is_own(answer) for one in row.get("item", ()) for answer in one.get("answer", ()))


def _below(given: Sequence[Given]) -> Sequence[Given]:
    return [below for one in given[:1] for below in one.get("item", ())]
