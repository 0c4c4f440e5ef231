"""From an EHR's launch to a review: the launch page, the callback, the picker of open servers, our keys, the end.

page      launch.html with what is happening filled in
desk      what the routes need, given by the wiring; how a grant becomes a Launch
routes    the addresses
limit     how often one address may ask
keeper    a launch's tokens where all workers find them
"""

from smartapp.web.launch.desk import Desk
from smartapp.web.launch.routes import blueprint

__all__ = ["Desk", "blueprint"]
