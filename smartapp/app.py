"""create_app(config): the only place where things are wired."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from flask import Flask

from smartapp.config import Config
from smartapp.outputs.coverage import offered
from smartapp.outputs.dialect import Dialect
from smartapp.policies import Catalog, load_catalog
from smartapp.policies.artifacts import load_artifacts
from smartapp.sources import http
from smartapp.sources.access import Fixed, Once
from smartapp.sources.ehr import Reader, is_allowed
from smartapp.store import Store
from smartapp.web import crd, fhir, headers, health, hooks, launch, pages, problems
from smartapp.web.judge import PolicyJudge
from smartapp.web.metrics import Metrics

_PACKAGE = Path(__file__).parent


def create_app(
    config: Config,
    *,
    judge: hooks.Judge | None = None,
    store: Store | None = None,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Flask:
    """The service as a WSGI application; what is not given is made from the settings."""
    app = Flask("smartapp", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = config.max_hook_bytes
    metrics = Metrics()
    store = store or Store(config.database_url)
    catalog = _catalog(config)
    desk = hooks.Desk(
        judge=judge or PolicyJudge(catalog(), base_url=config.url),
        reader=_readers(config),
        store=store,
        metrics=metrics,
        clock=clock,
        crd=_crd(config),
    )
    store.open()
    app.register_blueprint(hooks.blueprint(desk))
    app.register_blueprint(health.blueprint(ready=store.is_ready, metrics=metrics))
    app.register_blueprint(launch.blueprint(_launch_page()))
    app.register_blueprint(pages.blueprint())
    app.register_blueprint(fhir.blueprint(_forms(config, catalog, desk)))
    headers.register(app, origins=config.cors_origins)
    problems.register(app, metrics)
    return app


def _catalog(config: Config) -> Callable[[], Catalog]:
    """The policies, loaded when they are first asked for."""
    return cache(lambda: load_catalog(*config.policy_folders))


def _forms(config: Config, catalog: Callable[[], Catalog], desk: hooks.Desk) -> fhir.Desk:
    return fhir.Desk(
        catalog=catalog,
        artifacts=lambda: load_artifacts(*config.policy_folders),
        base=f"{config.url}/fhir",
        dialect=desk.crd.dialect,
        payers=desk.crd.payers,
        metrics=desk.metrics,
        clock=desk.clock,
    )


def _crd(config: Config) -> crd.Crd:
    return crd.Crd(
        dialect=Dialect(config.crd_version),
        options=offered(config.crd_options),
        payers=frozenset(payer.lower() for payer in config.crd_payers),
    )


def _readers(config: Config) -> Callable[[str | None, str | None], Reader | None]:
    """For a fhirServer and a token the reader, with one time budget from now on; None: it may not be read."""
    session = http.session(ca_bundle=config.ca_bundle)

    def reader(server: str | None, token: str | None) -> Reader | None:
        if server is None or not is_allowed(server, config.readable_servers):
            return None
        deadline = time.monotonic() + config.fetch_seconds
        return Reader(http=session, base=server, access=Once(Fixed(token)), deadline=deadline)

    return reader


def _launch_page() -> Path:
    """launch.html as packaged, or as it lies beside the package in a checkout."""
    packaged = _PACKAGE / "launch.html"
    return packaged if packaged.exists() else _PACKAGE.parent / "launch.html"
