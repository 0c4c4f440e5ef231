"""The practice in front of another FHIR server: its own authorization and screen, the other one's records.

What the practice holds is loaded there, and known here by the ids that it has in the practice. Searches are the other
server's, with its pages; who may see what is decided here.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from smartapp.facts import Resource, reference_of
from smartapp.sandbox import seeding, stories
from smartapp.sandbox.fhir import search
from smartapp.sandbox.fhir.access import Access, is_visible, patient_of
from smartapp.sandbox.fhir.parameters import COMPARTMENT, TYPES
from smartapp.sandbox.fhir.records import Records
from smartapp.sandbox.fhir.refusals import Refusal
from smartapp.sandbox.fhir.service import Fhir
from smartapp.sandbox.practice import Practice, Settings
from smartapp.sandbox.practice import opened as opened_alone
from smartapp.sandbox.upstream import Upstream
from smartapp.sources import http, seed
from smartapp.sources.chart import Server, Servers

_ID = re.compile(r"[A-Za-z0-9.-]{1,64}")  # FHIR R4 "id"; anything else would be another question
_GONE = (404, 410)
_PAGES = "_getpages"
"""The parameters of HAPI's next links begin so; they go to the base address itself."""
_ALL = ("_count", "200")


def opened(settings: Settings, *, base: str) -> Practice:
    """A practice whose records are on the FHIR test server at `base`; NotWritten when it does not take them."""
    alone = opened_alone(settings)
    upstream = Upstream(base=base.rstrip("/"))
    server, today = Servers(http=http.session()).open(upstream.base), settings.clock().date()
    for transaction in seeding.transactions(today).values():
        upstream.names.learn(seed.load(server, transaction))
    records = Remote(upstream, server, clock=settings.clock)
    records.load(found for found in stories.records(today) if patient_of(found) is None)
    return replace(alone, fhir=Behind(records=records, base=alone.iss, upstream=upstream))


class Remote(Records):
    """The records on the other server: those of the practice patients."""

    def __init__(self, upstream: Upstream, server: Server, *, clock: Callable[[], datetime]) -> None:
        super().__init__(clock=clock)
        self._upstream, self._server = upstream, server

    def load(self, resources: Iterable[Resource]) -> None:
        """Put resources in as they are told."""
        transaction = seeding.transaction(resources)
        self._upstream.names.learn(seed.load(self._server, self._upstream.names.inward(transaction)))

    def get(self, resource_type: str, resource_id: str) -> Resource | None:
        """The resource with this id, or None."""
        if not _ID.fullmatch(resource_id):
            return None
        name = f"{resource_type}/{resource_id}"
        try:
            return self._upstream.get(self._upstream.names.there.get(name, name))
        except Refusal as refusal:
            if refusal.status in _GONE:
                return None
            raise

    def of_type(self, resource_type: str) -> list[Resource]:
        """All resources of a type that are the practice's or its patients'."""
        about = "Patient" if resource_type in COMPARTMENT else resource_type
        ids = ",".join(self._upstream.names.of_type(about))
        chosen = ("patient" if resource_type in COMPARTMENT else "_id", ids)
        found: list[Resource] = []
        page = self._upstream.get(resource_type, [chosen, _ALL]) if ids else {}
        while page:
            found += [entry["resource"] for entry in page.get("entry", ())]
            following = (link["url"] for link in page.get("link", ()) if link["relation"] == "next")
            query = next(following, "").partition("?")[2]
            page = self._upstream.get(f"?{query}") if query else {}
        return found

    def create(self, resource: Resource) -> Resource:
        """The resource as kept under a new id."""
        return self._upstream.send("POST", str(resource["resourceType"]), resource)

    def update(self, resource: Resource) -> Resource:
        """The resource as kept in the place of the one with its id."""
        name = reference_of(resource)
        return self._upstream.send("PUT", self._upstream.names.there.get(name, name), resource)

    def remove(self, resources: Iterable[Resource]) -> None:
        """Forget resources, all at once: some refer to others."""
        there = self._upstream.names.there
        names = [there.get(name, name) for name in map(reference_of, resources)]
        entries = [{"request": {"method": "DELETE", "url": name}} for name in names]
        if entries:
            self._upstream.send(
                "POST", "", {"resourceType": "Bundle", "type": "transaction", "entry": entries}
            )

    def types(self) -> list[str]:
        """The types of which anything may be held."""
        return list(TYPES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Behind(Fhir):
    """The other server's searches, behind the practice's address and its access."""

    upstream: Upstream

    def search(
        self, resource_type: str, pairs: Sequence[tuple[str, str]], *, access: Access
    ) -> dict[str, Any]:
        """The page that was asked for, without what the bearer may not see."""
        patient = access.confined_to(resource_type, "s")
        if any(name == _PAGES for name, _ in pairs):
            page = self.upstream.get("", pairs)
        else:
            search.parse(resource_type, pairs)
            page = self.upstream.get(resource_type, self._asked(resource_type, pairs, patient))
        entries = [entry for entry in page.get("entry", ()) if is_visible(entry["resource"], patient)]
        links = [{**link, "url": self._here(link["url"], resource_type)} for link in page.get("link", ())]
        return {
            **page,
            "link": links,
            **({"entry": [self._placed(entry) for entry in entries]} if entries else {}),
        }

    def _asked(self, resource_type: str, pairs: Sequence[tuple[str, str]], patient: str | None) -> Any:
        """The parameters in the other server's ids, narrowed to the patient whom the bearer is confined to."""
        narrowed = [("patient", patient)] if patient and resource_type in COMPARTMENT else []
        for name, asked in (*pairs, *narrowed):
            parameter = TYPES[resource_type].get(name)
            target = resource_type if name == "_id" else parameter.target if parameter else None
            yield name, ",".join(self._there(target, one) for one in asked.split(",")) if target else asked

    def _there(self, target: str, asked: str) -> str:
        name = f"{target}/{asked.rpartition('/')[2]}"
        return self.upstream.names.there.get(name, name).partition("/")[2]

    def _here(self, url: str, resource_type: str) -> str:
        """A link of the other server as one of this: its pages have no type in their address."""
        asked = url.partition("?")[2]
        return f"{self.base}/{resource_type}{'?' if asked else ''}{asked}"

    def _placed(self, entry: dict[str, Any]) -> dict[str, Any]:
        return {**entry, "fullUrl": f"{self.base}/{reference_of(entry['resource'])}"}
