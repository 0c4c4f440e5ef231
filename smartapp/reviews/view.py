"""A review as the page and the packet see it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from smartapp.flow import Review
from smartapp.outputs.form.errors import FieldError
from smartapp.store import AuditLine


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """Who signed, when, and how that is known."""

    who: str
    """The name that was entered in the attestation."""
    reference: str | None
    """"Practitioner/id" of the user whom the EHR named, or None."""
    at: datetime
    method: str
    """For a person: "signed in smartapp by the user whom the EHR named: Dr. Rowan (Practitioner/r)"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenPart:
    """One thing that was to be written into the EHR."""

    what: str
    """`questionnaire-response` or `packet`."""
    reference: str | None = None
    """"QuestionnaireResponse/id" once the EHR has it."""
    why_not: str | None = None
    """Why it is not in the EHR, for a person; it can then be downloaded."""
    is_final: bool = False
    """Whether trying again is of no use: the EHR takes no such thing."""
    lacks_form: bool = False
    """Whether the packet went in before its form, and does not refer to it yet."""

    @property
    def is_open(self) -> bool:
        """Whether there is something left to try."""
        return not self.is_final and (self.reference is None or self.lacks_form)


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenForm:
    """A form that another app began, and what of it is in ours."""

    reference: str
    """"QuestionnaireResponse/id"."""
    digest: str = ""
    """Of its answers, to know it again when they change."""
    version: str = ""
    """The version that the EHR gave it, where the signed form is to take its place."""
    who: str = ""
    at: str = ""
    """Who began it, and on which day."""
    answers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """What was taken: the texts by the field's name."""
    labels: tuple[str, ...] = ()
    """The questions that it answers."""
    conflicts: tuple[str, ...] = ()
    """The questions that were answered otherwise here; those answers stand."""
    left: tuple[str, ...] = ()
    """What of a person's answers was not taken, each with why."""
    why_not: str = ""
    """Why nothing was taken; empty: it was."""

    @property
    def is_whole(self) -> bool:
        """Whether all that a person answered in it stands in ours."""
        return not (self.why_not or self.conflicts or self.left)


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """Everything that the page and the packet are made from."""

    id: str
    review: Review
    """The determination on the chart and the answers given so far, with what it was made from."""
    response: Mapping[str, Any]
    """The QuestionnaireResponse: filled from the chart, with the clinician's answers; without disabled items."""
    draft: Mapping[str, Any]
    """The same with the answers to questions that are not asked at present."""
    version: int
    """The version of the draft that this shows; a form sent back names it."""
    number: int = 1
    """The version of the signed document: 1, and one more with each amendment."""
    read_at: datetime
    """When the chart was read."""
    records: int
    """How many resources it holds, without what was answered here."""
    saved_at: datetime | None = None
    signature: Signature | None = None
    written: tuple[WrittenPart, ...] = ()
    audit: tuple[AuditLine, ...] = ()
    errors: tuple[FieldError, ...] = ()
    typed: Mapping[str, tuple[str, ...]]
    """What was typed into fields whose answer could not be used, by the field's name."""
    waiting: tuple[str, ...] = ()
    """The questions that no clinician answered, as far as is known; it counts once a clinician has signed."""
    kept: int = 0
    """How many forms were sent after the review was signed; an amendment takes them in."""
    forms: tuple[TakenForm, ...] = ()
    """The forms of other apps for the same request."""
    csrf: str
    ehr_name: str
    user: str | None
    user_name: str | None
    bar: str = ""
    """Why this user may not sign, in words; "": nothing is against it."""
    banner: bool
    """Whether the page shows the patient, because the EHR does not."""
    open: bool
    """Whether the server is an open test server."""
