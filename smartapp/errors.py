"""Every error of the application, as one tree.

SmartappError                      500  something failed; the text is fit for a person and holds no patient data
├── BadInput                       400  what was given cannot be used
│   ├── BadHook                    400  a CDS Hooks request that breaks the specification
│   ├── TooLarge                   413  more bytes than allowed
│   └── WrongMediaType             415  a body that is not JSON
├── UnknownService                 404  no such CDS service, policy or feedback card
├── PrefetchMissing                412  required data was neither sent nor obtainable
├── Unreachable                    502  a FHIR server did not answer, refused or answered nonsense
├── UnknownReview                  404  there is no such review, or it is over
├── NotThisSession                 403  the review belongs to another session, or the session is over
├── NotSignable                    422  the answers make no document that can be signed
├── BadPolicy                      500  a file in cql/ cannot be used; raised when it is loaded
│   └── UnsupportedNode            500  an ELM node that the engine does not know, by name
├── elm.DefineError                500  a define failed on one patient; its criterion answers unknown
└── elm.EvaluationError            500  what the engine could not compute, inside a define
"""


class SmartappError(Exception):
    """Something failed; `status` is the HTTP status that says so."""

    status = 500


class BadInput(SmartappError):
    """What was given cannot be used."""

    status = 400


class BadHook(BadInput):
    """A CDS Hooks request that breaks the specification."""


class TooLarge(BadInput):
    """More bytes than allowed."""

    status = 413


class WrongMediaType(BadInput):
    """A body that is not JSON."""

    status = 415


class UnknownService(SmartappError):
    """No such CDS service, policy or feedback card."""

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


class NotThisSession(SmartappError):
    """The review belongs to another session, or the session is over."""

    status = 403


class NotSignable(SmartappError):
    """The answers make no document that can be signed."""

    status = 422


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
