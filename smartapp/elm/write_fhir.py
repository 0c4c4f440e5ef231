"""Writing what touches FHIR: retrieves, elements, choices, types, membership of codes."""

from typing import Any

from smartapp.elm import clinical, equality, fhir, kinds, retrieve
from smartapp.elm.fhirtypes import CHOICES, DATES
from smartapp.elm.library import Library
from smartapp.elm.shapes import RESOURCE, TUPLE, Shape
from smartapp.elm.writer import Node, Variable, Writer, handles

_FILTERS = ("codeFilter", "dateFilter", "otherFilter", "include")
_CODED = frozenset({"ToConcept", "ToCode"})
_DEEP = 20


@handles("Retrieve")
def retrieve_(w: Writer, node: Node) -> str:
    """The resources of a type, where asked with a code in a value set or one of some codes."""
    kind = kinds.fhir_name({"name": node["dataType"]})
    if kind is None or any(node.get(part) for part in _FILTERS) or "dateRange" in node or "id" in node:
        raise w.unsupported(node, "a Retrieve with these filters")
    if "codes" not in node:
        return f"c.by_type.get({kind!r}, [])"
    keys = w.held_keys(node["codeProperty"])
    known = _known_pairs(w, node["codes"])
    if known is None:
        codes = w.call(clinical.with_bare, w.call(clinical.pairs_of, w.emit(node["codes"])))
    else:
        codes = w.constant(clinical.with_bare(known))
    return w.call(retrieve.coded, "c", repr(kind), keys, codes)


def _known_pairs(w: Writer, node: Node) -> clinical.Pairs | None:
    """The codes that a node surely means; None where only the run can tell."""
    if node["type"] == "ValueSetRef":
        return _valueset(w, node)
    if node["type"] in {"ToList", "ToConcept"}:
        return _known_pairs(w, node["operand"])
    if node["type"] == "Property" and node.get("path") == "codes" and "source" in node:
        return _known_pairs(w, node["source"])
    if node["type"] in {"CodeRef", "ConceptRef"}:
        library = w.module.library(node.get("libraryName"), w.library)
        is_code = node["type"] == "CodeRef"
        found = w.module.code(library, node["name"]) if is_code else w.module.concept(library, node["name"])
        return clinical.pairs_of(found)
    return None


@handles("Property")
def property_(w: Writer, node: Node) -> str:
    """An element, or an element of an element (`birthDate.value`)."""
    variable = (
        w.variable(node["scope"], node)
        if "scope" in node
        else Variable(w.emit(node["source"]), shape=w.shape(node["source"]))
    )
    code, shape = variable.code, variable.shape
    before: Node | None = node.get("source") or variable.node
    for step in node["path"].split("."):
        kind = _primitive_kind(w, before) if step == "value" and before is not None else None
        code = w.call(fhir.primitive, code, repr(kind)) if kind else w.once(_element(w, code, step, shape))
        shape, before = None, {"type": "Property", "path": step}
    return code


def _element(w: Writer, code: str, name: str, shape: Shape | None) -> str:
    if shape == TUPLE or (shape == RESOURCE and name not in CHOICES):
        return f"{code}.get({name!r})"
    code = w.named(code)
    if shape == RESOURCE:
        return (
            f"({code}[{name!r}] if {name!r} in {code} else {w.call(fhir.choice_element, code, repr(name))})"
        )
    found = f"type({code}) is dict" + (f" and {name!r} in {code}" if name in CHOICES else "")
    other = w.call(fhir.choice_element if name in CHOICES else fhir.element, code, repr(name))
    return f"({code}.get({name!r}) if {found} else {other})"


def _primitive_kind(w: Writer, node: Node | None, depth: int = 0) -> str | None:
    """The FHIR type of dates that a node has, as far as the text of the policy tells."""
    if node is None or depth > _DEEP:
        return None
    kind = node.get("type", "Operand")
    if kind == "Property":
        return DATES.get(node["path"].rpartition(".")[2])
    if kind == "As":
        return _date_kind(kinds.specifier(node, "as"))
    if kind == "Operand" and "operandTypeSpecifier" in node:
        return _date_kind(node["operandTypeSpecifier"])
    return _primitive_kind(w, _behind(w, node), depth + 1)


def _date_kind(spec: Node) -> str | None:
    name = kinds.fhir_name(spec)
    return name if name in fhir.DATE_PARSERS else None


def _behind(w: Writer, node: Node) -> Node | None:
    """The node that a reference stands for."""
    if node["type"] in {"AliasRef", "QueryLetRef", "OperandRef"}:
        return w.scope[node["name"]].node if node["name"] in w.scope else None
    if node["type"] == "ExpressionRef":
        library: Library = w.module.library(node.get("libraryName"), w.library)
        return library.expressions.get(node["name"], {}).get("expression")
    if node["type"] in {"First", "Last"}:
        return node["source"]  # type: ignore[no-any-return]
    return node.get("operand") if node["type"] == "SingletonFrom" else None


