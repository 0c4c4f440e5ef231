"""The prior-authorization request of a signed review (Da Vinci PAS): a Bundle for the payer, complete in itself.

case        what is requested, of whom, by whom
parties     the patient, the Coverage, the payer and the provider as PAS wants them
ordered     the order with its coverage information, its diagnoses and the code of what is requested
claim       the Claim
closure     every reference names exactly one entry of the Bundle
earlier     the request that an update takes the place of; the cancellation of one
bundle      the request, the inquiry about it, the cancellation
"""

from smartapp.outputs.claim.bundle import cancellation, inquiry, inquiry_again, request, troubles
from smartapp.outputs.claim.case import Case, Codes, Party

__all__ = [
    "Case",
    "Codes",
    "Party",
    "cancellation",
    "inquiry",
    "inquiry_again",
    "request",
    "troubles",
]
