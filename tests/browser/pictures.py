"""Pictures of what was seen, for whoever wants to look: wide, narrow, dark, on paper and in greys.

They lie in build/screenshots; ui.md 7 asks for them (check 13) and for a look at the grey ones (check 16).
"""

from pathlib import Path

from browser.watch import Watched

FOLDER = Path(__file__).parents[2] / "build" / "screenshots"
_GREYS = "document.documentElement.style.filter = 'grayscale(1)'"


def take(watched: Watched, name: str) -> None:
    """The page in every way in which it is looked at; the window is as it was afterwards."""
    page = watched.page
    size = page.viewport_size
    shot(watched, name)
    page.evaluate(_GREYS)
    shot(watched, f"{name}-grey")
    page.evaluate("document.documentElement.style.filter = ''")
    page.emulate_media(color_scheme="dark")
    shot(watched, f"{name}-dark")
    page.emulate_media(color_scheme="light")
    page.pdf(path=FOLDER / f"{name}.pdf", format="Letter")
    page.set_viewport_size({"width": 400, "height": 800})
    shot(watched, f"{name}-400")
    page.set_viewport_size(size)


def shot(watched: Watched, name: str) -> None:
    """The whole page as it is now, from its top: what sticks there would stand in the middle otherwise."""
    watched.page.evaluate("scrollTo(0, 0)")
    watched.page.screenshot(path=FOLDER / f"{name}.png", full_page=True)
