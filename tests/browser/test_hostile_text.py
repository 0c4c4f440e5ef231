"""A chart with markup in every text: each page shows it as text and runs nothing of it."""

import io
import re

import pytest
from browser.answering import save
from pypdf import PdfReader

from smartapp.sandbox.fhir.access import patient_of

PATIENT = "tamberline"
MARKUP = (
    '"\'><img src=x onerror="window.ran=1"><script>window.ran=1</script></textarea></title>{{7*7}}#eval(1)'
)
CODED = {
    "resourceType",
    "id",
    "reference",
    "system",
    "code",
    "status",
    "intent",
    "use",
    "gender",
    "url",
    "unit",
}
PLAIN = re.compile(r"http|urn:|[A-Z][A-Za-z]+/[\w.-]+$|\d{4}(-\d\d){0,2}(T|$)")
RAN = "[window.ran, document.querySelectorAll('img[src=x], [onerror], script:not([src])').length]"


def hostile(value, name=""):
    """The same with the markup behind every text that is no code, date or reference."""
    if isinstance(value, dict):
        return {key: hostile(part, key) for key, part in value.items()}
    if isinstance(value, list):
        return [hostile(part, name) for part in value]
    is_text = isinstance(value, str) and name not in CODED and not PLAIN.match(value)
    return value + MARKUP if is_text else value


@pytest.fixture
def chart(stand):
    records = stand.ehr.practice.fhir.records
    held = [one for kind in records.types() for one in records.of_type(kind) if patient_of(one) == PATIENT]
    records.load(map(hostile, held))
    yield
    stand.ehr.practice.reset(PATIENT)


def seen(page, address):
    page.goto(address)
    return page.evaluate(RAN)


@pytest.mark.usefixtures("chart")
def test_markup_in_a_chart_and_in_answers_stays_text_everywhere(review, stand):
    watched = review(PATIENT)
    page, address = watched.page, watched.page.url
    shown = [page.evaluate(RAN)]
    page.fill('[name="facility.name"]', MARKUP)
    page.fill('[name="provider.contact"]', MARKUP)
    save(page)
    shown.append(page.evaluate(RAN))
    packet = page.context.request.get(f"{address}/packet.pdf").body()
    pages = ["/rules/melanoma", "/rules/anti-pd1"]
    shown += [seen(page, address + path) for path in pages]
    shown += [seen(page, f"{stand.ehr.url}{path}") for path in ("/", f"/patients/{PATIENT}")]

    text = " ".join(part.extract_text() for part in PdfReader(io.BytesIO(packet)).pages)
    assert shown == [[None, 0]] * 6
    assert (watched.errors, watched.strayed) == ([], [])
    assert "{{7*7}}#eval(1)" in text.replace("\n", "")
