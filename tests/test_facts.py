"""What could not be read, in words for a person."""

import pytest

from smartapp.facts import Gap, in_words
from smartapp.sources.prefetch import _not_sent
from smartapp.sources.queries import QUERIES
from smartapp.sources.refusals import ANY_TYPE, refusal


@pytest.mark.parametrize(
    ("unread", "told"),
    [
        ([], ()),
        (
            [refusal("Observation", Gap.NOT_GRANTED, status=403)],
            ("Access to Observation was refused (403).",),
        ),
        (
            [
                refusal("Observation", Gap.NOT_GRANTED, status=403),
                refusal("Condition", Gap.FAILED),
                refusal("Procedure", Gap.NOT_GRANTED, status=403),
                refusal("DiagnosticReport", Gap.NOT_GRANTED, status=403),
            ],
            (
                "Access to Observation, Procedure and DiagnosticReport was refused (403).",
                "Condition could not be read.",
            ),
        ),
        (
            [refusal("Observation", Gap.FAILED, status=500), refusal("Observation", Gap.FAILED, status=503)],
            ("Observation could not be read (500).", "Observation could not be read (503)."),
        ),
        (
            [refusal(ANY_TYPE, Gap.FAILED), refusal(ANY_TYPE, Gap.FAILED)],
            ("Some data could not be read.",),
        ),
        (
            [_not_sent(query) for query in QUERIES if query.type in {"Condition", "Procedure"}],
            ("Condition and Procedure were not sent with the call, and there was no FHIR server to ask.",),
        ),
    ],
)
def test_types_of_which_the_same_is_said_are_named_in_one_sentence(unread, told):
    assert in_words(unread) == told
