"""The page of the whole rule behind a criterion, over HTTP."""

import re

import pytest
from fakes_reviews import site

BASE = "https://app.example"


def opened():
    client = site().app.test_client()
    return client, f"/reviews/{client.get('/begin/launch-1', base_url=BASE).text}"


def test_each_criterion_of_the_review_leads_to_its_whole_rule():
    client, address = opened()
    review = client.get(address, base_url=BASE).text

    addresses = re.findall(r'href="(/reviews/[^"]*/rules/[^"]+)"', review)

    assert len(addresses) == 5
    for one in addresses:
        page = client.get(one, base_url=BASE)
        assert (page.status_code, page.headers["Cache-Control"]) == (200, "no-store")
        assert f'href="{address}#criterion-{one.rpartition("/")[2]}"' in page.text


@pytest.mark.parametrize("name", ["", "age", "../form"])
def test_there_is_no_rule_of_a_criterion_that_is_none(name):
    client, address = opened()

    assert client.get(f"{address}/rules/{name}", base_url=BASE).status_code in (404, 405)


def test_another_session_sees_no_rule_either():
    where = site()
    client = where.app.test_client()
    address = f"/reviews/{client.get('/begin/launch-1', base_url=BASE).text}"

    other = where.app.test_client().get(f"{address}/rules/braf", base_url=BASE)

    assert other.status_code in (401, 403)
    assert "BRAF" not in other.text
