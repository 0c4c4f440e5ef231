"""How often one address may ask for a step of a launch: each costs a session, or a question to an EHR."""

import time
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address, ip_network

from flask import request

from smartapp.errors import TooManyLaunches
from smartapp.store import Store
from smartapp.web import problems
from smartapp.web.problems import Way

_MINUTE = 60
_FREE = frozenset({"launch.jwks", "launch.logout", "launch.over"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """Counts, for all workers, in the database; only hashes of the addresses are kept."""

    store: Store
    most: int
    """Of one address, for each step, in a minute."""

    def check(self) -> None:
        """TooManyLaunches when the address of this request asked too often; for every request to the launch."""
        if request.endpoint in _FREE:
            return
        name = ("launch", str(request.endpoint), _neighbours(request.remote_addr or ""))
        if self.store.guard.count(*name, seconds=_MINUTE) <= self.most:
            return
        if request.method == "GET":  # nothing was used up: the same address works in a minute
            problems.offer(Way(href=request.full_path, label="Try again"))
        raise TooManyLaunches(
            "More launches came from your network in the last minute than the assistant takes. Nothing is lost.",
            seconds=_MINUTE - int(time.time()) % _MINUTE,
        )


def _neighbours(address: str) -> str:
    """The address, of IPv6 the network of one subscriber: it has more addresses than can be counted."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    return str(ip_network((found, 64), strict=False) if isinstance(found, IPv6Address) else found)
