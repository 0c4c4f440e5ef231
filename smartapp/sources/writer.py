"""Writes documents into the EHR of one launch."""

from dataclasses import dataclass

from smartapp.facts import Resource
from smartapp.sources import writing
from smartapp.sources.chart import Server


@dataclass(frozen=True, slots=True, kw_only=True)
class Writer:
    """The server of a launch, to write into; all raise NotWritten, which says why."""

    server: Server

    def create(self, resource: Resource, *, key: str) -> str | None:
        """The "Type/id" of the new document, or of the one that an earlier try wrote; None: it has no name."""
        return writing.create(self.server, resource, key=key).reference

    def update(self, resource: Resource, *, key: str) -> str | None:  # noqa: ARG002 - its id is its key
        """The same for a document that is there already."""
        return writing.update(self.server, resource).reference

    def relate(self, reference: str, to: str) -> str | None:
        """The same for a document that is there and shall refer to another one ("Type/id" both)."""
        return writing.relate(self.server, reference, to).reference
