"""Another FHIR server as the practice sees it: asked over HTTP, its ids read as those of the practice."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import requests

from smartapp.facts import Resource
from smartapp.sandbox.fhir.refusals import Refusal, outcome

_SECONDS = 30
_JSON = {
    "Accept": "application/fhir+json",
    "Content-Type": "application/fhir+json",
    "Cache-Control": "no-cache",  # HAPI gives the result of the same search for a minute
}


class Passed(Refusal):
    """What the other server refused, in its own words."""

    def __init__(self, *, status: int, said: Any) -> None:
        super().__init__("The FHIR server behind the practice refused.", status=status, code="processing")
        is_outcome = isinstance(said, dict) and said.get("resourceType") == "OperationOutcome"
        self._said = said if is_outcome else outcome(str(self), code=self.code)

    @property
    def outcome(self) -> dict[str, Any]:
        """The OperationOutcome of the other server."""
        return dict(self._said)


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """By which "Type/id" the practice knows what the other server keeps, for all that was loaded into it."""

    there: dict[str, str] = field(default_factory=dict)
    here: dict[str, str] = field(default_factory=dict)

    def learn(self, loaded: Mapping[str, str]) -> None:
        """From now on these names of the practice mean those of the other server."""
        self.there.update(loaded)
        self.here.update({there: here for here, there in loaded.items()})

    def of_type(self, resource_type: str) -> list[str]:
        """The ids over there of all known resources of a type."""
        kinds = (name.partition("/") for name in self.there.values())
        return [found for kind, _, found in kinds if kind == resource_type]

    def inward(self, value: Any) -> Any:
        """JSON of the practice in the words of the other server."""
        return _renamed(value, self.there)

    def outward(self, value: Any) -> Any:
        """JSON of the other server in the words of the practice."""
        return _renamed(value, self.here)


@dataclass(frozen=True, slots=True, kw_only=True)
class Upstream:
    """The other server."""

    base: str
    """Without a final slash."""
    names: Names = field(default_factory=Names)

    def get(self, path: str, pairs: Any = ()) -> dict[str, Any]:
        """The answer to a GET; Passed when it is no success."""
        return self._asked("GET", path, params=list(pairs))

    def send(self, method: str, path: str, resource: Resource) -> dict[str, Any]:
        """The answer to a POST or PUT of a resource of the practice."""
        asked = {**_JSON, "Prefer": "return=representation"}
        return self._asked(method, path, json=self.names.inward(resource), headers=asked)

    def _asked(self, method: str, path: str, **given: Any) -> dict[str, Any]:
        address = f"{self.base}/{path}" if path else self.base
        try:
            answer = requests.request(method, address, timeout=_SECONDS, **{"headers": _JSON, **given})
            body = answer.json() if answer.content else {}
        except requests.RequestException as error:
            raise Refusal("The FHIR server gives no answer.", status=503, code="transient") from error
        if not answer.ok:
            raise Passed(status=answer.status_code, said=body)
        told: dict[str, Any] = self.names.outward(body)
        return told


def _renamed(value: Any, names: Mapping[str, str]) -> Any:
    """JSON with ids and references as `names` has them."""
    if isinstance(value, list):
        return [_renamed(inner, names) for inner in value]
    if not isinstance(value, dict):
        return value
    renamed = {key: _renamed(inner, names) for key, inner in value.items()}
    if name := names.get(f"{value.get('resourceType')}/{value.get('id')}"):
        renamed["id"] = name.partition("/")[2]
    if name := names.get(str(value.get("reference"))):
        renamed["reference"] = name
    return renamed
