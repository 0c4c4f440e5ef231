"""One evaluation over one patient: each define is computed when asked for, and at most once."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from smartapp.elm import kinds, retrieve, temporal
from smartapp.elm.code import Choice, plain
from smartapp.elm.failures import DefineError
from smartapp.elm.library import Library, Node
from smartapp.elm.module import PENDING, Module
from smartapp.elm.shapes import Place, item_of
from smartapp.elm.temporal import DAY, Date, DateTime, Time
from smartapp.elm.trace import Clause, Recorder, Traces
from smartapp.errors import SmartappError

Define = Callable[["Evaluation"], Any]
Convert = Callable[[Any], Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Compiled:
    """A library, ready to run."""

    library: str
    names: tuple[str, ...]
    """Its public defines, in their order."""
    defines: Mapping[str, Define]
    converters: Mapping[str, Convert]
    """Parameter of any library of the program -> what makes a value of its type of what is given."""
    sure: frozenset[str]
    """The defines whose values surely hold no choice; see `unmarked`."""
    slots: int
    traces: Traces
    includes: Mapping[str, str]
    """Local name -> library of the program."""

    @classmethod
    def of(cls, module: Module, library: Library) -> "Compiled":
        """The functions that the module holds for a library."""
        names = {name: module.name_of("d", library.name, name) for name in library.expressions}
        return cls(
            library=library.name,
            names=tuple(name for name, node in library.expressions.items() if _is_public(name, node)),
            defines={name: module.space[code] for name, code in names.items() if code in module.space},
            converters={
                name: _converter(node)
                for each in module.libraries.values()
                for name, node in each.parameters.items()
            },
            sure=frozenset(
                name for name, node in library.expressions.items() if _is_sure(module, library, node)
            ),
            slots=module.slots,
            traces=Traces(module, library),
            includes=library.includes,
        )


def _is_public(name: str, node: Node) -> bool:
    """The translator adds a define named after the context ("Patient") without an access level."""
    return node.get("accessLevel") == "Public" and name != node.get("context")


def _is_sure(module: Module, library: Library, node: Node) -> bool:
    shape = Place(module, library, {}).defined(library, node["expression"])
    item = item_of(shape)
    return shape is not None and (shape.kind != "list" or (item is not None and item.kind != "list"))


def _converter(node: Node) -> Convert:
    kind = kinds.system_name(node.get("parameterTypeSpecifier", {}))
    convert = kinds.CONVERSIONS.get(kind or "", lambda value: value)
    return lambda value: convert(temporal.from_python(value) if isinstance(value, date) else value)


class Evaluation:
    """The values of defines over one patient's resources."""

    __slots__ = (
        "_compiled",
        "_defines",
        "_moment",
        "_offset",
        "_own",
        "by_type",
        "coded",
        "held",
        "m",
        "parameters",
        "read",
        "retrieved",
        "seen",
    )

    def __init__(
        self,
        compiled: Mapping[str, Compiled],
        library: str,
        resources: Sequence[Any],
        *,
        parameters: Mapping[str, Any],
        now: datetime,
    ) -> None:
        own = compiled[library]
        self._compiled = compiled
        self._own = own
        self._defines = own.defines
        self._moment = now
        self._offset = now.utcoffset() or _UTC
        # The rest is what the compiled functions read.
        self.m = [PENDING] * own.slots
        self.by_type = retrieve.by_type(resources)
        self.retrieved: dict[Any, Any] = {}
        self.held: dict[Any, Any] = {}
        self.coded: dict[int, Any] = {}
        self.read: list[Any] = []
        self.parameters = {
            name: own.converters[name](value) for name, value in parameters.items() if name in own.converters
        }
        self.seen: Recorder | None = None

    @property
    def now(self) -> DateTime:
        """The moment of the evaluation."""
        return temporal.from_python(self._moment)

    @property
    def today(self) -> Date:
        """The day of the evaluation."""
        return Date(self.now.parts[:DAY])

    @property
    def time_of_day(self) -> Time:
        """The time of the evaluation."""
        return Time(self.now.parts[DAY:])

    @property
    def library(self) -> str:
        """The name of the library."""
        return self._own.library

    @property
    def names(self) -> tuple[str, ...]:
        """The public defines of the library, in their order."""
        return self._own.names

    def has(self, name: str) -> bool:
        """Whether the library has a define of this name."""
        return name in self._own.defines

    def value(self, name: str) -> Any:
        """The value of a define; DefineError when it fails, which leaves the others standing."""
        try:
            define = self._defines[name]
        except KeyError:
            raise DefineError(name, "there is no such define") from None
        try:
            value = self._run(define) if self._offset else define(self)
        except Exception as error:
            raise _failure(name, error) from error
        if type(value) is list:
            return unmarked(value) if value and name not in self._own.sure else value
        return value.value if type(value) is Choice else value

    def also(self, library: str) -> "Evaluation":
        """The defines of another library of the program, over the same patient and what is known already."""
        other = Evaluation.__new__(Evaluation)
        own = self._compiled[library]
        asked = {"_own": own, "_defines": own.defines}
        for name in self.__slots__:
            setattr(other, name, asked[name] if name in asked else getattr(self, name))
        return other

    def included(self, alias: str) -> "Evaluation | None":
        """The same for the library that this one includes under a name; None: it includes none."""
        library = self._own.includes.get(alias)
        return self.also(library) if library else None

    def trace(self, name: str) -> Clause:
        """The text of a define, clause by clause, each with what it was for this patient."""
        define = self._own.traces.define(name)
        self.seen = Recorder()
        try:
            self._run(define)
        except Exception as error:
            raise _failure(name, error) from error
        return self._own.traces.clause(name, self.seen)

    def _run(self, define: Define) -> Any:
        """DateTimes without an offset are read in that of `now`; without this, in UTC."""
        token = temporal.default_offset.set(int(self._offset.total_seconds() // 60))
        try:
            return define(self)
        finally:
            temporal.default_offset.reset(token)


def _failure(name: str, error: Exception) -> DefineError:
    """Any failure as a DefineError whose text holds nothing of the patient."""
    return DefineError(name, str(error) if isinstance(error, SmartappError) else type(error).__name__)


_UTC = timedelta(0)


def unmarked(values: list[Any]) -> list[Any]:
    """A list without the marks that tell the type of a choice."""
    return [plain(value) for value in values] if Choice in map(type, values) else values
