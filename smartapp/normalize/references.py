"""References in every form, resolved among the resources at hand and rewritten to "Type/id"."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from smartapp.normalize.coding import Json

_LISTS = ("focus", "reasonReference", "basedOn", "hasMember", "result", "authorizingPrescription")
_SINGLES = ("request",)
ELEMENTS = frozenset((*_LISTS, *_SINGLES, "stage", "extension"))
"""Where the criteria follow references."""
_TAIL = re.compile(r"(?:^|/)([A-Z][A-Za-z]+)/([A-Za-z0-9\-.]{1,64})(?:/_history/[^/]*)?/?$")


class References:
    """Finds what a reference names: by "Type/id", address, urn:uuid or bare id, or inside the resource."""

    def __init__(self, by_reference: Mapping[str, Json], full_urls: Mapping[str, str]) -> None:
        self.by_reference = by_reference
        self.full_urls = full_urls
        self._by_id: dict[str, str | None] | None = None

    def relative(self, written: str) -> str:
        """The reference as "Type/id" where that can be told, else as written."""
        if written in self.by_reference or written.startswith("#"):
            return written
        known = self.full_urls.get(written)
        if known:
            return known
        tail = _TAIL.search(written)
        if tail:
            return f"{tail[1]}/{tail[2]}"
        return self._of_id(written.removeprefix("urn:uuid:").removeprefix("urn:oid:")) or written

    def resolve(self, reference: Json, holder: Json) -> Json | None:
        """The resource that a reference inside `holder` names, or None."""
        written = reference.get("reference")
        if not written:
            return None
        if written.startswith("#"):
            return contained(holder, written[1:])
        return self.by_reference.get(self.relative(written))

    def _of_id(self, id_: str) -> str | None:
        """The one resource with this id, whatever its type; None when there are several."""
        if self._by_id is None:
            self._by_id = {}
            for reference in self.by_reference:
                bare = reference.partition("/")[2]
                self._by_id[bare] = None if bare in self._by_id else reference
        return self._by_id.get(id_)


def contained(holder: Json, id_: str) -> Json | None:
    """The resource inside `holder` that has this id."""
    inside: Iterable[Json] = holder.get("contained") or ()
    return next((item for item in inside if item.get("id") == id_), None)


def rewritten(resource: Json, references: References) -> Json:
    """The resource with the references that the criteria follow as "Type/id"; itself when they were."""
    changes: Json = {}
    for name in _LISTS:
        if name in resource:
            _change(changes, name, resource[name], _all_relative(resource[name], references))
    for name in _SINGLES:
        if name in resource:
            _change(changes, name, resource[name], _relative(resource[name], references))
    if "stage" in resource:
        _change(changes, "stage", resource["stage"], _stages(resource["stage"], references))
    if "extension" in resource:
        _change(changes, "extension", resource["extension"], _extensions(resource["extension"], references))
    return {**resource, **changes} if changes else resource


def _change(changes: Json, name: str, old: Any, new: Any) -> None:
    if new is not old:
        changes[name] = new


def _relative(reference: Json, references: References) -> Json:
    written = reference.get("reference")
    if not written:
        return reference
    relative = references.relative(written)
    return reference if relative == written else {**reference, "reference": relative}


def _all_relative(items: list[Json], references: References) -> list[Json]:
    for item in items:
        if _relative(item, references) is not item:
            return [_relative(each, references) for each in items]
    return items


def _stages(stages: list[Json], references: References) -> list[Json]:
    return _each(stages, "assessment", lambda value: _all_relative(value, references))


def _extensions(extensions: list[Json], references: References) -> list[Json]:
    return _each(extensions, "valueReference", lambda value: _relative(value, references))


def _each(items: list[Json], member: str, change: Any) -> list[Json]:
    """The list with `change` applied to a member of its items; itself when nothing changed."""
    result = items
    for i, item in enumerate(items):
        if member in item and (new := change(item[member])) is not item[member]:
            if result is items:
                result = list(items)
            result[i] = {**item, member: new}
    return result
