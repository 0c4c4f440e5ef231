"""A review as the page: every part put together."""

from collections.abc import Iterator, Sequence

from smartapp.determination import Criterion, Determination, Notice
from smartapp.elm import Evaluation
from smartapp.evidence import date_of, text_of
from smartapp.facts import Facts
from smartapp.outputs.form.enabled import asked
from smartapp.outputs.page import words
from smartapp.outputs.page.audit import line
from smartapp.outputs.page.coverage import coverage
from smartapp.outputs.page.criteria import Reading, anchor, criteria
from smartapp.outputs.page.patient import patient
from smartapp.outputs.page.rule import reached
from smartapp.outputs.page.sitting import Sitting
from smartapp.outputs.page.verdict import verdict
from smartapp.outputs.page.view import (
    EvidencePage,
    Fact,
    Link,
    NoticeView,
    Page,
    RulePage,
    UnreadView,
)
from smartapp.outputs.wording import ANSWER
from smartapp.policies import Policy

_TOLD_APART = "record-incomplete"
"""The notice on what could not be read: the page says it at the top, type by type."""


def page(
    policy: Policy, determination: Determination, facts: Facts, run: Evaluation, *, sitting: Sitting
) -> Page:
    """The page of one review; `facts` are the normalised ones and `run` the evaluated policy of flow.Review."""
    questions = asked(policy.form, sitting.response.get("item", ()))
    reading = Reading(policy=policy, determination=determination, facts=facts, run=run, asked=questions)
    names = {sitting.user: sitting.user_name} if sitting.user and sitting.user_name else {}
    odd = {remark.code for remark in facts.remarks}
    notices = [notice for notice in determination.notices if notice.code != _TOLD_APART]
    return Page(
        title=policy.title,
        policy=_published(policy),
        patient=patient(facts, today=sitting.read_at.date()),
        shows_patient=sitting.banner,
        is_open_server=sitting.open,
        user=sitting.user_name,
        ehr=sitting.ehr_name,
        chart_at=words.moment(sitting.read_at),
        chart_at_machine=sitting.read_at.isoformat(timespec="minutes"),
        chart_size=words.records(sitting.records),
        verdict=verdict(reading),
        facts=tuple(_facts(policy, determination, facts)),
        unread=tuple(_unread(policy, determination.criteria, facts)),
        criteria=criteria(reading),
        notices=_shown(n for n in notices if n.code not in odd),
        remarks=_shown(n for n in notices if n.code in odd),
        information=policy.information,
        audit=tuple(line(noted, names) for noted in sitting.audit),
    )


def rule_page(
    policy: Policy, determination: Determination, run: Evaluation, *, criterion: str
) -> RulePage | None:
    """The whole rule behind a criterion on this record; None when there is no such criterion."""
    found = next((c for c in determination.criteria if c.id == criterion), None)
    if found is None:
        return None
    text = next(text for text in policy.criteria if text.id == criterion)
    return RulePage(
        anchor=anchor(found.id),
        title=found.title,
        mark=words.ANSWER_MARK[found.answer],
        word=words.sentence(ANSWER[found.answer]),
        asks=text.asks,
        policy=_published(policy),
        rules=reached(run, text.define),
    )


def evidence_page(
    policy: Policy, determination: Determination, facts: Facts, run: Evaluation, *, criterion: str
) -> EvidencePage | None:
    """Everything that was found for a criterion; None when there is no such criterion."""
    reading = Reading(
        policy=policy, determination=determination, facts=facts, run=run, asked=frozenset(), is_whole=True
    )
    shown = next((one for one in criteria(reading) if one.id == criterion), None)
    return EvidencePage(criterion=shown, policy=_published(policy)) if shown else None


def _published(policy: Policy) -> str:
    return f"{policy.id}, effective {policy.effective.isoformat()}"


def _facts(policy: Policy, determination: Determination, facts: Facts) -> Iterator[Fact]:
    """What the verdict is about."""
    yield Fact(label="Therapy", text=policy.therapy)
    yield Fact(label="Order", text=_order(determination.order, facts))
    yield Fact(label="Coverage on record", text=coverage(facts))
    yield Fact(label="Policy", text=f"{_published(policy)}, {policy.payer}", href=policy.source)


def _order(reference: str | None, facts: Facts) -> str:
    """What is ordered, in the order's own words."""
    if reference is None:
        return "none: asked as if the therapy were ordered"
    order = facts.find(reference)
    told = (text_of(order), date_of(order), order.get("status")) if order else (reference,)
    return ", ".join(str(part) for part in told if part)


def _unread(policy: Policy, given: Sequence[Criterion], facts: Facts) -> Iterator[UnreadView]:
    titles = {criterion.id: criterion.title for criterion in given}
    for unread in facts.unread:
        touched = (c for c in policy.criteria if unread.type in (*c.reads, "*") and c.id in titles)
        links = tuple(Link(href=f"#{anchor(c.id)}", text=titles[c.id]) for c in touched)
        yield UnreadView(text=unread.text, touches=links)


def _shown(notices: Iterator[Notice]) -> tuple[NoticeView, ...]:
    return tuple(NoticeView(text=notice.text, references=notice.references) for notice in notices)