def is_plain_text(node: Node) -> bool:
    """Whether a node is surely a bare JSON text: an element that is neither a choice nor a date."""
    if node["type"] != "Property":
        return False
    name = node["path"].rpartition(".")[2]
    return name not in CHOICES and name not in DATES and name != "value"


@handles("As")
def as_(w: Writer, node: Node) -> str:
    """The value where it is of the type, else null."""
    spec, operand = kinds.specifier(node, "as"), node["operand"]
    if operand["type"] == "Null":
        return "None"
    if "strict" not in node and spec["type"] in {"ListTypeSpecifier", "ChoiceTypeSpecifier"}:
        return w.emit(operand)  # the translator widens a type: every value fits
    test = w.module.held(kinds.test_for(spec))
    name = kinds.fhir_name(spec)
    if name is not None and not node.get("strict") and _is_choice(w, operand):
        return _chosen(w, operand, name, test)
    return w.call(kinds.cast if node.get("strict") else kinds.as_type, w.emit(operand), test)


def _is_choice(w: Writer, node: Node) -> bool:
    """Whether a node is an element of FHIR's that may be a choice; an element of a tuple is none."""
    if node["type"] != "Property" or node["path"] not in CHOICES:
        return False
    return not ("scope" in node and w.variable(node["scope"], node).shape == TUPLE)


def _chosen(w: Writer, node: Node, kind: str, test: str) -> str:
    """`X.effective as FHIR.dateTime` looks at the key "effectiveDateTime" at once."""
    key = repr(fhir.choice_key(node["path"], kind))
    if "scope" in node and w.variable(node["scope"], node).shape == RESOURCE and node["path"] != "code":
        return w.once(f"{w.variable(node['scope'], node).code}.get({key})")
    source = w.variable(node["scope"], node).code if "scope" in node else w.name(node["source"])
    other = w.call(kinds.chosen, source, repr(node["path"]), key, test)
    return w.once(f"({source}[{key}] if type({source}) is dict and {key} in {source} else {other})")


@handles("Is")
def is_(w: Writer, node: Node) -> str:
    """Whether a value is of the type."""
    test = w.module.held(kinds.test_for(kinds.specifier(node, "is")))
    return w.call(kinds.is_type, w.emit(node["operand"]), test)


def _uncoded(node: Node) -> Node:
    """What is under a conversion to Concept or Code: codes are compared on the JSON itself."""
    helper = node["type"] == "FunctionRef" and node.get("libraryName") and node["name"] in _CODED
    if helper or node["type"] == "ToConcept":
        operand = node["operand"]
        return _uncoded(operand[0] if isinstance(operand, list) else operand)
    return node


@handles("InValueSet", "AnyInValueSet")
def in_valueset(w: Writer, node: Node) -> str:
    """Whether a code, or one of several, is in a value set."""
    one = node["type"] == "InValueSet"
    code = w.emit(_uncoded(node["code" if one else "codes"]))
    if one and "valueset" in node:
        return _shares(w, code, clinical.with_bare(_valueset(w, node["valueset"])))
    function = clinical.in_valueset if one else clinical.any_in_valueset
    if "valueset" in node:
        return w.call(function, "c", code, w.constant(_valueset(w, node["valueset"])))
    return w.call(function, "c", code, w.call(clinical.pairs_of, w.emit(node["valuesetExpression"])))


def _shares(w: Writer, code: str, wanted: frozenset[Any]) -> str:
    """Whether a concept has one of some codes; its own are looked up once, however often it is asked."""
    code = w.named(code)
    own = w.once(f"(c.coded.get(id({code})) or {w.call(clinical.read, 'c', code)})")
    return f"(not {own}.isdisjoint({w.constant(wanted)}))"


def _valueset(w: Writer, node: Node) -> clinical.Pairs:
    library = w.module.library(node.get("libraryName"), w.library)
    return w.module.pairs(library, node["name"])


@handles("InCodeSystem", "AnyInCodeSystem")
def in_codesystem(w: Writer, node: Node) -> str:
    """Whether a code, or one of several, is of a code system."""
    one = node["type"] == "InCodeSystem"
    if "codesystem" not in node:
        raise w.unsupported(node, "a code system that is an expression")
    library = w.module.library(node["codesystem"].get("libraryName"), w.library)
    system = library.codesystems[node["codesystem"]["name"]]["id"]
    function = clinical.in_codesystem if one else clinical.any_in_codesystem
    return w.call(function, w.emit(_uncoded(node["code" if one else "codes"])), repr(system))


@handles("Equivalent")
def equivalent(w: Writer, node: Node) -> str:
    """`~`; with a code or concept that the library names, without making objects of the other side."""
    left, right = node["operand"]
    for one, other in ((left, right), (right, left)):
        known = _known_pairs(w, other) if other["type"] != "ValueSetRef" else None
        if known is not None:
            return _shares(w, w.emit(_uncoded(one)), known)
    return w.call(equality.equivalent, w.emit(left), w.emit(right))
