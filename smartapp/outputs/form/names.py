"""The names of the form's fields: a linkId, in a row of a repeating group "pd1.lines[row-2].pd1.drug".

A row is known by the `id` of its item in the QuestionnaireResponse, never by its place: another one may be
taken out meanwhile. The id of a row that was taken out is not given again.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from smartapp.policies.form import Item

NEW = "new"
"""Stands for the id of the row that the form offers empty."""
REMOVE = "remove"
"""The name, in a row, of the box that takes the row out."""
_ROW = re.compile(r"row-(\d+)$", re.ASCII)


def in_row(item: Item, row: str) -> str:
    """What the names of the fields in a row begin with."""
    return f"{item.link_id}[{row}]."


def row_name(item: Item, row: str) -> str:
    """The name of the row itself."""
    return f"{item.link_id}[{row}]"


def link_id(name: str) -> str:
    """The linkId of the question behind a field's name."""
    return name.rpartition("].")[2]


def is_repeated(item: Item) -> bool:
    """Whether the item is a group of rows."""
    return item.type == "group" and item.shown.repeats


def numbered(items: Iterable[Item], given: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The same answers with an id on every row that has none."""
    defined = {item.link_id: item for item in items}
    done: list[dict[str, Any]] = []
    for one in given:
        item = defined[one["linkId"]]
        below = {"item": numbered(item.items, one["item"])} if "item" in one else {}
        fresh = {"id": next_id(done, item)} if is_repeated(item) and "id" not in one else {}
        done.append({**fresh, **one, **below})
    return done


def next_id(given: Iterable[Mapping[str, Any]], item: Item, *, gone: Iterable[str] = ()) -> str:
    """An id for one more row; `gone`: the names of rows that were taken out."""
    ids = [str(one.get("id", "")) for one in given if one["linkId"] == item.link_id]
    ids += [name[:-1].rpartition("[")[2] for name in gone if name.startswith(f"{item.link_id}[")]
    taken = (int(match[1]) for match in map(_ROW.match, ids) if match)
    return f"row-{max(taken, default=0) + 1}"
