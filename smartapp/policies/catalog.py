"""Load every policy of one or more folders: CQL (as ELM), value sets, names, forms and wording."""

import gc
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from smartapp.elm import compile_program
from smartapp.errors import BadPolicy
from smartapp.facts import Facts, Resource
from smartapp.normalize.terms import DISEASE_NAME, Terms
from smartapp.policies import files
from smartapp.policies.files import DEFAULT_FOLDER
from smartapp.policies.orders import OrderMatch, match_order
from smartapp.policies.policy import Codes, Policy, read_policy


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalog:
    """Every policy that can be asked."""

    policies: tuple[Policy, ...]

    def policy(self, name: str) -> Policy | None:
        """The policy with this name or id."""
        return next((p for p in self.policies if name in (p.name, p.id)), None)

    def match(self, order: Resource, facts: Facts | None = None) -> OrderMatch | None:
        """The policy that covers an order; `facts` help to resolve a Medication that the order refers to."""
        matches = (match_order(policy, order, facts) for policy in self.policies)
        return next((match for match in matches if match), None)


def load_catalog(*folders: Path) -> Catalog:
    """The policies of these folders (cql/ when none is named), compiled once; BadPolicy says what is wrong.

    What their CQL includes, and value sets and names, may be left to cql/.
    """
    with _all_kept():
        return _loaded(folders or (DEFAULT_FOLDER,))


@contextmanager
def _all_kept() -> Iterator[None]:
    """Without the garbage collector: it would look again and again at what is read, and all of that stays."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _loaded(paths: Sequence[Path]) -> Catalog:
    expansions = files.terms(paths, "valuesets/*.json")
    value_sets = {resource["id"]: _codes(resource) for resource in expansions}
    labels = dict(label for resource in expansions for label in _labels(resource))
    offered = {canonical: r["expansion"]["contains"] for r in expansions for canonical in _canonicals(r)}
    by_url = {resource["url"]: value_sets[resource["id"]] for resource in expansions}
    program = compile_program(files.libraries(paths).values(), by_url)
    systems = files.terms(paths, "codesystems/*.json")
    forms = {q["name"]: q for q in map(files.read, files.own(paths, "questionnaires/*.json"))}
    texts = [_text(path) for path in files.own(paths, "*.toml")]
    policies = (
        read_policy(
            text,
            value_sets=value_sets,
            labels=labels,
            offered=offered,
            questionnaires=forms,
            program=program,
            terms=Terms.build(code_systems=_named(systems, text.get("diseases", ())), value_sets=value_sets),
        )
        for text in texts
    )
    return Catalog(policies=tuple(policies))


def _codes(value_set: Mapping[str, Any]) -> Codes:
    return frozenset((c["system"], c["code"]) for c in value_set["expansion"]["contains"])


def _canonicals(value_set: Mapping[str, Any]) -> tuple[str, str]:
    return value_set["url"], f"{value_set['url']}|{value_set['version']}"


def _labels(value_set: Mapping[str, Any]) -> Iterator[tuple[tuple[str, str], str]]:
    for concept in value_set["expansion"]["contains"]:
        yield (concept["system"], concept["code"]), concept.get("display", "")


def _named(systems: Iterable[Mapping[str, Any]], diseases: Sequence[str]) -> list[Mapping[str, Any]]:
    """The code systems with one entry a URL; of the diseases only those that the policy is about.

    What counts as "another malignancy" depends on them, so a second policy must not change the first one's.
    """
    concepts: dict[str, list[Mapping[str, Any]]] = {}
    for system in systems:
        concepts.setdefault(system["url"], []).extend(system.get("concept", ()))
    about = [c for c in concepts.get(DISEASE_NAME, ()) if c["code"] in diseases]
    return [
        {"url": url, "concept": about if url == DISEASE_NAME else found} for url, found in concepts.items()
    ]


def _text(path: Path) -> Mapping[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadPolicy(f"{path.name} is not TOML: {error}") from error
