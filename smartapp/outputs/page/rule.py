"""The CQL behind a criterion, line by line, with what each clause was on this record: the clause trace, readable."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from smartapp.elm import DefineError, Evaluation
from smartapp.elm.trace import Clause
from smartapp.outputs.page.view import Rule, RuleLine, RuleToken

_SAID = {"true": "true", "false": "false", "null": "not known"}
_IN_ROUNDS = {"true": "true for some", "false": "true for none", "null": "not known"}
"""What a `where` was: it is asked of each row."""
_NOT_REACHED = "not reached"
_NAMED = re.compile(r'(exists )?(\w+\.)?"[^"]+"')
"""A define by its name, or whether it found anything: what each was is told beside it."""
_MENTIONED = re.compile(r'(?:\b(\w+)\.)?"([^"]+)"( *\()?')
"""Names, with the local name of the library that they are of, if it is another one; functions have a parenthesis."""
_RULER = re.compile(r"\s*// [=-]{5}")
"""A comment that only divides the file."""
_MOST = 60
"""Defines told of one rule."""
_FAILED = "failed on this record"


def rules(run: Evaluation, names: Iterable[str]) -> tuple[Rule, ...]:
    """The defines of these names; one that fails says so in place of its lines."""
    return tuple(_rule(run, name) for name in names)


def reached(run: Evaluation, name: str) -> tuple[Rule, ...]:
    """The define and every define that it uses, itself or through others, the nearest first."""
    found: dict[tuple[str, str], Rule] = {}
    waiting = {(run.library, name): run}
    while waiting and len(found) < _MOST:
        place = next(iter(waiting))
        home = waiting.pop(place)
        found[place] = _rule(home, place[1])
        for at, named in _mentioned(found[place], home):
            if (at.library, named) not in found:
                waiting.setdefault((at.library, named), at)
    return tuple(found.values())


def _mentioned(rule: Rule, home: Evaluation) -> Iterator[tuple[Evaluation, str]]:
    """The defines that a rule names, each with its library."""
    text = "\n".join("".join(token.text for token in line.tokens) for line in rule.lines[1:])
    for alias, name, is_function in _MENTIONED.findall(text):
        at = home.included(alias) if alias else home
        if at is not None and at.has(name) and not is_function:
            yield at, name


def _rule(run: Evaluation, name: str) -> Rule:
    try:
        clause = run.trace(name)
    except DefineError:
        return Rule(name=name, lines=(), said=_FAILED)
    return Rule(name=name, lines=tuple(_lines(clause)), said=_whole(run.value(name)))


def _whole(value: object) -> str:
    """What a define is, for a person: a list is what was found."""
    if isinstance(value, list):
        return f"{len(value)} found" if value else "nothing found"
    return {None: "not known", True: "true", False: "false"}.get(value, "a value")  # type: ignore[call-overload, no-any-return]  # bool or None as keys


def _lines(clause: Clause) -> Iterator[RuleLine]:
    drafts = _Drafts()
    drafts.walk(clause)
    lines = [line for line in drafts.lines if line.text.strip() and not _RULER.match(line.text)]
    decided = _decided(lines)
    for line in lines:
        yield RuleLine(
            tokens=tuple(line.joined()),
            indent=line.indent,
            said=line.said,
            decided=line is decided,
        )


@dataclass(slots=True)
class _Line:
    tokens: list[RuleToken] = field(default_factory=list)
    said: str = ""

    @property
    def text(self) -> str:
        return "".join(token.text for token in self.tokens)

    @property
    def indent(self) -> int:
        """In steps of two spaces."""
        return (len(self.text) - len(self.text.lstrip())) // 2

    def joined(self) -> list[RuleToken]:
        """The tokens without the indent; neighbours that say nothing become one."""
        joined: list[RuleToken] = []
        for token in self.tokens:
            before = joined.pop().text if joined and not joined[-1].said and not token.said else ""
            joined.append(RuleToken(text=before + token.text, said=token.said))
        first, *rest = (self._without_echo(token) for token in joined if token.text)
        return [RuleToken(text=first.text.lstrip(), said=first.said), *rest]

    def _without_echo(self, token: RuleToken) -> RuleToken:
        """A token that is the whole question: the line says already what it was."""
        is_whole = self.text.strip().startswith(f"when {token.text}") and token.text.startswith("exists ")
        after = self.text.partition(token.text)[2]
        if is_whole and (not after.strip() or after.startswith(" then ")):
            return RuleToken(text=token.text, said="")
        return token


@dataclass(slots=True)
class _Drafts:
    """Clauses in the order of their text, cut at the ends of lines."""

    lines: list[_Line] = field(default_factory=lambda: [_Line()])

    def walk(self, clause: Clause) -> None:
        for opening, words in (("when ", _SAID), ("where ", _IN_ROUNDS)):
            if clause.text.startswith(opening) and clause.text != opening:
                self.lines[-1].said = _condition(clause, words)
        if clause.parts and not _NAMED.fullmatch(clause.text):
            for part in clause.parts:
                self.walk(part)
        else:
            self._add(clause)

    def _add(self, clause: Clause) -> None:
        said = _SAID.get(clause.value or "", "") if _NAMED.fullmatch(clause.text) else ""
        first, *rest = clause.text.split("\n")
        self.lines[-1].tokens.append(RuleToken(text=first, said=said))
        for text in rest:
            self.lines.append(_Line(tokens=[RuleToken(text=text, said="")]))


def _condition(clause: Clause, words: Mapping[str, str]) -> str:
    """What the question of a `when` or a `where` was."""
    values = [part.value for part in clause.parts if part.value]
    return words.get(values[0], "") if values else _NOT_REACHED


def _decided(lines: list[_Line]) -> _Line | None:
    """Of a define that is one `case`: the first `when` that was true, else the `else`."""
    case = next((line for line in lines if line.indent and not line.text.lstrip().startswith("//")), None)
    if case is None or case.text.strip() != "case":
        return None
    branches = [line for line in lines if line.indent == case.indent + 1]
    asked = (line for line in branches if line.text.lstrip().startswith("when ") and line.said == "true")
    otherwise = (line for line in branches if line.text.lstrip().startswith("else "))
    return next(asked, next(otherwise, None))
