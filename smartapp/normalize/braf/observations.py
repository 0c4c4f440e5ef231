"""The BRAF readings of an Observation or DiagnosticReport, from value, interpretation, components, notes.

Conclusion.

A reading is a coding: braf-v600-positive, braf-v600-negative, braf-v600e-negative, braf-non-v600, braf-
unclear.
"""

from collections.abc import Iterator
from functools import lru_cache

from smartapp.normalize.braf import results
from smartapp.normalize.braf.asked import asked
from smartapp.normalize.braf.components import Described, Role, described, role, value_key
from smartapp.normalize.braf.polarity import Polarity
from smartapp.normalize.braf.statements import RELEVANT, Asked, Finding, Statement, read
from smartapp.normalize.braf.variants import Kind
from smartapp.normalize.coding import Json, Key, codings_of, key_of, reading
from smartapp.normalize.words import plain

_UNCLEAR = Statement(Finding.UNCLEAR)
_FINAL = ("final", "amended", "corrected", None)
_GENE_STUDIED = ("HGNC:1097", "1097", "673")


def of_observation(observation: Json, own: Asked, inherited: Asked | None = None) -> tuple[Json, ...]:
    """The readings of one Observation; `inherited` is what the panel asked that it is a member of."""
    parts = observation.get("component", ())
    if not (own.gene or inherited or _mentions(observation, parts)):
        return ()
    wanted = own if own.gene or inherited is None else inherited
    found = [*_by_value(observation, parts, wanted), *_by_notes(observation, wanted)]
    if not found and own.gene and not parts_answer(parts):
        found = [_UNCLEAR]  # asked, and no result that can be read
    if wanted.germline:
        found = [_UNCLEAR] if found else []
    return codings(found)


def of_report(report: Json) -> tuple[Json, ...]:
    """The readings of a DiagnosticReport's conclusion, its codes, and Observations contained in it."""
    code = report.get("code")
    wanted = asked(key_of(code)) if code else Asked()
    found: list[Statement] = []
    conclusion = report.get("conclusion")
    if conclusion:
        found += read(conclusion, wanted, explicit=not wanted.gene)
    for concept in report.get("conclusionCode", ()):
        for words in results.words(key_of(concept)):
            found += read(words, wanted, explicit=not wanted.gene)
    if wanted.germline and found:
        found = [_UNCLEAR]
    return (*codings(found), *inside(report))


def inside(holder: Json) -> Iterator[Json]:
    """The readings of contained Observations; one that is not final says nothing yet."""
    for item in holder.get("contained", ()):
        if item.get("resourceType") == "Observation":
            found = of_observation(item, asked(key_of(item.get("code") or {})))
            yield from found if item.get("status") in _FINAL else codings([_UNCLEAR] if found else [])


def parts_answer(parts: list[Json] | tuple[()]) -> bool:
    """Whether components ask about BRAF themselves."""
    return any(asked(key_of(part["code"])).gene for part in parts if "code" in part)


def codings(statements: list[Statement]) -> tuple[Json, ...]:
    """The readings for these statements, each once."""
    return _codings(tuple(dict.fromkeys(statements)))


@lru_cache(maxsize=1024)
def _codings(statements: tuple[Statement, ...]) -> tuple[Json, ...]:
    letters = {letter for s in statements if s.finding is Finding.NO_LETTER for letter in s.name}
    found = {_code(s, letters) for s in statements}
    return tuple(reading(*pair) for pair in sorted(found))


def _negative_letter(letters: set[str]) -> tuple[str, str]:
    """Without E and K nothing common is left.

    Without E only is an E-only assay; without K only says too little.
    """
    if {"E", "K"} <= letters:
        return "braf-v600-negative", "BRAF V600 not detected"
    if "E" in letters:
        return "braf-v600e-negative", "BRAF V600E not detected"
    return "braf-unclear", "BRAF result unclear"


