"""What the text of a policy tells about values before any patient: surely a list, a resource or a tuple.

Knowing this saves the compiled functions from asking at run time; not knowing it is never wrong.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Optional

from smartapp.elm.library import Library, Node

if TYPE_CHECKING:
    from smartapp.elm.module import Module

_DEEPEST = 30


@dataclass(frozen=True, slots=True)
class Shape:
    """A value that is never null: a "list" of items of a shape, a "resource", a "tuple" or a "boolean"."""

    kind: str
    item: Optional["Shape"] = None


Names = Mapping[str, Shape | None]
RESOURCE, TUPLE, BOOLEAN = Shape("resource"), Shape("tuple"), Shape("boolean")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a node stands: its library, and the shapes of the names around it."""

    module: "Module"
    library: Library
    names: Names
    depth: int = 0

    def of(self, node: Node) -> Shape | None:
        """The shape of a node, None where nothing is sure."""
        find = _FINDERS.get(node["type"])
        if find is None or self.depth > _DEEPEST:
            return None
        return find(Place(self.module, self.library, self.names, self.depth + 1), node)

    def defined(self, library: Library, body: Node, names: Names = MappingProxyType({})) -> Shape | None:
        """The shape of a define, or of a function for such operands, found once for the whole program."""
        found, key = self.module.shapes, (id(body), *names.values())
        if key not in found:
            found[key] = None  # of what leads back to itself nothing is sure
            found[key] = Place(self.module, library, names).of(body)
        return found[key]

    def within(self, names: Names) -> "Place":
        """The same place with more names."""
        return Place(self.module, self.library, {**self.names, **names}, self.depth)


def _same(shapes: list[Shape | None]) -> Shape | None:
    """The shape that all have in common; lists of different things are still lists."""
    first, *others = shapes
    if all(other == first for other in others):
        return first
    lists = all(shape is not None and shape.kind == "list" for shape in shapes)
    return Shape("list") if lists else None


def _query(place: Place, node: Node) -> Shape | None:
    shapes = [place.of(source["expression"]) for source in node["source"]]
    if "aggregate" in node or not all(shape is not None and shape.kind == "list" for shape in shapes):
        return None
    items = {source["alias"]: item_of(shape) for source, shape in zip(node["source"], shapes, strict=True)}
    if "return" in node:
        return Shape("list", place.within(items).of(node["return"]["expression"]))
    return Shape("list", next(iter(items.values())) if len(items) == 1 else TUPLE)


def item_of(shape: Shape | None) -> Shape | None:
    """The shape of the items of a list."""
    return shape.item if shape is not None and shape.kind == "list" else None


def _list(place: Place, node: Node) -> Shape:
    elements = [place.of(element) for element in node.get("element", ())]
    return Shape("list", _same(elements) if elements else None)


def _flatten(place: Place, node: Node) -> Shape | None:
    """A list of lists that are surely there."""
    shape = place.of(node["operand"])
    if shape is None or shape.kind != "list":
        return None
    return Shape("list", item_of(shape.item))


def _as(place: Place, node: Node) -> Shape | None:
    """The translator widens lists; it does not make them null."""
    shape = place.of(node["operand"])
    return shape if "strict" not in node and shape is not None and shape.kind == "list" else None


def _if(place: Place, node: Node) -> Shape | None:
    return _same([place.of(node["then"]), place.of(node["else"])])


def _case(place: Place, node: Node) -> Shape | None:
    return _same([*(place.of(item["then"]) for item in node["caseItem"]), place.of(node["else"])])


def _expression(place: Place, node: Node) -> Shape | None:
    library = place.module.library(node.get("libraryName"), place.library)
    found = library.expressions.get(node["name"])
    return place.defined(library, found["expression"]) if found else None


def _function(place: Place, node: Node) -> Shape | None:
    """Where all overloads agree."""
    library = place.module.library(node.get("libraryName"), place.library)
    overloads = [each for each in library.functions.get(node["name"], ()) if "expression" in each]
    given = [place.of(operand) for operand in node.get("operand", ())]
    found = [place.defined(library, each["expression"], _named(each, given)) for each in overloads]
    return _same(found) if found else None


def _named(function: Node, given: list[Shape | None]) -> Names:
    """What is sure about the operands of an overload that is called with so many."""
    names = [operand["name"] for operand in function.get("operand", ())]
    return dict(zip(names, given, strict=True)) if len(names) == len(given) else dict.fromkeys(names)


def _name(place: Place, node: Node) -> Shape | None:
    return place.names.get(node["name"])


def _logical(place: Place, node: Node) -> Shape | None:
    operand = node["operand"]
    operands = operand if isinstance(operand, list) else [operand]
    return BOOLEAN if all(place.of(each) == BOOLEAN for each in operands) else None


def _always(shape: Shape) -> Callable[[Place, Node], Shape]:
    return lambda _place, _node: shape


def _union(place: Place, node: Node) -> Shape | None:
    shape = _same([place.of(operand) for operand in node["operand"]])
    return shape if shape is not None and shape.kind == "list" else None


def is_text(node: Node) -> bool:
    """Whether a node is a text that is written out."""
    return node["type"] == "Literal" and str(node["valueType"]).endswith("}String")


def gives_text(place: Place, node: Node) -> bool:
    """Whether a node gives a String or null, so that what it is compared with is a String too."""
    if node["type"] in {"Concatenate", "Upper", "Lower", "Substring"} or is_text(node):
        return True
    if node["type"] == "Coalesce":
        return any(gives_text(place, operand) for operand in node["operand"])
    if node["type"] == "ParameterRef":
        library = place.module.library(node.get("libraryName"), place.library)
        spec = library.parameters.get(node["name"], {}).get("parameterTypeSpecifier", {})
        return str(spec.get("name")).endswith("}String")
    return bool(node["type"] == "FunctionRef" and node["name"] == "ToString")


def is_texts(node: Node) -> bool:
    """Whether a node is a list of texts that are written out."""
    return node["type"] == "List" and bool(node.get("element")) and all(map(is_text, node["element"]))


def _in(_place: Place, node: Node) -> Shape | None:
    return BOOLEAN if is_texts(node["operand"][1]) else None


_BOOLEANS = (
    "IsNull", "IsTrue", "IsFalse", "Is", "Exists", "Equivalent",
    "InValueSet", "AnyInValueSet", "InCodeSystem",
)  # fmt: skip
_FINDERS: Mapping[str, Callable[[Place, Node], Shape | None]] = {
    "Retrieve": _always(Shape("list", RESOURCE)),
    "Query": _query,
    "List": _list,
    "ToList": _always(Shape("list")),
    "Union": _union,
    "Flatten": _flatten,
    "Distinct": lambda place, node: place.of(node["operand"]),
    "As": _as,
    "If": _if,
    "Case": _case,
    "Tuple": _always(TUPLE),
    "ExpressionRef": _expression,
    "FunctionRef": _function,
    "AliasRef": _name,
    "QueryLetRef": _name,
    "OperandRef": _name,
    "And": _logical,
    "Or": _logical,
    "Not": _logical,
    "In": _in,
    **dict.fromkeys(_BOOLEANS, _always(BOOLEAN)),
}
