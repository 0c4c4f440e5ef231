"""Which policy is asked when no order tells."""

from dataclasses import replace
from datetime import UTC, datetime
from functools import cache

import pytest
from fakes_hooks import bundle, order, patient

from smartapp import checks
from smartapp.errors import BadInput, UnknownService
from smartapp.policies import Catalog, load_catalog
from smartapp.sources.bundle import read

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)


@cache
def _two():
    policy = load_catalog().policies[0]
    return Catalog(policies=(policy, replace(policy, id="2")))


def _determined(given, *, policy=None, catalog=None):
    return checks.determine(
        read(given), catalog=catalog or _two(), policy=policy, order=None, origin="file", now=NOW
    )


def test_the_order_tells_which_policy_is_asked():
    assert _determined(bundle(patient(), order())).policy.id == "05.01.051-001"


def test_without_an_order_one_of_several_policies_must_be_named():
    with pytest.raises(BadInput, match="--policy"):
        _determined(bundle(patient()))

    assert _determined(bundle(patient()), policy="2").policy.id == "2"


def test_a_policy_that_is_not_there_is_refused():
    with pytest.raises(UnknownService, match="'3'"):
        _determined(bundle(patient()), policy="3")


def test_an_order_that_no_policy_covers_is_no_question():
    told = _determined(bundle(patient(), order(text="aldesleukin")))

    assert (told.outcome, told.criteria, told.order) == (None, (), "MedicationRequest/o1")
