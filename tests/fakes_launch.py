"""The launch by itself, with a review that only says whose it is, and a browser that follows redirects."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlencode, urljoin, urlsplit

import requests
from flask import Flask

from smartapp.ehrs import Ehr, Registry
from smartapp.ehrs.keys import published
from smartapp.sources.access import Access
from smartapp.sources.chart import Servers
from smartapp.sources.http import session
from smartapp.sources.patients import PatientLine
from smartapp.sources.smart import user
from smartapp.sources.smart.gateway import Gateway
from smartapp.sources.smart.network import Network
from smartapp.store import Launch, Store, launches
from smartapp.web import headers, launch, pages, problems
from smartapp.web.launch.limit import Limit
from smartapp.web.launch.page import LaunchPage
from smartapp.web.metrics import Metrics
from smartapp.web.sessions import COOKIE, Sessions

URL = "https://app.example"
PATIENTS = (PatientLine(id="open-1", name="Open Patient", birth_date="1960-01-02", gender="female"),)
PAGE = Path(__file__).parent.parent / "launch.html"


@dataclass
class FakeClock:
    ahead: float = 0.0

    def __call__(self) -> datetime:
        return datetime.fromtimestamp(datetime.now(UTC).timestamp() + self.ahead, UTC)


@dataclass(repr=False)
class Service:
    """The launch of a service, with what it kept."""

    app: Flask
    desk: launch.Desk
    store: Store
    clock: FakeClock
    opened: list[Launch] = field(default_factory=list)

    def access(self, launched: Launch) -> Access:
        return self.desk.access(launched)


def service(
    *ehrs: Ehr,
    seconds: float = 5,
    known: Sequence[PatientLine] = PATIENTS,
    most: int = 100,
    url: str = URL,
) -> Service:
    clock = FakeClock()
    store = Store("sqlite://", clock=clock)
    app = Flask("test", static_folder=None)
    sessions = Sessions(store.vault, seconds=3600)
    servers = Servers(http=session())
    made: list[Service] = []
    gateway = Gateway(Network(seconds=seconds), clock=clock)

    def opened(launched: Launch) -> str:
        made[0].opened.append(launched)
        return launched.id

    def name(launched: Launch) -> str | None:
        server = servers.of(launched.iss, access=made[0].access(launched), scopes=launched.scopes)
        return user.name(server, launched.user) if launched.user else None

    desk = launch.Desk(
        registry=Registry(ehrs),
        gateway=lambda: gateway,
        sessions=sessions,
        vault=store.vault,
        page=LaunchPage(PAGE),
        limit=Limit(store=store, most=most),
        opened=opened,
        patients=lambda _, text: [line for line in known if text.lower() in line.name.lower()],
        name=name,
        led=store.led,
        jwks=lambda: published(ehr.keys for ehr in ehrs if ehr.keys is not None),
        url=url,
        seconds=3600,
        clock=clock,
    )
    app.register_blueprint(pages.blueprint())
    app.register_blueprint(launch.blueprint(desk))
    sessions.register(app)

    @app.get("/reviews/<launch_id>")
    def review(launch_id: str) -> str:
        kept = launches.load(store.vault, launch_id)
        sessions.require(kept.session if kept else "")
        return f"{kept.patient} {sessions.token('logout')}"

    headers.register(app, origins=())
    problems.register(app, Metrics(), frames=[origin for ehr in ehrs for origin in ehr.frame_ancestors])
    made.append(Service(app=app, desk=desk, store=store, clock=clock))
    return made[0]


@dataclass
class Page:
    """What a browser ends up with."""

    url: str
    status: int
    text: str
    headers: dict[str, str]


class Browser:
    """Keeps cookies as browsers do, and follows redirects between the service and the EHR."""

    def __init__(self, made: Service, *, keeps_cookies: bool = True) -> None:
        self.made = made
        self._client = made.app.test_client(use_cookies=False)
        self._keeps = keeps_cookies
        self.cookie: str | None = None
        self.urls: list[str] = []

    def open(self, url: str, *, data: dict[str, str] | None = None, until: str = "", **headers: str) -> Page:
        """The last page; `until` stops before the first address with this text is asked."""
        method = "POST" if data is not None else "GET"
        while True:
            url = urljoin(f"{URL}/", url)
            self.urls.append(url)
            page = self._ask(method, url, data, headers)
            if not page.headers.get("Location"):
                return page
            url, method, data = urljoin(url, page.headers["Location"]), "GET", None
            if until and until in url:
                return Page(url=url, status=page.status, text=page.text, headers=page.headers)

    def launch(self, iss: str, launch_id: str | None = "launch-1", **more: str) -> Page:
        asked = {"iss": iss, **({"launch": launch_id} if launch_id else {})}
        return self.open(f"/launch.html?{urlencode(asked)}", **more)

    def _ask(self, method: str, url: str, data: dict[str, str] | None, headers: dict[str, str]) -> Page:
        if not url.startswith(URL):
            answer = requests.request(method, url, allow_redirects=False, timeout=10)
            return Page(url=url, status=answer.status_code, text=answer.text, headers=dict(answer.headers))
        parts = urlsplit(url)
        sent = {**headers, **({"Cookie": f"{COOKIE}={self.cookie}"} if self.cookie else {})}
        given = self._client.open(
            parts.path, method=method, query_string=parts.query, data=data, headers=sent, base_url=URL
        )
        for line in given.headers.getlist("Set-Cookie"):
            if self._keeps and line.startswith(f"{COOKIE}="):
                self.cookie = line.split(";")[0].removeprefix(f"{COOKIE}=")
        return Page(url=url, status=given.status_code, text=given.text, headers=dict(given.headers))
