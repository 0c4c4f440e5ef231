"""Another renderer of FHIR questionnaires, as a judge of ours: what does it read from our form?"""

from pathlib import Path

import pytest

_LFORMS = Path(__file__).parent / "node_modules" / "lforms" / "dist" / "lforms"
_PARTS = ("webcomponent/assets/lib/zone.min.js", "webcomponent/lhc-forms.js", "fhir/R4/lformsFHIR.min.js")
_SHOW = """async ([questionnaire, response]) => {
  const plain = LForms.Util.convertFHIRQuestionnaireToLForms(questionnaire, 'R4');
  const form = LForms.Util.mergeFHIRDataIntoLForms(response, plain, 'R4');
  await LForms.Util.addFormToPage(form, 'form', {prepopulate: false});
  return {
    response: LForms.Util.getFormFHIRData('QuestionnaireResponse', 'R4', '#form'),
    invalid: LForms.Util.checkValidity('#form') || [],
  };
}"""


def shown(page, questionnaire, response):
    """What it exports after showing the response, and what it says is missing."""
    if not _LFORMS.is_dir():
        pytest.skip("lforms is not installed: npm ci in tests/browser")
    page.set_content('<body><div id="form"></div></body>')
    for part in _PARTS:
        page.add_script_tag(path=str(_LFORMS / part))
    return page.evaluate(_SHOW, [questionnaire, response])


def answers(response):
    """(linkId, type, value) of each answer, in the order of the response; displays of codes left out."""
    found = []
    for item in response.get("item", ()):
        for answer in item.get("answer", ()):
            kind, value = next((k, v) for k, v in answer.items() if k.startswith("value"))
            found.append((item["linkId"], kind, value["code"] if isinstance(value, dict) else value))
        found += answers(item)
    return found
