"""What is worth knowing beside the answer; nothing here changes an outcome."""

from collections.abc import Iterator, Sequence
from typing import Any

from smartapp.determination import Criterion, Notice
from smartapp.elm import DefineError, Evaluation
from smartapp.facts import Facts, in_words
from smartapp.policies import Policy, Product
from smartapp.policies.policy import NoticeText


def notices_of(
    policy: Policy,
    facts: Facts,
    run: Evaluation,
    criteria: Sequence[Criterion],
    *,
    product: Product | None,
    planned: str,
) -> tuple[Notice, ...]:
    """Every notice about this determination, the policy's own first."""
    return (
        *_by_rules(policy, run),
        *_by_name(criteria),
        *_product(policy, product),
        *_period(policy, planned),
        *_unread(facts),
        *(
            Notice(code=r.code, text=r.text, references=(r.reference,) if r.reference else ())
            for r in facts.remarks
        ),
    )


def _by_rules(policy: Policy, run: Evaluation) -> Iterator[Notice]:
    rules = run.also(policy.notice_library)
    for text in policy.notices:
        yield from _by_rule(text, rules)


def _by_rule(text: NoticeText, run: Evaluation) -> Iterator[Notice]:
    try:
        value = run.value(text.define)
    except DefineError:
        yield Notice(
            code="rule-failed", text=f'The rule "{text.define}" failed on this record and was left out.'
        )
        return
    if value is True or (isinstance(value, list) and value):
        yield Notice(code=text.code, text=text.text, references=tuple(_references(value)))


def _references(value: Any) -> Iterator[str]:
    for row in value if isinstance(value, list) else ():
        if "reference" in row:
            yield row["reference"]
        elif "resourceType" in row:
            yield f"{row['resourceType']}/{row.get('id')}"


def _by_name(criteria: Sequence[Criterion]) -> Iterator[Notice]:
    named = tuple(e.reference for c in criteria for e in c.evidence if e.origin == "name-match")
    if named:
        yield Notice(
            code="matched-by-name",
            text="Evidence was recognised by its name in text, not by a code: please check it.",
            references=named,
        )


def _product(policy: Policy, product: Product | None) -> Iterator[Notice]:
    if product in (Product.THERAPY, Product.BARE_CODE):
        yield Notice(code="confirm-product", text=policy.orders.confirm_product)


def _period(policy: Policy, planned: str) -> Iterator[Notice]:
    first, last = policy.effective.isoformat(), policy.review.isoformat() if policy.review else "9999-12-31"
    if planned < first[: len(planned)]:
        yield Notice(
            code="outside-effective-period",
            text=f"The planned date {planned} is before the policy's effective date {first}.",
        )
    elif planned > last[: len(planned)]:
        yield Notice(
            code="outside-effective-period",
            text=f"The planned date {planned} is after the policy's review date {last}: a newer version may apply.",
        )


def _unread(facts: Facts) -> Iterator[Notice]:
    if facts.unread:
        texts = " ".join(in_words(facts.unread))
        yield Notice(code="record-incomplete", text=f"The record could not be read completely. {texts}")
