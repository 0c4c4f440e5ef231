"""The chart behind a launch: one FHIR server, read with what the launch was granted, as Facts."""

import logging
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from requests import Session

from smartapp.errors import Unreachable
from smartapp.facts import Facts, Resource, reference_of
from smartapp.sources import conformance, granted, launched, plan, record, refusals
from smartapp.sources.access import OPEN, Access, Once
from smartapp.sources.capabilities import Capabilities, Known
from smartapp.sources.ehr import Reader
from smartapp.sources.entries import Contents
from smartapp.sources.failed import FailedError
from smartapp.sources.granted import EVERYTHING, Granted
from smartapp.sources.progress import Progress, Tell
from smartapp.sources.references import resolved

log = logging.getLogger(__name__)

_STATEMENT_SECONDS = 5.0
_READ_SECONDS = 10.0
_CLINICIANS = ("Practitioner/", "PractitionerRole/")


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """One FHIR server as one launch may use it."""

    http: Session
    base: str
    access: Access
    granted: Granted
    known: Known

    def reader(self, seconds: float) -> Reader:
        """A reader with these seconds left; its token is renewed once at most."""
        deadline = time.monotonic() + seconds
        return Reader(http=self.http, base=self.base, access=Once(self.access), deadline=deadline)

    def offers(self, reader: Reader) -> Capabilities:
        """What the server says it can do; asked once an hour, whoever launches."""
        return self.known.of(self.base, lambda: reader.within(_STATEMENT_SECONDS).get("metadata"))

    def read(self, reference: str, *, seconds: float = _READ_SECONDS) -> Resource:
        """The resource that "Type/id" names; Unreachable says why it cannot be had."""
        kind = (resolved({"reference": reference}, {}) or reference).partition("/")[0]
        try:
            return self.reader(seconds).only(kind, reference)
        except FailedError as failed:
            raise Unreachable(
                refusals.refusal(kind, failed.gap, status=failed.status, why=failed.why, is_read=True).text
            ) from failed


@dataclass(frozen=True, slots=True, kw_only=True)
class Servers:
    """The FHIR servers of all launches: one session, and what each server said about itself."""

    http: Session
    known: Known = field(default_factory=Known)

    def of(self, base: str, *, access: Access, scopes: Iterable[str]) -> Server:
        """The server of a launch with the scopes that it was granted."""
        return Server(
            http=self.http, base=base, access=access, granted=granted.read(scopes), known=self.known
        )

    def open(self, base: str) -> Server:
        """A server that asks for no token; that it is open is a setting, never a guess."""
        return Server(http=self.http, base=base, access=OPEN, granted=EVERYTHING, known=self.known)


def read_chart(
    server: Server,
    *,
    patient_id: str,
    seconds: float,
    fhir_context: Iterable[Mapping[str, Any]] = (),
    user: str | None = None,
    tell: Tell = lambda _: None,
) -> Facts:
    """One patient's Facts: every type that the criteria may need, and in `unread` what could not be had.

    `fhir_context` is the launch's: the orders and forms that it names are read too, and the clinician whom `user`
    names ("Practitioner/id"). Unreachable when there is no such patient on the server, or it gives nothing at all.
    `tell` is told how far the reading has come.
    """
    started = time.monotonic()
    named = launched.named(fhir_context, base=server.base)
    people = (user,) if user and user.startswith(_CLINICIANS) else ()
    besides = (*people, *launched.forms(fhir_context, base=server.base))
    found = read_record(
        server, patient_id=patient_id, seconds=seconds, named=named, besides=besides, tell=tell
    )
    log.info(
        "chart read resources=%d unread=%d seconds=%.1f",
        len(found.resources),
        len(found.unread),
        time.monotonic() - started,
    )
    return Facts(
        patient_id=patient_id,
        resources=found.resources,
        unread=found.unread,
        remarks=(*found.remarks, *conformance.remarks(found.resources)),
        origins=dict.fromkeys(map(reference_of, found.resources), server.base),
        full_urls=found.full_urls,
    )


def read_record(
    server: Server,
    *,
    patient_id: str,
    seconds: float,
    named: tuple[str, ...] = (),
    besides: tuple[str, ...] = (),
    tell: Tell = lambda _: None,
) -> Contents:
    """The same as it came, with the orders and what else ("Type/id") was named."""
    reader = replace(server.reader(seconds), progress=Progress(tell))
    offers = server.offers(reader)
    planned = plan.chart(patient_id, offers=offers, granted=server.granted, named=named, besides=besides)
    return record.read(patient_id, reader, planned)
