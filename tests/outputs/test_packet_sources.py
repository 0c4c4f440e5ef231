"""What a packet cites, what it counts instead, and which questions it says are still open."""

import pytest

from smartapp.facts import Facts
from smartapp.outputs.packet.answers import unanswered
from smartapp.outputs.packet.sources import Sources
from smartapp.policies.form import read_form

DOSES = [f"MedicationAdministration/{n}" for n in range(20)]


def test_of_many_the_first_and_the_last_are_cited_and_the_others_counted():
    sources = Sources(Facts(patient_id="p", resources=()))

    said = sources.cite(DOSES)

    assert said == "administration [1-12 and 8 more]"
    assert sources.left_out == "8 administrations"


def test_what_another_place_cites_is_not_left_out():
    sources = Sources(Facts(patient_id="p", resources=()))

    sources.cite(DOSES)
    said = sources.cite(DOSES[9:11])

    assert said == "administration [13-14]"
    assert sources.left_out == "6 administrations"


@pytest.mark.parametrize(("asked", "open_ones"), [(None, []), (False, []), (True, ["Which?"])])
def test_a_required_question_is_open_only_while_it_is_asked(asked, open_ones):
    condition = {"question": "any", "operator": "=", "answerBoolean": True}
    which = {
        "linkId": "which",
        "text": "Which?",
        "type": "string",
        "required": True,
        "enableWhen": [condition],
    }
    form = read_form({"item": [{"linkId": "any", "text": "Any?", "type": "boolean"}, which]})
    given = [] if asked is None else [{"linkId": "any", "answer": [{"valueBoolean": asked}]}]

    assert unanswered(form, given) == open_ones
