"""What a Condition's code, texts, stage and notes say, as codings beside those that were sent."""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from smartapp.normalize import aliases, braf, diseases, extent, kinds, malignancy, staging
from smartapp.normalize.coding import (
    ALIAS,
    READING,
    Json,
    Key,
    added,
    codings_of,
    extended,
    key_of,
    new_to,
    reading,
    texts_of,
    with_codings,
)
from smartapp.normalize.systems import canonical
from smartapp.normalize.terms import DISEASE_NAME, Terms
from smartapp.normalize.uris import ICD9CM, ICD10, ICD10AM, ICD10CM, ICD10GM, ICDO3, SNOMED
from smartapp.normalize.words import plain


def read(condition: Json, terms: Terms) -> Json:
    """The Condition with its codes in canonical form and with what its words say."""
    changes: Json = {}
    beside: tuple[Json, ...] = ()
    if not _AROUND.isdisjoint(condition):
        changes = _around(condition, terms)
        beside = (*_noted(condition), *_left_open(condition, terms))
    if any(_is_of_relatives(key_of(heading)) for heading in condition.get("category", ())):
        beside = (*_of_another(terms), *beside)
    code = condition.get("code") or {}
    extra = concept_readings(terms, key_of(code))
    full = with_codings(code, (*beside, *extra)) if beside else extended(code, extra)
    if full is not code:
        changes["code"] = full
    return {**condition, **changes} if changes else condition


@lru_cache(maxsize=2048)
def _is_of_relatives(heading: Key) -> bool:
    """Whether what stands below it is a relative's, in words or in codes of words ("family-history")."""
    words = (code.replace("-", " ") for _, code, _ in codings_of(heading) if code)
    return any(map(diseases.is_of_relatives, (*texts_of(heading), *words)))


def _of_another(terms: Terms) -> tuple[Json, ...]:
    """Whatever is named, it is a relative's."""
    named = (added(DISEASE_NAME, f"{disease.code}-negated", READING) for disease in terms.disease_names)
    return (*named, reading("metastasis-doubted"))


_ICD_LIKE = re.compile(r"[A-Z]\d[0-9A-Z](?:\.[0-9A-Z](?=[0-9A-Z]{0,3}$)|$)")
_MALIGNANT = re.compile(r"C(?!00|06|15|2[01]|3[01]|4[34]|5[12]|6[039]|7[789B]|80|4A)\d[0-9A-Z]\b")
"""Another primary malignancy, save those that may be the melanoma itself, of the skin, of the eye, or secondary."""
_MALIGNANT_ICD9 = re.compile(r"14[1-8]|15[1235-9]|16[1-5]|17[0145]|179|18[0-35689]|19[1-5]|20[0-8]")
_MORPHOLOGY = re.compile(r"(?!87[2-9]|809)[89]\d{3}/[36]")
"""Of ICD-O-3: malignant, and neither melanoma nor a basal cell carcinoma."""
_OTHER_EDITIONS = (ICD10, ICD10GM, ICD10AM)
_AROUND = frozenset(("note", "stage", "bodySite", "extension"))


def _around(condition: Json, terms: Terms) -> Json:
    changes: Json = {}
    if "stage" in condition:
        changes["stage"] = [staging.stage(stage, terms) for stage in condition["stage"]]
        if "contained" in condition:
            changes["stage"] = [staging.assessed(stage, condition, terms) for stage in changes["stage"]]
    if "bodySite" in condition:
        changes["bodySite"] = [_with_aliases(concept, terms) for concept in condition["bodySite"]]
    if "extension" in condition:
        changes["extension"] = [_extension(extension, terms) for extension in condition["extension"]]
    return changes


def _with_aliases(concept: Json, terms: Terms) -> Json:
    """The concept with canonical codings for what it names in another way."""
    return extended(concept, aliases.additions(terms, key_of(concept)))


@lru_cache(maxsize=8192)
def concept_readings(terms: Terms, key: Key) -> tuple[Json, ...]:
    """Aliases, the diseases that its texts name, and another malignancy that it names; none that was sent."""
    words = spoken(terms, key)
    named = diseases.readings(terms, words)
    doubted = (reading("metastasis-doubted"),) if diseases.doubts_metastasis(words) else ()
    label = () if named or not key[0] or diseases.names_any(terms, key[0]) else kinds.of_label(key[0])
    found = (
        *aliases.additions(terms, key),
        *doubted,
        *label,
        *(named or _of_some_icd(key)),
        *_other_malignancy(terms, key),
        *_extent(words),
        *kinds.readings(key),
        *(eye for text in texts_of(key) for eye in kinds.of_words(terms, text)),
        *_secondary(key),
    )
    return new_to(key, found)


def _of_some_icd(key: Key) -> Iterator[Json]:
    """Codes of an edition of ICD-10 that is not the American one, as those of the WHO."""
    return (added(ICD10, code, ALIAS) for code in _icd_like(key))


def _icd_like(key: Key) -> Iterator[str]:
    """Codes that are written like those of ICD-10, in a system that is not known or another edition.

    Up to the first decimal all editions agree on what they mean.
    """
    for system, code, _ in codings_of(key):
        known = canonical(system, code)
        shaped = _ICD_LIKE.match((code or "").strip().upper())
        if shaped and (known is None or known[0] in _OTHER_EDITIONS):
            yield shaped[0]


