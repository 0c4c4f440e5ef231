"""Writes smartapp/elm/fhirtypes.py: which FHIR elements are choices and which are dates, by element name.

Run after `npm ci` in cql/translate: python scripts/fhir_types.py
The names come from the FHIR R4 model information that the translator reads (FHIR itself is CC0).
"""

from collections import Counter, defaultdict
from pathlib import Path
from xml.etree import ElementTree as ET

ROOT = Path(__file__).parents[1]
MODEL = ROOT / "cql/translate/node_modules/cql-exec-fhir/lib/modelInfos/fhir-modelinfo-4.0.1.xml"
TARGET = ROOT / "smartapp/elm/fhirtypes.py"
NS = "{urn:hl7-org:elm-modelinfo:r1}"
DATA_TYPE = 100
"""An element of a data type (Period.start) counts more than one of a resource."""
DATES = ("date", "dateTime", "instant", "time")

HEAD = '''"""FHIR R4 elements that an engine over plain JSON must know; written by scripts/fhir_types.py."""
# ruff: noqa: E501 - one line an element

'''


def main() -> None:
    """Write the table."""
    choices: dict[str, set[str]] = defaultdict(set)
    kinds: dict[str, Counter[str]] = defaultdict(Counter)
    parents: dict[str, str] = {}
    for info in ET.parse(MODEL).getroot().iter(f"{NS}typeInfo"):  # noqa: S314 - our own dependency
        parents[info.get("name", "")] = info.get("baseType", "").removeprefix("FHIR.")
        for element in info.iter(f"{NS}element"):
            name = element.get("name", "")
            choices[name].update(choice.get("name", "") for choice in element.iter(f"{NS}choice"))
            kinds[name][_type(element)] += DATA_TYPE if info.get("baseType") == "FHIR.Element" else 1
    TARGET.write_text(HEAD + _choices(choices) + _dates(kinds) + _parents(parents), encoding="utf-8")


def _type(element: ET.Element) -> str:
    inner = element.find(f"{NS}elementTypeSpecifier")
    name = element.get("elementType") or (inner.get("elementType") if inner is not None else None) or ""
    return name.removeprefix("FHIR.")


def _choices(choices: dict[str, set[str]]) -> str:
    lines = ["CHOICES: dict[str, str] = {"]
    lines += [
        f'    "{name}": "{" ".join(sorted(types))}",' for name, types in sorted(choices.items()) if types
    ]
    return "\n".join(
        [*lines, "}", '"""Element name -> the types that may follow it ("value" -> "valueQuantity")."""', ""]
    )


def _dates(kinds: dict[str, Counter[str]]) -> str:
    lines = ["DATES: dict[str, str] = {"]
    for name, counts in sorted(kinds.items()):
        kind, _ = counts.most_common(1)[0]
        if kind in DATES:
            lines.append(f'    "{name}": "{kind}",')
    return "\n".join(
        [
            *lines,
            "}",
            '"""Element name -> its (most common) type, where that is one of dates or times."""',
            "",
        ]
    )


def _parents(parents: dict[str, str]) -> str:
    lines = ["PARENTS: dict[str, str] = {"]
    keep = {"DomainResource", "Resource", "BackboneElement", "Element", ""}
    lines += [
        f'    "{name}": "{base}",'
        for name, base in sorted(parents.items())
        if base not in keep and "." not in name and not base.startswith("System")
    ]
    return "\n".join(
        [*lines, "}", '"""FHIR type -> the type it specialises, beside Resource and Element."""', ""]
    )


if __name__ == "__main__":
    main()
