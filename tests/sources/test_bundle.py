"""From a Bundle to a case: one patient, one order, and nothing lost in silence."""

import pytest
from fakes_hooks import bundle, order, patient, searchset, without

from smartapp.errors import BadInput, TooLarge
from smartapp.facts import Gap
from smartapp.sources.bundle import case_of, read
from smartapp.sources.parse import parse

CONDITION = {"resourceType": "Condition", "id": "c1", "subject": {"reference": "Patient/p1"}}


def _match(order):
    return "TIL" if "lifileucel" in str(order) else None


def _case(given, *, chosen=None):
    return case_of(read(given), match=_match, order=chosen, origin="file")


def _entries(*entries, kind="collection"):
    return {"resourceType": "Bundle", "type": kind, "entry": list(entries)}


def _gaps(given):
    return [(unread.type, unread.gap) for unread in read(given).unread]


def test_a_bundle_with_one_patient_and_one_order_is_a_case():
    case = _case(bundle(patient(), order(), CONDITION))

    assert (case.facts.patient_id, case.order, case.match) == ("p1", order(), "TIL")
    assert case.facts.resources == (patient(), order(), CONDITION)
    assert case.facts.origins == {
        "Patient/p1": "file",
        "MedicationRequest/o1": "file",
        "Condition/c1": "file",
    }
    assert (case.facts.unread, case.facts.remarks) == ((), ())


@pytest.mark.parametrize(
    "kind", ["collection", "searchset", "transaction", "document", "batch-response", "message"]
)
def test_every_type_of_bundle_is_read(kind):
    assert _case(bundle(patient(), order(), kind=kind)).order == order()


def test_two_orders_need_a_choice():
    given = bundle(patient(), order("o1"), order("o2"))

    with pytest.raises(BadInput, match="--order"):
        _case(given)
    assert _case(given, chosen="MedicationRequest/o2").order == order("o2")


def test_the_same_order_twice_is_one_order():
    assert _case(bundle(patient(), order(), order())).order == order()


@pytest.mark.parametrize("status", ["draft", "active", "on-hold"])
def test_an_open_order_counts(status):
    assert _case(bundle(patient(), order(status=status))).match == "TIL"


@pytest.mark.parametrize(
    "more",
    [{"status": "completed"}, {"status": "cancelled"}, {"doNotPerform": True}, {"doNotPerform": "true"}],
)
def test_a_closed_order_is_none(more):
    case = _case(bundle(patient(), order(**more)))

    assert (case.order, case.match) == (None, None)


def test_a_draft_for_something_else_is_the_question_and_no_policy_covers_it():
    case = _case(bundle(patient(), order(text="aldesleukin")))

    assert (case.order, case.match) == (order(text="aldesleukin"), None)


def test_an_active_order_for_something_else_asks_nothing():
    case = _case(bundle(patient(), order(text="nivolumab", status="active")))

    assert (case.order, case.match) == (None, None)


@pytest.mark.parametrize("name", ["MedicationRequest/o9", "Patient/p1", "nonsense"])
def test_an_order_that_is_not_there_is_refused(name):
    with pytest.raises(BadInput):
        _case(bundle(patient(), order()), chosen=name)


def test_an_order_not_to_perform_something_cannot_be_chosen():
    with pytest.raises(BadInput, match="doNotPerform"):
        _case(bundle(patient(), order(doNotPerform=True)), chosen="MedicationRequest/o1")


def test_the_order_tells_which_of_two_patients_is_meant():
    other = {"resourceType": "Condition", "id": "c2", "subject": {"reference": "Patient/p2"}}
    nobody = {"resourceType": "Condition", "id": "c3"}
    medication = {"resourceType": "Medication", "id": "m1"}
    given = bundle(patient("p2"), patient("p1"), order(), CONDITION, other, nobody, medication)

    case = _case(given)

    assert case.facts.patient_id == "p1"
    assert case.facts.resources == (patient("p1"), order(), CONDITION, medication)
    assert [remark.code for remark in case.facts.remarks] == ["other-patient"]


