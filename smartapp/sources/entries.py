"""What a Bundle of any type holds: resources, the addresses they are known by, and what is missing."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Any

from smartapp.facts import Gap, Remark, Resource, Unread, reference_of
from smartapp.sources import refusals
from smartapp.sources.references import resolved

_SPECIAL = frozenset({"Bundle", "OperationOutcome"})
_DEEPEST = 3
"""A batch answer holds searchset Bundles; nothing sensible nests deeper."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """What was read from one Bundle, one resource, or several put together."""

    resources: tuple[Resource, ...] = ()
    full_urls: Mapping[str, str]
    unread: tuple[Unread, ...] = ()
    remarks: tuple[Remark, ...] = ()
    next: str | None = None
    """The address of the following page, when there is one."""


def contents(resource: Resource, *, paged: bool = False, about: str | None = None) -> Contents:
    """What a Bundle holds, or the single resource itself; with `paged` the caller follows the next page.

    `about` is the type that was asked for: whatever is missing from the answer is missing of that.
    """
    reading = _Reading(about)
    if resource.get("resourceType") == "Bundle":
        reading.bundle(resource, depth=0, paged=paged)
    else:
        reading.resource(resource, entry={}, depth=0)
    return reading.contents(next_page=link(resource, "next") if paged else None)


def merged(parts: Iterable[Contents]) -> Contents:
    """Several Contents as one, in their order."""
    parts = tuple(parts)
    full_urls: dict[str, str] = {}
    for part in parts:
        full_urls |= part.full_urls
    return Contents(
        resources=tuple(chain.from_iterable(part.resources for part in parts)),
        full_urls=full_urls,
        unread=tuple(dict.fromkeys(chain.from_iterable(part.unread for part in parts))),
        remarks=tuple(chain.from_iterable(part.remarks for part in parts)),
    )


def link(bundle: Resource, relation: str) -> str | None:
    """The address of a Bundle's link, or None."""
    links = bundle.get("link")
    for item in links if isinstance(links, list) else ():
        if isinstance(item, dict) and item.get("relation") == relation and isinstance(item.get("url"), str):
            return str(item["url"])
    return None


def entries_of(bundle: Resource) -> Iterator[Any]:
    """The entries of a Bundle; one that is no list is an entry that cannot be read."""
    entries = bundle.get("entry")
    return iter(entries) if isinstance(entries, list) else iter(() if entries is None else (None,))


def matches(bundle: Resource) -> int:
    """How many entries answer the search, as opposed to what came besides; those that cannot be read too."""
    return sum(map(_is_match, entries_of(bundle)))


