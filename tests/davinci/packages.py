"""The StructureDefinitions and ValueSets of the guides, out of their npm packages; skips where these are absent."""

import json
import tarfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(__file__).parents[2] / ".." / "shared" / "foreign" / "davinci" / "packages"
FILES = {
    "crd-2.0": "davinci-crd-2.0.1.tgz",
    "crd-2.2": "hl7.fhir.us.davinci-crd_2.2.0-preview.tgz",
    "dtr-2.0": "davinci_dtr_2.0.1.tgz",
    "pas-2.0": "davinci_pas_2.0.1.tgz",
    "pas-2.2": "davinci_pas_2.2.1.tgz",
}
_KINDS = ("StructureDefinition", "ValueSet", "CodeSystem")

Definition = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Guide:
    """What a package, with those it leans on, defines: by canonical."""

    definitions: Mapping[str, Definition]

    def find(self, canonical: str) -> Definition | None:
        return self.definitions.get(canonical.partition("|")[0])


def guide(*names: str) -> Guide:
    """One or more packages as one; of a canonical that both define the first one counts."""
    if not FOLDER.is_dir():
        pytest.skip("the packages of the guides are not here")
    found: dict[str, Definition] = {}
    for name in reversed(names):
        found |= _read(FILES[name])
    return Guide(definitions=found)


@cache
def _read(file: str) -> dict[str, Definition]:
    with tarfile.open(FOLDER / file) as package:
        names = (m for m in package.getmembers() if m.name.endswith(".json") and m.name.count("/") == 1)
        known = (m for m in names if m.name.partition("/")[2].startswith(_KINDS))
        resources = [json.load(package.extractfile(member)) for member in known]
    return {resource["url"]: resource for resource in resources}
