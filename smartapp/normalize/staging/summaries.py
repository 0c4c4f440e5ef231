"""The summary of a Condition's stage."""

from functools import lru_cache

from smartapp.normalize import aliases, malignancy
from smartapp.normalize.coding import Json, Key, key_of, reading, texts_of, with_codings
from smartapp.normalize.staging.answers import anywhere
from smartapp.normalize.staging.asked import is_of_something_else
from smartapp.normalize.staging.groups import staged
from smartapp.normalize.terms import Terms


def stage(stage: Json, terms: Terms) -> Json:
    """A Condition.stage whose summary carries its readings and canonical codings."""
    summary = stage.get("summary")
    if summary is None or is_of_something_else(key_of(stage.get("type") or {})):
        return stage
    extra = _readings(terms, key_of(summary))
    new = with_codings(summary, extra) if extra else summary
    return stage if new is summary else {**stage, "summary": new}


@lru_cache(maxsize=4096)
def _readings(terms: Terms, key: Key) -> tuple[Json, ...]:
    if any(malignancy.of_result(terms, text) for text in texts_of(key)):
        return aliases.additions(terms, key)  # "stage IV colon cancer"
    found = [*staged(terms, key, category=False), *anywhere(key)]
    return (*aliases.additions(terms, key), *(reading(code) for code in dict.fromkeys(found)))
