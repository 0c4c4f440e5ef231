"""HTTP under /reviews/{id}: the page, the form, the chart read again, the packet, writing to the EHR."""

from smartapp.web.reviews.desk import Desk, pdf_of
from smartapp.web.reviews.routes import blueprint

__all__ = ["Desk", "blueprint", "pdf_of"]