_UNCLEAR_CODING = ("braf-unclear", "BRAF result unclear")
_CODE = {
    Finding.NO_CHANGE: ("braf-v600-negative", "BRAF mutation not detected"),
    Finding.NO_V600: ("braf-v600-negative", "BRAF V600 not detected"),
    Finding.SOME_CHANGE: _UNCLEAR_CODING,
    Finding.UNCLEAR: _UNCLEAR_CODING,
}


def _code(statement: Statement, letters: set[str]) -> tuple[str, str]:
    if statement.finding is Finding.V600:
        return "braf-v600-positive", f"BRAF V600{'/'.join(statement.name)}"
    if statement.finding is Finding.OTHER:
        return "braf-non-v600", f"BRAF {statement.name}"
    if statement.finding is Finding.NO_LETTER:
        return _negative_letter(letters)
    return _CODE[statement.finding]


def _mentions(observation: Json, parts: list[Json] | tuple[()]) -> bool:
    """Whether anything but the code speaks of BRAF; most Observations end here."""
    key = value_key(observation)
    if key is not None and _is_relevant(key):
        return True
    for part in parts:
        inner = value_key(part)
        if ("code" in part and asked(key_of(part["code"])).gene) or (
            inner is not None and _is_relevant(inner)
        ):
            return True
    return any(
        RELEVANT.search(plain(note["text"])) for note in observation.get("note", ()) if note.get("text")
    )


@lru_cache(maxsize=8192)
def _is_relevant(key: Key) -> bool:
    codes = [code for _, code, _ in codings_of(key)]
    return any(code in _GENE_STUDIED for code in codes) or any(
        RELEVANT.search(plain(text)) for text in (*results.words(key), *codes) if text
    )


def _by_value(observation: Json, parts: list[Json] | tuple[()], wanted: Asked) -> list[Statement]:
    """From value, interpretation and components.

    A value and an interpretation that disagree say nothing clear.
    """
    key = value_key(observation)
    verdict, contradicted = _verdict(observation, key)
    found: list[Statement] = []
    if key is not None:
        found += _read_all(results.words(key), wanted)
    elif verdict is not None and wanted.gene:
        found += _read_all(_interpretation_words(observation), wanted)
    if parts:
        found += _by_components(parts, wanted, verdict)
    if contradicted and found:
        return [_UNCLEAR]
    return _together(found)


def _verdict(observation: Json, key: Key | None) -> tuple[Polarity | None, bool]:
    """Found or not found, as value or interpretation say; and whether the two disagree."""
    by_value = results.polarity_of(key) if key is not None else None
    if observation.get("dataAbsentReason") is not None and key is None:
        return Polarity.UNCLEAR, False
    keys = [key_of(concept) for concept in observation.get("interpretation", ())]
    said = {p for k in keys if (p := results.polarity_of(k)) is not None}
    hinted = any(results.is_hint(k) for k in keys)
    if by_value is None:
        by_hint = Polarity.UNCLEAR if hinted or len(said) > 1 else None
        return by_hint or next(iter(said), None), False
    disagree = bool(said - {by_value}) or (hinted and by_value is Polarity.NOT_FOUND)
    return by_value, disagree


def _interpretation_words(observation: Json) -> tuple[str, ...]:
    return tuple(
        w for concept in observation.get("interpretation", ()) for w in results.words(key_of(concept))
    )


def _read_all(words: tuple[str, ...], wanted: Asked) -> list[Statement]:
    return [s for text in words for s in read(text, wanted, explicit=not wanted.gene)]


def _by_components(parts: list[Json], wanted: Asked, verdict: Polarity | None) -> list[Statement]:
    keys: list[tuple[Role, Key]] = []
    found: list[Statement] = []
    for part in parts:
        value = value_key(part)
        inner = key_of(part["code"]) if "code" in part else ("",)
        own = asked(inner)
        kind = role(inner)
        if own.gene:
            found += _own_result(part, value, own)
        elif value is None:
            continue
        elif kind in (Role.FREE, Role.RESULT):
            if kind is Role.RESULT and verdict is None:
                verdict = results.polarity_of(value)
            found += [s for text in results.words(value) for s in read(text)]
        else:
            keys.append((kind, value))
    return found + _by_description(_described(tuple(keys)), wanted, verdict)


