"""Every case of TILMelanoma/: the vignettes, the sentences of the decisions, the dialects of EHRs."""

import re

import pytest
from spec.ask import answers, ask, outcome
from spec.cases import Case, load

from smartapp.determination import Determination

CASES = [*load("vignettes"), *load("decisions"), *load("dialects")]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_the_policy_says(case: Case) -> None:
    said = ask(case.bundle, order=case.order, as_of=case.as_of)

    assert _wrong(case, said) == {}, case.story


def _wrong(case: Case, said: Determination) -> dict[str, str]:
    """What the determination should say and does not, with what it says instead."""
    wrong = {}
    if not case.open and outcome(said) != case.outcome:
        wrong["outcome"] = f"{outcome(said)}, not {case.outcome}"
    if said.outcome is None:
        return wrong
    given = answers(said)
    wrong |= {c: f"{given[c]}, not {' or '.join(e)}" for c, e in case.answers.items() if given[c] not in e}
    return wrong | _notices(case, said) | _doubts(case, said)


def _notices(case: Case, said: Determination) -> dict[str, str]:
    texts = "\n".join(f"{n.code}: {n.text}" for n in said.notices)
    missing = {w: "no such notice" for w in case.notices if not re.search(w, texts, re.IGNORECASE)}
    return missing | {
        w: "a notice that should not be" for w in case.silent if re.search(w, texts, re.IGNORECASE)
    }


def _doubts(case: Case, said: Determination) -> dict[str, str]:
    doubted = {c.id for c in said.criteria if c.uncertain}
    missing = {f"uncertain {c}": "nothing" for c in case.doubts if c not in doubted}
    return missing | {f"uncertain {c}": "something" for c in case.no_doubts if c in doubted}
