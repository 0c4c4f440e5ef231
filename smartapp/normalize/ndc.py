"""National Drug Codes in every written form, reduced to the product code that value sets list.

An NDC is labeler-product-package; FDA writes 4-4-2, 5-3-2 or 5-4-1 digits, HIPAA 5-4-2 with or without
hyphens, and spreadsheets lose leading zeros. Labeler and product identify the drug.
"""

import re
from collections.abc import Iterable, Mapping

_HYPHENATED = re.compile(r"(\d{1,5})-(\d{1,4})(?:-(?:\d{1,2})?)?")
_NOISE = re.compile(r"^NDC[\s:#]*|[\s*.]", re.IGNORECASE)


def index(products: Iterable[str]) -> Mapping[str, str]:
    """Known product codes, as written, by their nine digits (5-4)."""
    return {nine: code for code in products for nine in _nine(code)}


def product(written: str, known: Mapping[str, str]) -> str | None:
    """The known product code that a written NDC names, or None; several possible products name none."""
    found = {known[nine] for nine in _nine(_NOISE.sub("", written)) if nine in known}
    return found.pop() if len(found) == 1 else None


def _nine(code: str) -> set[str]:
    hyphenated = _HYPHENATED.fullmatch(code)
    if hyphenated:
        return {hyphenated[1].zfill(5) + hyphenated[2].zfill(4)}
    if not code.isascii() or not code.isdigit() or len(code) > 11:  # noqa: PLR2004 - HIPAA length
        return set()
    return _readings(code)


def _readings(digits: str) -> set[str]:
    """Eleven digits, or fewer that lost zeros; ten also as 5-3-2 and 5-4-1, nine and eight as a product."""
    readings = {digits.zfill(11)[:9]}
    if len(digits) == 10:  # noqa: PLR2004 - FDA length without hyphens
        readings |= {digits[:5] + "0" + digits[5:8], digits[:9]}
    if len(digits) == 9:  # noqa: PLR2004 - 5-4 without a package
        readings.add(digits)
    if len(digits) == 8:  # noqa: PLR2004 - 4-4 or 5-3 without a package
        readings |= {"0" + digits, digits[:5] + "0" + digits[5:]}
    return readings
