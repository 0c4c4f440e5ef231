"""Which queries a server is sent for a patient's chart: from what it offers and what was granted.

The queries are those of US Core, widened where that costs nothing: more than was wanted does no harm, the
criteria choose by code; less would pass for "there is none".
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import quote

from smartapp.facts import Gap, Remark, Unread
from smartapp.sources import refusals
from smartapp.sources.asks import Ask
from smartapp.sources.capabilities import UNSAID, Capabilities
from smartapp.sources.granted import EVERYTHING, Granted
from smartapp.sources.queries import COVERAGE, ORDERS, PATIENT, QUERIES, RESULT_CODES, Query

_PAGE = "100"
_LETTERS = {"read": "r", "search-type": "s"}
_SUBJECTS = (("patient", ""), ("subject", "Patient/"), ("beneficiary", "Patient/"))
_PROBLEMS = ("problem-list-item", "encounter-diagnosis")
_INTENTS = "order,plan,original-order,reflex-order,filler-order,instance-order"
"""US Core asks for order and plan; the others are the finer kinds of order that some EHRs write."""
_MEDICATED = frozenset(
    {"MedicationRequest", "MedicationStatement", "MedicationAdministration", "MedicationDispense"}
)
_CATEGORIES = {
    # where results, stages and performance status are filed; vital signs and activity are left out
    "Observation": ("laboratory", "imaging", "procedure", "exam", "survey", "therapy", "social-history"),
    "DiagnosticReport": ("LAB", "GE", "PAT", "http://loinc.org|LP7839-6"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What to ask, and what is known before asking."""

    asks: tuple[Ask, ...]
    unread: tuple[Unread, ...] = ()
    remarks: tuple[Remark, ...] = ()
    named: tuple[str, ...] = ()
    """Orders ("Type/id") that are read besides."""
    besides: tuple[str, ...] = ()
    """Who and what else is read ("Practitioner/id"); nothing is said when it cannot be."""
    barred: Mapping[str, Unread] = field(default_factory=dict)
    """Types that others refer to and that need not be asked for, with the reason."""


def chart(
    patient_id: str,
    *,
    offers: Capabilities = UNSAID,
    granted: Granted = EVERYTHING,
    named: tuple[str, ...] = (),
    besides: tuple[str, ...] = (),
) -> Plan:
    """The whole chart of one patient."""
    patient = quote(patient_id, safe="")
    barred = {query: _barred(query.type, _way(query), offers, granted) for query in (*QUERIES, ORDERS)}
    asked = [query for query, unread in barred.items() if not unread or unread.gap is Gap.INCOMPLETE]
    medication = _barred("Medication", "read", offers, granted)
    return Plan(
        asks=tuple(ask for query in asked for ask in _asks(query, patient, offers)),
        unread=tuple(unread for unread in barred.values() if unread),
        remarks=tuple(_remarks(offers)),
        named=named,
        besides=besides,
        barred={"Medication": medication} if medication and medication.gap is not Gap.INCOMPLETE else {},
    )


def _remarks(offers: Capabilities) -> Iterator[Remark]:
    if offers.is_other:
        text = "The server says that it does not speak FHIR R4; what another version writes otherwise is not read."
        yield Remark(code="other-fhir", text=text)
    yield from (_by_category(name) for name in _CATEGORIES if _wants_category(name, offers))


def ask(query: Query, patient: str) -> Ask:
    """One query as it is declared to hook clients, with what to ask should the server not take it.

    `patient` is quoted.
    """
    return replace(_plain(query, query.of(patient)), remark=_remark(query.type))


def _way(query: Query) -> str:
    return "read" if query is PATIENT else "search-type"


def _barred(resource_type: str, way: str, offers: Capabilities, granted: Granted) -> Unread | None:
    """Why a type is not asked for, or not wholly."""
    letter = _LETTERS[way]
    if not offers.has(resource_type, way):
        return refusals.refusal(resource_type, Gap.NOT_SUPPORTED)
    if not granted.allows(resource_type, letter):
        return refusals.refusal(resource_type, Gap.NOT_GRANTED, why=refusals.NO_SCOPE)
    if granted.allows_part(resource_type, letter):
        return refusals.refusal(resource_type, Gap.INCOMPLETE, why=refusals.PART_OF_SCOPE)
    return None


