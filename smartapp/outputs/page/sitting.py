"""What a page is made for: who looks at the review, in which EHR, and what was noted about it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol


class AuditLine(Protocol):
    """One line of the audit trail, as the store keeps it."""

    @property
    def what(self) -> str: ...  # noqa: D102
    @property
    def who(self) -> str | None: ...  # noqa: D102
    @property
    def at(self) -> datetime: ...  # noqa: D102
    @property
    def detail(self) -> Mapping[str, Any] | None: ...  # noqa: D102


class Sitting(Protocol):
    """Who looks at the review, in which EHR, and when the chart was read: reviews.View is one."""

    @property
    def response(self) -> Mapping[str, Any]: ...  # noqa: D102
    @property
    def read_at(self) -> datetime: ...  # noqa: D102
    @property
    def records(self) -> int: ...  # noqa: D102
    @property
    def audit(self) -> Sequence[AuditLine]: ...  # noqa: D102
    @property
    def ehr_name(self) -> str: ...  # noqa: D102
    @property
    def user(self) -> str | None: ...  # noqa: D102
    @property
    def user_name(self) -> str | None: ...  # noqa: D102
    @property
    def banner(self) -> bool: ...  # noqa: D102
    @property
    def open(self) -> bool: ...  # noqa: D102
