"""Steps from one state of the work to the next: a form is taken in, a chart fills in, a document is signed, amended."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from smartapp.facts import Facts
from smartapp.outputs.dialect import Dialect
from smartapp.outputs.form.authors import Author, is_clinician
from smartapp.outputs.form.check import misfits, missing
from smartapp.outputs.form.enabled import asked, enabled
from smartapp.outputs.form.errors import FieldError
from smartapp.outputs.form.merge import Merged, merge
from smartapp.outputs.form.names import link_id, numbered
from smartapp.outputs.form.populate import derived as derive
from smartapp.outputs.form.populate import populate
from smartapp.outputs.form.read import Change, read
from smartapp.policies import Policy
from smartapp.policies.form import Item
from smartapp.reviews import response
from smartapp.reviews.view import Signature
from smartapp.reviews.work import Aside, Signed, Work

Items = Sequence[Mapping[str, Any]]
Seen = Callable[[int], Items | None]
"""The answers of a revision, as long as they are remembered."""
MOST_ASIDES = 20
_BAR = "Only a clinician can sign; you may save a draft."


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """A form that was sent."""

    sent: Mapping[str, tuple[str, ...]]
    revision: int
    """Of the answers that it had shown."""
    token: str
    """A form that is sent twice has the same one."""
    by: Author

    def aside(self) -> Aside:
        """The same, to be kept for later."""
        return Aside(
            sent=self.sent,
            revision=self.revision,
            token=self.token,
            reference=self.by.reference,
            name=self.by.name,
            roles=self.by.roles,
            practitioner=self.by.practitioner,
        )


def populated(work: Work, policy: Policy, fresh: Items, *, read_at: datetime) -> Work:
    """The work after the chart was read: `fresh` are the items that it fills in now."""
    items = populate(policy.form, work.items, numbered(policy.form, fresh), removed=work.removed)
    return replace(work, items=tuple(items), revision=work.revision + 1, read_at=read_at)


def derived(work: Work, policy: Policy, fresh: Items) -> Work:
    """The work with what follows from its answers, such as an age: `fresh` are the items as they fill in now."""
    items = derive(policy.form, work.items, numbered(policy.form, fresh))
    return replace(work, items=tuple(items))


def saved(
    work: Work, policy: Policy, form: Form, *, seen: Seen, now: datetime
) -> tuple[Work, tuple[Change, ...]]:
    """The work with a form's answers, and what they changed."""
    merged = _merged(work, policy, form, seen)
    reading = read(policy.form, work.items, merged.sent, removed=work.removed, by=form.by)
    # what is ticked to sign is ticked by who signs
    items = reading.items if is_clinician(form.by.reference) else _without_ticks(policy.form, reading.items)
    known = (e for e in work.errors if e.field and e.field not in form.sent)
    errors = (*known, *reading.errors, *merged.errors)
    typed = {name: texts for name, texts in work.typed.items() if name not in form.sent}
    after = replace(
        work.used(form.token),
        items=tuple(items),
        removed=reading.removed,
        revision=work.revision + 1,
        errors=errors,
        typed={**typed, **reading.typed, **merged.typed},
        is_signing=False,
        saved_at=now,
    )
    return after, reading.changes


def with_asides(work: Work, policy: Policy, *, seen: Seen, now: datetime) -> Work:
    """The work with the answers that could not be saved when they were sent."""
    for aside in work.asides:
        form = Form(sent=aside.sent, revision=aside.revision, token=aside.token, by=aside.author)
        if form.token not in work.tokens:
            work, _ = saved(work, policy, form, seen=seen, now=now)
    return replace(work, asides=())


def set_aside(work: Work, form: Form) -> Work:
    """The work with a form that cannot be saved now."""
    known = form.token in work.tokens or any(aside.token == form.token for aside in work.asides)
    return work if known else replace(work, asides=(*work.asides, form.aside())[-MOST_ASIDES:])


def mistakes(work: Work, policy: Policy) -> tuple[FieldError, ...]:
    """What was typed and cannot be used; mistakes in questions that are not asked now disturb nobody."""
    links = asked(policy.form, work.items)
    return tuple(e for e in work.errors if not e.field or link_id(e.field) in links)


