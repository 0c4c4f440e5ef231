"""What the pages of a review need, given by the wiring; and how a launch becomes a review."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from smartapp.errors import SessionOver
from smartapp.outputs import packet
from smartapp.outputs.history import history
from smartapp.reviews import submission
from smartapp.reviews.claims import Requests
from smartapp.reviews.reading import Reading
from smartapp.reviews.reviews import Reviews
from smartapp.reviews.submission import Writer
from smartapp.reviews.view import View
from smartapp.reviews.visits import Visit
from smartapp.store.launches import Launch
from smartapp.web.sessions import Sessions


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """The reviews of this service, and the EHRs behind them."""

    reviews: Reviews
    reading: Reading
    sessions: Sessions
    launch: Callable[[str], Launch | None]
    """The launch with an id, or None when it is over."""
    writer: Callable[[Launch], Writer]
    ehr_name: Callable[[str], str]
    """What an EHR is called, by its issuer."""
    clock: Callable[[], datetime]
    requests: Requests | None = None
    """The requests to payers; None: none are made here."""

    def open(self, launch: Launch) -> str:
        """Begin a review for a launch; its id. The chart is being read when this returns."""
        visit = self.reviews.visits.begin(
            launch=launch.id,
            session=launch.session,
            iss=launch.iss,
            ehr_name=self.ehr_name(launch.iss),
            patient=launch.patient,
            encounter=_reference("Encounter", launch.encounter),
            user=launch.user,
            user_name=launch.user_name,
            banner=launch.need_patient_banner,
            open=launch.open,
            began_at=self.clock(),
        )
        self.reading.start(visit, launch)
        return visit.id

    def read_again(self, visit: Visit) -> None:
        """Read the chart once more."""
        launch = self.launch_of(visit)
        self.reading.start(self.reviews.visits.reading(visit, now=self.clock()), launch)

    def write(self, visit: Visit) -> None:
        """Write what is signed into the EHR, as far as it takes it; what is not written says why."""
        writer = self.writer(self.launch_of(visit))
        with self.reviews.writing(visit) as is_first:
            if is_first:
                submission.submit(self.reviews, visit, writer=writer, packet=lambda: self.pdf(visit))

    def pdf(self, visit: Visit) -> bytes:
        """The packet of a review; a draft until it is signed, and then always the same."""
        return pdf_of(self.reviews, visit, clock=self.clock)

    def launch_of(self, visit: Visit) -> Launch:
        """The launch behind a visit; SessionOver when it is over."""
        launch = self.launch(visit.launch)
        if launch is None:
            raise SessionOver("The launch is over. Start again from the EHR; your answers are kept.")
        return launch


def pdf_of(reviews: Reviews, visit: Visit, *, clock: Callable[[], datetime]) -> bytes:
    """The packet of a review; a draft until it is signed, and then always the same."""

    def made(view: View) -> bytes:
        review = view.review
        return packet.pdf(
            policy=review.policy,
            determination=review.determination,
            facts=review.facts,
            response=view.response,
            history=history(review.policy, review.facts, review.run),
            signature=view.signature,
            audit_id=str(view.response["id"]),
            now=view.signature.at if view.signature else clock(),
            read_at=view.read_at,
            number=view.number,
        )

    return reviews.packet(visit, made)


def _reference(kind: str, given: str | None) -> str | None:
    return given if given is None or "/" in given else f"{kind}/{given}"
