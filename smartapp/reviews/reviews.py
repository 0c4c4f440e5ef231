"""The reviews of a service: what a launch opened, what was read, answered, signed and written."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from secrets import token_hex
from typing import Any

from smartapp import flow
from smartapp.errors import UnknownReview
from smartapp.facts import Facts
from smartapp.outputs.form.errors import FieldError
from smartapp.outputs.form.read import Change
from smartapp.policies import Catalog, Policy
from smartapp.reviews import answering, response, snapshot, work
from smartapp.reviews.answering import Form
from smartapp.reviews.arrival import Arrival, arrive
from smartapp.reviews.view import View, WrittenPart
from smartapp.reviews.visits import State, Visit, Visits
from smartapp.reviews.work import Work
from smartapp.store import Store

_REMEMBERED = 14 * 24 * 3600
"""Seconds for which a revision is kept, so that a form that showed it can be merged."""
_TRIES = 20
Step = Callable[[Work, Policy], Work]


class Reviews:
    """The reviews in a store; safe for many threads and many workers: every step is swapped in whole."""

    def __init__(self, *, catalog: Catalog, store: Store, clock: Callable[[], datetime]) -> None:
        self._catalog, self._store, self._clock = catalog, store, clock
        self.visits = Visits(store.vault)

    def arrived(self, visit: Visit, facts: Facts, *, fhir_context: Iterable[Mapping[str, Any]] = ()) -> Visit:
        """The visit after its chart was read: ready, or with several orders to choose from."""
        found = arrive(facts, self._catalog, fhir_context=fhir_context, base=visit.iss, chosen=visit.chosen)
        if not isinstance(found, Arrival):
            return self.visits.keep(replace(visit, state=State.CHOOSING, choices=found))
        work_id = self._work_of(visit, found)
        now = self._clock()
        before = self._work(work_id)
        if before.signed is None:
            self._store.vault.put("chart", work_id, snapshot.to_json(found.facts))
            fresh = self._filled(before, found)
            self._step(work_id, lambda held, policy: self._refilled(held, policy, fresh, now))
            self._note_reading(before, visit, found.facts)
        return self.visits.keep(replace(visit, state=State.READY, work=work_id, choices=()))

    def view(self, visit: Visit) -> View:
        """The review as it stands, evaluated now; a signed one as it was when it was signed."""
        held = self._work(_ready(visit))
        policy, chart = self._policy(held), self._chart(held)
        shown, now = _shown(held, policy, chart), self._clock()
        at = held.signed.signature.at if held.signed else now
        facts = _with_answers(chart, held, shown)
        return View(
            id=visit.id,
            review=flow.review(policy, facts, order=_order(chart, held), now=at),
            response=shown,
            draft={**shown, "item": list(held.items)},
            version=held.revision,
            number=held.number,
            read_at=held.read_at,
            saved_at=held.saved_at,
            signature=held.signed.signature if held.signed else None,
            written=held.written,
            audit=tuple(self._store.audit.of(held.id)),
            errors=_errors(held, policy),
            typed=held.typed,
            csrf=visit.csrf,
            ehr_name=visit.ehr_name,
            user=visit.user,
            user_name=visit.user_name,
            banner=visit.banner,
            open=visit.open,
            kept=len(held.asides),
        )

    def save(self, visit: Visit, form: Form) -> Work:
        """Take in a form as a draft; once the review is signed it is kept aside, for an amendment."""
        return self._taken(visit, form, lambda held, _: held)

    def sign(self, visit: Visit, form: Form) -> Work:
        """Take in a form and sign, or say what stands in the way; NotSignable: no valid document."""
        now = self._clock()

        def sign(held: Work, policy: Policy) -> Work:
            return answering.signed(held, policy, self._chart(held), by=form.by, now=now)

        return self._taken(visit, form, sign)

    def keep(self, visit: Visit, form: Form) -> None:
        """Keep a form whose session is over; it is added when the review is opened again."""
        work_id = _ready(visit)
        self._step(work_id, lambda held, _: answering.set_aside(held, form))
        self._note(work_id, "kept", visit, {"sent": "after the session had ended"})

    def amend(self, visit: Visit) -> Work:
        """Begin a new version of a signed review."""
        now = self._clock()

        def amend(held: Work, policy: Policy) -> Work:
            fresh = answering.amending(held, policy)
            return answering.with_asides(fresh, policy, seen=self._seen(held.id), now=now)

        after = self._step(_ready(visit), amend)
        self._note(after.id, "amended", visit, {"version": after.number})
        return after

    def wrote(self, visit: Visit, part: WrittenPart) -> Work:
        """Remember what became of writing a part into the EHR."""

        def wrote(held: Work, _: Policy) -> Work:
            others = tuple(one for one in held.written if one.what != part.what)
            return replace(held, written=(*others, part))

        after = self._step(_ready(visit), wrote)
        detail = {"what": part.what, "as": part.reference, "because": part.why_not}
        self._note(after.id, "written" if part.reference else "not-written", visit, detail)
        return after

    def work(self, visit: Visit) -> Work:
        """The work that a visit looks at; UnknownReview while there is none."""
        return self._work(_ready(visit))

    def _taken(self, visit: Visit, form: Form, then: Step) -> Work:
        work_id, now = _ready(visit), self._clock()
        changes: list[Change] = []

        def take(held: Work, policy: Policy) -> Work:
            changes.clear()
            if form.token in held.tokens:
                return held
            if held.signed is not None:
                return answering.set_aside(held, form)
            after, changed = answering.saved(held, policy, form, seen=self._seen(work_id), now=now)
            changes.extend(changed)
            return then(after, policy)

        before = self._work(work_id)
        after = self._step(work_id, take)
        if after.tokens != before.tokens:
            self._note_saving(visit, after, changes)
        return after

    def _step(self, work_id: str, step: Step) -> Work:
        """Swap in what `step` makes of the work; again when someone else was faster."""
        for _ in range(_TRIES):
            held, version = self._versioned(work_id)
            after = step(held, self._policy(held))
            if after == held:
                return held
            if after.revision != held.revision:
                name = f"{work_id}.{after.revision}"
                self._store.vault.put("revision", name, list(after.items), seconds=_REMEMBERED)
            if self._store.vault.swap("work", work_id, work.to_json(after), version=version):
                return after
        raise UnknownReview("Too many windows changed this review at once; send the form again.")

    def _refilled(self, held: Work, policy: Policy, fresh: Sequence[Any], now: datetime) -> Work:
        if held.signed is not None:
            return held
        after = answering.populated(held, policy, fresh, read_at=now)
        return answering.with_asides(after, policy, seen=self._seen(held.id), now=now)

    def _filled(self, held: Work, arrival: Arrival) -> Sequence[Any]:
        """What the chart alone fills in: answers must not fill in others."""
        facts = _chart_only(arrival.facts, held)
        order = facts.find(arrival.order) if arrival.order else None
        filled = flow.review(arrival.policy, facts, order=order, now=self._clock()).response()
        return list(filled.get("item", ()))

    def _work_of(self, visit: Visit, arrival: Arrival) -> str:
        """The id of the work on this request, which is begun when there is none."""
        request = "|".join((visit.iss, visit.patient, arrival.order or "", arrival.policy.name))
        fresh = Work(
            id=token_hex(16),
            policy=arrival.policy.name,
            patient=f"Patient/{arrival.facts.patient_id}",
            order=arrival.order,
            encounter=visit.encounter,
            removed={},
            typed={},
            read_at=self._clock(),
        )
        self._store.vault.add("work", fresh.id, work.to_json(fresh))
        if self._store.vault.add("request", request, fresh.id):
            return fresh.id
        self._store.vault.delete("work", fresh.id)
        return str(self._store.vault.get("request", request))

    def _work(self, work_id: str) -> Work:
        return self._versioned(work_id)[0]

    def _versioned(self, work_id: str) -> tuple[Work, int]:
        found = self._store.vault.get_versioned("work", work_id)
        if found is None:
            raise UnknownReview("This review is not kept any more; open it again from the EHR.")
        return work.from_json(found[0]), found[1]

    def _seen(self, work_id: str) -> answering.Seen:
        return lambda revision: self._store.vault.get("revision", f"{work_id}.{revision}")

    def _policy(self, held: Work) -> Policy:
        policy = self._catalog.policy(held.policy)
        if policy is None:
            raise UnknownReview("The policy of this review is not installed any more.")
        return policy

    def _chart(self, held: Work) -> Facts:
        found = self._store.vault.get("chart", held.id)
        if found is None:
            raise UnknownReview("The chart of this review is not kept any more; open it again from the EHR.")
        return _chart_only(snapshot.from_json(found), held)

    def _note(self, work_id: str, what: str, visit: Visit, detail: Mapping[str, Any]) -> None:
        told = {name: value for name, value in detail.items() if value}
        self._store.audit.note(work_id, what, who=visit.user, at=self._clock(), detail=told)

    def _note_reading(self, before: Work, visit: Visit, facts: Facts) -> None:
        detail = {"records": len(facts.resources), "not read": [item.type for item in facts.unread]}
        self._note(before.id, "read" if before.revision == 1 else "refreshed", visit, detail)
        if before.saved_at:
            at = before.saved_at.isoformat(timespec="minutes")
            self._note(before.id, "resumed", visit, {"saved at": at})

    def _note_saving(self, visit: Visit, after: Work, changes: Sequence[Change]) -> None:
        words = {"manual": "entered", "override": "changed", "removed": "removed"}
        detail = {word: [c.label for c in changes if c.what == what] for what, word in words.items()}
        self._note(after.id, "saved", visit, detail)
        if after.signed is not None:
            signed = {"version": after.number, "signed by": after.signed.signature.who}
            self._note(after.id, "signed", visit, signed)


def _ready(visit: Visit) -> str:
    if visit.work is None:
        raise UnknownReview("The chart of this review has not been read yet.")
    return visit.work


def _order(chart: Facts, held: Work) -> Mapping[str, Any] | None:
    return chart.find(held.order) if held.order else None


def _shown(held: Work, policy: Policy, chart: Facts) -> Mapping[str, Any]:
    return held.signed.response if held.signed else response.draft(held, policy, chart)


def _chart_only(facts: Facts, held: Work) -> Facts:
    """The chart without our own documents on this request: the work itself says what they said, or better."""
    kept = tuple(resource for resource in facts.resources if not response.is_own(resource, held))
    return replace(facts, resources=kept)


def _with_answers(chart: Facts, held: Work, shown: Mapping[str, Any]) -> Facts:
    """The answers are facts too (decisions.md "Attested answers")."""
    return replace(chart, resources=(*chart.resources, {**shown, "id": held.id}))


def _errors(held: Work, policy: Policy) -> tuple[FieldError, ...]:
    if held.signed is not None:
        return ()
    return answering.troubles(held, policy) if held.is_signing else held.errors
