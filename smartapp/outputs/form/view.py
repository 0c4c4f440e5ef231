"""The form as it is drawn: plain data for a template."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from smartapp.outputs.form.errors import FieldError


class Kind(StrEnum):
    """How a question is drawn."""

    TEXT = "text"
    AREA = "area"
    DATE = "date"
    NUMBER = "number"
    RADIO = "radio"
    SELECT = "select"
    LIST = "list"
    """A text with suggestions."""
    CHECK_BOX = "check-box"
    CHECK_BOXES = "check-boxes"
    SHOWN = "shown"
    """Its answer is only shown."""
    UNSUPPORTED = "unsupported"
    """Not possible here; the form says where it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One answer to choose."""

    value: str
    label: str
    is_chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A resource that an answer came from."""

    reference: str
    text: str
    date: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Chip:
    """Where an answer came from, in a word."""

    kind: str
    """`auto`, `override`, `manual` or `open`; the class is "chip-" and this."""
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """When a question is asked, for the browser: the server decides again."""

    rules: str
    """JSON: [{"question": linkId, "code": ... | "boolean": ... | "exists": ...}]."""
    behavior: str
    """`any` or `all`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldView:
    """One question with its answer."""

    name: str
    anchor: str
    label: str
    prefix: str | None
    kind: Kind
    value: str
    """The text in the field."""
    answer: str
    """The answer for a person, "" when there is none."""
    options: tuple[Option, ...]
    help: tuple[str, ...]
    required: bool
    hidden: bool
    condition: Condition | None
    chip: Chip | None
    sources: tuple[Source, ...]
    error: str | None
    max_length: int | None
    low: str | None
    high: str | None

    @property
    def field_id(self) -> str:
        """The id of the input itself."""
        return f"in-{self.name}"

    @property
    def described_by(self) -> str:
        """The ids of what describes the input, for aria-describedby: its error, its help, its origin."""
        there = {"e": self.error, "h": self.help, "o": self.chip or self.sources}
        return " ".join(f"{part}-{self.name}" for part, shown in there.items() if shown)


@dataclass(frozen=True, slots=True, kw_only=True)
class RowView:
    """One row of a repeating group; the last one is empty, for one more."""

    name: str
    anchor: str
    cells: tuple[FieldView, ...]
    is_new: bool
    label: str
    """What its fields are told apart by: "row 2"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RowsView:
    """A repeating group."""

    anchor: str
    label: str
    prefix: str | None
    help: tuple[str, ...]
    columns: tuple[str, ...]
    rows: tuple[RowView, ...]
    hidden: bool
    condition: Condition | None


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupView:
    """Questions under a heading; of its parts exactly one of field, rows and group is given."""

    anchor: str
    label: str
    prefix: str | None
    help: tuple[str, ...]
    parts: tuple["PartView", ...]
    hidden: bool
    condition: Condition | None
    folded: int | None = None
    """How many questions are out of sight until someone wants them; None: it is drawn open."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PartView:
    """A field, rows or a group, in the order of the form."""

    field: FieldView | None = None
    rows: RowsView | None = None
    group: GroupView | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FormView:
    """The whole form."""

    title: str
    parts: tuple[PartView, ...]
    errors: tuple[FieldError, ...]
    filled: int
    """How many answers came from the chart."""
    wanted: int
    """How many required questions have no answer."""
    is_signed: bool
    action: str = ""
    """The address that it is sent to."""
    hidden: Mapping[str, str] = field(default_factory=dict)
    """What it sends back beside the answers."""
