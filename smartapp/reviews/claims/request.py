"""One request of one signed version, and what became of it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any

from smartapp.sources.payer.answer import Answer, Verdict

_OPEN = frozenset({Verdict.PENDED, Verdict.UNUSABLE})
_GONE = frozenset({Verdict.DENIED, Verdict.ERROR, Verdict.CANCELLED})
"""Answers after which the payer has nothing that could be changed or cancelled."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """Immutable: every step makes a new one."""

    id: str
    """The value of the Claim's identifier."""
    payer: str = ""
    """The name of the payer that it goes to; empty: none is registered, it can only be downloaded."""
    bundle: Mapping[str, Any]
    """What is sent, the very same at every try."""
    inquiry: Mapping[str, Any]
    made_at: datetime
    tries: int = 0
    sent_at: datetime | None = None
    """When the payer got it; None: it has not, as far as is known."""
    is_uncertain: bool = False
    """Whether a try may have arrived: the payer is asked before it is sent again."""
    why_not: str = ""
    """Why the last try did not work, for a person."""
    answer: Answer | None = None
    answered_at: datetime | None = None
    answers: tuple[Mapping[str, Any], ...] = field(default=(), repr=False)
    """Everything that the payer returned, as it came."""

    @property
    def can_send(self) -> bool:
        """Whether it can be sent: the payer has no usable request of ours yet."""
        taken = self.answer is not None and self.answer.verdict is not Verdict.ERROR
        return bool(self.payer) and not taken

    @property
    def can_ask(self) -> bool:
        """Whether there is a decision to ask for."""
        return bool(self.payer) and self.answer is not None and self.answer.verdict in _OPEN

    @property
    def can_cancel(self) -> bool:
        """Whether the payer has it and may still be told that it is not needed."""
        return bool(self.payer) and self.answer is not None and self.answer.verdict not in _GONE

    @property
    def is_update(self) -> bool:
        """Whether it takes the place of another one."""
        return "related" in self.bundle["entry"][0]["resource"]

    @property
    def was_taken(self) -> bool:
        """Whether the payer took it, or may have: one that it could not process changed nothing."""
        return self.answer.verdict is not Verdict.ERROR if self.answer else self.is_uncertain

    @property
    def is_there(self) -> bool:
        """Whether the payer has it, or may have it, so that a later one takes its place.

        PAS "Updating authorization requests": a request that was denied is not updated, a new one is made.
        """
        return self.answer.verdict not in _GONE if self.answer else self.is_uncertain

    @property
    def is_cancelled(self) -> bool:
        """Whether the payer says so."""
        return self.answer is not None and self.answer.verdict is Verdict.CANCELLED

    def sending(self) -> "Request":
        """As it is while it is on its way: should this process stop now, nobody knows whether it arrived."""
        return replace(self, tries=self.tries + 1, is_uncertain=True, why_not="")

    def answered(self, answer: Answer, given: Any, *, at: datetime) -> "Request":
        """With what the payer said. What a payer once decided is not lost to an answer that says nothing."""
        kept = (*self.answers, {"at": at.isoformat(), "given": given})
        if answer.verdict is Verdict.UNUSABLE and self.answer is not None:
            return replace(self, answers=kept, why_not=" ".join(answer.texts), is_uncertain=False)
        return replace(
            self,
            answers=kept,
            answer=answer,
            answered_at=at,
            sent_at=self.sent_at or at,
            is_uncertain=False,
            why_not="",
        )

    def failed(self, why: str, *, is_uncertain: bool) -> "Request":
        """With why it did not work."""
        return replace(self, why_not=why, is_uncertain=is_uncertain)


def to_json(request: Request) -> dict[str, Any]:
    """The request as JSON."""
    times = {name: _written(getattr(request, name)) for name in _TIMES}
    answer = request.answer and {**asdict(request.answer), "verdict": str(request.answer.verdict)}
    plain = {name: getattr(request, name) for name in _PLAIN}
    return {**plain, **times, "answer": answer, "answers": list(request.answers)}


def from_json(held: Mapping[str, Any]) -> Request:
    """The request that JSON holds."""
    given = held["answer"]
    answer = given and Answer(
        **{**given, "verdict": Verdict(given["verdict"]), "texts": tuple(given["texts"])}
    )
    times = {name: held[name] and datetime.fromisoformat(held[name]) for name in _TIMES}
    return Request(**{**held, **times, "answer": answer, "answers": tuple(held["answers"])})


_TIMES = ("made_at", "sent_at", "answered_at")
_PLAIN = ("id", "payer", "bundle", "inquiry", "tries", "is_uncertain", "why_not")


def _written(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
