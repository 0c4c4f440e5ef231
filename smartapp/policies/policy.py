"""One policy: its TOML file as typed data, with its compiled CQL, its form and the terms it is read with."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from smartapp.determination import Outcome, PolicyRef
from smartapp.elm import Program
from smartapp.errors import BadPolicy
from smartapp.normalize import Terms
from smartapp.policies.form import Item, ValueSets, all_items, read_form
from smartapp.policies.history import HistoryRules, read_history
from smartapp.policies.keys import check_keys
from smartapp.policies.suggested import SuggestedOrder, read_suggested

Codes = frozenset[tuple[str, str]]
"""(system, code) pairs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """A questionnaire item that settles a criterion, asked `when` a define is true or `unless` it is not null."""

    item: str
    when: str | None = None
    unless: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CriterionText:
    """How a criterion is worded, and which define decides it."""

    id: str
    define: str
    title: str
    short: str
    """The title in a few words, for the summary of a card."""
    asks: str
    met: str
    unmet: str
    missing: str
    how: str
    reads: tuple[str, ...]
    """The resource types whose silence leaves the criterion unknown."""
    ask: tuple[Ask, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeRule:
    """An outcome that comes before the criteria: when a define is true, or the order names another product."""

    outcome: Outcome
    text: str
    define: str | None = None
    product: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeText:
    """A notice that is given when its define is true or finds something."""

    define: str
    code: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRules:
    """Which orders the policy covers."""

    products: Codes
    therapies: Codes
    bare_codes: frozenset[str]
    unclassified: frozenset[str]
    other_therapies: tuple[re.Pattern[str], ...]
    """Names beside a bare code that say that another therapy is meant."""
    other_products: tuple[re.Pattern[str], ...]
    other_product_patterns: tuple[re.Pattern[str], ...]
    on_record: str | None
    confirm_product: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """One policy, ready to be asked."""

    name: str
    id: str
    title: str
    payer: str
    version: str
    effective: date
    review: date | None
    source: str
    therapy: str
    criteria: tuple[CriterionText, ...]
    outcomes: tuple[OutcomeRule, ...]
    notices: tuple[NoticeText, ...]
    notice_library: str
    """The CQL library of the notices' defines."""
    information: tuple[str, ...]
    orders: OrderRules
    questionnaire: Mapping[str, Any]
    form: tuple[Item, ...]
    """The questionnaire's items, read once."""
    form_library: str
    history: HistoryRules | None
    """Where the therapy history comes from; None: the policy tells none."""
    suggested: tuple[SuggestedOrder, ...]
    """Tests to order where nothing is on record."""
    program: Program
    terms: Terms
    identified_by: Mapping[str, Codes]
    """Every code that identifies what a criterion asks for, by the criterion's id."""

    @property
    def ref(self) -> PolicyRef:
        """Which policy, in which version."""
        return PolicyRef(
            id=self.id, name=self.name, version=self.version, effective=self.effective.isoformat()
        )

    @property
    def form_canonical(self) -> str:
        """The canonical of the questionnaire with its version."""
        return f"{self.questionnaire['url']}|{self.questionnaire['version']}"


def read_policy(
    text: Mapping[str, Any],
    *,
    value_sets: Mapping[str, Codes],
    labels: Mapping[tuple[str, str], str],
    offered: ValueSets,
    questionnaires: Mapping[str, Mapping[str, Any]],
    program: Program,
    terms: Terms,
) -> Policy:
    """The policy that a TOML file describes; BadPolicy names what is missing or unknown in it."""
    check_keys(text)
    try:
        policy = Policy(
            name=text["name"],
            id=text["id"],
            title=text["title"],
            payer=text["payer"],
            version=str(text["version"]),
            effective=text["effective"],
            review=text.get("review"),
            source=text["source"],
            therapy=text["therapy"],
            criteria=tuple(_criterion(row) for row in text["criterion"]),
            outcomes=tuple(_outcome(row) for row in text.get("outcome", ())),
            notices=tuple(NoticeText(**row) for row in text.get("notice", ())),
            notice_library=text.get("notice_library", text["name"]),
            information=tuple(text.get("information", {}).get("label", ())),
            orders=_order_rules(text["order"], value_sets),
            questionnaire=(form := _questionnaire(text["form"]["questionnaire"], questionnaires)),
            form=read_form(form, offered),
            form_library=text["form"]["library"],
            history=read_history(text.get("history"), value_sets=value_sets, labels=labels, terms=terms),
            suggested=read_suggested(text.get("suggest", ())),
            program=program,
            terms=terms,
            identified_by={row["id"]: _codes(row, "identified_by", value_sets) for row in text["criterion"]},
        )
    except KeyError as error:
        raise BadPolicy(f"Policy {text['name']}: {error.args[0]} is missing or not known") from error
    except (TypeError, ValueError, re.error) as error:
        raise BadPolicy(f"Policy {text['name']}: {error}") from error
    _check(policy)
    return policy


def _criterion(row: Mapping[str, Any]) -> CriterionText:
    asks = tuple(Ask(**ask) for ask in row.get("ask", ()))
    worded = {key: value for key, value in row.items() if key != "identified_by"}
    return CriterionText(**{**worded, "reads": tuple(row["reads"]), "ask": asks})


def _outcome(row: Mapping[str, Any]) -> OutcomeRule:
    return OutcomeRule(**{**row, "outcome": Outcome(row["outcome"])})


def _codes(row: Mapping[str, Any], key: str, value_sets: Mapping[str, Codes]) -> Codes:
    names = row.get(key, ())
    if unknown := sorted(set(names) - set(value_sets)):
        raise ValueError(f"{key} names {', '.join(unknown)}, which is the id of no value set")
    return frozenset().union(*(value_sets[name] for name in names))


def _questionnaire(name: str, known: Mapping[str, Mapping[str, Any]]) -> Mapping[str, Any]:
    if name not in known:
        raise ValueError(f"there is no questionnaire with the name {name}")
    return known[name]


def _order_rules(row: Mapping[str, Any], value_sets: Mapping[str, Codes]) -> OrderRules:
    return OrderRules(
        products=_codes(row, "products", value_sets),
        therapies=_codes(row, "therapies", value_sets),
        bare_codes=frozenset(row.get("bare_codes", ())),
        unclassified=frozenset(row.get("unclassified", ())),
        other_therapies=_patterns(row.get("other_therapies", ())),
        other_products=_patterns(row.get("other_products", ())),
        other_product_patterns=_patterns(row.get("other_product_patterns", ())),
        on_record=row.get("on_record"),
        confirm_product=row.get("confirm_product", ""),
    )


def _patterns(texts: Iterable[str]) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(text, re.IGNORECASE) for text in texts)


