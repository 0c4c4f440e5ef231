"""Who pays, when it is plain.

Decisions.md 1 `not-applicable`; codes of the Source of Payment Typology and v3 ActCode.
"""

import pytest
from normalize.build import additions, concept, one, resource

GOVERNMENT, SELF, NEITHER = ["government-payer"], ["self-pay"], []


def read(*others, **elements):
    result = one(resource("Coverage", status="active", **elements), *others)
    return additions(result.get("type", {}))


@pytest.mark.parametrize(
    ("type_", "expected"),
    [
        (concept("https://nahdo.org/sopt|1|Medicare"), GOVERNMENT),
        (concept("https://nahdo.org/sopt|111"), GOVERNMENT),
        (concept("urn:oid:2.16.840.1.113883.3.221.5|2"), GOVERNMENT),
        (concept("https://nahdo.org/sopt|311"), GOVERNMENT),
        (concept("https://nahdo.org/sopt|32"), GOVERNMENT),
        (concept("https://nahdo.org/sopt|33"), NEITHER),
        (concept("https://nahdo.org/sopt|512|Commercial PPO"), NEITHER),
        (concept("https://nahdo.org/sopt|81"), SELF),
        (concept("http://terminology.hl7.org/CodeSystem/v3-ActCode|PUBLICPOL"), GOVERNMENT),
        (concept("http://terminology.hl7.org/CodeSystem/v3-ActCode|MILITARY"), GOVERNMENT),
        (concept("http://terminology.hl7.org/CodeSystem/v3-ActCode|EHCPOL"), NEITHER),
        (concept("http://terminology.hl7.org/CodeSystem/v3-ActCode|HIP"), NEITHER),
        (concept("http://terminology.hl7.org/CodeSystem/coverage-selfpay|pay"), SELF),
        (concept("Medicare Advantage HMO"), GOVERNMENT),
        (concept("Medicare"), GOVERNMENT),
        (concept("Medicaid"), GOVERNMENT),
        (concept("Medi-Cal"), GOVERNMENT),
        (concept("TRICARE Prime"), GOVERNMENT),
        (concept("CHAMPVA"), GOVERNMENT),
        (concept("VA"), GOVERNMENT),
        (concept("Self-pay"), SELF),
        (concept("Commercial"), NEITHER),
        (concept("Non-Medicare commercial"), NEITHER),
        (concept("Medicare supplement"), NEITHER),
        (concept("Anthem Blue Cross of VA"), NEITHER),
        (concept("VA Premier commercial"), NEITHER),
    ],
)
def test_the_type_says_who_pays(type_, expected):
    assert read(type=type_) == expected


@pytest.mark.parametrize(
    ("elements", "expected"),
    [
        ({"class": [{"type": concept("plan"), "value": "H1", "name": "Medicare Advantage"}]}, GOVERNMENT),
        ({"payor": [{"display": "Wyoming Medicaid"}]}, GOVERNMENT),
        ({"payor": [{"display": "Department of Veterans Affairs"}]}, GOVERNMENT),
        ({"payor": [{"display": "Blue Cross Blue Shield of Wyoming"}]}, NEITHER),
        ({"payor": [{"reference": "Organization/o"}]}, GOVERNMENT),
        (
            {
                "payor": [{"reference": "#inside"}],
                "contained": [resource("Organization", id="inside", name="TRICARE")],
            },
            GOVERNMENT,
        ),
        ({}, NEITHER),
    ],
)
def test_class_and_payor_say_it_too(elements, expected):
    organization = resource("Organization", id="o", name="Centers for Medicare & Medicaid Services")

    assert read(organization, **elements) == expected
