"""Addresses of one FHIR server, told from all others."""

from collections.abc import Iterable
from urllib.parse import unquote, urljoin, urlsplit

from smartapp.config import LOOPBACK, is_loopback


class OutsideError(Exception):
    """An address that is not below the FHIR base; never leaves sources/."""


def within(base: str, url: str) -> str:
    """The full address, which must be below this very base: the bearer goes nowhere else."""
    here = urlsplit(base.rstrip("/"))
    try:
        there = urlsplit(urljoin(f"{here.geturl()}/", url))
    except ValueError as error:
        raise OutsideError from error
    if here.scheme == "https" and there.scheme == "http" and here.netloc == there.netloc:
        there = there._replace(scheme="https")  # proxies that end TLS emit http:// next links
    same = (here.scheme, here.netloc) == (there.scheme, there.netloc)
    # HAPI's next link is <base>?_getpages=...: the base path itself, without a final slash
    below = there.path == here.path or there.path.startswith(f"{here.path}/")
    if not (same and below) or "/.." in unquote(there.path):
        raise OutsideError
    return there.geturl()


def is_allowed(url: str, servers: Iterable[str]) -> bool:
    """Whether a server is on the list of those that a hook call may name."""
    address = url.rstrip("/")
    return any(is_loopback(url) if item == LOOPBACK else item.rstrip("/") == address for item in servers)
