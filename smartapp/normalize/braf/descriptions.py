"""What genes and changes say that components give one by one."""

from smartapp.normalize.braf.components import Described
from smartapp.normalize.braf.findings import UNCLEAR, Asked, Finding, Statement, no_letter
from smartapp.normalize.braf.polarity import Polarity
from smartapp.normalize.braf.variants import Kind


def statements(said: Described, wanted: Asked, verdict: Polarity | None) -> list[Statement]:
    """From genes and changes as components give them, and what the Observation says of them."""
    v600 = [v.name for v in said.changes if v.kind is Kind.V600]
    braf = said.braf or (wanted.gene and not wanted.others and not said.other_genes)
    if not braf:
        return [UNCLEAR] if v600 and not said.other_genes else []
    if said.germline or verdict is Polarity.UNCLEAR or (said.structural and verdict is Polarity.NOT_FOUND):
        return [UNCLEAR]
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
        return [UNCLEAR]
    return [no_letter(v600) if any(v600) else Statement(Finding.NO_V600)]


def _present(said: Described, wanted: Asked, verdict: Polarity | None) -> list[Statement]:
    others = [v.name for v in said.changes if v.kind in (Kind.OTHER, Kind.FUSION)]
    involves = any(v.kind is Kind.INVOLVES for v in said.changes)
    plain_other = others and not involves and not said.other_genes and not said.uncertain
    if plain_other and verdict is Polarity.FOUND:
        return [Statement(Finding.OTHER, others[0])]
    if said.changes or said.unread_change:
        return [UNCLEAR]
    return [] if wanted.gene and verdict is not None else [UNCLEAR]
