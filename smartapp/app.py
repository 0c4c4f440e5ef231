"""create_app(config): the only place where things are wired."""

import logging
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask import Flask

from smartapp.config import Config, is_loopback, with_keys
from smartapp.ehrs import Registry, payers
from smartapp.ehrs import callers as callers_file
from smartapp.ehrs.clients import Clients
from smartapp.ehrs.payers import Payers
from smartapp.outputs.coverage import offered
from smartapp.outputs.dialect import Dialect
from smartapp.policies import Catalog, load_catalog
from smartapp.policies.artifacts import load_artifacts
from smartapp.reviews.claims import Requests
from smartapp.reviews.reading import Reading
from smartapp.reviews.reviews import Reviews
from smartapp.sources import http
from smartapp.sources.access import Fixed, Once
from smartapp.sources.chart import Server, Servers, read_chart
from smartapp.sources.ehr import Reader, is_allowed
from smartapp.sources.patients import patients
from smartapp.sources.smart import user
from smartapp.sources.writer import Writer
from smartapp.store import Launch, Store, launches
from smartapp.web import callers, crd, fhir, headers, health, hooks, launch, pages, problems, reviews
from smartapp.web.callers.reading import NotedReader
from smartapp.web.judge import PolicyJudge
from smartapp.web.launch.page import LaunchPage
from smartapp.web.metrics import Metrics
from smartapp.web.sessions import Sessions

if TYPE_CHECKING:
    from smartapp.sources.payer.exchange import PayerExchange
    from smartapp.sources.smart.gateway import Gateway
    from smartapp.web.callers.tokens import Verifier

log = logging.getLogger(__name__)

_PACKAGE = Path(__file__).parent
_READERS = 4
"""Charts that are read at the same time; others wait their turn."""


