"""What an Observation says of stage and metastasis, and what those say that another resource holds inside itself."""

from collections.abc import Iterator

from smartapp.normalize import malignancy
from smartapp.normalize.braf import value_key
from smartapp.normalize.coding import Json, Key, key_of, reading, texts_of, with_codings
from smartapp.normalize.references import contained
from smartapp.normalize.staging.answers import answer
from smartapp.normalize.staging.asked import Question, question
from smartapp.normalize.terms import Terms

_NOT_GIVEN: Key = (None,)
_RESULT = ("final", "amended", "corrected")
_ADVANCED = {"m1", "stage-iv", "distant-metastasis", "metastatic-text"}
_DENIED = {"m0", "no-distant-metastasis", "ned"}


def observed(observation: Json, value: Key | None, asked: Question, terms: Terms) -> list[str]:
    """The readings of an Observation's value and components; `asked` is what its code asks."""
    parts = [part for part in observation.get("component", ()) if "code" in part]
    answers = [(observation, value, asked)]
    answers += [(part, value_key(part), question(terms, key_of(part["code"]))) for part in parts]
    if observation.get("focus"):
        answers = [(holder, key, stage.of_its_focus) for holder, key, stage in answers]
    return [code for each in answers for code in _said(*each, terms)]


def _said(holder: Json, value: Key | None, asked: Question, terms: Terms) -> tuple[str, ...]:
    if not asked.any and "valueCodeableConcept" not in holder:
        return ()
    return answer(terms, asked, value or _NOT_GIVEN, holder.get("valueBoolean"))


def of_panel(panel: Json, terms: Terms) -> Iterator[str]:
    """The readings of the results inside a panel; of one about something else, that a text says so."""
    for result in _results(panel):
        same = _names_no_other(result, terms) and result.get("focus", panel.get("focus")) == panel.get(
            "focus"
        )
        yield from _inside(result, terms) if same else _in_doubt(result, terms)


def of_report(report: Json, terms: Terms) -> Iterator[str]:
    """What the results inside a report leave to be confirmed: the report does not say whose stage it is."""
    for result in _results(report):
        yield from _in_doubt(result, terms)


def assessed(stage: Json, condition: Json, terms: Terms) -> Json:
    """A stage of a Condition with what the results say that it names and the Condition holds inside."""
    named = (
        contained(condition, link.get("reference", "").removeprefix("#"))
        for link in stage.get("assessment", ())
    )
    results = [result for result in named if result and _is_result(result) and "focus" not in result]
    codes = dict.fromkeys(
        code for result in results if _names_no_other(result, terms) for code in _inside(result, terms)
    )
    if not codes:
        return stage
    return {**stage, "summary": with_codings(stage.get("summary") or {}, map(reading, codes))}


def _results(holder: Json) -> Iterator[Json]:
    return (item for item in holder.get("contained", ()) if _is_result(item))


def _is_result(item: Json) -> bool:
    return item.get("resourceType") == "Observation" and item.get("status") in _RESULT


def _inside(result: Json, terms: Terms) -> list[str]:
    code = result.get("code")
    asked = question(terms, key_of(code)) if code else Question()
    return observed(result, value_key(result), asked, terms)


def _in_doubt(result: Json, terms: Terms) -> Iterator[str]:
    said = set(_inside(result, terms))
    if said & _ADVANCED:
        yield "metastatic-text"
    if said & _DENIED:
        yield "ned"


def _names_no_other(result: Json, terms: Terms) -> bool:
    keys = [key_of(result.get("code") or {}), value_key(result) or _NOT_GIVEN]
    return not any(malignancy.of_result(terms, text) for key in keys for text in texts_of(key))
