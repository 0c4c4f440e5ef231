"""Every error of the application, as one tree.

SmartappError                      500  something failed; the text is fit for a person and holds no patient data
├── BadInput                       400  what was given cannot be used
│   ├── BadHook                    400  a CDS Hooks request that breaks the specification
│   ├── BrokenProfile              422  valid FHIR that breaks a rule of CRD or DTR
│   ├── TooLarge                   413  more bytes than allowed
│   └── WrongMediaType             415  a body that is not JSON
├── NotAuthenticated               401  a call that does not prove who calls
├── NotAllowed                     403  a known caller that may not do this
├── TooManyCalls                   429  a known caller that calls too often
├── UnknownService                 404  no such CDS service, policy or feedback card
├── UnknownResource                404  no such Questionnaire, Library or ValueSet
├── PrefetchMissing                412  required data was neither sent nor obtainable
├── Unreachable                    502  a FHIR server did not answer, refused or answered nonsense
├── UnknownReview                  404  there is no such review, or it is over
├── NotSignable                    422  the answers make no document that can be signed
├── NotSendable                    422  a signed review that makes no request to a payer
├── NotWritten                     502  a document that is not in the EHR; `obstacle` says why
├── LaunchFailed                   400  a launch cannot go on; says how it can
│   ├── UnknownEhr                 403  the EHR that launched the app is not registered
│   ├── CookiesBlocked             400  the browser did not send the session's cookie back
│   ├── LaunchOver                 400  the answer belongs to no launch, or to one that is over
│   ├── TooManyLaunches            429  more launches from one network than are taken
│   ├── AccessDenied               403  the EHR, or its user, did not grant access
│   ├── NoPatient                  400  the EHR named no patient
│   └── EhrFault                   502  the EHR's authorization server cannot be used, or erred
│       └── BadIdentity            502  what it says about the user cannot be trusted
├── SessionOver                    403  the browser may not see the page, or no longer
├── BadPolicy                      500  a file in cql/ cannot be used; raised when it is loaded
│   └── UnsupportedNode            500  an ELM node that the engine does not know, by name
├── sandbox.fhir.refusals.Refusal  ...  what the practice EHR's FHIR server refuses, with its own status
│   └── sandbox.upstream.Passed    ...  the same of a FHIR server behind it, in that server's words
├── elm.DefineError                500  a define failed on one patient; its criterion answers unknown
└── elm.EvaluationError            500  what the engine could not compute, inside a define
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import ClassVar


class SmartappError(Exception):
    """Something failed; `status` is the HTTP status that says so."""

    status = 500


class BadInput(SmartappError):
    """What was given cannot be used."""

    status = 400


class BadHook(BadInput):
    """A CDS Hooks request that breaks the specification."""


class BrokenProfile(BadInput):
    """Valid FHIR that breaks a rule of CRD or DTR."""

    status = 422


class TooLarge(BadInput):
    """More bytes than allowed."""

    status = 413


class WrongMediaType(BadInput):
    """A body that is not JSON."""

    status = 415


class NotAuthenticated(SmartappError):
    """A call that does not prove who calls."""

    status = 401

    def __init__(self, text: str, *, code: str = "invalid_token") -> None:
        super().__init__(text)
        # RFC 6750 3: no error code where no token was given at all
        self.headers = {"WWW-Authenticate": f'Bearer error="{code}"' if code else "Bearer"}


class NotAllowed(SmartappError):
    """A known caller that may not do this."""

    status = 403
    headers: ClassVar[Mapping[str, str]] = {"WWW-Authenticate": 'Bearer error="insufficient_scope"'}


class TooManyCalls(SmartappError):
    """A known caller that calls too often; `seconds` is when it may call again."""

    status = 429

    def __init__(self, text: str, *, seconds: int) -> None:
        super().__init__(text)
        self.headers = {"Retry-After": str(seconds)}


class UnknownService(SmartappError):
    """No such CDS service, policy or feedback card."""

    status = 404


class UnknownResource(SmartappError):
    """No such Questionnaire, Library or ValueSet."""

    status = 404


class PrefetchMissing(SmartappError):
    """Required data was neither sent nor obtainable."""

    status = 412


class Unreachable(SmartappError):
    """A FHIR server did not answer, refused or answered nonsense."""

    status = 502


class UnknownReview(SmartappError):
    """There is no such review, or it is over."""

    status = 404
    title = "There is no such review"


class NotSignable(SmartappError):
    """The answers make no document that can be signed."""

    status = 422
    title = "The form was not signed"


class NotSendable(SmartappError):
    """A signed review that makes no request to a payer; says what is missing."""

    status = 422
    title = "No request was made"


class Obstacle(StrEnum):
    """Why a document could not be written into an EHR, or a request not be sent to a payer."""

    NOT_SUPPORTED = "not-supported"
    """The EHR takes none from apps: offer the document in another way."""
    NOT_GRANTED = "not-granted"
    """The launch, or the user, has no right to write it."""
    REFUSED = "refused"
    """The EHR looked at it and did not want it."""
    FAILED = "failed"
    """It did not arrive; it can be tried again."""
    UNCERTAIN = "uncertain"
    """It may have arrived: look in the chart before it is tried again."""


class NotWritten(SmartappError):
    """A document that is not in the EHR; `obstacle` says why."""

    status = 502

    def __init__(self, text: str, *, obstacle: Obstacle) -> None:
        super().__init__(text)
        self.obstacle = obstacle


class LaunchFailed(SmartappError):
    """A launch cannot go on; `title` heads the page that says so, `advice` is the way on."""

    status = 400
    title = "The launch could not be completed"
    advice = "Go back to the patient's chart in the EHR and open the assistant from there once more."


class UnknownEhr(LaunchFailed):
    """The EHR that launched the app is not registered."""

    status = 403
    title = "This EHR is not registered"
    advice = (
        "Ask those who run the assistant to register this EHR. They need its address, which is shown below, "
        "and the client id that the EHR's administrators give out."
    )


class CookiesBlocked(LaunchFailed):
    """The browser did not send the session's cookie back."""

    title = "The browser blocked a cookie"
    advice = "Open the assistant in a tab of its own, or allow cookies for it, and it will go on from there."


