"""A determination as the JSON of the command line (DESIGN, "Contracts")."""

from typing import Any

from smartapp.determination import Criterion, Determination


def as_dict(determination: Determination) -> dict[str, Any]:
    """The determination with the keys and the order that the contract names."""
    policy = determination.policy
    return {
        "policy": {
            "id": policy.id,
            "name": policy.name,
            "version": policy.version,
            "effective": policy.effective,
        },
        "patient": determination.patient,
        "order": determination.order,
        "asOf": determination.as_of,
        "outcome": determination.outcome.value if determination.outcome else None,
        "reason": determination.reason,
        "criteria": [_criterion(criterion) for criterion in determination.criteria],
        "notices": [_notice(n.code, n.text, n.references) for n in determination.notices],
        "questions": [
            {"linkId": q.link_id, "text": q.text, "criterion": q.criterion} for q in determination.questions
        ],
    }


def _criterion(criterion: Criterion) -> dict[str, Any]:
    return {
        "id": criterion.id,
        "title": criterion.title,
        "answer": criterion.answer.value,
        "reason": criterion.reason,
        "evidence": [
            {"reference": e.reference, "text": e.text, "date": e.date, "origin": e.origin}
            for e in criterion.evidence
        ],
        "uncertain": [
            {"reference": d.reference, "text": d.text, "why": d.why, "date": d.date}
            for d in criterion.uncertain
        ],
        "ask": list(criterion.ask),
    }


def _notice(code: str, text: str, references: tuple[str, ...]) -> dict[str, Any]:
    return {"code": code, "text": text, **({"references": list(references)} if references else {})}
