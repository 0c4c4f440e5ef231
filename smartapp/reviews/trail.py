"""What is noted about a review, in words that name no patient outside the sealed detail."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from smartapp.facts import Facts
from smartapp.outputs.form.read import Change
from smartapp.reviews.view import WrittenPart
from smartapp.reviews.visits import Visit
from smartapp.reviews.work import Work
from smartapp.store import Audit, AuditLine

_CHANGES = {"manual": "entered", "override": "changed", "removed": "removed"}


class Trail:
    """The audit trail of reviews; each work has one, whoever opens it."""

    def __init__(self, audit: Audit, *, clock: Callable[[], datetime]) -> None:
        self._audit, self._clock = audit, clock

    def of(self, work_id: str) -> tuple[AuditLine, ...]:
        """The lines of a work."""
        return tuple(self._audit.of(work_id))

    def note(self, work_id: str, what: str, visit: Visit, detail: Mapping[str, Any]) -> None:
        """Add a line; what has nothing to say is left out of its detail."""
        told = {name: value for name, value in detail.items() if value}
        self._audit.note(work_id, what, who=visit.user, at=self._clock(), detail=told)

    def read(self, before: Work, visit: Visit, chart: Facts) -> None:
        """The chart was read, and a draft perhaps taken up again."""
        detail = {"records": len(chart.resources), "not read": [item.type for item in chart.unread]}
        self.note(before.id, "read" if before.revision == 1 else "refreshed", visit, detail)
        if before.saved_at:
            at = before.saved_at.isoformat(timespec="minutes")
            self.note(before.id, "resumed", visit, {"saved at": at})

    def took(self, before: Work, after: Work, visit: Visit) -> None:
        """Answers of a form that another app began were taken in, or were not."""
        for form in after.forms:
            if form not in before.forms and (form.labels or form.conflicts or form.left or form.why_not):
                detail = {
                    "form": form.reference,
                    "begun by": form.who,
                    "taken": form.labels,
                    "answered otherwise here": form.conflicts,
                    "not taken": form.left,
                    "because": form.why_not,
                }
                self.note(after.id, "took-over" if form.labels else "not-taken-over", visit, detail)

    def saved(self, visit: Visit, after: Work, changes: Sequence[Change]) -> None:
        """A form was taken in, and perhaps signed."""
        detail = {word: [c.label for c in changes if c.what == what] for what, word in _CHANGES.items()}
        if changes or after.signed is None:
            self.note(after.id, "saved", visit, detail)
        if after.signed is not None:
            signed = {"version": after.number, "signed by": after.signed.signature.who}
            self.note(after.id, "signed", visit, signed)

    def wrote(self, visit: Visit, work_id: str, part: WrittenPart) -> None:
        """Something was written into the EHR, or was not."""
        detail = {"what": part.what, "as": part.reference, "because": part.why_not}
        self.note(work_id, "written" if part.reference else "not-written", visit, detail)