def create_app(
    config: Config,
    *,
    judge: hooks.Judge | None = None,
    store: Store | None = None,
    registry: Registry | None = None,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Flask:
    """The service as a WSGI application; what is not given is made from the settings."""
    config = with_keys(config)
    app = Flask("smartapp", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = config.max_hook_bytes
    metrics = Metrics()
    store = store or Store(config.database_url, config.session_keys, clock=clock)
    catalog = _catalog(config)
    gate = _gate(config, store, clock)
    desk = hooks.Desk(
        judge=judge or PolicyJudge(catalog(), base_url=config.url),
        reader=_readers(config, gate),
        store=store,
        metrics=metrics,
        clock=clock,
        crd=_crd(config),
        about=gate.announced,
    )
    store.open()
    gate.register(app)
    app.register_blueprint(callers.blueprint(callers.Desk(gate=gate, bearers=gate.bearers)))
    app.register_blueprint(hooks.blueprint(desk))
    app.register_blueprint(health.blueprint(ready=store.is_ready, metrics=metrics))
    app.register_blueprint(pages.blueprint())
    for routes in fhir.blueprints(_forms(config, catalog, desk)):
        app.register_blueprint(routes)
    parts = _Parts(
        config=config,
        catalog=catalog,
        store=store,
        registry=_registry(config) if registry is None else registry,
        payers=payers.load(config.ehrs) if config.ehrs else Payers(),
        sessions=Sessions(store.vault, seconds=config.session_seconds),
        clock=clock,
    )
    _add_launches(app, parts)
    headers.register(app, origins=config.cors_origins)
    problems.register(app, metrics, frames=_frames(parts.registry))
    return app


@dataclass(frozen=True, slots=True, kw_only=True)
class _Parts:
    """What launches and reviews share."""

    config: Config
    catalog: Callable[[], Catalog]
    store: Store
    registry: Registry
    payers: Payers
    sessions: Sessions
    clock: Callable[[], datetime]


def _add_launches(app: Flask, parts: _Parts) -> None:
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
        opened=reviewing.open,
        patients=lambda ehr, text: patients(servers.open(ehr.iss), text=text),
        name=lambda launched: _name(server(launched), launched),
        jwks=_jwks(parts),
        url=parts.config.url,
        seconds=parts.config.session_seconds,
        clock=parts.clock,
    )
    parts.sessions.register(app)
    app.register_blueprint(launch.blueprint(launching))
    app.register_blueprint(reviews.blueprint(reviewing))


def _reviewing(parts: _Parts, server: Callable[[Launch], Server]) -> reviews.Desk:
    pool = ThreadPoolExecutor(_READERS, thread_name_prefix="chart")
    dialect = Dialect(parts.config.crd_version)
    held = Reviews(catalog=parts.catalog(), store=parts.store, clock=parts.clock, dialect=dialect)
    names = {ehr.iss: ehr.name for ehr in parts.registry}
    seconds = parts.config.chart_seconds
    return reviews.Desk(
        reviews=held,
        reading=Reading(
            held,
            chart=lambda launched: read_chart(
                server(launched),
                patient_id=launched.patient,
                seconds=seconds,
                fhir_context=launched.fhir_context,
                user=launched.user,
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


def _requests(parts: _Parts, held: Reviews, dialect: Dialect) -> Requests:
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
    )


def _registry(config: Config) -> Registry:
    if config.ehrs is None:
        return Registry()
    from smartapp.ehrs.file import load  # noqa: PLC0415

    return load(config.ehrs, secrets=config.secrets)


def _gateway(parts: _Parts) -> "Callable[[], Gateway]":
    @cache
    def gateway() -> "Gateway":
        from smartapp.sources.smart.gateway import Gateway  # noqa: PLC0415 - authlib takes long to load
        from smartapp.sources.smart.network import Network  # noqa: PLC0415

        return Gateway(Network(ca_bundle=parts.config.ca_bundle), clock=parts.clock)

    return gateway


def _jwks(parts: _Parts) -> Callable[[], Mapping[str, Any]]:
    @cache
    def jwks() -> Mapping[str, Any]:
        from smartapp.ehrs.keys import published  # noqa: PLC0415 - joserfc takes long to load

        held = (*(ehr.keys for ehr in parts.registry), *(payer.keys for payer in parts.payers))
        return published(keys for keys in held if keys is not None)

    return jwks


def _name(server: Server, launched: Launch) -> str | None:
    return user.name(server, launched.user) if launched.user else None


def _frames(registry: Registry) -> list[str]:
    """Where any of our pages may be framed: a page that says what went wrong must be seen there too."""
    return sorted({origin for ehr in registry for origin in ehr.frame_ancestors})


def _catalog(config: Config) -> Callable[[], Catalog]:
    """The policies, loaded when they are first asked for."""
    return partial(_loaded, *config.policy_folders)


@cache
def _loaded(*folders: Path) -> Catalog:
    """Once for all applications of this process: loading compiles."""
    return load_catalog(*folders)


def _forms(config: Config, catalog: Callable[[], Catalog], desk: hooks.Desk) -> fhir.Desk:
    base = f"{config.url}/fhir"

    @cache
    def shelf() -> fhir.Shelf:
        artifacts = load_artifacts(*config.policy_folders)
        return fhir.Shelf(catalog=catalog(), artifacts=artifacts, base=base, payers=desk.crd.payers)

    return fhir.Desk(
        shelf=shelf,
        base=base,
        dialect=desk.crd.dialect,
        metrics=desk.metrics,
        clock=desk.clock,
        guarded=config.callers_known,
    )


def _crd(config: Config) -> crd.Crd:
    return crd.Crd(
        dialect=Dialect(config.crd_version),
        options=offered(config.crd_options),
        payers=frozenset(payer.lower() for payer in config.crd_payers),
    )


def _gate(config: Config, store: Store, clock: Callable[[], datetime]) -> callers.Gate:
    """Who may call; said in the log, for it must not be forgotten that anybody may."""
    clients = callers_file.load(config.ehrs) if config.ehrs else Clients()
    if not config.callers_known:
        level = logging.INFO if is_loopback(config.url) else logging.WARNING
        log.log(level, "callers=anyone: CDS Hooks and FHIR calls need not prove who calls")
    elif not clients:
        log.warning("callers=known: no client is registered, so nobody can call")

    @cache
    def verifier() -> "Verifier":
        from smartapp.sources.callers import SECONDS, CallerKeys  # noqa: PLC0415 - joserfc takes long to load
        from smartapp.sources.smart.network import Network  # noqa: PLC0415
        from smartapp.web.callers.tokens import Verifier  # noqa: PLC0415

        keys = CallerKeys(Network(ca_bundle=config.ca_bundle, seconds=SECONDS))
        return Verifier(keys=keys, guard=store.guard, clock=clock)

    return callers.Gate(
        required=config.callers_known,
        clients=clients,
        verifier=verifier,
        bearers=callers.Bearers(store.vault, clients),
        store=store,
        url=config.url,
    )


def _readers(config: Config, gate: callers.Gate) -> Callable[[str | None, str | None], Reader | None]:
    """For a fhirServer and a token the reader, with one time budget from now on; None: it may not be read."""
    session = http.session(ca_bundle=config.ca_bundle)

    def reader(server: str | None, token: str | None) -> Reader | None:
        gate.check_server(server)
        if server is None or not is_allowed(server, gate.servers(config.readable_servers)):
            return None
        deadline = time.monotonic() + config.fetch_seconds
        return NotedReader(http=session, base=server, access=Once(Fixed(token)), deadline=deadline)

    return reader


def _launch_page() -> Path:
    """launch.html as packaged, or as it lies beside the package in a checkout."""
    packaged = _PACKAGE / "launch.html"
    return packaged if packaged.exists() else _PACKAGE.parent / "launch.html"
