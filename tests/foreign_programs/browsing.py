"""A browser that reaches nothing but this machine, and remembers where it was sent."""

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, Page, Route

_LOCAL = frozenset({"127.0.0.1", "localhost"})


@dataclass
class Tabs:
    """The tabs of one browser, with the addresses that were asked for and those that were not let through."""

    context: BrowserContext
    asked: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    """What a page of the application threw or was not allowed to do."""

    @classmethod
    def of(cls, chromium: Browser) -> "Tabs":
        """With cookies of its own."""
        context = chromium.new_context(viewport={"width": 1400, "height": 1000})
        context.set_default_timeout(20_000)
        made = cls(context)
        context.route("**/*", made._answer)
        context.on("request", lambda request: made.asked.append(request.url))
        return made

    def open(self, url: str) -> Page:
        """A new tab with this address."""
        page = self.context.new_page()
        page.goto(url)
        return page

    def watch(self, app: str) -> None:
        """Remember the errors of the pages of the application, in tabs and in frames."""

        def said(message) -> None:
            if message.type == "error" and message.location["url"].startswith(app):
                self.errors.append(message.text)

        self.context.on("console", said)
        self.context.on("weberror", lambda found: self.errors.append(str(found.error)))

    def _answer(self, route: Route) -> None:
        if urlsplit(route.request.url).hostname in _LOCAL:
            route.continue_()
        else:
            self.refused.append(route.request.url)
            route.abort()