def troubles(work: Work, policy: Policy) -> tuple[FieldError, ...]:
    """What stands in the way of signing: answers that cannot be used, and required ones that are missing."""
    found = mistakes(work, policy)
    known = {error.field for error in found}
    return (*found, *(e for e in missing(policy.form, work.items) if e.field not in known))


def told(work: Work, policy: Policy) -> tuple[FieldError, ...]:
    """What the page says of it: mistakes at once, what is missing once signing was tried."""
    if work.signed is not None:
        return ()
    return (troubles if work.is_signing else mistakes)(work, policy)


def bar(user: str | None) -> str:
    """Why this user ("Practitioner/id") may not sign, in words; "": nothing is against it."""
    return "" if is_clinician(user) else _BAR


def signed(work: Work, policy: Policy, facts: Facts, *, by: Author, dialect: Dialect, now: datetime) -> Work:
    """The signed work, or the same with what stands in the way."""
    if against := bar(by.reference):
        return replace(work, errors=(*work.errors, FieldError(field="", label="Signature", text=against)))
    wrong = list(troubles(work, policy)) + _refusals(work, policy)
    if wrong:
        own = tuple(error for error in wrong if error.field == "")
        return replace(work, is_signing=True, errors=(*work.errors, *own))
    signature = Signature(
        who=_attested_name(policy.form, work.items) or by.name or by.reference or "name not given",
        reference=by.reference,
        at=now,
        method=_method(by),
    )
    document = response.completed(work, policy, facts, signature, dialect=dialect)
    response.validate(document)
    return replace(work, signed=Signed(response=document, signature=signature), is_signing=False, written=())


def _method(by: Author) -> str:
    """How it was signed, and whom the EHR named: it need not be the name that was attested."""
    if by.reference is None:
        return "signed in smartapp; the EHR did not name the user"
    named = f"{by.name} ({by.reference})" if by.name else by.reference
    return f"signed in smartapp by the user whom the EHR named: {named}"


def amending(work: Work, policy: Policy) -> Work:
    """The work on a new version of a signed document; what was ticked to sign has to be ticked again."""
    if work.signed is None:
        return work
    return replace(
        work,
        items=tuple(_without_ticks(policy.form, work.items)),
        number=work.number + 1,
        revision=work.revision + 1,
        earlier=(*work.earlier, work.signed),
        signed=None,
        written=(),
        in_chart={**work.in_chart, **{p.what: p.reference for p in work.written if p.reference}},
    )


def _attested_name(form: Sequence[Item], items: Items) -> str | None:
    """The first required text beside the box that is ticked to sign."""
    defined = {item.link_id: item for item in form}
    if any(item.shown.check_box and item.shown.required for item in form):
        names = (one for one in items if _is_required_text(defined[one["linkId"]]))
        return next((str(one["answer"][0]["valueString"]) for one in names), None)
    below = (_attested_name(defined[one["linkId"]].items, one["item"]) for one in items if "item" in one)
    return next((name for name in below if name), None)


def _is_required_text(item: Item) -> bool:
    return item.type == "string" and item.shown.required


def _merged(work: Work, policy: Policy, form: Form, seen: Seen) -> Merged:
    if form.revision == work.revision:
        return Merged(sent=form.sent, typed={})
    base = seen(form.revision) or ()
    return merge(policy.form, base=base, now=work.items, sent=form.sent)


def _refusals(work: Work, policy: Policy) -> list[FieldError]:
    found = misfits(policy.form, enabled(policy.form, work.items))
    return [FieldError(field="", label="Form", text=text) for text in found]


def _without_ticks(form: Sequence[Item], items: Items) -> list[dict[str, Any]]:
    defined = {item.link_id: item for item in form}
    kept = []
    for one in items:
        item = defined[one["linkId"]]
        if item.shown.check_box and item.shown.required:
            continue
        below = {"item": _without_ticks(item.items, one["item"])} if "item" in one else {}
        if below.get("item") or "answer" in one:
            kept.append({**one, **below})
    return kept
