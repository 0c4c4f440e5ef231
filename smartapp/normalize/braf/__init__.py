"""What Observations, reports and texts say about the BRAF gene: the readings of a V600 result."""

from smartapp.normalize.braf.asked import asked
from smartapp.normalize.braf.components import value_key
from smartapp.normalize.braf.findings import Asked
from smartapp.normalize.braf.observations import inside, of_observation, of_report
from smartapp.normalize.braf.statements import says_v600_positive

__all__ = ["Asked", "asked", "inside", "of_observation", "of_report", "says_v600_positive", "value_key"]
