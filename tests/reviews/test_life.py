"""Whatever order things happen in, a person's answer stays until a person changes it."""

from fakes_reviews import CHART, COMPLETE, Service, answers_of, facts, given
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

CHARTS = (
    facts(*CHART),
    facts(*CHART, given("nivolumab", "1597876", "2024-09-01", "a2")),
    facts(*CHART[:3]),
)
VALUES = {
    "ecog": ("0", "1", "2"),
    "provider.contact": ("555-0100", "555-0101"),
    "patient.name": ("Ann B. Example", "Ann C. Example"),
}


class Life(RuleBasedStateMachine):
    """One review, two windows, a chart that changes."""

    def __init__(self):
        super().__init__()
        self.service = Service()
        self.visits = [self.service.open(session="one"), self.service.open(session="two")]
        self.own = {}
        self.waiting = {}
        self.sent = 0
        self.documents = []

    @property
    def is_signed(self):
        return self.service.reviews.view(self.visits[0]).signature is not None

    @rule(window=st.integers(0, 1), name=st.sampled_from(sorted(VALUES)), choice=st.integers(0, 1))
    def answer(self, window, name, choice):
        text = VALUES[name][choice]
        # of two answers that wait for an amendment the first stands, the other one is shown beside it
        known = self.waiting if self.is_signed else self.own
        known[name] = known.get(name, text) if self.is_signed else text
        self.sent += 1
        visit = self.visits[window]
        token = f"t{self.sent}"
        form = self.service.form(visit, {name: (text,)}, token=token)
        self.service.reviews.save(visit, form)
        self.service.reviews.save(visit, form)

    @rule(window=st.integers(0, 1), chart=st.sampled_from(CHARTS))
    def refresh(self, window, chart):
        self.visits[window] = self.service.reviews.arrived(self.visits[window], chart)

    @rule()
    def launch(self):
        self.visits[1] = self.service.open(session="three")

    @rule()
    def sign(self):
        if self.is_signed:
            return
        self.sent += 1
        visit = self.visits[0]
        # with what stands, as a browser sends it: so of two answers that waited one is chosen
        stands = {name: (text,) for name, text in self.own.items()}
        whole = {**stands, **COMPLETE, "pd1.received": ("true",)}
        form = self.service.form(visit, whole, token=f"t{self.sent}")
        self.service.reviews.sign(visit, form)
        assert self.is_signed
        self.documents.append(self.service.reviews.view(visit).response)

    @rule()
    def amend(self):
        if self.is_signed:
            self.service.reviews.amend(self.visits[1])
            self.own |= self.waiting
            self.waiting = {}

    @invariant()
    def what_a_person_answered_stands(self):
        response = self.service.reviews.view(self.visits[0]).response
        for name, text in self.own.items():
            (answer,) = answers_of(response, name)
            assert str(answer.get("valueInteger", answer.get("valueString"))) == text

    @invariant()
    def both_windows_show_the_same(self):
        one, two = (self.service.reviews.view(visit).response for visit in self.visits)
        assert one == two

    @invariant()
    def a_signed_document_never_changes(self):
        if self.is_signed:
            assert self.service.reviews.view(self.visits[0]).response == self.documents[-1]


Life.TestCase.settings = settings(max_examples=12, stateful_step_count=12, deadline=None)
TestLife = Life.TestCase
