"""The requests of signed reviews to payers: made once, sent once, asked about, kept.

request     one request and what became of it
making      from a signed review to the case that the Bundle is made from
post        to the payer and back
prospects   what a request would be, before there is one
requests    the requests in a vault: send, ask, hand out
"""

from smartapp.reviews.claims.request import Request
from smartapp.reviews.claims.requests import CLINICIANS_ONLY, Requests

__all__ = ["CLINICIANS_ONLY", "Request", "Requests"]
