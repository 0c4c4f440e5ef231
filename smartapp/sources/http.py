"""The HTTP session that EHRs are read with: no cookies, no credentials but the caller's."""

import logging
from http.cookiejar import DefaultCookiePolicy

from requests import Session
from requests.adapters import HTTPAdapter


def session(*, ca_bundle: str = "") -> Session:
    """A session fit for many threads and many servers."""
    logging.getLogger("urllib3").setLevel(logging.WARNING)  # below that it logs addresses with patient ids
    http = Session()
    http.trust_env = False  # a .netrc entry would replace the bearer; settings are read in config only
    http.cookies.set_policy(_NoCookies())
    adapter = HTTPAdapter(pool_maxsize=24)
    http.mount("https://", adapter)
    http.mount("http://", adapter)
    if ca_bundle:
        http.verify = ca_bundle
    return http


class _NoCookies(DefaultCookiePolicy):
    """A load balancer's cookie of one patient's call must not travel with the next one."""

    def set_ok(self, *_: object) -> bool:
        return False
