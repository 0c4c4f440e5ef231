"""Canonical codings beside those that name the code system or the code in another way."""

from functools import lru_cache

from smartapp.normalize import ndc
from smartapp.normalize.coding import ALIAS, Json, Key, added, codings_of, written
from smartapp.normalize.systems import canonical
from smartapp.normalize.terms import Pair, Terms
from smartapp.normalize.uris import NDC


@lru_cache(maxsize=16384)
def pairs(terms: Terms, key: Key) -> tuple[Pair, ...]:
    """The canonical (system, code) of every coding whose system is known, NDCs as known product codes."""
    return tuple(pair for coding in codings_of(key) if (pair := _pair(terms, coding[0], coding[1])))


@lru_cache(maxsize=16384)
def additions(terms: Terms, key: Key) -> tuple[Json, ...]:
    """The codings to add, so that every known one is also there in canonical form."""
    sent = written(key)
    return tuple(added(*pair, ALIAS) for pair in dict.fromkeys(pairs(terms, key)) if pair not in sent)


def _pair(terms: Terms, system: str | None, code: str | None) -> Pair | None:
    found = canonical(system, code)
    if found is None or found[0] != NDC:
        return found
    product = ndc.product(found[1], _products(terms))
    return (NDC, product) if product else None


@lru_cache(maxsize=8)
def _products(terms: Terms) -> dict[str, str]:
    return dict(ndc.index(terms.ndc_products))
