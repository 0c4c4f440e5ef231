"""What the store refuses, as an OperationOutcome with its HTTP status."""

from typing import Any

from smartapp.errors import SmartappError


class Refusal(SmartappError):
    """A request that the store does not fulfil: the HTTP status and the issue type of the outcome."""

    def __init__(self, text: str, *, status: int, code: str) -> None:
        super().__init__(text)
        self.status = status
        self.code = code

    @property
    def outcome(self) -> dict[str, Any]:
        """The OperationOutcome that says it."""
        return outcome(str(self), code=self.code)


def outcome(text: str, *, code: str, severity: str = "error") -> dict[str, Any]:
    """An OperationOutcome with one issue."""
    issue = {"severity": severity, "code": code, "diagnostics": text}
    return {"resourceType": "OperationOutcome", "issue": [issue]}


def not_found(text: str) -> Refusal:
    """There is no such resource."""
    return Refusal(text, status=404, code="not-found")


def invalid(text: str, *, status: int = 400) -> Refusal:
    """The request cannot be understood."""
    return Refusal(text, status=status, code="invalid")


def forbidden(text: str) -> Refusal:
    """The token does not allow it."""
    return Refusal(text, status=403, code="forbidden")


def unauthorized(text: str) -> Refusal:
    """There is no valid token."""
    return Refusal(text, status=401, code="login")
