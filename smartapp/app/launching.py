"""Wiring of what people see: the launch, and by it the reviews, which are loaded with the first one."""

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask import Flask

from smartapp.app.parts import Parts
from smartapp.web import launch, reviews
from smartapp.web.launch.limit import Limit
from smartapp.web.launch.page import LaunchPage

if TYPE_CHECKING:
    from smartapp.app.reviewing import Opened
    from smartapp.sources.smart.gateway import Gateway

_PACKAGE = Path(__file__).parents[1]


def add(app: Flask, parts: Parts) -> None:
    """The launch, and the reviews that it opens; each knows the other by a function."""

    @cache
    def opened() -> "Opened":
        from smartapp.app import reviewing  # noqa: PLC0415 - pages, packets and requests take long to load

        return reviewing.opened(parts, access=launching.access)

    launching = launch.Desk(
        registry=parts.registry,
        gateway=_gateway(parts),
        sessions=parts.sessions,
        vault=parts.store.vault,
        page=LaunchPage(_launch_page()),
        limit=Limit(store=parts.store, most=parts.config.launches_a_minute),
        opened=lambda launched: opened().reviews.open(launched),  # noqa: PLW0108 - made when it is needed
        patients=lambda ehr, text: opened().patients(ehr, text),
        name=lambda launched: opened().name(launched),
        led=parts.store.led,
        jwks=_jwks(parts),
        url=parts.config.url,
        seconds=parts.config.session_seconds,
        clock=parts.clock,
    )
    parts.sessions.register(app)
    app.register_blueprint(launch.blueprint(launching))
    app.register_blueprint(reviews.blueprint(lambda: opened().reviews))


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


def _launch_page() -> Path:
    """launch.html as packaged, or as it lies beside the package in a checkout."""
    packaged = _PACKAGE / "launch.html"
    return packaged if packaged.exists() else _PACKAGE.parent / "launch.html"
