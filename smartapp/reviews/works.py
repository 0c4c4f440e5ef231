"""The works in a vault: found by what they are about, changed by swapping, with what their forms had shown."""

from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from smartapp.errors import UnknownReview
from smartapp.facts import Facts
from smartapp.reviews import snapshot, work
from smartapp.reviews.work import Work
from smartapp.store import Vault

_KEPT = 400 * 24 * 3600
"""Seconds for which a work and its chart are kept."""
_REMEMBERED = 14 * 24 * 3600
"""Seconds for which a revision is kept, so that a form that showed it can be merged."""
_WRITING = 120
"""Seconds after which a worker that stopped while it wrote holds nobody up any more."""
_TRIES = 20


class Works:
    """Safe for many threads and many workers: every step is swapped in whole."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    def begin(self, fresh: Work, *, about: str, orderless: str | None = None) -> str:
        """The id of the work on a request; `fresh` is kept when there is none yet. Of many callers one begins.

        `orderless` is what the request was about before its order was in the chart: a draft from then goes on.
        """
        earlier = self._vault.get("request", orderless) if orderless else None
        if (
            earlier
            and self._is_draft(earlier)
            and self._vault.add("request", about, earlier, seconds=_KEPT - 60)
        ):
            self._vault.delete("request", orderless or "")
            return str(earlier)
        self._vault.add("work", fresh.id, work.to_json(fresh), seconds=_KEPT)
        if self._vault.add("request", about, fresh.id, seconds=_KEPT - 60):
            return fresh.id
        self._vault.delete("work", fresh.id)
        return str(self._vault.get("request", about))

    def _is_draft(self, work_id: str) -> bool:
        found = self._vault.get("work", work_id)
        return found is not None and found["signed"] is None and found["number"] == 1

    def get(self, work_id: str) -> Work:
        """The work as it is now; UnknownReview when it is not kept any more."""
        return self._versioned(work_id)[0]

    def step(self, work_id: str, step: Callable[[Work], Work]) -> tuple[Work, Work]:
        """Swap in what `step` makes of the work, once more when someone else was faster: before and after."""
        for _ in range(_TRIES):
            held, version = self._versioned(work_id)
            after = step(held)
            if after == held:
                return held, held
            if after.revision != held.revision:
                self._remember(after)
            if self._vault.swap("work", work_id, work.to_json(after), version=version):
                return held, after
        raise UnknownReview("Too many windows changed this review at once; send the form again.")

    def seen(self, work_id: str, revision: int) -> Sequence[Mapping[str, Any]] | None:
        """The answers of a revision, as long as they are remembered."""
        found: Sequence[Mapping[str, Any]] | None = self._vault.get("revision", f"{work_id}.{revision}")
        return found

    def keep_chart(self, work_id: str, chart: Facts) -> None:
        """Keep the chart as it was read."""
        self._vault.put("chart", work_id, snapshot.to_json(chart), seconds=_KEPT)

    def chart(self, work_id: str) -> Facts:
        """The chart as it was read last; UnknownReview when it is not kept any more."""
        found = self._vault.get("chart", work_id)
        if found is None:
            raise UnknownReview("The chart of this review is not kept any more; open it again from the EHR.")
        return snapshot.from_json(found)

    def packet(self, held: Work, make: Callable[[], bytes]) -> bytes:
        """The packet of a signed version: the one that was made first, whatever has changed since."""
        name = f"{held.id}.{held.number}"
        found = self._vault.get("packet", name)
        if found is not None:
            return b64decode(found)
        made = make()
        is_first = self._vault.add("packet", name, b64encode(made).decode(), seconds=_KEPT)
        return made if is_first else self.packet(held, make)

    def claim_writing(self, work_id: str) -> bool:
        """Whether this caller may write into the EHR now; False: another one does."""
        return self._vault.add("writing", work_id, 1, seconds=_WRITING)

    def finish_writing(self, work_id: str) -> None:
        """Let others write again."""
        self._vault.delete("writing", work_id)

    def _remember(self, after: Work) -> None:
        name = f"{after.id}.{after.revision}"
        self._vault.put("revision", name, list(after.items), seconds=_REMEMBERED)

    def _versioned(self, work_id: str) -> tuple[Work, int]:
        found = self._vault.get_versioned("work", work_id)
        if found is None:
            raise UnknownReview("This review is not kept any more; open it again from the EHR.")
        return work.from_json(found[0]), found[1]
