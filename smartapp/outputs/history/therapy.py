"""One therapy of the history, with the words for its dates and its state."""

from dataclasses import dataclass

_WORDINGS = 3
"""Wordings of the record that are shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Therapy:
    """One therapy as the record shows it."""

    agent: str
    """The drug by its generic name; where the record does not identify it, as it was recorded."""
    kind: str
    """Its class: "anti-PD-1 antibody"."""
    start: str | None
    """YYYY, YYYY-MM or YYYY-MM-DD, as written."""
    stop: str | None
    """The end, or the last day on record: see `ended`."""
    ended: bool
    """Whether `stop` is a recorded end; else it is the last dose on record, and more may have followed."""
    ongoing: bool
    """Recorded as still going on, without an end."""
    status: str
    """For a person: "given", "ordered only"."""
    ordered_only: bool
    adjuvant: bool
    reason: str
    """Why it was stopped, as recorded, or ""."""
    doubt: str | None
    """Why it settles nothing, or None."""
    recorded: tuple[str, ...]
    """What the sources say in their own words, each wording once."""
    days: tuple[str, ...]
    """The days of single doses, as written."""
    references: tuple[str, ...]
    also_ordered: tuple[str, ...] = ()
    """Orders of the same drug from before its last day."""
    by_name: bool
    """Whether the drug was recognised by its name in text, not by a code."""
    answered: bool
    """Whether it is a clinician's answer in the form, not a resource of the record."""
    corrects: tuple[str, ...] = ()
    """What the resources say that the answer stands for."""

    @property
    def last_said(self) -> str:
        """The last day for a person: as an end, as the last dose on record, or as going on."""
        if self.ongoing:
            return "ongoing, as recorded"
        if self.stop is None:
            return "no date"
        return (
            self.stop if self.ended or self.ordered_only or self.answered else f"{self.stop} (last on record)"
        )

    @property
    def in_short(self) -> str:
        """The drug with its days, as a line of another row."""
        days = dict.fromkeys(filter(None, (self.start, self.stop)))
        return f"{self.agent} {' to '.join(days) or 'without a date'}"

    @property
    def caution(self) -> str:
        """Why it settles nothing, where `said` does not say it already; or ""."""
        return "" if self.ordered_only or not self.doubt else f"In doubt: {self.doubt}"

    @property
    def said(self) -> str:
        """What the record shows, for a person: "given, 7 doses on record; recorded reason: progression"."""
        if self.ordered_only and self.doubt:
            return self.doubt
        doses = f", {len(self.days)} doses on record" if len(self.days) > 1 else ""
        ordered = "; also ordered" if self.also_ordered else ""
        stopped = f"; recorded reason: {self.reason}" if self.reason else ""
        named = "; recognised by its name" if self.by_name else ""
        instead = f"; on record: {' and '.join(self.corrects)}" if self.corrects else ""
        return f"{self.status}{doses}{ordered}{stopped}{named}{instead}"

    @property
    def worded(self) -> str:
        """The record's own words, where they say something else than the agent."""
        other = [said for said in self.recorded if said.lower() != self.agent.lower()]
        shown = "; ".join(other[:_WORDINGS])
        return f"{shown} and {len(other) - _WORDINGS} more" if len(other) > _WORDINGS else shown
