"""The interactions of the store: read, search, create, update, for someone with an access."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from threading import RLock
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

from smartapp.facts import Resource
from smartapp.sandbox.fhir import search
from smartapp.sandbox.fhir.access import EVERYTHING, Access, is_visible
from smartapp.sandbox.fhir.parameters import TYPES, WRITABLE
from smartapp.sandbox.fhir.records import Records
from smartapp.sandbox.fhir.refusals import Refusal, forbidden, invalid, not_found
from smartapp.sandbox.fhir.validation import problem_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Fhir:
    """The store behind its address."""

    records: Records
    base: str
    """Without a final slash."""
    writing: AbstractContextManager[Any] = field(default_factory=RLock, repr=False)
    """While it is entered nobody else writes."""

    def read(self, resource_type: str, resource_id: str, *, access: Access) -> Resource:
        """The resource; Refusal when there is none or it is not to be seen."""
        own = access.is_own(_known(resource_type), resource_id)
        patient = None if own else access.confined_to(resource_type, "r")
        found = self.records.get(resource_type, resource_id)
        if found is None:
            raise not_found(f"There is no {resource_type} with this id.")
        if not is_visible(found, patient):
            raise forbidden("The resource is of another patient than the one of the token.")
        return found

    def search(
        self, resource_type: str, pairs: Sequence[tuple[str, str]], *, access: Access
    ) -> dict[str, Any]:
        """The page of a searchset that was asked for."""
        query = search.parse(resource_type, pairs)
        patient = access.confined_to(resource_type, "s")
        _refuse_another(query, patient)
        resources = [found for found in search.found(query, self.records) if is_visible(found, patient)]
        return search.page(query, resources, records=self.records, base=self.base)

    def ask(self, address: str, *, access: Access) -> dict[str, Any]:
        """The answer to a relative address: "Patient/1" or "Condition?patient=1"."""
        parts = urlsplit(address)
        resource_type, _, resource_id = parts.path.partition("/")
        if resource_id:
            return dict(self.read(resource_type, resource_id, access=access))
        return self.search(resource_type, parse_qsl(parts.query, keep_blank_values=True), access=access)

    def create(
        self, resource: Any, *, resource_type: str, access: Access, unless: str | None
    ) -> tuple[Resource, bool]:
        """The resource as kept, and whether it is new; `unless` is the search of If-None-Exist."""
        patient = access.confined_to(_writable(resource_type), "c")
        good = _checked(resource, resource_type, patient)
        with self.writing:
            there = self._existing(resource_type, unless, patient) if unless is not None else None
            return (there, False) if there else (self.records.create(good), True)

    def update(
        self, resource: Any, *, resource_type: str, resource_id: str, access: Access, version: str | None
    ) -> Resource:
        """The resource as kept in the place of the one with its id; `version` is that of If-Match."""
        patient = access.confined_to(_writable(resource_type), "u")
        good = _checked(resource, resource_type, patient)
        if good.get("id") != resource_id:
            raise invalid("The id in the resource must be the one in the address.")
        with self.writing:
            held = self.read(resource_type, resource_id, access=EVERYTHING)
            if not is_visible(held, patient):
                raise forbidden("The resource is of another patient than the one of the token.")
            if version is not None and version != held["meta"]["versionId"]:
                raise Refusal("The resource was changed since it was read.", status=412, code="conflict")
            return self.records.update(good)

    def _existing(self, resource_type: str, unless: str, patient: str | None) -> Resource | None:
        """The one resource that If-None-Exist finds; Refusal when there are several."""
        pairs = parse_qsl(unless.rpartition("?")[2])
        if not pairs:
            raise invalid("If-None-Exist must be a search.")
        query = search.parse(resource_type, pairs)
        held = [found for found in search.found(query, self.records) if is_visible(found, patient)]
        if len(held) > 1:
            raise Refusal("If-None-Exist finds more than one.", status=412, code="multiple-matches")
        return held[0] if held else None

    def address(self, resource: Mapping[str, Any]) -> str:
        """The address of one version of a resource."""
        place = f"{resource['resourceType']}/{quote(resource['id'])}"
        return f"{self.base}/{place}/_history/{resource['meta']['versionId']}"


def _known(resource_type: str) -> str:
    if resource_type not in TYPES:
        raise not_found(f"This server has no type {resource_type}.")
    return resource_type


def _writable(resource_type: str) -> str:
    if _known(resource_type) not in WRITABLE:
        raise Refusal(f"{resource_type} cannot be written here.", status=405, code="not-supported")
    return resource_type


def _refuse_another(query: search.Query, patient: str | None) -> None:
    """Refuse a search about another patient than the token's, instead of finding nothing."""
    for name, asked in query.chosen:
        parameter = TYPES[query.type][name]
        if patient and parameter.target == "Patient" and asked.rpartition("/")[2] != patient:
            raise forbidden("The search is about another patient than the one of the token.")


def _checked(resource: Any, resource_type: str, patient: str | None) -> Resource:
    if not isinstance(resource, dict) or resource.get("resourceType") != resource_type:
        raise invalid(f"The body must be a {resource_type} in JSON.")
    if problem := problem_of(resource):
        raise invalid(problem, status=422)
    if not is_visible(resource, patient):
        raise forbidden("The resource is about another patient than the one of the token.")
    return resource
