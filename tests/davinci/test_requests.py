"""What goes to payers about every kind of case of tests/spec: closed, complete, and as its profiles have it."""

import pytest
from davinci import dtr22
from davinci.packages import guide
from davinci.pas import BASE, PROFILES, broken
from davinci.profiles import problems
from integration.emitted import PDF, decided, signed

from smartapp.outputs.claim import request
from smartapp.outputs.dialect import Dialect

_RESPONSE = "http://hl7.org/fhir/us/davinci-dtr/StructureDefinition/dtr-questionnaireresponse"


@pytest.mark.parametrize("everything", [False, True], ids=["what is required", "every question answered"])
@pytest.mark.parametrize("dialect", Dialect)
@pytest.mark.requirement("pas-kit#P1", "pas-2.2.1#profile-pas-request-bundle")
def test_the_request_of_every_kind_of_case_is_closed_and_conforms(dialect, everything):
    made = [(case.id, signed(case, dialect, everything=everything)) for case in decided()]

    wrong = {case: found for case, one in made if (found := _wrong(one, dialect))}

    assert (wrong, len(made) > 30) == ({}, True)


def _wrong(made, dialect):
    """What is wrong with the request and with the signed form in it."""
    bundle = request(made.claim(dialect, pdf=PDF), now=made.dossier.review.now)
    definitions = guide(f"pas-{dialect}")
    held = [entry["resource"] for entry in bundle["entry"]]
    found = [*broken(bundle), *problems(bundle, f"{BASE}profile-pas-request-bundle", definitions)]
    for one in (one for one in held if one["resourceType"] in PROFILES):
        found += problems(one, BASE + PROFILES[one["resourceType"]], definitions)
    return [*found, *_form(made.form, dialect)]


def _form(form, dialect):
    if dialect is Dialect.V2_2:
        return dtr22.response(form)
    return problems(form, _RESPONSE, guide("dtr-2.0", "crd-2.0"))
