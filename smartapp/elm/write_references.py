"""Writing references: to defines, functions, parameters, codes, concepts and value sets, across libraries."""

from smartapp.elm.code import Code, Concept, Vocabulary
from smartapp.elm.fhirhelpers import HELPERS, INTRINSICS
from smartapp.elm.library import Library
from smartapp.elm.write_fhir import is_plain_text
from smartapp.elm.writer import Node, Writer, handles


@handles("ExpressionRef")
def expression(w: Writer, node: Node) -> str:
    """The value of a define, evaluated once in a run."""
    library = w.module.library(node.get("libraryName"), w.library)
    if node["name"] not in library.expressions:
        raise w.unsupported(node, f"the define {library.name}.{node['name']}")
    return w.once(w.module.kept(w.module.name_of("d", library.name, node["name"])))


@handles("FunctionRef")
def function(w: Writer, node: Node) -> str:
    """A call of a function; those of FHIRHelpers are the engine's own."""
    library = w.module.library(node.get("libraryName"), w.library)
    if library.name == HELPERS:
        return _helper(w, node)
    operands = node.get("operand", ())
    shapes = tuple(w.shape(operand) for operand in operands)
    name = w.module.function(library, node["name"], _overload(w, library, node), shapes)
    return w.once(f"{name}({', '.join(['c', *map(w.emit, operands)])})")


def _helper(w: Writer, node: Node) -> str:
    if node["name"] not in INTRINSICS:
        raise w.unsupported(node, f"the function {HELPERS}.{node['name']}")
    (operand,) = node["operand"]
    code = w.emit(operand)
    return (
        code
        if node["name"] == "ToString" and is_plain_text(operand)
        else w.call(INTRINSICS[node["name"]], code)
    )


def _overload(w: Writer, library: Library, node: Node) -> int:
    """The place of the overload that the call means, by its signature where there are several."""
    overloads = library.functions.get(node["name"], ())
    count = len(node.get("operand", ()))
    fitting = [index for index, each in enumerate(overloads) if len(each.get("operand", ())) == count]
    if len(fitting) > 1:
        wanted = [_shape(spec) for spec in node.get("signature", ())]
        exact = [
            i
            for i in fitting
            if [_shape(o["operandTypeSpecifier"]) for o in overloads[i]["operand"]] == wanted
        ]
        fitting = exact
    if len(fitting) != 1:
        raise w.unsupported(node, f"the function {library.name}.{node['name']} with these operands")
    return fitting[0]


def _shape(spec: Node) -> object:
    """A type specifier without its place in the text, the order of choices aside."""
    parts = {key: value for key, value in spec.items() if key not in {"localId", "locator", "annotation"}}
    if "choice" in parts:
        return ("choice", frozenset(map(repr, map(_shape, parts["choice"]))))
    inner = {key: _shape(value) if isinstance(value, dict) else value for key, value in parts.items()}
    return tuple(sorted(inner.items(), key=lambda item: item[0]))


@handles("ParameterRef")
def parameter(w: Writer, node: Node) -> str:
    """The value given for a parameter, or its default."""
    library = w.module.library(node.get("libraryName"), w.library)
    if node["name"] not in library.parameters:
        raise w.unsupported(node, f"the parameter {library.name}.{node['name']}")
    return w.once(w.module.kept(w.module.name_of("p", library.name, node["name"])))


@handles("CodeRef")
def code(w: Writer, node: Node) -> str:
    """A code that a library names."""
    library = w.module.library(node.get("libraryName"), w.library)
    return w.constant(w.module.code(library, node["name"]))


@handles("ConceptRef")
def concept(w: Writer, node: Node) -> str:
    """A concept that a library names."""
    library = w.module.library(node.get("libraryName"), w.library)
    return w.module.held(w.module.concept(library, node["name"]))


@handles("Code")
def selected_code(w: Writer, node: Node) -> str:
    """A code that is written out where it is used."""
    return w.constant(_selected(w, node))


def _selected(w: Writer, node: Node) -> Code:
    library = w.module.library(node["system"].get("libraryName"), w.library)
    system = library.codesystems[node["system"]["name"]]
    return Code(node["code"], system["id"], system.get("version"), node.get("display"))


@handles("Concept")
def selected_concept(w: Writer, node: Node) -> str:
    """A concept that is written out where it is used."""
    return w.module.held(Concept(tuple(_selected(w, each) for each in node["code"]), node.get("display")))


@handles("ValueSetRef")
def valueset(w: Writer, node: Node) -> str:
    """A value set that a library names."""
    library = w.module.library(node.get("libraryName"), w.library)
    return w.module.held(w.module.vocabulary(library, node["name"]))


@handles("CodeSystemRef")
def codesystem(w: Writer, node: Node) -> str:
    """A code system that a library names."""
    library = w.module.library(node.get("libraryName"), w.library)
    found = library.codesystems[node["name"]]
    return w.module.held(Vocabulary(found["id"], found.get("version"), node["name"]))