def test_the_chosen_order_tells_which_of_two_patients_is_meant():
    given = bundle(patient("p1"), patient("p2"), order("o1"), order("o2", patient="p2"))

    assert _case(given, chosen="MedicationRequest/o2").facts.patient_id == "p2"


@pytest.mark.parametrize(
    "given",
    [
        bundle(patient("p1"), patient("p2")),
        bundle(patient("p1"), patient("p2"), order(text="aldesleukin")),
        bundle(patient("p1"), patient("p2"), without(order(), "subject")),
        bundle(patient("p1"), patient("p2"), order("o1"), order("o2", patient="p2")),
        bundle(order()),
        bundle(),
        {"resourceType": "Bundle", "entry": {}},
        patient(),
        [patient()],
        "Bundle",
        None,
    ],
)
def test_what_holds_no_one_patient_is_refused(given):
    with pytest.raises(BadInput):
        _case(given)


def test_an_order_for_somebody_who_is_not_there_is_no_order():
    case = _case(bundle(patient("p1"), order(patient="p2")))

    assert (case.order, case.match) == (None, None)


def test_a_urn_is_an_id_and_references_to_it_are_known():
    uuid = "0b9c0f0e-0000-4000-8000-000000000001"
    ordered = without(order(), "id") | {"subject": {"reference": f"urn:uuid:{uuid}"}}
    given = _entries(
        {"fullUrl": f"urn:uuid:{uuid}", "resource": without(patient(), "id")},
        {"fullUrl": "https://ehr.example/r4/MedicationRequest/o7", "resource": ordered},
    )

    case = _case(given)

    assert case.facts.patient_id == uuid
    assert case.facts.full_urls == {
        f"urn:uuid:{uuid}": f"Patient/{uuid}",
        "https://ehr.example/r4/MedicationRequest/o7": "MedicationRequest/o7",
    }
    assert case.order == ordered | {"id": "o7"}


def test_an_order_by_reference_is_matched_by_its_medication():
    medication = {"resourceType": "Medication", "id": "m1", "code": {"text": "lifileucel"}}
    referring = without(order(), "medicationCodeableConcept") | {
        "medicationReference": {"reference": "Medication/m1"}
    }

    case = _case(bundle(patient(), referring, medication))

    assert (case.order, case.match) == (referring, "TIL")


def test_odd_entries_are_remarked_and_the_rest_is_read():
    given = _entries(
        None,
        7,
        {},
        {"resource": None},
        {"resource": {"id": "x"}},
        {"resource": patient()},
        {"resource": order()},
    )

    case = _case(given)

    assert case.facts.resources == (patient(), order())
    assert [(remark.code, remark.text) for remark in case.facts.remarks] == [
        ("malformed", "Entries that hold no FHIR resource, ignored: 5.")
    ]


OUTCOME = {"resourceType": "OperationOutcome"}


def _outcome(severity, code, **more):
    return OUTCOME | {"issue": [{"severity": severity, "code": code, **more}]}


