"""Loading, running, failing and tracing."""

import pytest
from elm.build import (
    NOW,
    SYSTEM,
    VALUES,
    library,
    listed,
    literal,
    named,
    node,
    program,
    query,
    retrieve,
    run,
)

from smartapp.elm import DefineError, compile_program
from smartapp.errors import BadPolicy, UnsupportedNode

_OBSERVED = {"resourceType": "Observation", "id": "a"}
_REF = {"type": "ExpressionRef", "name": "Fails"}


def test_a_node_that_the_engine_does_not_know_is_refused_by_name_and_place():
    with pytest.raises(UnsupportedNode, match=r"Teleport \(L:3:1-3:9\)"):
        program({"X": node("Teleport", locator="3:1-3:9")})


def test_a_value_set_without_codes_is_refused():
    asked = retrieve("Condition", codeProperty="code", codes={"type": "ValueSetRef", "name": "Gone"})

    with pytest.raises(BadPolicy, match="http://gone"):
        program({"X": asked}, valueSets=[{"name": "Gone", "id": "http://gone"}])


def test_a_file_that_is_no_library_is_refused():
    with pytest.raises(BadPolicy):
        compile_program([{"resourceType": "Bundle"}], VALUES)


def test_a_define_that_fails_leaves_the_others_standing():
    asked = run({"Fails": node("SingletonFrom", listed(1, 2)), "Uses": _REF, "Stands": literal("here")})

    assert asked.value("Stands") == "here"
    for name in ("Fails", "Uses"):
        with pytest.raises(DefineError, match="more than one item") as failure:
            asked.value(name)
        assert failure.value.name == name


def test_a_failure_tells_nothing_of_the_patient():
    asked = run(
        {
            "X": query(
                retrieve("Patient"), where=node("Less", node("Property", path="id", scope="X"), literal(1))
            )
        },
        {"resourceType": "Patient", "id": "secret"},
    )

    with pytest.raises(DefineError) as failure:
        asked.value("X")

    assert "secret" not in str(failure.value)


def test_a_parameter_becomes_its_declared_type_and_null_where_not_given():
    declared = [{"name": "As Of", "parameterTypeSpecifier": named(f"{SYSTEM}Date")}]
    reference = {"X": {"type": "ParameterRef", "name": "As Of"}}

    values = [
        program(reference, parameters=declared).evaluate("L", [], parameters=each, now=NOW).value("X")
        for each in ({"As Of": "2026-06"}, {"As Of": NOW}, {})
    ]

    assert [str(each) for each in values] == ["2026-06", "2026-06-01", "None"]


def test_a_define_knows_what_it_retrieves_through_what_it_uses():
    used = program({"Fails": retrieve("Condition"), "X": node("Union", _REF, retrieve("Observation"))})

    assert used.retrieves("L", "X") == {"Condition", "Observation"}


def test_public_defines_are_named_without_that_of_the_context():
    made = library({"X": literal(1)})
    made["library"]["statements"]["def"].append(
        {"name": "Patient", "context": "Patient", "expression": literal(1)}
    )

    assert compile_program([made], VALUES).defines("L") == {"X"}


def test_a_trace_says_for_each_clause_what_it_was():
    expression = node("And", node("IsNull", literal(None), localId="2"), literal(None), localId="3")
    made = library({"X": expression})
    text = {
        "r": "1",
        "s": [
            {"value": ["define X: "]},
            {"r": "3", "s": [{"r": "2", "value": ["null is null"]}, {"value": [" and null"]}]},
        ],
    }
    made["library"]["statements"]["def"][0]["annotation"] = [{"type": "Annotation", "s": text}]

    clause = compile_program([made], VALUES).evaluate("L", [], parameters={}, now=NOW).trace("X")

    whole = clause.parts[1]
    assert (str(clause), whole.value, [(part.text, part.value) for part in whole.parts]) == (
        "define X: null is null and null",
        "null",
        [("null is null", "true"), (" and null", None)],
    )


def test_another_library_shares_what_a_run_knows():
    other = library({"Y": {"type": "ExpressionRef", "libraryName": "L", "name": "X"}})
    other["library"]["identifier"] = {"id": "M"}
    other["library"]["includes"] = {"def": [{"localIdentifier": "L", "path": "L"}]}
    both = compile_program([library({"X": listed(1)}), other], VALUES)
    first = both.evaluate("L", [], parameters={}, now=NOW)

    assert first.also("M").value("Y") is first.value("X")


def test_what_one_branch_asked_for_is_asked_for_in_the_other_branch_too():
    sevens = {"type": "ExpressionRef", "name": "Sevens"}
    either = node("If", condition=literal(False), then=sevens, **{"else": sevens})

    found = run({"Sevens": listed(7), "X": either}).value("X")

    assert found == [7]


def test_a_function_is_right_for_a_resource_for_a_tuple_and_for_null():
    """It is written anew for each of them, and asks of each only what is not sure beforehand."""
    row = node("Tuple", element=[{"name": "id", "value": literal("b")}])
    called = {"type": "FunctionRef", "name": "Id", "operand": [{"type": "AliasRef", "name": "X"}]}
    sources = (retrieve("Observation"), node("List", element=[row]), listed(None))
    own = library(
        {str(n): query(each, **{"return": {"expression": called}}) for n, each in enumerate(sources)}
    )
    body = node("Property", path="id", source={"type": "OperandRef", "name": "each"})
    function = {"type": "FunctionDef", "name": "Id", "operand": [{"name": "each"}], "expression": body}
    own["library"]["statements"]["def"].append(function)

    found = compile_program([own], VALUES).evaluate("L", [_OBSERVED], parameters={}, now=NOW)

    assert [found.value(name) for name in "012"] == [["a"], ["b"], [None]]
