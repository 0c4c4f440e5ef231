"""Which questions are asked: the answers given so far decide, as FHIR R4 Questionnaire.item.enableWhen says."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from smartapp.outputs.form.answers import Answer, all_answers
from smartapp.policies.form import Item, all_items

Given = Mapping[str, Any]
Answers = Mapping[str, list[Answer]]


def enabled(form: tuple[Item, ...], given: Iterable[Given]) -> list[dict[str, Any]]:
    """The answered items without those that are not asked; theirs stay with the draft, in case they are again."""
    return _kept(form, given, asked(form, given))


def asked(form: tuple[Item, ...], given: Iterable[Given]) -> frozenset[str]:
    """The linkIds of the items that are asked, groups too; an answer that is not asked for enables nothing."""
    answers: dict[str, list[Answer]] = {}
    for link_id, found in all_answers(given):
        answers.setdefault(link_id, []).extend(found)
    links, before = frozenset(item.link_id for item in all_items(form)), None
    for _ in links:  # each round settles at least one question of a chain
        if links == before:
            break
        before = links
        held = {link_id: found for link_id, found in answers.items() if link_id in links}
        links = frozenset(_asked(form, held))
    return links


def is_enabled(item: Item, answers: Answers) -> bool:
    """Whether an item's enableWhen holds for these answers, by linkId (FHIR R4 Questionnaire.item.enableWhen)."""
    if not item.enable_when:
        return True
    held = [_holds(condition, answers.get(condition["question"], [])) for condition in item.enable_when]
    return any(held) if item.enable_any else all(held)


def _holds(condition: Mapping[str, Any], given: list[Answer]) -> bool:
    if condition["operator"] == "exists":
        return bool(given) is condition["answerBoolean"]
    if "answerCoding" in condition:
        wanted = condition["answerCoding"]["code"]
        return any(answer.get("valueCoding", {}).get("code") == wanted for answer in given)
    return any(answer.get("valueBoolean") is condition["answerBoolean"] for answer in given)


def _asked(form: Iterable[Item], answers: Answers) -> Iterator[str]:
    for item in form:
        if is_enabled(item, answers):
            yield item.link_id
            yield from _asked(item.items, answers)


def _kept(form: Iterable[Item], given: Iterable[Given], links: frozenset[str]) -> list[dict[str, Any]]:
    defined = {item.link_id: item for item in form}
    kept = []
    for one in given:
        if one["linkId"] not in links:
            continue
        if "item" not in one:
            kept.append(dict(one))
        elif below := _kept(defined[one["linkId"]].items, one["item"], links):
            kept.append({**one, "item": below})
    return kept
