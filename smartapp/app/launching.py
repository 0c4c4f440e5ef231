"""Wiring of what people see: the launch, the reviews that it opens, and the requests to payers."""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask import Flask

from smartapp.config import Config
from smartapp.ehrs import Registry
from smartapp.ehrs.payers import Payers
from smartapp.outputs.dialect import Dialect
from smartapp.policies import Catalog
from smartapp.reviews.claims import Requests
from smartapp.reviews.reading import Reading
from smartapp.reviews.reviews import Reviews
from smartapp.sources import http
from smartapp.sources.chart import Server, Servers, read_chart
from smartapp.sources.patients import patients
from smartapp.sources.smart import user
from smartapp.sources.writer import Writer
from smartapp.store import Launch, Store, launches
from smartapp.web import launch, reviews
from smartapp.web.launch.limit import Limit
from smartapp.web.launch.page import LaunchPage
from smartapp.web.sessions import Sessions

if TYPE_CHECKING:
    from smartapp.sources.payer.exchange import PayerExchange
    from smartapp.sources.smart.gateway import Gateway

_PACKAGE = Path(__file__).parents[1]
_READERS = 4
"""Charts that are read at the same time; others wait their turn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What launches and reviews share."""

    config: Config
    catalog: Callable[[], Catalog]
    store: Store
    registry: Registry
    payers: Payers
    sessions: Sessions
    clock: Callable[[], datetime]


def add(app: Flask, parts: Parts) -> None:
    """The launch, and the reviews that it opens; each knows the other by a function."""
    servers = Servers(http=http.session(ca_bundle=parts.config.ca_bundle))

    def server(launched: Launch) -> Server:
        if launched.open:
            return servers.open(launched.iss)
        return servers.of(launched.iss, access=launching.access(launched), scopes=launched.scopes)

    reviewing = _reviewing(parts, server)
    launching = launch.Desk(
        registry=parts.registry,
        gateway=_gateway(parts),
        sessions=parts.sessions,
        vault=parts.store.vault,
        page=LaunchPage(_launch_page()),
        limit=Limit(store=parts.store, most=parts.config.launches_a_minute),
        opened=reviewing.open,
        patients=lambda ehr, text: patients(servers.open(ehr.iss), text=text),
        name=lambda launched: _name(server(launched), launched),
        led=parts.store.led,
        jwks=_jwks(parts),
        url=parts.config.url,
        seconds=parts.config.session_seconds,
        clock=parts.clock,
    )
    parts.sessions.register(app)
    app.register_blueprint(launch.blueprint(launching))
    app.register_blueprint(reviews.blueprint(reviewing))


def _reviewing(parts: Parts, server: Callable[[Launch], Server]) -> reviews.Desk:
    pool = ThreadPoolExecutor(_READERS, thread_name_prefix="chart")
    dialect = Dialect(parts.config.crd_version)
    held = Reviews(catalog=parts.catalog(), store=parts.store, clock=parts.clock, dialect=dialect)
    names = {ehr.iss: ehr.name for ehr in parts.registry}
    seconds = parts.config.chart_seconds
    return reviews.Desk(
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
        packet=lambda visit: reviews.pdf_of(held, visit, clock=parts.clock),
    )


def _gateway(parts: Parts) -> "Callable[[], Gateway]":
    @cache
    def gateway() -> "Gateway":
        from smartapp.sources.smart.gateway import Gateway  # noqa: PLC0415 - authlib takes long to load
        from smartapp.sources.smart.network import Network  # noqa: PLC0415

        return Gateway(Network(ca_bundle=parts.config.ca_bundle), clock=parts.clock)

    return gateway


def _jwks(parts: Parts) -> Callable[[], Mapping[str, Any]]:
    @cache
    def jwks() -> Mapping[str, Any]:
        from smartapp.ehrs.keys import published  # noqa: PLC0415 - joserfc takes long to load

        held = (*(ehr.keys for ehr in parts.registry), *(payer.keys for payer in parts.payers))
        return published(keys for keys in held if keys is not None)

    return jwks


def _name(server: Server, launched: Launch) -> str | None:
    return user.name(server, launched.user) if launched.user else None


def _launch_page() -> Path:
    """launch.html as packaged, or as it lies beside the package in a checkout."""
    packaged = _PACKAGE / "launch.html"
    return packaged if packaged.exists() else _PACKAGE.parent / "launch.html"
