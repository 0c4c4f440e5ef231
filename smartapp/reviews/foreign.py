"""A form for the same request that another app began: which one is gone on with, and what came of it.

Gone on with is the form in progress that the launch names, else the one begun last; only one of this patient, of
this very version of the questionnaire, for this order or for none in particular. A signed one is evidence as it
stands; all others stay where they are. Why a form that a person may miss was not taken is always said.
"""

import hashlib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import orjson

from smartapp.errors import NotSignable
from smartapp.facts import Facts, Resource, reference_of
from smartapp.outputs.form.authors import Author
from smartapp.outputs.form.foreign import Taking, give_back, take
from smartapp.policies import Policy
from smartapp.reviews import response
from smartapp.reviews.view import TakenForm
from smartapp.reviews.work import Work
from smartapp.sources.launched import orders_of
from smartapp.sources.references import subject_of

_VOID = "entered-in-error"
_OTHER_ORDER = "it is for another order"
_STATUSES = {
    "completed": "it is completed; what was signed in it counts as it stands",
    "amended": "it is completed; what was signed in it counts as it stands",
    "stopped": "it was given up",
    _VOID: "it was entered in error",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What the chart holds of other apps' forms for a request."""

    form: Resource | None = None
    """The one to go on with."""
    is_named: bool = False
    """Whether the launch named it: then the signed form takes its place in the EHR."""
    refused: tuple[tuple[str, str], ...] = ()
    """Forms that are not gone on with, "QuestionnaireResponse/id", each with why not."""
    void: frozenset[str] = field(default_factory=frozenset)
    """Forms that were entered in error."""

    def holds(self, resource: Resource) -> bool:
        """Whether a resource is the form to go on with, or another one in progress: those fill in nothing."""
        is_refused = reference_of(resource) in dict(self.refused)
        return resource is self.form or (is_refused and resource.get("status") == "in-progress")


def find(facts: Facts, work: Work, policy: Policy, *, named: Collection[str]) -> Found:
    """What there is to go on with; `named` are the forms ("QuestionnaireResponse/id") of the launch."""
    forms = {
        reference_of(r): r
        for r in facts.of_type("QuestionnaireResponse")
        if not response.is_own(r, work) and (reference_of(r) in named or _is_ours(r, policy))
    }
    reasons = {name: _why_not(form, facts, work, policy) for name, form in forms.items()}
    fitting = [form for name, form in forms.items() if reasons[name] is None]
    chosen = max(fitting, key=lambda form: (reference_of(form) in named, *_age(form)), default=None)
    missing = ((name, "it could not be read, or is another patient's") for name in named if name not in forms)
    refused = (
        (name, why)
        for name, why in reasons.items()
        if why and (name in named or (forms[name].get("status") == "in-progress" and why != _OTHER_ORDER))
    )
    others = ((reference_of(form), "another one was begun later") for form in fitting if form is not chosen)
    return Found(
        form=chosen,
        is_named=chosen is not None and reference_of(chosen) in named,
        refused=(*refused, *others, *(one for one in missing if not _is_known(one[0], facts, work))),
        void=frozenset(name for name, form in forms.items() if form.get("status") == _VOID),
    )


def given_back(work: Work, policy: Policy, found: Found) -> Work:
    """The work without what came from a form that has changed since, or turned out to be an error."""
    stale = [taken for taken in work.forms if taken.reference in found.void or _is_changed(taken, found.form)]
    items = work.items
    for taken in stale:
        items = tuple(give_back(policy.form, items, taken.answers))
    return replace(work, items=items, forms=tuple(form for form in work.forms if form not in stale))


def taken(work: Work, policy: Policy, found: Found) -> Work:
    """The work with the answers that persons gave in the form."""
    refused = tuple(TakenForm(reference=name, why_not=why) for name, why in found.refused)
    known = tuple(form for form in work.forms if not form.why_not)
    if found.form is None:
        return replace(work, forms=(*known, *refused))
    if any(form.reference == reference_of(found.form) for form in known):
        known = tuple(_named_now(form, found) for form in known)
        return replace(work, forms=(*known, *refused), in_chart=_in_chart(work, found))
    by = _author(found.form)
    taking = take(policy.form, work.items, found.form.get("item", ()), removed=work.removed, by=by)
    fields = {conflict.field for conflict in taking.conflicts}
    errors = tuple(error for error in work.errors if error.field not in fields)
    return replace(
        work,
        items=tuple(taking.items),
        errors=(*errors, *taking.conflicts),
        forms=(*known, _record(found, taking, by), *refused),
        in_chart=_in_chart(work, found),
    )


def superseded(work: Work, facts: Facts) -> frozenset[str]:
    """The forms whose answers all stand in the work now, so that they say nothing of their own any more."""
    whole = {form.reference: form.digest for form in work.forms if form.is_whole}
    forms = (facts.find(name) for name in whole)
    return frozenset(
        reference_of(form) for form in forms if form and whole[reference_of(form)] == _digest(form)
    )


def _record(found: Found, taking: Taking, by: Author) -> TakenForm:
    assert found.form is not None, "only a form that was found is taken"
    return TakenForm(
        reference=reference_of(found.form),
        digest=_digest(found.form),
        version=_version(found),
        who=by.name or by.reference or "",
        at=str(found.form.get("authored", ""))[:10],
        answers=taking.taken,
        labels=taking.labels,
        conflicts=tuple(conflict.label for conflict in taking.conflicts),
        left=taking.left,
    )


def _named_now(form: TakenForm, found: Found) -> TakenForm:
    """A form that was taken before, and that a launch has named since."""
    is_it = found.form is not None and form.reference == reference_of(found.form)
    return replace(form, version=_version(found)) if is_it and found.is_named else form


def _version(found: Found) -> str:
    """The version that the signed form is to take the place of; empty: it takes no form's place."""
    if found.form is None or not found.is_named:
        return ""
    return str((found.form.get("meta") or {}).get("versionId", ""))


def _in_chart(work: Work, found: Found) -> Mapping[str, str]:
    if not found.is_named or found.form is None or work.number > 1:
        return work.in_chart
    return {**work.in_chart, "questionnaire-response": reference_of(found.form)}


def _is_ours(form: Resource, policy: Policy) -> bool:
    return str(form.get("questionnaire", "")).partition("|")[0] == policy.form_canonical.partition("|")[0]


def _why_not(form: Resource, facts: Facts, work: Work, policy: Policy) -> str | None:
    return next(_reasons(form, facts, work, policy), None)


def _reasons(form: Resource, facts: Facts, work: Work, policy: Policy) -> Iterator[str]:
    version = policy.form_canonical.partition("|")[2]
    if not _is_ours(form, policy):
        yield "it is another form"
    if subject_of(form, facts.full_urls) != facts.patient_id:
        yield "it does not say that it is about this patient"
    orders = tuple(orders_of(form, facts.full_urls))
    if orders and work.order not in orders:
        yield _OTHER_ORDER
    status = form.get("status")
    if status != "in-progress":
        yield _STATUSES.get(str(status), "its status does not say that it is in progress")
    given = str(form.get("questionnaire", "")).partition("|")[2]
    if given != version:
        told = f"version {given}" if given else "an unknown version"
        yield f"it was answered in {told} of the form, not in {version}"
    try:
        response.validate(form)
    except NotSignable:
        yield "it is no valid FHIR"


def _is_known(name: str, facts: Facts, work: Work) -> bool:
    """Whether it is our own form for this request."""
    form = facts.find(name)
    return form is not None and response.is_own(form, work)


def _is_changed(form: TakenForm, now: Resource | None) -> bool:
    return now is not None and form.reference == reference_of(now) and form.digest != _digest(now)


def _age(form: Resource) -> tuple[str, str]:
    return str(form.get("authored", "")), str((form.get("meta") or {}).get("lastUpdated", ""))


def _digest(form: Resource) -> str:
    held = {key: form.get(key) for key in ("status", "questionnaire", "item", "author")}
    return hashlib.sha256(orjson.dumps(held, option=orjson.OPT_SORT_KEYS)).hexdigest()


def _author(form: Resource) -> Author:
    named: Mapping[str, Any] = form.get("author") or {}
    return Author(reference=named.get("reference"), name=named.get("display"))
