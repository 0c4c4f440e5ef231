"""create_app(config): the only place where things are wired.

calling      who may call, and what a call may have read
launching    what people see: the launch, and by it the reviews
reviewing    what a launch opens: charts, reviews, requests to payers; loaded with the first launch
"""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache, partial
from pathlib import Path

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from smartapp.app import calling, launching
from smartapp.app.parts import Parts
from smartapp.config import Config, with_keys
from smartapp.ehrs import Registry, payers
from smartapp.ehrs.payers import Payers
from smartapp.errors import BadInput
from smartapp.outputs.coverage import offered
from smartapp.outputs.dialect import Dialect
from smartapp.policies import Catalog, load_catalog
from smartapp.policies.artifacts import load_artifacts
from smartapp.store import Store
from smartapp.web import callers, crd, fhir, headers, health, hooks, pages, problems, supported
from smartapp.web.judge import PolicyJudge
from smartapp.web.metrics import Metrics
from smartapp.web.sessions import Sessions


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
    gate = calling.gate_of(config, store, clock)
    desk = hooks.Desk(
        judge=judge or PolicyJudge(catalog(), base_url=config.url),
        reader=calling.readers(config, gate),
        store=store,
        metrics=metrics,
        clock=clock,
        crd=_crd(config),
        about=gate.announced,
    )
    gate.register(app)
    app.register_blueprint(callers.blueprint(callers.Desk(gate=gate, bearers=gate.bearers)))
    app.register_blueprint(hooks.blueprint(desk))
    app.register_blueprint(health.blueprint(ready=store.is_ready, metrics=metrics))
    app.register_blueprint(pages.blueprint())
    for routes in fhir.blueprints(_forms(config, catalog, desk)):
        app.register_blueprint(routes)
    registered = payers.load(config.ehrs) if config.ehrs else Payers()
    app.register_blueprint(supported.blueprint(lambda: _supported(config, registered, catalog())))
    parts = Parts(
        config=config,
        catalog=catalog,
        store=store,
        registry=_registry(config) if registry is None else registry,
        payers=registered,
        sessions=Sessions(store.vault, seconds=config.session_seconds),
        clock=clock,
    )
    launching.add(app, parts)
    if config.proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=config.proxies, x_proto=0, x_host=0)  # type: ignore[method-assign]  # the way that Flask documents
    headers.register(app, origins=config.cors_origins)
    problems.register(app, metrics, frames=_frames(parts.registry))
    store.open()  # last: its thread loads SQLAlchemy, beside which the rest would take longer
    return app


def _registry(config: Config) -> Registry:
    if config.ehrs is None:
        return Registry()
    from smartapp.ehrs.file import load  # noqa: PLC0415

    registry = load(config.ehrs, secrets=config.secrets)
    if not config.open_servers_allowed and any(ehr.open for ehr in registry):
        raise BadInput(
            "The file of EHRs has an open server, which is for tests only: on this address it needs the setting "
            "open_servers = 'allowed'."
        )
    return registry


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


def _supported(config: Config, registered: Payers, catalog: Catalog) -> list[supported.Supported]:
    """Those that are set or registered; else those of the policies."""
    known = [
        *((payer.identifier, payer.name) for payer in registered),
        *((name, name.rpartition("|")[2]) for name in config.crd_payers),
    ]
    return supported.named(known or [("", policy.payer) for policy in catalog.policies])


def _crd(config: Config) -> crd.Crd:
    return crd.Crd(
        dialect=Dialect(config.crd_version),
        options=offered(config.crd_options),
        payers=frozenset(payer.lower() for payer in config.crd_payers),
    )
