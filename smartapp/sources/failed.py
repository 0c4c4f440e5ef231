"""What the modules that ask a FHIR server tell one another when no answer came that can be used."""

from smartapp.facts import Gap


class FailedError(Exception):
    """No answer that can be used came; never leaves sources/."""

    def __init__(
        self, gap: Gap, *, status: int | None = None, why: str = "", retry_after: str = "", code: str = ""
    ) -> None:
        super().__init__(gap)
        self.gap, self.status, self.why, self.retry_after, self.code = gap, status, why, retry_after, code
