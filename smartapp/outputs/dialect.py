"""Which edition of the Da Vinci guides an answer speaks; the two differ in codes and in shapes."""

import re
from enum import StrEnum

_VERSION = re.compile(r"(?P<minor>\d+\.\d+)(\.\d+)?(-[\w.-]+)?")


class Dialect(StrEnum):
    """An edition, by the version that `davinci-crd.requestedVersion` names."""

    V2_0 = "2.0"
    """CRD and DTR 2.0.1, the editions that certified EHRs speak."""
    V2_2 = "2.2"
    """CRD 2.2.1 and DTR 2.2.0, the newest."""


def dialect_of(version: str) -> Dialect | None:
    """The dialect of a version such as "2.2" or "2.0.1"; None: it is not spoken here."""
    match = _VERSION.fullmatch(version.strip())
    return _SPOKEN.get(match["minor"]) if match else None


_SPOKEN = {str(dialect): dialect for dialect in Dialect}
