"""What the wiring of launches and reviews shares."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from smartapp.config import Config
from smartapp.ehrs import Registry
from smartapp.ehrs.payers import Payers
from smartapp.policies import Catalog
from smartapp.store import Store
from smartapp.web.sessions import Sessions


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """The parts of one service."""

    config: Config
    catalog: Callable[[], Catalog]
    store: Store
    registry: Registry
    payers: Payers
    sessions: Sessions
    clock: Callable[[], datetime]
