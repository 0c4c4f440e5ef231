"""A page that remembers what went wrong in it."""

from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page

WINDOWS = ((1280, "light"), (1280, "dark"), (400, "light"), (320, "light"))
"""Width and theme; ui.md 7, check 1."""
OPEN_ALL = "document.querySelectorAll('details').forEach(e => { e.open = true; })"

_AXE = Path(__file__).parent / "node_modules" / "axe-core" / "axe.min.js"
_VIOLATIONS = """async rules => {
  const found = await axe.run(document, {runOnly: {type: 'tag', values: rules}, resultTypes: ['violations']});
  return found.violations.map(v => `${v.id}: ${v.nodes[0].html.slice(0, 200)}`);
}"""
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

    def faults(self) -> dict[str, object]:
        """What is wrong with the page as it stands, in every window and on its way; {} is what is wanted."""
        found: dict[str, object] = {}
        size = self.page.viewport_size
        for width, theme in WINDOWS:
            self.page.set_viewport_size({"width": width, "height": 800})
            self.page.emulate_media(color_scheme=theme)
            found[f"{width} {theme}"] = self.accessibility()
            found[f"{width} {theme}, too wide by"] = self.overflow()
        self.page.set_viewport_size(size)
        found |= {"errors": self.errors, "strayed": self.strayed}
        return {where: wrong for where, wrong in found.items() if wrong}

    def accessibility(self) -> list[str]:
        """What axe-core finds, one line a rule; [] is what is wanted. Evaluated past the page's own policy."""
        if not _AXE.exists():
            pytest.skip("axe-core is not installed: npm ci in tests/browser")
        self.page.evaluate(_AXE.read_text(encoding="utf-8"))
        return self.page.evaluate(_VIOLATIONS, _RULES)

    def overflow(self) -> int:
        """By how many pixels the page is wider than its window."""
        return self.page.evaluate("document.documentElement.scrollWidth - innerWidth")