class LaunchOver(LaunchFailed):
    """The answer belongs to no launch, or to one that is over."""

    title = "This launch is over"


class TooManyLaunches(LaunchFailed):
    """More launches from one network than are taken; `seconds` is when there may be others."""

    status = 429
    title = "Too many launches at once"
    advice = "Wait a minute, then try again; if this page comes often, tell those who run the assistant."

    def __init__(self, text: str, *, seconds: int) -> None:
        super().__init__(text)
        self.headers = {"Retry-After": str(seconds)}


class AccessDenied(LaunchFailed):
    """The EHR, or its user, did not grant access."""

    status = 403
    title = "The EHR did not grant access"


class NoPatient(LaunchFailed):
    """The EHR named no patient."""

    title = "No patient was chosen"
    advice = "Open a patient's chart in the EHR first, and open the assistant from there."


class EhrFault(LaunchFailed):
    """The EHR's authorization server cannot be used, or erred."""

    status = 502
    title = "The EHR could not be reached or understood"
    advice = (
        "Nothing was opened, and you did nothing wrong. Wait a moment and open the assistant from the EHR once "
        "more. If this page comes again, tell those who run the EHR or the assistant what it says."
    )


class BadIdentity(EhrFault):
    """What the authorization server says about the user cannot be trusted."""

    title = "Your sign-in could not be verified"


class SessionOver(SmartappError):
    """The browser may not see the page, or no longer."""

    status = 403
    title = "This page is not open in this browser any more"
    advice = (
        "What was saved is kept. Open the assistant from the patient's chart in the EHR once more, and it shows "
        "the same review."
    )


class BadPolicy(SmartappError):
    """A file in cql/ cannot be used."""


class UnsupportedNode(BadPolicy):
    """An ELM node that the engine does not know, by name."""


def place_of(error: BaseException) -> str:
    """Where a fault happened, "module:line"; its text stays out of logs, for it may quote the patient."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_globals.get('__name__')}:{trace.tb_lineno}" if trace else "unknown"
