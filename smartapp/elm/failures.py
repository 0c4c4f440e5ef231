"""What can go wrong while a define is evaluated. The texts never hold a value of the patient's record."""

from smartapp.errors import SmartappError


class DefineError(SmartappError):
    """A define could not be evaluated; the others stand."""

    def __init__(self, name: str, why: str) -> None:
        super().__init__(f"“{name}” could not be evaluated: {why}")
        self.name = name
        self.why = why


class EvaluationError(SmartappError):
    """CQL says that this operation ends with an error (Message with severity Error, a strict cast)."""