@lru_cache(maxsize=8192)
def reason_readings(terms: Terms, key: Key) -> tuple[Json, ...]:
    """The same for a reason of an order or a treatment, where skin and eye tumors are another disease too."""
    texts = texts_of(key)
    kinds = {malignancy.other(terms, text) for text in texts}
    skin = (reading("other-malignancy-skin"),) if malignancy.Kind.AS_REASON in kinds else ()
    said = concept_readings(terms, key)
    if texts and all(map(malignancy.is_unspecific, texts)) and not _is_coded_malignancy(key):
        said = tuple(coding for coding in said if coding["code"] != "other-malignancy-text")
    return new_to(key, (*said, *skin))


def spoken(terms: Terms, key: Key) -> tuple[str, ...]:
    """The text and those displays that stand beside no muted code."""
    texts = [key[0]]
    for system, code, display in codings_of(key):
        pair = canonical(system, code) or (system, code)
        if not terms.is_mute(*pair):
            texts.append(display)
    return tuple(text for text in dict.fromkeys(texts) if text)


def _other_malignancy(terms: Terms, key: Key) -> tuple[Json, ...]:
    """By the display of a SNOMED CT code; by other words only where no SNOMED CT or ICD-10-CM code speaks.

    Whose a metastasis is, which its code cannot say, its words do.
    """
    if any(malignancy.spread_of_another(terms, text) for text in texts_of(key)):
        return (reading("other-malignancy-text"),)
    systems = {pair[0] for pair in aliases.pairs(terms, key)}
    if SNOMED in systems:
        shown = (d for s, c, d in codings_of(key) if d and (canonical(s, c) or ("",))[0] == SNOMED)
        return (reading("other-malignancy"),) if _is_other(terms, shown) else ()
    if ICD10CM in systems:
        return ()
    other = _is_other(terms, texts_of(key)) or _is_coded_malignancy(key)
    return (reading("other-malignancy-text"),) if other else ()


def _secondary(key: Key) -> Iterator[Json]:
    """A distant secondary neoplasm by the display of its SNOMED CT code, where the value sets do not list it."""
    for system, code, display in codings_of(key):
        named = (
            _DISTANT.search(plain(display))
            if display and (canonical(system, code) or ("",))[0] == SNOMED
            else None
        )
        if named and not _NOT_DISTANT.search(named[0]):
            yield reading("distant-metastasis")


_DISTANT = re.compile(
    r"^(?:secondary malignant neoplasms?|metastatic malignant neoplasms?|metastas[ie]s) (?:of|to|in)\b.*"
)
_NOT_DISTANT = re.compile(r"lymph|node|skin|cutaneous|unknown|unspecified|multiple|carcinoma|from\b")


def _is_coded_malignancy(key: Key) -> bool:
    """By a code of another edition of ICD-10, of ICD-9, or of ICD-O-3."""
    if any(map(_MALIGNANT.match, _icd_like(key))):
        return True
    pairs = [pair for system, code, _ in codings_of(key) if (pair := canonical(system, code))]
    of_skin = any(system == ICDO3 and code.startswith("C44") for system, code in pairs)
    return any(
        (system == ICD9CM and _MALIGNANT_ICD9.match(code))
        or (system == ICDO3 and not of_skin and (_MALIGNANT.match(code) or _MORPHOLOGY.match(code)))
        for system, code in pairs
    )


def _is_other(terms: Terms, texts: Iterable[str]) -> bool:
    return any(malignancy.other(terms, text) is malignancy.Kind.PRIMARY for text in texts)


def _extent(texts: Sequence[str]) -> tuple[Json, ...]:
    """Metastatic, unresectable or BRAF V600 positive, in so many words."""
    positive = any(braf.says_v600_positive(text) for text in texts)
    return (*extent.readings(texts), *((reading("braf-v600-positive-text"),) if positive else ()))


def _noted(condition: Json) -> tuple[Json, ...]:
    """What notes, the wording of the stage and of the body site add."""
    texts = [note["text"] for note in condition.get("note", ()) if note.get("text")]
    concepts = [c for stage in condition.get("stage", ()) if (c := stage.get("summary"))]
    concepts += condition.get("bodySite", ())
    texts += [text for concept in concepts for text in texts_of(key_of(concept))]
    return _extent(texts)


def _left_open(condition: Json, terms: Terms) -> Iterator[Json]:
    """What body site and histology say of the kind of tumor, and a note of whether it is one."""
    for site in condition.get("bodySite", ()):
        yield from kinds.of_site(terms, key_of(site))
    for extension in condition.get("extension", ()):
        if extension["url"].endswith(_HISTOLOGY) and "valueCodeableConcept" in extension:
            yield from kinds.readings(key_of(extension["valueCodeableConcept"]))
    notes = [note["text"] for note in condition.get("note", ()) if note.get("text")]
    if any(map(diseases.takes_back, notes)):
        yield from (reading("open-kind"), reading("metastasis-doubted"))
    elif any(malignancy.of_result(terms, note) for note in notes):
        yield reading("metastasis-doubted")


_HISTOLOGY = "histology-morphology-behavior"


def _extension(extension: Json, terms: Terms) -> Json:
    """Histology comes as an extension (mCODE histology-morphology-behavior)."""
    concept = extension.get("valueCodeableConcept")
    if concept is None:
        return extension
    key = key_of(concept)
    new = with_codings(
        concept, [*aliases.additions(terms, key), *diseases.readings(terms, spoken(terms, key))]
    )
    return extension if new is concept else {**extension, "valueCodeableConcept": new}
