"""What every page of the screen needs: the practice, who is signed in, the patient, the apps."""

from dataclasses import dataclass, field
from typing import Any

from flask import abort, g, render_template, request

from smartapp.facts import Resource
from smartapp.sandbox.auth.clients import Client
from smartapp.sandbox.fhir.names import name_of
from smartapp.sandbox.practice import USERS, Practice
from smartapp.sandbox.screen import chart
from smartapp.sandbox.screen.exchanges import Exchange, Exchanges

COOKIE = "practice-user"


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """The practice as someone in front of the screen sees it."""

    practice: Practice
    exchanges: Exchanges = field(default_factory=Exchanges)

    @property
    def user(self) -> str:
        """The id of the Practitioner who is signed in."""
        asked = request.cookies.get(COOKIE, "")
        return asked if asked in USERS else USERS[0]

    @property
    def users(self) -> list[tuple[str, str]]:
        """Everyone who can sign in, with the name."""
        records = self.practice.fhir.records
        held = [(name, records.get("Practitioner", name)) for name in USERS]
        return [(name, name_of(found)) for name, found in held if found]

    @property
    def app(self) -> Client | None:
        """The app that is launched: the first registered one that has a launch address."""
        return next((client for client in self.practice.memory.clients.values() if client.launch_url), None)

    def patient(self, patient_id: str) -> Resource:
        """The patient with this id; else a 404."""
        return self.practice.fhir.records.get("Patient", patient_id) or abort(
            404, "There is no such patient here."
        )

    def order(self, resource_type: str, order_id: str) -> Resource:
        """The order with this id; else a 404."""
        return self.practice.fhir.records.get(resource_type, order_id) or abort(404)

    def exchange(self, number: int) -> Exchange:
        """The exchange with this number; else a 404."""
        return self.exchanges.get(number) or abort(404)

    def page(self, template: str, *, patient_id: str | None = None, **values: Any) -> str:
        """A page of the screen, with the patient's banner where there is a patient."""
        today = self.practice.settings.clock().date()
        banner = chart.banner(self.patient(patient_id), today=today) if patient_id else None
        if self.app is not None:
            # a browser applies form-action to where a form's answer redirects to, and frame-src to the frame
            g.form_action = g.frame_source = self.app.origin
        return render_template(
            template, banner=banner, user=self.user, users=self.users, app=self.app, **values
        )
