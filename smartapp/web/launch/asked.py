"""What a browser asks of a launch: the parameters, the EHR that they name, and the address to ask again."""

from urllib.parse import urlsplit

from flask import request, url_for

from smartapp.config import is_loopback
from smartapp.ehrs import Ehr
from smartapp.errors import CookiesBlocked, UnknownEhr
from smartapp.web import problems
from smartapp.web.headers import frame
from smartapp.web.launch.desk import Desk
from smartapp.web.problems import Way

_LONGEST = 2048
_FRAMES = frozenset({"iframe", "frame"})


def given(name: str) -> str | None:
    """A parameter of the address; None: absent, empty, or longer than any sensible one."""
    value = request.args.get(name)
    return value if value and len(value) <= _LONGEST else None


def again(ehr: Ehr, *, launch: str | None = None) -> str:
    """The address that starts a launch with this EHR once more; without `launch` the app asks for a patient."""
    return url_for("launch.launch", iss=ehr.iss, launch=launch)


def registered(desk: Desk, iss: str) -> Ehr:
    """The EHR, whose pages may frame the answer; UnknownEhr when it is not registered."""
    ehr = desk.registry.find(iss)
    if ehr is None:
        problems.offer(Way(href=url_for("launch.launch"), label="See which EHRs are registered"))
        if _is_address(iss):
            problems.detail("Address of the EHR", iss[:300])
        raise UnknownEhr(
            "The assistant was opened from an EHR that it does not know. Nothing was sent to it."
        )
    frame(ehr.frame_ancestors)
    return ehr


def is_framed() -> bool:
    """Whether the browser shows the answer inside another page; older browsers do not say."""
    return request.headers.get("Sec-Fetch-Dest") in _FRAMES


def blocked(desk: Desk) -> CookiesBlocked:
    """Says that our cookie did not come back, and offers the same launch in a tab of its own."""
    if not desk.url.startswith("https:") and not is_loopback(desk.url):
        return _unsafe()
    iss, launch = given("iss"), given("launch")
    if iss is not None:
        there = url_for("launch.launch", iss=iss, launch=launch)
        problems.offer(Way(href=there, label="Open in a tab of its own", is_new_tab=True))
    where = " inside the EHR's window" if is_framed() else ""
    return CookiesBlocked(
        "The assistant needs one cookie to know that what the EHR answers belongs to you, and the browser does "
        f"not keep it{where}. Nothing was opened."
    )


def _unsafe() -> CookiesBlocked:
    """No browser keeps the cookie where the service was set up so; nothing that its user does can help."""
    error = CookiesBlocked(
        "The assistant was set up at an address without https, where browsers do not keep its cookie. Nothing "
        "was opened, and you did nothing wrong."
    )
    error.advice = "Tell those who run the assistant: its address (SMARTAPP_BASE_URL) must begin with https."
    return error


def _is_address(text: str) -> bool:
    """Whether a text is an address and nothing that would look strange on a page."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return (
        text.isascii() and text.isprintable() and parts.scheme in {"http", "https"} and bool(parts.hostname)
    )
