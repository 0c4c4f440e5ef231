"""The HTTP session that EHRs are read with: no cookies, no credentials but the caller's."""

import logging
from collections.abc import Iterator
from http.cookiejar import DefaultCookiePolicy

import requests
import urllib3
from requests import Response, Session
from requests.adapters import HTTPAdapter

_AT_ONCE = 65536
_MOST_KEPT = 96
"""The connections to one server that are kept for the next question: eight calls at once, twelve questions each."""


def session(*, ca_bundle: str = "") -> Session:
    """A session fit for many threads and many servers."""
    logging.getLogger("urllib3").setLevel(logging.WARNING)  # below that it logs addresses with patient ids
    http = Session()
    http.trust_env = False  # a .netrc entry would replace the bearer; settings are read in config only
    http.cookies.set_policy(_NoCookies())
    adapter = HTTPAdapter(pool_maxsize=_MOST_KEPT)
    http.mount("https://", adapter)
    http.mount("http://", adapter)
    if ca_bundle:
        http.verify = ca_bundle
    return http


def arriving(response: Response) -> Iterator[bytes]:
    """The body as it comes, so that its reader can look at the clock; requests.RequestException: it broke off.

    requests' own chunks come when they are full: a server that trickles would keep its reader for ever.
    """
    try:
        while chunk := response.raw.read1(_AT_ONCE, decode_content=True):
            yield chunk
    except urllib3.exceptions.TimeoutError:
        raise requests.Timeout from None
    except urllib3.exceptions.HTTPError:
        raise requests.ConnectionError from None


class _NoCookies(DefaultCookiePolicy):
    """A load balancer's cookie of one patient's call must not travel with the next one."""

    def set_ok(self, *_: object) -> bool:
        return False
