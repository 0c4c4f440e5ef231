"""The chart is read beside the request that asked for it, so that the page can say at once that it is being read."""

import logging
from collections.abc import Callable
from functools import partial

from smartapp.errors import SmartappError, place_of
from smartapp.facts import Facts
from smartapp.reviews.reviews import Reviews
from smartapp.reviews.visits import Visit
from smartapp.sources.progress import Tell
from smartapp.store.launches import Launch

log = logging.getLogger(__name__)

Later = Callable[[Callable[[], None]], object]
"""Does something soon, without being waited for."""
_FAULT = "Something went wrong in this service while the chart was read; nothing was decided."


class Reading:
    """Reads charts; whatever happens, the visit says how it ended."""

    def __init__(self, reviews: Reviews, *, chart: Callable[[Launch, Tell], Facts], later: Later) -> None:
        self._reviews, self._chart, self._later = reviews, chart, later

    def start(self, visit: Visit, launch: Launch) -> None:
        """Read the chart of a visit, soon."""
        self._later(lambda: self._read(visit, launch))

    def _read(self, visit: Visit, launch: Launch) -> None:
        try:
            facts = self._chart(launch, partial(self._reviews.visits.tell, visit))
            self._reviews.arrived(visit, facts, fhir_context=launch.fhir_context)
        except SmartappError as error:
            log.warning("chart not read kind=%s", type(error).__name__)
            self._reviews.visits.failed(visit, str(error))
        except Exception as error:  # noqa: BLE001 - a thread's fault must not end in silence
            log.error("fault kind=%s at=%s", type(error).__name__, place_of(error))  # noqa: TRY400 - no texts
            self._reviews.visits.failed(visit, _FAULT)
