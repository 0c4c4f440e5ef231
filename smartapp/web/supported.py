"""The payers whose forms this app fills in, for EHRs that ask before they offer a launch (DTR 2.2 spec-101)."""

from collections.abc import Callable, Mapping, Sequence

from flask import Blueprint, Response

from smartapp.web.problems import json

Supported = Mapping[str, str]
"""A payer: `id` and `name`."""


def blueprint(payers: Callable[[], Sequence[Supported]]) -> Blueprint:
    """GET /supported-payers, open to all."""
    supported = Blueprint("supported", __name__)

    @supported.get("/supported-payers")
    def listed() -> Response:
        return json({"payers": list(payers())})

    return supported


def named(names: Sequence[tuple[str, str]]) -> list[Supported]:
    """The payers of these identifiers ("system|value", or none) and names, each once."""
    found = ((identifier.rpartition("|")[2] or name, name) for identifier, name in names)
    return [{"id": id_, "name": name} for id_, name in dict(found).items()]
