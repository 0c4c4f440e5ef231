"""NDCs in every written form. decisions.md 6; FDA 4-4-2, 5-3-2, 5-4-1, HIPAA 5-4-2, lost leading zeros."""

import pytest

from smartapp.normalize import ndc

KNOWN = ndc.index(["0006-3026", "0006-5083", "61755-008", "50881-006", "73776-001", "0003-3772"])


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("0006-3026-02", "0006-3026"),
        ("0006-3026", "0006-3026"),
        ("00006-3026-02", "0006-3026"),
        ("00006302602", "0006-3026"),
        ("0006302602", "0006-3026"),
        ("6302602", "0006-3026"),
        ("3377211", "0003-3772"),
        ("6-3026-2", "0006-3026"),
        ("61755-008-01", "61755-008"),
        ("61755-0008-01", "61755-008"),
        ("61755000801", "61755-008"),
        ("6175500801", "61755-008"),
        ("73776-001-11", "73776-001"),
        ("7377600111", "73776-001"),
        ("NDC 0006-3026-02", "0006-3026"),
        ("0006-3026-**", "0006-3026"),
        (" 0006 3026 02", "0006-3026"),
        ("73776-022-01", None),  # same labeler, another drug
        ("12345678901", None),
        ("0006-3026-02-99", None),
        ("1234567890123", None),
        ("pembrolizumab", None),
        ("", None),
        ("٠٠٠٦٣٠٢٦٠٢", None),
    ],
)
def test_a_written_ndc_names_a_known_product_or_none(written, expected):
    assert ndc.product(written, KNOWN) == expected


def test_ten_digits_with_two_known_readings_name_none():
    known = ndc.index(["1234-5678", "12345-0678"])

    assert ndc.product("1234567890", known) is None
