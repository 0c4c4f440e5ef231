"""Wiring of what a launch opens: the EHR's servers, the charts read there, the reviews, the requests to payers."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from smartapp.app.parts import Parts
from smartapp.ehrs import Ehr
from smartapp.outputs.dialect import Dialect
from smartapp.reviews.claims import Requests
from smartapp.reviews.reading import Reading
from smartapp.reviews.reviews import Reviews
from smartapp.sources import http
from smartapp.sources.access import Access
from smartapp.sources.chart import Server, Servers, read_chart
from smartapp.sources.patients import PatientLine, patients
from smartapp.sources.smart import user
from smartapp.sources.writer import Writer
from smartapp.store import Launch, launches
from smartapp.web.reviews.desk import Desk, pdf_of

if TYPE_CHECKING:
    from smartapp.sources.payer.exchange import PayerExchange

_READERS = 4
"""Charts that are read at the same time; others wait their turn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """What stands behind a launch."""

    reviews: Desk
    patients: Callable[[Ehr, str], Sequence[PatientLine]]
    """The patients of an open server whose name, birth date or id is this text."""
    name: Callable[[Launch], str | None]
    """What the EHR calls the user of a launch."""


def opened(parts: Parts, access: Callable[[Launch], Access]) -> Opened:
    """The servers and reviews of a service; `access` gives the right of a launch to ask its server."""
    servers = Servers(http=http.session(ca_bundle=parts.config.ca_bundle))

    def server(launched: Launch) -> Server:
        if launched.open:
            return servers.open(launched.iss)
        return servers.of(launched.iss, access=access(launched), scopes=launched.scopes)

    def name(launched: Launch) -> str | None:
        return user.name(server(launched), launched.user) if launched.user else None

    return Opened(
        reviews=_desk(parts, server),
        patients=lambda ehr, text: patients(servers.open(ehr.iss), text=text),
        name=name,
    )


def _desk(parts: Parts, server: Callable[[Launch], Server]) -> Desk:
    pool = ThreadPoolExecutor(_READERS, thread_name_prefix="chart")
    dialect = Dialect(parts.config.crd_version)
    held = Reviews(catalog=parts.catalog(), store=parts.store, clock=parts.clock, dialect=dialect)
    names = {ehr.iss: ehr.name for ehr in parts.registry}
    seconds = parts.config.chart_seconds
    return Desk(
        reviews=held,
        reading=Reading(
            held,
            chart=lambda launched, tell: read_chart(
                server(launched),
                patient_id=launched.patient,
                seconds=seconds,
                fhir_context=launched.fhir_context,
                user=launched.user,
                tell=tell,
            ),
            later=pool.submit,
        ),
        sessions=parts.sessions,
        launch=lambda launch_id: launches.load(parts.store.vault, launch_id),
        writer=lambda launched: Writer(server=server(launched)),
        ehr_name=lambda iss: names.get(iss, iss),
        clock=parts.clock,
        requests=_requests(parts, held, dialect),
    )


def _requests(parts: Parts, held: Reviews, dialect: Dialect) -> Requests:
    """The requests to the payers in the file of EHRs."""

    @cache
    def exchange() -> "PayerExchange":
        from smartapp.sources.payer.access import PayerAccess  # noqa: PLC0415 - authlib takes long to load
        from smartapp.sources.payer.exchange import SECONDS, PayerExchange  # noqa: PLC0415
        from smartapp.sources.smart.network import Network  # noqa: PLC0415

        network = Network(ca_bundle=parts.config.ca_bundle, seconds=SECONDS)
        access = PayerAccess(network, clock=lambda: parts.clock().timestamp())
        return PayerExchange(access=access, network=network)

    return Requests(
        held,
        parts.store.vault,
        payers=parts.payers,
        exchange=exchange,
        clock=parts.clock,
        dialect=dialect,
        packet=lambda visit: pdf_of(held, visit, clock=parts.clock),
    )