def _asks(query: Query, patient: str, offers: Capabilities) -> Iterator[Ask]:
    if query is PATIENT or offers.offers is None:
        yield ask(query, patient)
        return
    plain = f"{query.type}?{_subject(query.type, patient, offers)}"
    extras = _extras(query, offers)
    if _wants_category(query.type, offers):
        yield from _pieces(query.type, plain, extras)
        return
    wide = _plain(query, plain)
    if extras:
        # should an extra be refused although it is said to work, the plain question remains
        wide = replace(
            wide, query=plain + extras, pieces=(*wide.pieces, Ask(type=query.type, query=plain, spare=True))
        )
    if query.type == "Condition" and offers.says("Condition", "category"):
        wide = replace(wide, pieces=())
        yield from _problems(plain + extras)
    yield replace(wide, remark=_remark(query.type))


def _subject(resource_type: str, patient: str, offers: Capabilities) -> str:
    known = (f"{name}={kind}{patient}" for name, kind in _SUBJECTS if offers.says(resource_type, name))
    return next(known, f"patient={patient}")


def _extras(query: Query, offers: Capabilities) -> str:
    """The parameters that are said to work."""
    name = query.type
    wanted = (
        (query is COVERAGE and offers.says(name, "status"), "&status=active"),
        (name == "MedicationRequest" and offers.says(name, "intent"), f"&intent={_INTENTS}"),
        (name in _MEDICATED and offers.includes(f"{name}:medication"), f"&_include={name}:medication"),
        (offers.says(name, "_count"), f"&_count={_PAGE}"),
    )
    return "".join(text for is_wanted, text in wanted if is_wanted)


def _plain(query: Query, plain: str) -> Ask:
    pieces: tuple[Ask, ...] = ()
    if query.type in _CATEGORIES:
        pieces = tuple(_pieces(query.type, plain, ""))
    elif query.type == "Condition":
        pieces = tuple(_problems(plain))
    elif query.type == "MedicationRequest":
        pieces = (Ask(type=query.type, query=f"{plain}&intent=order,plan", spare=True),)
    elif query is COVERAGE and "&status" in plain:
        # Oracle Health has no `status` on Coverage; one that is not active is told from the others later
        pieces = (Ask(type=query.type, query=plain.partition("&status")[0]),)
    return Ask(type=query.type, query=plain, pieces=pieces, spare=query.type == "Condition")


def _problems(plain: str) -> Iterator[Ask]:
    # US Core files problems and encounter diagnoses apart; Oracle Health and Epic take both categories
    for category in _PROBLEMS:
        yield Ask(type="Condition", query=f"{plain}&category={category}")


def _pieces(resource_type: str, plain: str, extras: str) -> Iterator[Ask]:
    """The question by category: that a server does not know one of them is no loss, save the first."""
    first, *others = _CATEGORIES[resource_type]
    yield Ask(type=resource_type, query=f"{plain}&category={first}{extras}")
    for category in others:
        yield Ask(type=resource_type, query=f"{plain}&category={quote(category)}{extras}", spare=True)
    if resource_type == "Observation":
        yield Ask(
            type=resource_type, query=f"{plain}&code={quote(RESULT_CODES, safe=',')}{extras}", spare=True
        )


def _wants_category(resource_type: str, offers: Capabilities) -> bool:
    # Epic answers a search for Observations by patient alone with 400 "Must have either code or category."
    return resource_type == "Observation" and "epic" in offers.software.lower()


def _remark(resource_type: str) -> Remark | None:
    return _by_category(resource_type) if resource_type in _CATEGORIES else None


def _by_category(resource_type: str) -> Remark:
    names = ", ".join(_CATEGORIES[resource_type])
    text = f"The server gives {resource_type} by category only; read: {names}"
    codes = ", and results by the codes of BRAF tests and stages" if resource_type == "Observation" else ""
    return Remark(code="read-by-category", text=f"{text}{codes}.")
