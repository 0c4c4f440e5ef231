"""Everything that is known about one review."""

from dataclasses import dataclass

from smartapp.facts import Facts
from smartapp.flow import Review
from smartapp.reviews.visits import Visit
from smartapp.reviews.work import Work


@dataclass(frozen=True, slots=True, kw_only=True)
class Dossier:
    """A review with what it was made from."""

    visit: Visit
    work: Work
    review: Review
    chart: Facts
    """As it was read, not normalised."""