def _own_result(part: Json, value: Key | None, own: Asked) -> list[Statement]:
    """A component that names the gene is a result of its own."""
    inner = {**part, "component": ()}
    found = _by_value(inner, (), own)
    return found or ([_UNCLEAR] if value is not None or "dataAbsentReason" in part else [])


_described = lru_cache(maxsize=2048)(described)


def _by_description(said: Described, wanted: Asked, verdict: Polarity | None) -> list[Statement]:
    """From genes and changes as components give them, and what the Observation says of them."""
    v600 = [v.name for v in said.changes if v.kind is Kind.V600]
    braf = said.braf or (wanted.gene and not wanted.others and not said.other_genes)
    if not braf:
        return [_UNCLEAR] if v600 and not said.other_genes else []
    if said.germline or verdict is Polarity.UNCLEAR:
        return [_UNCLEAR]
    if verdict is Polarity.NOT_FOUND:
        return _absent(said, v600, wanted)
    if v600:
        return [Statement(Finding.V600, next((name for name in v600 if name), ""))]
    return _present(said, wanted, verdict)


def _absent(said: Described, v600: list[str], wanted: Asked) -> list[Statement]:
    if not said.changes and not said.unread_change:
        return (
            [] if wanted.gene else [Statement(Finding.NO_CHANGE)]
        )  # read from the value when the test asked
    if not v600:
        return [_UNCLEAR]
    letters = "".join(sorted(set("".join(v600))))
    return [Statement(Finding.NO_LETTER, letters) if letters else Statement(Finding.NO_V600)]


def _present(said: Described, wanted: Asked, verdict: Polarity | None) -> list[Statement]:
    others = [v.name for v in said.changes if v.kind in (Kind.OTHER, Kind.FUSION)]
    involves = any(v.kind is Kind.INVOLVES for v in said.changes)
    plain_other = others and not involves and not said.other_genes and not said.uncertain
    if plain_other and verdict is Polarity.FOUND:
        return [Statement(Finding.OTHER, others[0])]
    if said.changes or said.unread_change:
        return [_UNCLEAR]
    return [] if wanted.gene and verdict is not None else [_UNCLEAR]


def _together(found: list[Statement]) -> list[Statement]:
    """The statements of one value: a named variant says more than "detected", a contradiction is unclear."""
    findings = {s.finding for s in found}
    denials = findings & {Finding.NO_CHANGE, Finding.NO_V600, Finding.NO_LETTER}
    if Finding.V600 in findings:
        contradicted = denials - {Finding.NO_LETTER}
        return [_UNCLEAR] if contradicted else [s for s in found if s.finding is Finding.V600]
    if Finding.UNCLEAR in findings or (denials and Finding.SOME_CHANGE in findings):
        return [_UNCLEAR]
    if Finding.NO_LETTER in findings and Finding.NO_CHANGE in findings:
        return [s for s in found if s.finding is not Finding.NO_CHANGE]
    return [s for s in found if s.finding is not Finding.SOME_CHANGE or Finding.OTHER not in findings]


def _by_notes(observation: Json, wanted: Asked) -> list[Statement]:
    """Notes have to name the gene or the variant.

    Where nothing else does, they say what the value is about.
    """
    parts = observation.get("component", ())
    silent = not wanted.gene and not any(
        role(key_of(part["code"])) in (Role.GENE, Role.CHANGE) for part in parts if "code" in part
    )
    default = _verdict(observation, value_key(observation))[0] if silent else None
    return [
        statement
        for note in observation.get("note", ())
        if note.get("text")
        for statement in read(note["text"], wanted, default=default)
    ]
