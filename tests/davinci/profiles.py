"""Is a resource what a profile says: cardinality, fixed values and patterns, required bindings, slices.

It reads the snapshot of a StructureDefinition and follows the profiles of extensions. See NOT_COVERED.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from davinci import bindings
from davinci.packages import Definition, Guide

NOT_COVERED = (
    "invariants: those of CRD and DTR are in invariants.py, those of base FHIR are not evaluated",
    "base FHIR: names and types of elements are held to the R4B models in the tests that use this check",
    "extensible, preferred and example bindings",
    "required bindings to value sets that no package lists code by code, but for those in bindings.CORE",
    "target profiles of references, and whether what they name exists",
    "slices told apart by a binding, and slices of slices",
    "mustSupport: what a receiver must do is nothing to check in what is sent",
    "US Core, SDC and HRex beyond what the snapshots of CRD and DTR repeat of them",
    "DTR 2.2.0 and CRD 2.2.1: no compiled package; CRD is checked against 2.2.0-preview, DTR in dtr22.py",
)
Json = Any


@dataclass(slots=True)
class Node:
    """An element of a snapshot with those below it and its slices."""

    element: Mapping[str, Any] = field(default_factory=dict)
    below: dict[str, "Node"] = field(default_factory=dict)
    slices: dict[str, "Node"] = field(default_factory=dict)


def problems(resource: Mapping[str, Any], profile: str, guide: Guide) -> list[str]:
    """What is wrong with a resource or an extension, each with its place; nothing: it conforms."""
    definition = guide.find(profile)
    assert definition is not None, f"no package defines {profile}"
    root = _tree(definition)
    return list(_value(resource, root, definition["type"], guide))


def _tree(definition: Definition) -> Node:
    root = Node(element=definition["snapshot"]["element"][0])
    for element in definition["snapshot"]["element"][1:]:
        node = root
        for step in element["id"].split(".")[1:]:
            name, _, slice_name = step.partition(":")
            node = node.below.setdefault(name, Node())
            if slice_name:
                node = node.slices.setdefault(slice_name, Node())
        node.element = element
    _share(root, {n.element["id"]: n for n in _nodes(root)})
    return root


def _nodes(node: Node) -> Iterator[Node]:
    yield node
    for below in (*node.below.values(), *node.slices.values()):
        yield from _nodes(below)


def _share(node: Node, by_id: Mapping[str, Node]) -> None:
    """An element that refers to another one has the same below it: items in items."""
    for below in (*node.below.values(), *node.slices.values()):
        if reference := below.element.get("contentReference"):
            below.below = by_id[reference.rpartition("#")[2]].below
        else:
            _share(below, by_id)


def _value(value: Json, node: Node, path: str, guide: Guide) -> Iterator[str]:
    yield from _fixed(value, node, path)
    yield from _bound(value, node, path, guide)
    yield from _typed(value, node, path, guide)
    if not isinstance(value, Mapping):
        return
    for name, below in node.below.items():
        yield from _element(value, name, below, path, guide)


def _element(value: Mapping[str, Any], name: str, node: Node, path: str, guide: Guide) -> Iterator[str]:
    found = list(_found(value, name, node))
    place = f"{path}.{name}"
    yield from _counted(len(found), node, place)
    if node.element.get("max") == "0":
        return
    for _, item in found:
        yield from _value(item, node, place, guide)
    yield from _sliced(found, node, place, guide)


def _found(value: Mapping[str, Any], name: str, node: Node) -> Iterator[tuple[str, Json]]:
    """The values of an element, each with the name it has in JSON."""
    keys = _choices(name, node) if name.endswith("[x]") else [name]
    for key in keys:
        if key in value:
            items = value[key] if isinstance(value[key], list) else [value[key]]
            yield from ((key, item) for item in items)


def _choices(name: str, node: Node) -> list[str]:
    stem = name.removesuffix("[x]")
    types = [t["code"] for n in (node, *node.slices.values()) for t in n.element.get("type", ())]
    return list(dict.fromkeys(f"{stem}{code[:1].upper()}{code[1:]}" for code in types))


def _counted(count: int, node: Node, place: str) -> Iterator[str]:
    low, high = node.element.get("min", 0), node.element.get("max", "*")
    if count < low or (high != "*" and count > int(high)):
        yield f"{place}: {count} of {low}..{high}"


def _sliced(found: list[tuple[str, Json]], node: Node, place: str, guide: Guide) -> Iterator[str]:
    slicing = node.element.get("slicing")
    if not slicing or not node.slices:
        return
    discriminators = [(d["type"], d["path"]) for d in slicing.get("discriminator", ())]
    taken = 0
    for name, part in node.slices.items():
        if not _is_told(part, discriminators, name):
            continue
        mine = [(key, item) for key, item in found if _is_of(key, item, part, discriminators, name)]
        taken += len(mine)
        yield from _counted(len(mine), part, f"{place}:{name}")
        for _, item in mine:
            yield from _value(item, part, f"{place}:{name}", guide)
    if slicing.get("rules") == "closed" and taken < len(found):
        yield f"{place}: {len(found) - taken} in no slice"


def _is_told(part: Node, discriminators: list[tuple[str, str]], name: str) -> bool:
    """Whether a value can be told to be of this slice."""
    return all(kind == "type" or _mark(part, path, name) is not None for kind, path in discriminators)


def _is_of(key: str, item: Json, part: Node, discriminators: list[tuple[str, str]], name: str) -> bool:
    for kind, path in discriminators:
        if kind == "type":
            if path == "$this" and key != name:
                return False
            kinds = [t["code"] for t in _at(part, path).element.get("type", ())]
            if path != "$this" and _get(item, path).get("resourceType") not in kinds:
                return False
        elif not _matches(_get(item, path), _mark(part, path, name)):
            return False
    return bool(discriminators)


def _at(part: Node, path: str) -> Node:
    node = part
    for step in path.split("."):
        node = node.below.get(step, Node()) if step != "$this" else node
    return node


def _get(item: Json, path: str) -> Json:
    for step in path.split("."):
        if step != "$this":
            item = item.get(step) if isinstance(item, Mapping) else None
    return item


def _mark(part: Node, path: str, _name: str) -> Json:
    """What the discriminator has in values of this slice."""
    element = _at(part, path).element
    given = next((v for k, v in element.items() if k.startswith(("fixed", "pattern"))), None)
    if given is None and path == "url":  # the url of an extension is that of its definition
        profiles = [p for t in part.element.get("type", ()) for p in t.get("profile", ())]
        given = profiles[0].partition("|")[0] if profiles else None
    return given


def _matches(value: Json, pattern: Json) -> bool:
    """FHIR "pattern": all of the pattern is in the value."""
    if isinstance(pattern, Mapping):
        return isinstance(value, Mapping) and all(_matches(value.get(k), v) for k, v in pattern.items())
    if isinstance(pattern, list):
        return isinstance(value, list) and all(any(_matches(v, p) for v in value) for p in pattern)
    return bool(value == pattern)


def _fixed(value: Json, node: Node, path: str) -> Iterator[str]:
    for key, wanted in node.element.items():
        if key.startswith("fixed") and value != wanted:
            yield f"{path}: {value!r} is not {wanted!r}"
        if key.startswith("pattern") and not _matches(value, wanted):
            yield f"{path}: {value!r} lacks {wanted!r}"


def _typed(value: Json, node: Node, path: str, guide: Guide) -> Iterator[str]:
    """Extensions conform to their definitions, resources in resources to their profiles."""
    profiles = [p for t in node.element.get("type", ()) for p in t.get("profile", ())]
    known = [d for p in profiles if (d := guide.find(p)) and "snapshot" in d]
    if len(known) == len(profiles) == 1 and node.element["path"] != known[0]["type"]:
        yield from _value(value, _tree(known[0]), path, guide)


def _bound(value: Json, node: Node, path: str, guide: Guide) -> Iterator[str]:
    binding = node.element.get("binding", {})
    if binding.get("strength") != "required" or not (url := bindings.url_of(binding)):
        return
    allowed = bindings.codes(url, guide)
    if allowed is not None and not bindings.is_among(value, allowed):
        yield f"{path}: {value!r} is not in {url}"


@cache
def model(kind: str) -> Any:
    """The R4B model of a resource type; loaded slowly, and only where it is needed."""
    from fhir.resources.R4B import get_fhir_model_class  # noqa: PLC0415

    return get_fhir_model_class(kind)
