"""The BRAF readings of an Observation or DiagnosticReport: value, interpretation, components, notes, conclusion."""

from collections.abc import Iterator
from functools import lru_cache

from smartapp.normalize.braf import descriptions, material, results
from smartapp.normalize.braf.asked import asked
from smartapp.normalize.braf.clauses import RELEVANT
from smartapp.normalize.braf.components import Role, answered, described, role, value_key
from smartapp.normalize.braf.findings import UNCLEAR, Asked, Finding, Statement
from smartapp.normalize.braf.polarity import Polarity
from smartapp.normalize.braf.readings import codings
from smartapp.normalize.braf.statements import read
from smartapp.normalize.coding import Json, Key, codings_of, key_of
from smartapp.normalize.words import plain

_FINAL = ("final", "amended", "corrected", None)
_GENE_STUDIED = ("HGNC:1097", "1097", "673")


def of_observation(
    observation: Json, value: Key | None, own: Asked, inherited: Asked | None = None
) -> tuple[Json, ...]:
    """The readings of one Observation; `inherited` is what the panel asked that it is a member of."""
    parts = observation.get("component", ())
    if not (own.gene or inherited or _mentions(observation, value, parts)):
        return ()
    wanted = own if own.gene or inherited is None else inherited
    value = answered(observation, value) if wanted.gene else value
    found = [*_by_value(observation, value, parts, wanted), *_by_notes(observation, value, wanted)]
    if not found and own.gene and not _parts_answer(parts):
        found = [UNCLEAR]  # asked, and no result that can be read
    if wanted.germline:
        found = [UNCLEAR] if found else []
    return codings(material.judged(found, observation))


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
        found = [UNCLEAR]
    return (*codings(found), *inside(report))


def inside(holder: Json) -> Iterator[Json]:
    """The readings of contained Observations; one that is not final says nothing yet."""
    for item in holder.get("contained", ()):
        if item.get("resourceType") == "Observation":
            found = of_observation(item, value_key(item), asked(key_of(item.get("code") or {})))
            yield from found if item.get("status") in _FINAL else codings([UNCLEAR] if found else [])


def _parts_answer(parts: list[Json] | tuple[()]) -> bool:
    """Whether components ask about BRAF themselves."""
    return any(asked(key_of(part["code"])).gene for part in parts if "code" in part)


def _mentions(observation: Json, value: Key | None, parts: list[Json] | tuple[()]) -> bool:
    """Whether anything but the code speaks of BRAF; most Observations end here."""
    if value is not None and _is_relevant(value):
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


def _by_value(
    observation: Json, value: Key | None, parts: list[Json] | tuple[()], wanted: Asked
) -> list[Statement]:
    """From value, interpretation and components; a value and an interpretation that disagree are unclear."""
    verdict, contradicted = _verdict(observation, value)
    found: list[Statement] = []
    if value is not None:
        found += _read_all(results.words(value), wanted)
    elif verdict is not None and wanted.gene and "dataAbsentReason" not in observation:
        found += _read_all(_interpretation_words(observation), wanted)
    if parts:
        found += _by_components(parts, wanted, verdict)
    if contradicted and found:
        return [UNCLEAR]
    return _together(found)


def _verdict(observation: Json, key: Key | None) -> tuple[Polarity | None, bool]:
    """Found or not found, as value or interpretation say; and whether the two disagree."""
    by_value = results.polarity_of(key) if key is not None else None
    if observation.get("dataAbsentReason") is not None and key is None:
        return Polarity.UNCLEAR, False
    if "interpretation" not in observation:
        return by_value, False
    keys = [key_of(concept) for concept in observation["interpretation"]]
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
    if found and not keys:
        return found
    return found + descriptions.statements(_described(tuple(keys)), wanted, verdict)


def _own_result(part: Json, value: Key | None, own: Asked) -> list[Statement]:
    """A component that names the gene is a result of its own."""
    inner = {**part, "component": ()}
    found = _by_value(inner, answered(part, value), (), own)
    return found or ([UNCLEAR] if value is not None or "dataAbsentReason" in part else [])


_described = lru_cache(maxsize=2048)(described)


def _together(found: list[Statement]) -> list[Statement]:
    """The statements of one value: a named variant says more than "detected", a contradiction is unclear."""
    if len(found) == 1:
        return found
    findings = {s.finding for s in found}
    denials = findings & {Finding.NO_CHANGE, Finding.NO_V600, Finding.NO_LETTER}
    if Finding.V600 in findings:
        contradicted = denials - {Finding.NO_LETTER}
        return [UNCLEAR] if contradicted else [s for s in found if s.finding is Finding.V600]
    if Finding.UNCLEAR in findings or (denials and Finding.SOME_CHANGE in findings):
        return [UNCLEAR]
    if Finding.NO_LETTER in findings and Finding.NO_CHANGE in findings:
        return [s for s in found if s.finding is not Finding.NO_CHANGE]
    return [s for s in found if s.finding is not Finding.SOME_CHANGE or Finding.OTHER not in findings]


def _by_notes(observation: Json, value: Key | None, wanted: Asked) -> list[Statement]:
    """Notes have to name the gene or the variant; where nothing else does, they say what the value is about."""
    if "note" not in observation:
        return []
    parts = observation.get("component", ())
    silent = not wanted.gene and not any(
        role(key_of(part["code"])) in (Role.GENE, Role.CHANGE) for part in parts if "code" in part
    )
    default = _verdict(observation, value)[0] if silent else None
    notes = "\n".join(note["text"] for note in observation["note"] if note.get("text"))
    return list(read(notes, wanted, default=default))  # interfaces send each line as a note of its own
