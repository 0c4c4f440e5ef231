"""Cases in the short form (TOML) as FHIR bundles with the answers they expect.

A case is the base patient (base.toml) with changes: `without` names what is left out, `instead` replaces,
`change` alters words of what stays, `with` adds. `each` makes one case of every alternative, for which "$"
stands. A file may tell its own base record, as another EHR would send it. What `expect` does not name is as
in the base case: outcome met, every answer met.
"""

import itertools
import json
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from spec import fhir

HERE = Path(__file__).parent / "TILMelanoma"
CRITERIA = ("adult", "melanoma", "advanced", "anti-pd1", "braf")
NO_CARD = "no card"
_LISTS = ("unread", "notices", "silent", "doubts", "no-doubts")
_WITHOUT_ANSWERS = (NO_CARD, "not-applicable")
_BUILDERS: Mapping[str, Callable[..., fhir.Resource]] = {
    "patient": lambda _, **rest: fhir.patient(**rest),
    "condition": fhir.condition,
    "administration": fhir.administration,
    "statement": fhir.statement,
    "request": fhir.request,
    "dispense": fhir.dispense,
    "service": fhir.service,
    "procedure": fhir.procedure,
    "observation": fhir.observation,
    "report": fhir.report,
    "coverage": fhir.coverage,
    "family": fhir.family,
    "allergy": fhir.allergy,
    "answers": fhir.answers,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One patient and what the policy says about the order."""

    id: str
    row: str
    """The row of vignettes.csv that the case executes, or "" for a case of our own."""
    story: str
    resources: tuple[fhir.Resource, ...]
    order: str | None
    as_of: str
    unread: tuple[str, ...] = ()
    outcome: str
    answers: Mapping[str, tuple[str, ...]]
    """Of the five criteria, more than one where either is right; empty where the outcome needs none."""
    notices: tuple[str, ...] = ()
    """Words (a regular expression) that a notice's code or text must hold."""
    silent: tuple[str, ...] = ()
    """Words that no notice may hold."""
    doubts: tuple[str, ...] = ()
    """Criteria that must list something uncertain."""
    no_doubts: tuple[str, ...] = ()
    """Criteria that must list nothing uncertain."""
    debatable: str = ""
    """Why another reading of decisions.md would be possible."""
    odd: bool = field(default=False)
    """True where the resources are deliberately not valid FHIR."""

    @property
    def open(self) -> tuple[str, ...]:
        """The criteria for which more than one answer is right; the outcome is open as well."""
        return tuple(c for c, expected in self.answers.items() if len(expected) > 1)

    @property
    def bundle(self) -> fhir.Resource:
        whole = fhir.bundle(self.resources)
        return {**whole, "entry": [*whole["entry"], *map(_refused, self.unread)]}


def load(folder: str) -> tuple[Case, ...]:
    """Every case of the files in TILMelanoma/<folder>, each alternative on its own."""
    files = sorted((HERE / folder).glob("*.toml"))
    return tuple(case for path in files for case in _cases(path))


@cache
def base() -> Mapping[str, Any]:
    return tomllib.loads((HERE / "base.toml").read_text(encoding="utf-8"))


def _cases(path: Path) -> Iterator[Case]:
    told = tomllib.loads(path.read_text(encoding="utf-8"))
    numbers = itertools.count(1)
    record = told.get("record", base()["record"])
    for entry in told["case"]:
        for alternative in entry.get("each", [""]):
            yield _case(
                {**_filled(entry, alternative), "record": record}, f"{path.stem}-{next(numbers)}", alternative
            )


def _filled(entry: Mapping[str, Any], alternative: Any) -> dict[str, Any]:
    """The entry with "$" replaced, also by an alternative that is not a string."""
    whole = json.dumps({k: v for k, v in entry.items() if k != "each"})
    if isinstance(alternative, str):
        return json.loads(whole.replace("$", json.dumps(alternative)[1:-1]))
    return json.loads(whole.replace('"$"', json.dumps(alternative)))


def _case(told: dict[str, Any], number: str, alternative: Any) -> Case:
    outcome = told.get("expect", {}).get("outcome", "met")
    return Case(
        id=_id(told, number, alternative),
        row=told.get("row", ""),
        story=told["story"],
        resources=tuple(_resources(told)),
        order=told.get("order", "MedicationRequest/order") or None,
        as_of=told.get("as-of", base()["as-of"]),
        outcome=outcome,
        answers={} if outcome in _WITHOUT_ANSWERS else {c: _expected(told, c) for c in CRITERIA},
        debatable=told.get("debatable", ""),
        odd=told.get("odd", False),
        **{k.replace("-", "_"): tuple(told.get(k, ())) for k in _LISTS},
    )


def _id(told: Mapping[str, Any], number: str, alternative: Any) -> str:
    parts = [f"row-{told['row']}" if "row" in told else number, told.get("variant"), alternative]
    return "-".join(str(p) for p in parts if p not in (None, "")).replace(" ", "_")[:90]


def _expected(told: Mapping[str, Any], criterion: str) -> tuple[str, ...]:
    either = told.get("either", {}).get(criterion)
    return tuple(either) if either else (told.get("expect", {}).get(criterion, "met"),)


def _refused(kind: str) -> dict[str, Any]:
    """The entry of a batch response for a search that the server forbade."""
    return {
        "request": {"method": "GET", "url": f"{kind}?patient=patient"},
        "response": {"status": "403 Forbidden"},
    }


def _resources(told: Mapping[str, Any]) -> Iterator[fhir.Resource]:
    for key in ("without", "instead", "change"):
        if unknown := set(told.get(key, ())) - set(told["record"]):
            raise KeyError(f"{told['story']}: the base patient has no {', '.join(sorted(unknown))}")
    for name, words in told["record"].items():
        if name not in told.get("without", ()):
            replaced = told.get("instead", {}).get(name, words)
            yield resource(replaced, name=name, change=told.get("change", {}).get(name, {}))
    for number, words in enumerate(told.get("with", ()), 1):
        yield resource(words, name=f"added-{number}")


def resource(
    words: Mapping[str, Any] | str, *, name: str, change: Mapping[str, Any] | None = None
) -> fhir.Resource:
    """The FHIR resource that a line of the short form stands for; a string is the JSON itself.

    A change alters words of the short form, or elements of the JSON ("" deletes one).
    """
    if isinstance(words, str):
        return {k: v for k, v in {"id": name, **json.loads(words), **(change or {})}.items() if v != ""}
    words = {**words, **(change or {})}
    kind = next(k for k in words if k in _BUILDERS)
    rest = {"id": name, **{k.replace("-", "_"): v for k, v in words.items() if k != kind}}
    return _BUILDERS[kind](words[kind], **rest)