class _Reading:
    """The lists that fill while a Bundle is walked."""

    def __init__(self, about: str | None) -> None:
        self._about = about
        self._resources: list[Resource] = []
        self._full_urls: dict[str, str] = {}
        self._unread: list[Unread] = []
        self._deleted: set[str] = set()
        self._odd = 0

    def bundle(self, bundle: Resource, *, depth: int, paged: bool = False) -> None:
        before, odd = len(self._resources), self._odd
        for entry in entries_of(bundle):
            plain = _plain(entry)
            if plain is None:
                self._entry(entry, depth=depth)
            else:
                self._keep(plain, entry.get("fullUrl"))
        if self._about and self._odd > odd:  # what could not be read may be what was asked for
            self._miss((refusals.refusal(self._about, Gap.INCOMPLETE, why=refusals.NO_FHIR),))
        if not paged and _is_cut_short(bundle):
            self._miss(_incomplete(bundle, self._resources[before:]))

    def resource(self, resource: Any, *, entry: Mapping[str, Any], depth: int) -> None:
        kind = resource.get("resourceType") if isinstance(resource, dict) else None
        if kind == "OperationOutcome":
            self._miss(refusals.of_outcome(resource, about=str(entry.get("fullUrl", ""))))
        elif kind == "Bundle" and depth < _DEEPEST:
            self.bundle(resource, depth=depth + 1)
        elif isinstance(kind, str) and kind and kind != "Bundle":
            self._keep(resource, entry.get("fullUrl"))
        else:
            self._odd += 1

    def contents(self, *, next_page: str | None) -> Contents:
        kept = [r for r in self._resources if not self._deleted or reference_of(r) not in self._deleted]
        return Contents(
            resources=tuple(kept),
            full_urls=self._full_urls,
            unread=tuple(dict.fromkeys(self._unread)),
            remarks=tuple(self._remarks(deleted=len(self._resources) - len(kept))),
            next=next_page,
        )

    def _remarks(self, *, deleted: int) -> Iterator[Remark]:
        if self._odd:
            text = f"Entries that hold no FHIR resource, ignored: {self._odd}."
            yield Remark(code="malformed", text=text)
        if deleted:
            text = f"Versions of resources that were deleted later, ignored: {deleted}."
            yield Remark(code="deleted", text=text)

    def _entry(self, entry: Any, *, depth: int) -> None:
        if not isinstance(entry, dict):
            self._odd += 1
            return
        if _is_deletion(entry):
            self._deleted.add(resolved({"reference": entry["request"].get("url")}, {}) or "")
            return
        refused = refusals.of_response(entry)
        self._miss(refused)
        if "resource" in entry and not (refused and _is_outcome(entry["resource"])):
            self.resource(entry["resource"], entry=entry, depth=depth)
        elif not (refused or "response" in entry or "request" in entry):
            self._odd += 1

    def _miss(self, unread: Iterable[Unread]) -> None:
        self._unread += [refusals.renamed(item, self._about) if self._about else item for item in unread]

    def _keep(self, resource: Resource, full_url: Any) -> None:
        if not isinstance(full_url, str):
            self._resources.append(resource)
            return
        if not resource.get("id"):
            resource = _named(resource, full_url)
        self._resources.append(resource)
        self._full_urls[full_url] = reference_of(resource)


def _plain(entry: Any) -> Resource | None:
    """The resource of an entry that holds nothing else to look at, as nearly all do."""
    if type(entry) is not dict or "response" in entry or "request" in entry:
        return None
    resource = entry.get("resource")
    kind = resource.get("resourceType") if type(resource) is dict else None
    return resource if type(kind) is str and kind and kind not in _SPECIAL else None


def _is_deletion(entry: Mapping[str, Any]) -> bool:
    """Whether an entry of a history or a transaction takes its resource away."""
    request = entry.get("request")
    return isinstance(request, dict) and request.get("method") == "DELETE"


def _named(resource: Resource, full_url: str) -> Resource:
    """The resource with the id that its fullUrl gives, if it gives one."""
    uuid = full_url.removeprefix("urn:uuid:")
    _, typed, tail = full_url.rpartition(f"/{resource['resourceType']}/")
    if uuid == full_url and not typed:
        return resource
    return {**resource, "id": tail.partition("/")[0] if typed else uuid}


def _is_outcome(resource: Any) -> bool:
    return isinstance(resource, dict) and resource.get("resourceType") == "OperationOutcome"


def _is_match(entry: Any) -> bool:
    if not isinstance(entry, dict):
        return True
    search = entry.get("search")
    mode = search.get("mode") if isinstance(search, dict) else None
    return mode not in ("include", "outcome") and not _is_outcome(entry.get("resource"))


def _is_cut_short(bundle: Resource) -> bool:
    """Whether a search has further pages, or says that it found more than it holds."""
    if bundle.get("type", "searchset") != "searchset":
        return False
    total = bundle.get("total")
    return link(bundle, "next") is not None or (isinstance(total, int) and total > matches(bundle))


def _incomplete(bundle: Resource, resources: Iterable[Resource]) -> tuple[Unread, ...]:
    asked = refusals.named_types(link(bundle, "self") or "", link(bundle, "next") or "")
    given = dict.fromkeys(str(resource["resourceType"]) for resource in resources)
    names = asked if asked != (refusals.ANY_TYPE,) else tuple(given) or asked
    return tuple(refusals.refusal(name, Gap.INCOMPLETE) for name in names)
