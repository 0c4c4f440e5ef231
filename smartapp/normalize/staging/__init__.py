"""Stage group, M category and disease status, from codes and from words, on Observations and on Condition.stage."""

from smartapp.normalize.staging.answers import answer
from smartapp.normalize.staging.asked import Question, question
from smartapp.normalize.staging.summaries import stage

__all__ = ["Question", "answer", "question", "stage"]
