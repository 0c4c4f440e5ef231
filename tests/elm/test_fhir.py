"""FHIR as plain JSON: retrieves, choices, codes."""

from elm.build import FHIR, helper, literal, named, node, of, query, retrieve, run, value

_BRAF = {
    "coding": [{"system": "http://local", "code": "x"}, {"system": "http://loinc.org", "code": "85337-4"}]
}
_OTHER = {"coding": [{"system": "http://elsewhere", "code": "85337-4"}]}
_VALUESETS = [{"name": "VS", "id": "http://vs"}]


def _observation(ident, code, **more):
    return {"resourceType": "Observation", "id": ident, "code": code, **more}


def test_a_retrieve_matches_system_and_code_and_gives_the_very_resources():
    coded = retrieve("Observation", codeProperty="code", codes={"type": "ValueSetRef", "name": "VS"})
    resources = (_observation("a", _BRAF), _observation("b", _OTHER), _observation("c", {"text": "BRAF"}))

    found = run({"X": coded}, *resources, valueSets=_VALUESETS).value("X")

    assert [each is resources[0] for each in found] == [True]


def test_a_retrieve_matches_lists_of_concepts_and_bare_codes_each_resource_once():
    """`category` is a list, `code` may be an element of the type code; what is no code at all matches nothing."""
    coded = retrieve("Observation", codeProperty="code", codes={"type": "ValueSetRef", "name": "VS"})
    twice = _observation("a", [_BRAF, _OTHER, _BRAF])
    bare, odd = _observation("b", "85337-4"), _observation("c", [7, None, ["85337-4"], {}])

    found = run({"X": coded}, odd, twice, bare, valueSets=_VALUESETS).value("X")

    assert [each["id"] for each in found] == ["a", "b"]


def test_nothing_is_in_no_value_set():
    asked = node("InValueSet", code=helper("ToConcept", literal(None)), valueset={"name": "VS"})

    assert run({"X": asked}, valueSets=_VALUESETS).value("X") is False


def test_a_choice_is_what_its_key_says():
    kinds = [
        node("Is", of("value"), isTypeSpecifier=named(FHIR + name))
        for name in ("Quantity", "string", "boolean")
    ]
    asked = query(retrieve("Observation"), **{"return": {"expression": node("List", element=kinds)}})

    assert value(asked, _observation("a", _BRAF, valueString="V600E")) == [[False, True, False]]


def test_a_choice_of_another_type_is_null():
    content = node("As", of("value"), strict=False, asTypeSpecifier=named(f"{FHIR}Quantity"))
    asked = query(retrieve("Observation"), **{"return": {"expression": content}})

    assert value(asked, _observation("a", _BRAF, valueString="V600E")) == [None]


def test_the_union_of_two_retrieves_has_each_resource_once():
    both = node("Union", retrieve("Observation"), retrieve("Observation"))

    assert len(value(both, _observation("a", _BRAF), _observation("b", _BRAF))) == 2


def test_with_keeps_and_without_drops_what_has_a_partner():
    def related(kind):
        partner = node("Equal", helper("ToString", of("id", "Y")), helper("ToString", of("id")))
        clause = {"type": kind, "alias": "Y", "expression": retrieve("Condition"), "suchThat": partner}
        return query(retrieve("Observation"), relationship=[clause])

    resources = (_observation("a", _BRAF), _observation("b", _BRAF), {"resourceType": "Condition", "id": "b"})
    asked = run({"With": related("With"), "Without": related("Without")}, *resources)

    assert [asked.value(name) for name in ("With", "Without")] == [[resources[1]], [resources[0]]]


def test_a_tuple_that_holds_a_choice_still_knows_its_type():
    made = query(
        retrieve("Observation"),
        **{"return": {"expression": node("Tuple", element=[{"name": "value", "value": of("value")}])}},
    )
    taken = node("As", of("value", "T"), strict=False, asTypeSpecifier=named(f"{FHIR}Quantity"))
    asked = query(made, alias="T", **{"return": {"expression": helper("ToQuantity", taken)}})

    assert [
        str(each) for each in value(asked, _observation("a", _BRAF, valueQuantity={"value": 2, "code": "mg"}))
    ] == ["2 'mg'"]
