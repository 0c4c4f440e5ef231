"""Stage group, M category and disease status, from codes and from words, on Observations and on Condition.stage."""

from smartapp.normalize.staging.answers import concludes_ned
from smartapp.normalize.staging.asked import Question, question
from smartapp.normalize.staging.observed import assessed, observed, of_panel, of_report
from smartapp.normalize.staging.summaries import stage

__all__ = ["Question", "assessed", "concludes_ned", "observed", "of_panel", "of_report", "question", "stage"]
