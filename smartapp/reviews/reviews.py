"""The reviews of a service: what a launch opened, what was read, answered, signed and written."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any

from smartapp.errors import NotSignable, UnknownReview
from smartapp.facts import Facts
from smartapp.flow import Review
from smartapp.outputs.dialect import Dialect
from smartapp.outputs.form.names import link_id
from smartapp.outputs.form.read import Change
from smartapp.policies import Catalog, Policy
from smartapp.policies.form import all_items
from smartapp.reviews import answering, attested
from smartapp.reviews.answering import Form
from smartapp.reviews.assessment import Assessor, Step
from smartapp.reviews.dossier import Dossier
from smartapp.reviews.intake import Intake
from smartapp.reviews.trail import Trail
from smartapp.reviews.view import View, WrittenPart
from smartapp.reviews.visits import Visit, Visits
from smartapp.reviews.work import Work
from smartapp.reviews.works import Works
from smartapp.store import Store


class Reviews:
    """The reviews in a store, for many threads and many workers."""

    def __init__(
        self,
        *,
        catalog: Catalog,
        store: Store,
        clock: Callable[[], datetime],
        dialect: Dialect = Dialect.V2_0,
    ) -> None:
        self._catalog, self._clock, self._dialect = catalog, clock, dialect
        self._works = Works(store.vault)
        self._assessor = Assessor(catalog=catalog, works=self._works, clock=clock, dialect=dialect)
        self._trail = Trail(store.audit, clock=clock)
        self.visits = Visits(store.vault)
        self._intake = Intake(assessor=self._assessor, trail=self._trail, visits=self.visits)

    def arrived(self, visit: Visit, facts: Facts, *, fhir_context: Iterable[Mapping[str, Any]] = ()) -> Visit:
        """The visit after its chart was read: ready, or with several orders to choose from."""
        return self._intake.arrived(visit, facts, fhir_context=fhir_context)

    def view(self, visit: Visit) -> View:
        """The review as it stands, evaluated now; a signed one as it was when it was signed."""
        known = self.dossier(visit)
        held, policy = known.work, known.review.policy
        shown = held.signed.response if held.signed else self._assessor.draft(held, policy, known.chart)
        return View(
            id=visit.id,
            review=known.review,
            response=shown,
            draft={**shown, "item": list(held.items)},
            version=held.revision,
            number=held.number,
            read_at=held.read_at,
            records=len(known.chart.resources),
            saved_at=held.saved_at,
            signature=held.signed.signature if held.signed else None,
            written=held.written,
            audit=self._trail.of(held.id),
            errors=answering.told(held, policy),
            typed=held.typed,
            csrf=visit.csrf,
            ehr_name=visit.ehr_name,
            user=visit.user,
            user_name=visit.user_name,
            bar=answering.bar(visit.user),
            banner=visit.banner,
            open=visit.open,
            waiting=() if held.signed else tuple(map(self.question, attested.waiting(shown.get("item", ())))),
            kept=len(held.asides),
            forms=held.forms,
        )

    def question(self, name: str) -> str:
        """What the field of a form asks, whichever policy's form it is; its name when none has it."""
        asked = (item for policy in self._catalog.policies for item in all_items(policy.form))
        link = link_id(name)
        return next((item.text for item in asked if item.link_id == link and item.text), name)

    def work(self, visit: Visit) -> Work:
        """The work that a visit looks at; UnknownReview while there is none."""
        return self._works.get(_ready(visit))

    def save(self, visit: Visit, form: Form) -> Work:
        """Take in a form as a draft; once the review is signed it is kept aside, for an amendment."""
        return self._taken(visit, form, lambda held, _: held)

    def sign(self, visit: Visit, form: Form) -> Work:
        """Take in a form and sign, or say what stands in the way; NotSignable: no valid document."""
        now = self._clock()

        def sign(held: Work, policy: Policy) -> Work:
            chart = self._assessor.chart(held)
            return answering.signed(held, policy, chart, by=form.by, dialect=self._dialect, now=now)

        return self._taken(visit, form, sign)

    def keep(self, visit: Visit, form: Form) -> None:
        """Keep a form whose session is over; it is added when the review is opened again."""
        _, after = self._assessor.step(_ready(visit), lambda held, _: answering.set_aside(held, form))
        self._trail.note(after.id, "kept", visit, {"sent": "after the session had ended"})

    def amend(self, visit: Visit) -> Work:
        """Begin a new version of a signed review; NotSignable for who may not sign it."""
        if answering.bar(visit.user):
            raise NotSignable("Only a clinician can begin an amendment; the signed form stays as it is.")

        def amend(held: Work, policy: Policy) -> Work:
            return self._assessor.with_asides(answering.amending(held, policy), policy)

        before, after = self._assessor.step(_ready(visit), amend)
        if after.number != before.number:
            self._trail.note(after.id, "amended", visit, {"version": after.number})
        return after

    @contextmanager
    def writing(self, visit: Visit) -> Iterator[bool]:
        """Whether this caller may write into the EHR, as long as the block lasts; two at once write twice."""
        work_id = _ready(visit)
        is_first = self._works.claim_writing(work_id)
        try:
            yield is_first
        finally:
            if is_first:
                self._works.finish_writing(work_id)

    def wrote(self, visit: Visit, part: WrittenPart) -> Work:
        """Remember what became of writing a part into the EHR."""

        def wrote(held: Work, _: Policy) -> Work:
            others = tuple(one for one in held.written if one.what != part.what)
            return replace(held, written=(*others, part))

        _, after = self._assessor.step(_ready(visit), wrote)
        self._trail.wrote(visit, after.id, part)
        return after

    def packet(self, visit: Visit, make: Callable[[View], bytes]) -> bytes:
        """The packet that `make` makes: a signed one once, a draft anew."""
        held = self.work(visit)
        if held.signed is None:
            return make(self.view(visit))
        return self._works.packet(held, lambda: make(self.view(visit)))

    def dossier(self, visit: Visit, *, review: Review | None = None) -> Dossier:
        """Everything about a review, with the chart as it was read; evaluated now unless `review` is given."""
        held = self.work(visit)
        chart = self._assessor.chart(held)
        return Dossier(
            visit=visit, work=held, review=review or self._assessor.review(held, chart), chart=chart
        )

    def requested(self, visit: Visit, what: str, detail: Mapping[str, Any]) -> None:
        """Note what was asked of a payer."""
        self._trail.note(_ready(visit), what, visit, detail)

    def downloaded(self, visit: Visit, what: str) -> None:
        """Note that something was taken away."""
        self._trail.note(_ready(visit), "downloaded", visit, {"what": what})

    def _taken(self, visit: Visit, form: Form, then: Step) -> Work:
        work_id, now = _ready(visit), self._clock()
        changes: list[Change] = []

        def take(held: Work, policy: Policy) -> Work:
            changes.clear()
            if form.token in held.tokens:
                return held
            if held.signed is not None:
                return answering.set_aside(held, form)
            seen = partial(self._works.seen, work_id)
            after, changed = answering.saved(held, policy, form, seen=seen, now=now)
            changes.extend(changed)
            return then(self._assessor.derived(after, policy), policy)

        before, after = self._assessor.step(work_id, take)
        if after.tokens != before.tokens:
            self._trail.saved(visit, after, changes)
        return after


def _ready(visit: Visit) -> str:
    if visit.work is None:
        raise UnknownReview("The chart of this review has not been read yet.")
    return visit.work
