"""A page that remembers what went wrong in it."""

from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page

SIZES = pytest.mark.parametrize(("width", "dark"), [(1280, False), (1280, True), (400, False), (320, False)])
"""ui.md 7, check 1."""
OPEN_ALL = "document.querySelectorAll('details').forEach(e => { e.open = true; })"

_AXE = Path(__file__).parent / "node_modules" / "axe-core" / "axe.min.js"
_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@dataclass
class Watched:
    """A page, the errors on its console (blocked by policy or thrown), and requests that left the given origins."""

    page: Page
    origins: tuple[str, ...]
    errors: list[str] = field(default_factory=list)
    strayed: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, page: Page, *, origins) -> "Watched":
        watched = cls(page, tuple(origin.rstrip("/") for origin in origins))
        page.on("console", lambda said: watched.errors.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: watched.errors.append(str(error)))
        page.on("request", lambda request: watched.note(request.url))
        return watched

    def note(self, url: str) -> None:
        parts = urlsplit(url)
        self.requests.append(url)
        if self.origins and f"{parts.scheme}://{parts.netloc}" not in self.origins:
            self.strayed.append(url)

    def accessibility(self) -> list[str]:
        """What axe-core finds, one line a rule; [] is what is wanted. Evaluated past the page's own policy."""
        if not _AXE.exists():
            pytest.skip("axe-core is not installed: npm ci in tests/browser")
        self.page.evaluate(_AXE.read_text(encoding="utf-8"))
        found = self.page.evaluate(
            "rules => axe.run(document, {runOnly: {type: 'tag', values: rules}})", _RULES
        )
        return [f"{v['id']}: {v['nodes'][0]['html'][:200]}" for v in found["violations"]]

    def overflow(self) -> int:
        """By how many pixels the page is wider than its window."""
        return self.page.evaluate("document.documentElement.scrollWidth - innerWidth")
