"""HTTP under /reviews/{id}: the page, the form, the chart read again, the packet, writing to the EHR."""

from smartapp.web.reviews.desk import Desk
from smartapp.web.reviews.routes import blueprint

__all__ = ["Desk", "blueprint"]
