"""What is asserted about one order: a determination in the words of CRD, before any dialect.

The codes are those of CRD 2.2.1, the richer edition; a serialiser says the same in its own.
"""

import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime

from smartapp.determination import Answer, Determination, Outcome
from smartapp.facts import Facts, Gap, in_words
from smartapp.outputs.coverage.insurance import Chosen, Trouble
from smartapp.outputs.wording import DISCLAIMER
from smartapp.policies import Policy

_TECHNICAL = frozenset({Gap.FAILED, Gap.NOT_GRANTED})
"""Gaps that a repair or a permission would close: not the same as a record that says nothing."""
_NAMESPACE = uuid.UUID("5b0a4c3e-7d0f-5a52-9a35-0d3b6d1c7f10")
_ID = re.compile(r"(\w+)-[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why, in words; `code` is one of the value set coverageAssertionReasons."""

    text: str
    code: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Detail:
    """A detail: its code in crd-coverage-detail, how that is called, and the value."""

    code: str
    label: str
    text: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Assertion:
    """The coverage information of one order and one Coverage."""

    coverage: str
    covered: str
    pa_needed: str | None = None
    doc_needed: tuple[str, ...] = ()
    doc_purpose: tuple[str, ...] = ()
    info_needed: tuple[str, ...] = ()
    reasons: tuple[Reason, ...] = ()
    details: tuple[Detail, ...] = ()
    questionnaire: str | None = None
    on: date
    id: str
    expires: date | None = None


def assertion_id(policy: Policy, *, patient: str, coverage: str, server: str | None) -> str:
    """The trace id, the same for every order of a Coverage; it names the policy, so DTR knows the form by it."""
    name = " ".join((policy.name, server or "", patient, coverage))
    return f"{policy.name}-{uuid.uuid5(_NAMESPACE, name)}"


def policy_named_in(context: str) -> str:
    """The name of the policy that the id of an assertion begins with; "": it is no id of ours."""
    found = _ID.fullmatch(context)
    return found[1] if found else ""


def assess(
    determination: Determination,
    policy: Policy,
    facts: Facts,
    chosen: Chosen,
    *,
    server: str | None,
    primary: bool,
    now: datetime,
) -> Assertion:
    """The assertion for an order that a policy covers.

    `primary`: the hook is one at which CRD wants to hear what is needed (order-sign). At another one
    nothing may be said about needed information (CRD 2.2.1 hook-19): what is open stays indeterminate.
    """
    assert chosen.reference is not None, "without a Coverage nothing can be asserted"
    unsettled = Assertion(
        coverage=chosen.reference,
        covered="indeterminate",
        details=(Detail(code="policy-link", label="Medical policy", url=policy.source),),
        on=now.date(),
        id=assertion_id(policy, patient=determination.patient, coverage=chosen.reference, server=server),
        expires=policy.review if policy.review and policy.review >= now.date() else None,
    )
    if chosen.trouble is Trouble.INACTIVE:
        reason = Reason(code="no-active-coverage", text="The coverage on record is not active on this day.")
        return replace(unsettled, covered="not-covered", reasons=(reason,), details=())
    if failed := _failed(determination, facts, policy):
        return _technical(unsettled, failed)
    return _settled(unsettled, determination, policy, primary=primary)


def _settled(
    unsettled: Assertion, determination: Determination, policy: Policy, *, primary: bool
) -> Assertion:
    reasoned = replace(unsettled, reasons=(_reason(determination),))
    if determination.outcome in {Outcome.NOT_MET, Outcome.INVESTIGATIONAL}:
        return replace(reasoned, covered="not-covered")
    if determination.outcome is Outcome.NOT_APPLICABLE:
        # the policy says nothing about this patient's plan, which may well cover the therapy
        return reasoned
    if primary:
        return _documented(reasoned, determination, policy)
    return _while_ordering(reasoned, determination)


def _documented(reasoned: Assertion, determination: Determination, policy: Policy) -> Assertion:
    """What the policy always wants: prior authorization, with the form."""
    is_met = determination.outcome is Outcome.MET
    return replace(
        reasoned,
        covered="covered" if is_met else "conditional",
        pa_needed="auth-needed",
        doc_needed=("clinical",),
        doc_purpose=("withpa",),
        info_needed=() if is_met else ("OTH",),
        details=(*reasoned.details, *_instructions(determination, policy)),
        questionnaire=policy.form_canonical,
    )


def _while_ordering(reasoned: Assertion, determination: Determination) -> Assertion:
    if determination.outcome is Outcome.MET:
        return replace(reasoned, covered="covered", pa_needed="auth-needed")
    later = Reason(text=f"This is settled when the order is signed. {DISCLAIMER}")
    return replace(reasoned, pa_needed="auth-needed", reasons=(later,))


def _technical(unsettled: Assertion, texts: tuple[str, ...]) -> Assertion:
    # CRD 2.2.1 resp-43: a technical problem is said as such, with details in the reason's text
    text = f"The record could not be read completely, so nothing is concluded. {' '.join(texts)}"
    return replace(unsettled, pa_needed="indeterminate", reasons=(Reason(code="technical", text=text),))


def _failed(determination: Determination, facts: Facts, policy: Policy) -> tuple[str, ...]:
    """What went wrong while reading what an open criterion needs; nothing while the outcome does not need it."""
    if determination.outcome is not Outcome.NEEDS_INFORMATION:
        return ()
    reads = {text.id: text.reads for text in policy.criteria}
    types = {name for c in determination.criteria if c.answer is Answer.UNKNOWN for name in reads[c.id]}
    gaps = (u for u in facts.unread if u.gap in _TECHNICAL and (u.type in types or u.type == "*"))
    return in_words(gaps)


def _reason(determination: Determination) -> Reason:
    told = Answer.UNMET if determination.outcome is Outcome.NOT_MET else Answer.UNKNOWN
    lines = [
        f"{c.title}: {_evidenced(c.reason, [f'{e.text}, {e.date}' if e.date else e.text for e in c.evidence])}"
        for c in determination.criteria
        if c.answer is told and determination.outcome in {Outcome.NOT_MET, Outcome.NEEDS_INFORMATION}
    ]
    return Reason(text=" ".join((determination.reason, *lines, DISCLAIMER)))


def _evidenced(reason: str, evidence: list[str]) -> str:
    return f"{reason} ({'; '.join(evidence)})" if evidence else reason


def _instructions(determination: Determination, policy: Policy) -> Iterator[Detail]:
    """How each open criterion is settled."""
    texts = {text.id: text for text in policy.criteria}
    for criterion in determination.criteria:
        if criterion.answer is Answer.UNKNOWN:
            text = f"{criterion.title}: {texts[criterion.id].how}"
            yield Detail(code="instructions", label="Instructions", text=text)
