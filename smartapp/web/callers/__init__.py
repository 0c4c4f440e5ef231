"""Who may call: CDS clients by signed tokens, back-end services by access tokens; and what is noted of each call.

tokens      a signed token, checked: CDS Hooks 2.0.1 "Trusting CDS Clients", and client assertions
bearers     access tokens of SMART Backend Services: given out, and known again
scopes      what an access token may be for
gate        every request to /cds-services and /fhir passes here
routes      the token endpoint, and the SMART configurations
noting      what the trail keeps of a call
reading     a reader that notes what it asks
"""

from smartapp.web.callers.bearers import Bearers
from smartapp.web.callers.gate import Gate
from smartapp.web.callers.routes import Desk, blueprint

__all__ = ["Bearers", "Desk", "Gate", "blueprint"]
