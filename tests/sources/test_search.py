"""Whatever a server says for a page, a search ends: with what it understood, and a reason for the rest."""

import time

from hypothesis import example, given, settings
from hypothesis import strategies as st

from smartapp.facts import Gap
from smartapp.sources import owners
from smartapp.sources.asks import Ask
from smartapp.sources.ehr import Reader
from smartapp.sources.failed import FailedError
from smartapp.sources.search import Search

BASE = "https://ehr.example/r4"
ASK = Ask(type="Condition", query="Condition?patient=p1")
ATOMS = st.none() | st.booleans() | st.integers(-5, 5) | st.text(max_size=5)
NAMES = st.sampled_from(
    (
        *("resourceType", "id", "entry", "resource", "search", "mode", "link", "relation", "url", "total"),
        *("issue", "code", "severity", "details", "coding", "diagnostics", "response", "status", "outcome"),
        *("fullUrl", "request", "type", "location", "subject", "reference", "other"),
    )
)
WORDS = st.sampled_from(
    (
        "Bundle",
        "OperationOutcome",
        "Condition",
        "Patient",
        "p1",
        "Patient/p1",
        "next",
        "searchset",
        "error",
        "4119",
        "include",
        "403",
        BASE,
    )
)
JSON = st.recursive(
    ATOMS | WORDS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=5)
)
ENTRIES = st.lists(
    st.fixed_dictionaries({"resource": JSON}, optional={"search": JSON, "response": JSON}) | JSON
)
PAGES = st.fixed_dictionaries(
    {"resourceType": st.just("Bundle"), "entry": ENTRIES | JSON}, optional={"link": JSON, "total": JSON}
)


@settings(max_examples=100, deadline=None)
@example([{"resourceType": "Bundle", "entry": [{"search": {"mode": []}}]}])  # cost a whole type once
@given(st.lists(PAGES, min_size=1, max_size=3))
def test_no_page_is_so_odd_that_a_search_does_not_end(pages):
    search, waiting = Search(ask=ASK), list(pages)

    def get(_url):
        if not waiting:
            raise FailedError(Gap.FAILED, status=500)
        return waiting.pop(0)

    search.follow(BASE, get)

    found = owners.only_of(search.result(), "p1")
    assert search.done or found.unread
    assert all(isinstance(item["resourceType"], str) for item in found.resources)


def test_a_fault_of_ours_in_one_search_is_a_reason_and_is_logged_without_the_patient(caplog):
    class Faulty(Reader):
        def get(self, path, **_):
            raise RuntimeError(f"cannot understand {path}")

    reader = Faulty(http=None, base=BASE, deadline=time.monotonic() + 3)

    found = reader.read([ASK])

    assert [unread.text for unread in found.unread] == [
        "Condition could not be read: the answer was not FHIR."
    ]
    assert ("reading failed type=Condition" in caplog.text, "p1" in caplog.text) == (True, False)