@pytest.mark.parametrize(
    ("entry", "gaps"),
    [
        (
            {
                "resource": _outcome("error", "forbidden", diagnostics="No access to Observation"),
                "search": {"mode": "outcome"},
            },
            [("Observation", Gap.NOT_GRANTED)],
        ),
        (
            {"resource": _outcome("error", "forbidden", expression=["Observation.status"])},
            [("Observation", Gap.NOT_GRANTED)],
        ),
        ({"resource": _outcome("error", "security", details={"text": "403"})}, [("*", Gap.NOT_GRANTED)]),
        ({"resource": _outcome("fatal", "exception")}, [("*", Gap.FAILED)]),
        (
            {"resource": _outcome("warning", "suppressed", diagnostics="Condition")},
            [("Condition", Gap.NOT_GRANTED)],
        ),
        (
            {
                "resource": _outcome(
                    "warning",
                    "processing",
                    details={"coding": [{"code": "4119"}], "text": "MedicationRequest"},
                )
            },
            [("MedicationRequest", Gap.INCOMPLETE)],
        ),
        (
            {"response": {"status": "403 Forbidden", "location": "Observation?patient=p1"}},
            [("Observation", Gap.NOT_GRANTED)],
        ),
        (
            {
                "fullUrl": "https://ehr.example/r4/Observation?patient=Patient/p1",
                "resource": _outcome("error", "forbidden"),
                "response": {"status": "403"},
            },
            [("Observation", Gap.NOT_GRANTED)],
        ),
        (
            {"request": {"method": "GET", "url": "Procedure?patient=p1"}, "response": {"status": "501"}},
            [("Procedure", Gap.NOT_SUPPORTED)],
        ),
        ({"response": {"status": "500", "outcome": _outcome("error", "exception")}}, [("*", Gap.FAILED)]),
        ({"response": {"status": "200", "outcome": _outcome("information", "informational")}}, []),
        ({"resource": _outcome("warning", "not-supported", diagnostics="Observation?foo ignored")}, []),
        ({"resource": _outcome("information", "informational")}, []),
        ({"resource": OUTCOME}, []),
    ],
)
def test_a_refusal_in_the_bundle_is_unread_and_information_is_not(entry, gaps):
    given = _entries({"resource": patient()}, entry)

    assert _gaps(given) == gaps
    assert read(given).resources == (patient(),)


@pytest.mark.parametrize(
    "url", ["Condition/c1", "https://ehr.example/r4/Condition/c1", "Condition/c1/_history/2"]
)
def test_what_a_history_shows_as_deleted_is_not_on_the_record(url):
    deletion = {"request": {"method": "DELETE", "url": url}, "response": {"status": "204"}}
    before = {"resource": CONDITION, "request": {"method": "PUT", "url": "Condition/c1"}}

    given = read(_entries({"resource": patient()}, deletion, before, kind="history"))

    assert given.resources == (patient(),)
    assert [(r.code, r.text) for r in given.remarks] == [
        ("deleted", "Versions of resources that were deleted later, ignored: 1.")
    ]


@pytest.mark.parametrize(
    "cut",
    [
        searchset(CONDITION, following="https://ehr.example/r4?page=2"),
        searchset(following="https://ehr.example/r4/Condition?patient=p1&page=2"),
        searchset(CONDITION, total=2),
        searchset(CONDITION, following="https://ehr.example/r4?page=2")
        | {"entry": [{"resource": CONDITION}, None]},
        searchset(total=2)
        | {
            "link": [{"relation": "self", "url": "https://ehr.example/r4/Condition?patient=p1"}],
            "entry": [
                {"resource": CONDITION},
                {"resource": {"resourceType": "Practitioner", "id": "dr1"}, "search": {"mode": "include"}},
            ],
        },
    ],
)
def test_pages_that_nobody_followed_are_incomplete(cut):
    assert _gaps(_entries({"resource": patient()}, {"resource": cut})) == [("Condition", Gap.INCOMPLETE)]


def test_a_searchset_that_says_it_is_whole_is_whole():
    assert _gaps(searchset(patient(), CONDITION, total=2)) == []


def test_text_that_is_not_strict_json_is_refused():
    for text in (b"", b"{", b'{"a": NaN}', b'{"a": Infinity}', b"<Bundle/>", b"\xff\xfe", b"[" * 5000):
        with pytest.raises(BadInput):
            parse(text, limit=100_000)


def test_of_a_key_given_twice_the_last_counts_and_a_byte_order_mark_is_no_error():
    assert parse(b'\xef\xbb\xbf{"a": 1, "a": 2}', limit=100) == {"a": 2}


def test_more_than_the_limit_is_refused():
    with pytest.raises(TooLarge, match="10 bytes"):
        parse(b" " * 11, limit=10)


@pytest.mark.parametrize(("depth", "is_read"), [(1, True), (3, True), (4, False)])
def test_a_bundle_inside_bundles_is_read_or_said_to_be_ignored(depth, is_read):
    given = CONDITION
    for _ in range(depth):
        given = _entries({"resource": given})

    found = read(_entries({"resource": given}))

    assert (CONDITION in found.resources) == is_read
    assert [remark.code for remark in found.remarks] == ([] if is_read else ["malformed"])
