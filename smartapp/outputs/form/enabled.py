"""Which questions are asked: the answers given so far decide, as FHIR R4 Questionnaire.item.enableWhen says."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from smartapp.outputs.form.answers import Answer, all_answers
from smartapp.policies.form import Item, all_items

Given = Mapping[str, Any]
Answers = Mapping[str, list[Answer]]


def enabled(form: tuple[Item, ...], given: Iterable[Given]) -> list[dict[str, Any]]:
    """The answered items without those that are not asked; theirs stay with the draft, in case they are again."""
    return _kept(form, given, _hidden(form, _by_link(given)))


def without_hidden(form: tuple[Item, ...], given: Iterable[Given], answers: Answers) -> list[Given]:
    """The same for items that were made from this form just now, and for their answers by linkId."""
    hidden = _hidden(form, answers)
    return _shown(given, hidden) if hidden else [*given]


def asked(form: tuple[Item, ...], given: Iterable[Given]) -> frozenset[str]:
    """The linkIds of the items that are asked, groups too; an answer that is not asked for enables nothing."""
    hidden = _hidden(form, _by_link(given))
    return frozenset(item.link_id for item in all_items(form) if item.link_id not in hidden)


def is_enabled(item: Item, answers: Answers, hidden: Collection[str] = ()) -> bool:
    """Whether an item's enableWhen holds for these answers, by linkId (FHIR R4 Questionnaire.item.enableWhen).

    An answer to a hidden item does not count.
    """
    for condition in item.enable_when:
        question = condition["question"]
        given = () if question in hidden else answers.get(question, ())
        if _holds(condition, given) is item.enable_any:
            return item.enable_any
    return not item.enable_any or not item.enable_when


def _holds(condition: Mapping[str, Any], given: Sequence[Answer]) -> bool:
    if condition["operator"] == "exists":
        return bool(given) is condition["answerBoolean"]
    if "answerCoding" in condition:
        wanted = condition["answerCoding"]["code"]
        return any(answer.get("valueCoding", {}).get("code") == wanted for answer in given)
    return any(answer.get("valueBoolean") is condition["answerBoolean"] for answer in given)


def _by_link(given: Iterable[Given]) -> Answers:
    answers: dict[str, list[Answer]] = {}
    for link_id, found in all_answers(given):
        answers.setdefault(link_id, []).extend(found)
    return answers


def _hidden(form: tuple[Item, ...], answers: Answers) -> Collection[str]:
    """The linkIds of the items that are not asked, and of all below them."""
    hidden: set[str] = set()
    for _ in all_items(form):  # each round settles at least one question of a chain
        before, hidden = hidden, set()
        _disable(form, answers, before, hidden)
        if (hidden ^ before).isdisjoint(answers):  # where nothing is answered, nothing counts for less
            break
    return hidden


def _disable(form: Iterable[Item], answers: Answers, before: Collection[str], hidden: set[str]) -> None:
    """Add those that are not asked where the answers to what was hidden before count for nothing."""
    for item in form:
        if not item.is_conditional:
            continue
        if is_enabled(item, answers, before):
            _disable(item.items, answers, before, hidden)
        else:
            hidden |= item.link_ids


def _shown(given: Iterable[Given], hidden: Collection[str]) -> list[Given]:
    shown = []
    for one in given:
        if one["linkId"] in hidden:
            continue
        if "item" not in one:
            shown.append(one)
        elif below := _shown(one["item"], hidden):
            shown.append({**one, "item": below})
    return shown


def _kept(form: Iterable[Item], given: Iterable[Given], hidden: Collection[str]) -> list[dict[str, Any]]:
    defined = {item.link_id: item for item in form}
    kept = []
    for one in given:
        item = defined.get(one["linkId"])
        if item is None or item.link_id in hidden:
            continue
        if "item" not in one:
            kept.append(dict(one))
        elif below := _kept(item.items, one["item"], hidden):
            kept.append({**one, "item": below})
    return kept