def _check(policy: Policy) -> None:
    """Every define and item that the TOML names exists."""
    named = {c.define + suffix for c in policy.criteria for suffix in ("", " Evidence", " Uncertain")}
    named |= {o.define for o in policy.outcomes if o.define}
    named |= {d for c in policy.criteria for a in c.ask for d in (a.when, a.unless) if d}
    named |= {policy.orders.on_record} if policy.orders.on_record else set()
    _check_defined(policy, policy.name, named)
    _check_defined(policy, policy.notice_library, {notice.define for notice in policy.notices})
    items = {item.link_id: item for item in all_items(policy.form)}
    filling = {d for item in items.values() for d in (item.define, item.rows and item.rows[1]) if d}
    _check_defined(
        policy, policy.form_library, filling | set(policy.history.defines if policy.history else ())
    )
    asked = {a.item for c in policy.criteria for a in c.ask} | {s.ask for s in policy.suggested}
    if unknown := sorted(asked - set(items)):
        raise BadPolicy(f"Policy {policy.name}: its questionnaire has no item {', '.join(unknown)}")


def _check_defined(policy: Policy, library: str, named: set[str]) -> None:
    if library not in policy.program.libraries:
        raise BadPolicy(f"Policy {policy.name}: there is no CQL library {library}")
    if unknown := sorted(named - policy.program.defines(library)):
        raise BadPolicy(f"Policy {policy.name}: the CQL of {library} does not define {', '.join(unknown)}")
