"""The verdict and the criteria with their evidence, as a reviewer looks for them on the first page."""

from collections.abc import Mapping
from typing import Any

from smartapp.determination import Answer, Criterion, Determination, Doubt, Evidence, Outcome
from smartapp.outputs.packet.answers import given_answers, said
from smartapp.outputs.wording import ANSWER, OUTCOME, count_met
from smartapp.policies import CriterionText, Policy

_SHOWN = 2
"""Rows of evidence of one criterion on the first page; all of them are further back."""
_MARK = {Answer.MET: "met", Answer.UNMET: "unmet", Answer.UNKNOWN: "open"}
_OUTCOME_MARK = {Outcome.MET: "met", Outcome.NEEDS_INFORMATION: "open"}
_NOTE = {"name-match": "recognised by its name", "attested": "a clinician's answer"}


def verdict(determination: Determination) -> dict[str, str]:
    """The outcome in words, the counts and the reason; `mark` is met, open or unmet."""
    outcome = determination.outcome
    if outcome is None:
        return {
            "mark": "open",
            "word": "No policy covers the order",
            "counts": "",
            "reason": determination.reason,
        }
    word = OUTCOME[outcome]
    return {
        "mark": _OUTCOME_MARK.get(outcome, "unmet"),
        "word": word[0].upper() + word[1:],
        "counts": count_met(determination.criteria),
        "reason": determination.reason,
    }


def request(
    policy: Policy, determination: Determination, response: Mapping[str, Any]
) -> list[tuple[str, str]]:
    """What is asked, for whom and by whom, as label and value; what the form does not say is said to be missing."""
    given = {link: "; ".join(map(said, found)) for link, found in given_answers(response)}
    rows = [("Therapy", policy.therapy), ("Order", determination.order or "not ordered yet")]
    return rows + [(label, given.get(link) or "not given") for label, link in policy_rows(policy)]


def policy_rows(policy: Policy) -> list[tuple[str, str]]:
    """Labels with the linkId of the answer that they show, of those that the policy's form has."""
    known = _link_ids(policy.questionnaire)
    return [(label, link) for label, link in _REQUEST if link in known]


_REQUEST = (
    ("Diagnosis", "dx.code"),
    ("Member ID", "member.number"),
    ("Plan", "member.plan"),
    ("Requesting oncologist", "provider.name"),
    ("NPI", "provider.npi"),
    ("Treatment centre", "facility.name"),
    ("Planned date", "facility.date"),
)


def rows(policy: Policy, determination: Determination, response: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Each criterion: what the policy asks, the answer, its evidence in brief and in full."""
    texts = {text.id: text for text in policy.criteria}
    answered = dict(given_answers(response))
    questions = _questions(policy.questionnaire)
    found = []
    for number, criterion in enumerate(determination.criteria, 1):
        text = texts[criterion.id]
        told = _told(text, answered, questions)
        evidence = [_evidence(e, told) for e in criterion.evidence] + [
            _doubt(d, told) for d in criterion.uncertain
        ]
        found.append(
            {
                "number": str(number),
                "title": criterion.title,
                "mark": _MARK[criterion.answer],
                "answer": ANSWER[criterion.answer].capitalize(),
                "asks": text.asks,
                "reason": criterion.reason,
                "how": text.how if criterion.answer is Answer.UNKNOWN else "",
                "evidence": evidence[:_SHOWN],
                "more": len(evidence) - _SHOWN if len(evidence) > _SHOWN else 0,
                "all": evidence,
                "none": _none(criterion),
            }
        )
    return found


def _none(criterion: Criterion) -> str:
    return "" if criterion.evidence or criterion.uncertain else "Nothing was found in what could be read."


def _told(text: CriterionText, answered: Mapping[str, Any], questions: Mapping[str, str]) -> str:
    """The clinician's answers to the questions that settle a criterion: "Is the melanoma unresectable? Yes"."""
    return "; ".join(
        f"{questions.get(ask.item, ask.item)} {', '.join(map(said, answered[ask.item]))}"
        for ask in text.ask
        if ask.item in answered
    )


def _evidence(evidence: Evidence, told: str) -> dict[str, str]:
    attested = evidence.origin == "attested"
    return {
        "text": told if attested and told else evidence.text,
        "date": evidence.date or "no date",
        "source": "form" if attested else evidence.reference,
        "note": _NOTE.get(evidence.origin, ""),
    }


def _doubt(doubt: Doubt, told: str) -> dict[str, str]:
    attested = doubt.reference.startswith("QuestionnaireResponse/")
    return {
        "text": told if attested and told else doubt.text,
        "date": doubt.date or "no date",
        "source": "form" if attested else doubt.reference,
        "note": f"does not settle it: {doubt.why}",
    }


def _link_ids(node: Mapping[str, Any]) -> set[str]:
    return set(_questions(node))


def _questions(node: Mapping[str, Any]) -> dict[str, str]:
    """The text of every item, by its linkId."""
    found: dict[str, str] = {}
    for item in node.get("item", ()):
        found[item["linkId"]] = item.get("text") or item["linkId"]
        found |= _questions(item)
    return found
