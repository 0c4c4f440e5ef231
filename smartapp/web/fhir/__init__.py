"""The FHIR side for DTR: questionnaire packages, and the published forms, libraries and value sets."""

from smartapp.web.fhir.routes import Desk, blueprint

__all__ = ["Desk", "blueprint"]
