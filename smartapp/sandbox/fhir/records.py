"""The records in memory: resources by type and id, with versions."""

import re
from collections.abc import Callable, Iterable
from copy import deepcopy
from datetime import UTC, datetime
from threading import RLock
from uuid import uuid4

from smartapp.facts import Resource

_DATE = re.compile(r"(\d{4})((?:-\d\d(?:-\d\d(?:T.*)?)?)?)")


class Records:
    """Every resource of the practice; what is given or taken is a copy, so that nobody changes it by accident."""

    def __init__(self, *, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._lock = RLock()
        self._held: dict[str, dict[str, Resource]] = {}

    def load(self, resources: Iterable[Resource]) -> None:
        """Put resources in as they are, over what has the same id."""
        for resource in resources:
            self._put(resource, version=1)

    def get(self, resource_type: str, resource_id: str) -> Resource | None:
        """The resource with this id, or None."""
        found = self._held.get(resource_type, {}).get(resource_id)
        return deepcopy(found) if found is not None else None

    def of_type(self, resource_type: str) -> list[Resource]:
        """All resources of a type, oldest first."""
        with self._lock:
            return [deepcopy(found) for found in self._held.get(resource_type, {}).values()]

    def create(self, resource: Resource) -> Resource:
        """The resource as kept under a new id."""
        return self._put({**resource, "id": str(uuid4())}, version=1)

    def update(self, resource: Resource) -> Resource:
        """The resource as kept in the place of the one with its id."""
        with self._lock:
            held = self._held[resource["resourceType"]][resource["id"]]
            return self._put(resource, version=int(held["meta"]["versionId"]) + 1)

    def remove(self, resources: Iterable[Resource]) -> None:
        """Forget resources."""
        with self._lock:
            for resource in resources:
                self._held[resource["resourceType"]].pop(resource["id"], None)

    def types(self) -> list[str]:
        """The types of which anything is held."""
        return list(self._held)

    def _put(self, resource: Resource, *, version: int) -> Resource:
        now = self._clock().astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
        meta = {**resource.get("meta", {}), "versionId": str(version), "lastUpdated": now}
        kept = deepcopy({**resource, "meta": meta})
        with self._lock:
            self._held.setdefault(kept["resourceType"], {})[kept["id"]] = kept
        return deepcopy(kept)


def moved(value: object, *, years: int) -> object:
    """JSON with every date moved by whole years, so that a story told in one year keeps its ages in another."""
    if isinstance(value, dict):
        return {name: moved(inner, years=years) for name, inner in value.items()}
    if isinstance(value, list):
        return [moved(inner, years=years) for inner in value]
    if isinstance(value, str) and (date := _DATE.fullmatch(value)):
        return f"{int(date[1]) + years:04}{date[2]}"
    return value
