"""What $questionnaire-package gives (Da Vinci DTR): a form with all it needs, and a draft response to it."""

from smartapp.outputs.package.bundle import package
from smartapp.outputs.package.parameters import Issue, parameters
from smartapp.outputs.package.questionnaire import adapted
from smartapp.outputs.package.response import in_context

__all__ = ["Issue", "adapted", "in_context", "package", "parameters"]
