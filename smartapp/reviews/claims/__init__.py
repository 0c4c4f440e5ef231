"""The requests of signed reviews to payers: made once, sent once, asked about, kept.

request     one request and what became of it
making      from a signed review to the case that the Bundle is made from
requests    the requests in a vault: send, ask, hand out
"""

from smartapp.reviews.claims.request import Request
from smartapp.reviews.claims.requests import Requests

__all__ = ["Request", "Requests"]
