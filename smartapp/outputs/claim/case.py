"""What a request is made from."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from smartapp.determination import Determination
from smartapp.facts import Facts, Resource
from smartapp.outputs.dialect import Dialect
from smartapp.policies import Policy


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """A payer or a provider as it is registered; what is empty is taken from the record."""

    name: str = ""
    identifier: Mapping[str, str] = field(default_factory=dict)
    """`system` and `value`, such as an NPI."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Codes:
    """Codes of X12 and CMS that a payer may want otherwise. The tables of X12 are licensed and not here."""

    claim_type: str = "professional"
    request_type: str = "HS"
    """X12 1525: health services review."""
    certification: str = "I"
    """X12 1322: initial."""
    service_type: str = "1"
    """X12 1365: medical care."""
    place: str = "21"
    """CMS place of service: inpatient hospital."""
    report_type: str = "PY"
    """X12 755: physician's report."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A signed review on its way to a payer."""

    id: str
    """The identifier of the Claim: the same for every try to send it."""
    earlier: Mapping[str, Any] | None = None
    """The request Bundle that the payer has and that this one takes the place of."""
    policy: Policy
    determination: Determination
    facts: Facts
    """The chart as it was read, not normalised: a payer gets what the EHR holds."""
    order: Resource
    coverage: Resource
    extension: Mapping[str, Any] | None = None
    """The coverage information to put on the order where it carries none for this Coverage."""
    response: Resource
    """The signed form."""
    packet: Resource | None = None
    """The packet as a DocumentReference with the PDF inside."""
    signed_at: datetime
    planned: str
    """The planned date of the therapy, YYYY-MM-DD or less."""
    iss: str
    """The FHIR base of the EHR: the system of ids that have no better one."""
    dialect: Dialect
    insurer: Party = Party()
    provider: Party = Party()
    """Who asks, as registered; without a name the organization that the record names for who orders."""
    site: str = ""
    """What the EHR is called, where the record names no organization."""
    codes: Codes = Codes()
