"""The FHIR side for DTR: questionnaire packages, and the published forms, libraries and value sets."""

from smartapp.web.fhir.packages import Shelf
from smartapp.web.fhir.routes import Desk, blueprints

__all__ = ["Desk", "Shelf", "blueprints"]
