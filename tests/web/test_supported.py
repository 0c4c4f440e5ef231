"""The payers that an EHR finds supported before it offers the app (DTR 2.2 spec-101 to spec-106)."""

import pytest

from smartapp.app import create_app
from smartapp.config import Config
from smartapp.store import Store


def _listed(**settings):
    app = create_app(Config(database_url="sqlite://", **settings), store=Store("sqlite://"))
    return app.test_client().get("/supported-payers", headers={"Accept": "application/json"})


@pytest.mark.requirement("dtr-2.2.0#spec-101", "dtr-2.2.0#spec-106", "inferno-dtr#D12")
def test_without_a_setting_the_payers_of_the_policies_are_listed():
    answer = _listed()

    assert (answer.status_code, answer.mimetype) == (200, "application/json")
    assert set(answer.json) == {"payers"}
    assert answer.json["payers"]
    assert all(type(p["id"]) is type(p["name"]) is str for p in answer.json["payers"])


def test_the_payers_that_are_set_are_listed_by_their_identifier_each_once():
    answer = _listed(crd_payers=("urn:oid:1.2.3|PAYER-1", "Other Plan", "urn:oid:1.2.3|PAYER-1"))

    assert answer.json["payers"] == [
        {"id": "PAYER-1", "name": "PAYER-1"},
        {"id": "Other Plan", "name": "Other Plan"},
    ]
