"""HAPI's validator in a process of its own: it is told what is known, and says what is wrong with a resource."""

import json
import subprocess
import tarfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from integration import server
from integration.server import BUILD, java

PACKAGES = Path(__file__).parents[2] / ".." / "shared" / "foreign" / "davinci" / "packages"
CQL = Path(__file__).parents[2] / "cql"
GUIDES = {
    "2.0": ("davinci-crd-2.0.1.tgz", "davinci_dtr_2.0.1.tgz"),
    "2.2": ("hl7.fhir.us.davinci-crd_2.2.0-preview.tgz",),
    "pas-2.0": ("davinci_pas_2.0.1.tgz", "davinci-crd-2.0.1.tgz", "davinci_dtr_2.0.1.tgz"),
    "pas-2.2": ("davinci_pas_2.2.1.tgz", "hl7.fhir.us.davinci-crd_2.2.0-preview.tgz"),
}

_PLACES = {
    "extension-infoChanged": "Claim.supportingInfo",
    "extension-administrationReferenceNumber": "ClaimResponse.item",
}
"""Extensions of PAS (2.0.1, 2.2.1) where its profiles have them and the extensions themselves do not say so."""
_KINDS = ("StructureDefinition", "ValueSet", "CodeSystem")
_SDC = "http://hl7.org/fhir/uv/sdc/StructureDefinition/"
_PARTS = {f"{_SDC}sdc-questionnaire-launchContext": ("name", "type", "description")}
"""The parts of the stand-ins that have any."""
_BASE = "http://hl7.org/fhir/StructureDefinition/"
_TYPES = (
    *("AllergyIntolerance", "Condition", "Coverage", "DiagnosticReport", "DocumentReference", "Encounter"),
    *(
        "Immunization",
        "Location",
        "Medication",
        "MedicationRequest",
        "Observation",
        "Organization",
        "Patient",
    ),
    *("Practitioner", "PractitionerRole", "Procedure", "QuestionnaireResponse", "RelatedPerson"),
    *("ServiceRequest", "Subscription", "Task"),
)
"""The types of which other guides have profiles that ours build on."""
_VITAL_SIGNS = "Observation"
_BROKEN = frozenset({"crd-ci-q2", "crd-ci-q4"})
"""Invariants of CRD whose expressions lack an exists(), so that they fail wherever their condition does not hold.

tests/davinci/invariants.py holds us to what their sentences say.
"""


def missing() -> str | None:
    """Why the validator cannot run here, or None."""
    return server.missing() or (None if PACKAGES.is_dir() else "the packages of the guides are not here")


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """One thing that the validator says."""

    severity: str
    text: str
    place: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Validator:
    """The process, one line for a question and one for its answer."""

    process: subprocess.Popen

    def know(self, resource: Mapping[str, Any]) -> None:
        """Let others refer to a resource from now on."""
        self._say({"known": resource})

    def issues(self, resource: Mapping[str, Any], profile: str | None = None) -> list[Issue]:
        """What is wrong, or may be, with a resource by itself, by its meta.profile and by this profile."""
        self._say({"resource": resource, "profile": profile})
        outcome = json.loads(self.process.stdout.readline())
        return [_issue(issue) for issue in outcome["issue"] if issue["severity"] != "information"]

    def _say(self, line: Mapping[str, Any]) -> None:
        self.process.stdin.write(f"{json.dumps(line)}\n")
        self.process.stdin.flush()


@contextmanager
def validating(version: str) -> Iterator[Validator]:
    """The validator with the guides of one version, and with what our package of forms defines."""
    command = java("Validator")  # builds, and so makes the folder
    log = BUILD / "validator.log"
    with log.open("w") as errors, _started(command, errors) as process:
        validator = Validator(process=process)
        defined = list(_defined(version))
        for known in (*defined, *_stand_ins(defined), *ours()):
            validator.know(known)
        yield validator
        process.stdin.close()


def ours() -> Iterator[dict[str, Any]]:
    """The forms, the code systems and the value sets of cql/, as they are written there."""
    for folder in ("codesystems", "valuesets", "questionnaires"):
        for path in sorted((CQL / folder).glob("*.json")):
            yield json.loads(path.read_text(encoding="utf-8"))


def _started(command: list[str], errors: Any) -> subprocess.Popen:
    pipe = subprocess.PIPE
    return subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=errors, text=True)


def _issue(issue: Mapping[str, Any]) -> Issue:
    place = next(iter(issue.get("location", ())), "")
    return Issue(severity=issue["severity"], text=issue.get("diagnostics", ""), place=place)


def _stand_ins(definitions: Iterable[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    """For each profile that the guides name and do not bring (US Core, SDC, HRex), one that allows everything.

    What is held to the guides' own profiles is so held to all of theirs and to nothing that US Core asks: its packages
    are in no registry that can be reached.
    """
    profiles = [known for known in definitions if known["resourceType"] == "StructureDefinition"]
    brought = {profile["url"]: profile for profile in profiles}
    for canonical, kind in sorted({named for profile in profiles for named in _named(profile)}):
        url, _, version = canonical.partition("|")
        if version and version != brought.get(url, {}).get("version", version):
            yield {**brought[url], "version": version}  # the same of the edition that can be had
        elif url not in brought and not url.startswith(_BASE):
            yield _extension(canonical) if kind == "Extension" else _anything(canonical)


def _named(profile: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The profiles that a profile builds on, each with the type of the element that names it."""
    if profile["kind"] == "resource":
        yield profile["baseDefinition"], profile["type"]
    for element in profile["snapshot"]["element"]:
        for kind in element.get("type", ()):
            for key in ("profile", "targetProfile"):
                yield from ((name, kind["code"]) for name in kind.get(key, ()))


def _type_of(canonical: str) -> str:
    """The resource type that a profile is of, by its name: us-core-condition-encounter-diagnosis is a Condition."""
    name = canonical.partition("|")[0].rpartition("/")[2].replace("-", "").lower()
    found = [(name.find(kind.lower()), -len(kind), kind) for kind in _TYPES if kind.lower() in name]
    return min(found)[2] if found else _VITAL_SIGNS


def _defined(version: str) -> Iterator[dict[str, Any]]:
    """What the guides define."""
    for name in GUIDES[version]:
        with tarfile.open(PACKAGES / name) as package:
            for member in package.getmembers():
                if member.name.startswith(tuple(f"package/{kind}" for kind in _KINDS)):
                    yield _mended(json.load(package.extractfile(member)))


def _mended(definition: dict[str, Any]) -> dict[str, Any]:
    """A definition without what contradicts the guide that it is of."""
    name = str(definition["url"]).rpartition("/")[2]
    if name in _PLACES:
        definition["context"].append({"type": "element", "expression": _PLACES[name]})
    for view in ("snapshot", "differential"):
        for element in definition.get(view, {}).get("element", ()):
            rules = element.get("constraint", ())
            if any(rule["key"] in _BROKEN for rule in rules):
                element["constraint"] = [rule for rule in rules if rule["key"] not in _BROKEN]
    return definition


def _extension(canonical: str) -> dict[str, Any]:
    url = canonical.partition("|")[0]
    element = [{"id": "Extension", "path": "Extension"}]
    for part in _PARTS.get(url, ()):
        name = f"Extension.extension:{part}"
        element.append({"id": name, "path": "Extension.extension", "sliceName": part, "min": 0, "max": "1"})
        element.append({"id": f"{name}.url", "path": "Extension.extension.url", "fixedUri": part})
    element.append({"id": "Extension.url", "path": "Extension.url", "fixedUri": url})
    context = [{"type": "element", "expression": "Element"}]
    return {**_profile(canonical, "Extension", element), "kind": "complex-type", "context": context}


def _anything(canonical: str) -> dict[str, Any]:
    kind = _type_of(canonical)
    return {**_profile(canonical, kind, [{"id": kind, "path": kind}]), "kind": "resource"}


def _profile(canonical: str, kind: str, element: list[dict[str, Any]]) -> dict[str, Any]:
    url, _, version = canonical.partition("|")
    return {
        "resourceType": "StructureDefinition",
        "url": url,
        **({"version": version} if version else {}),
        "name": "StandIn",
        "status": "active",
        "abstract": False,
        "type": kind,
        "baseDefinition": f"{_BASE}{kind}",
        "derivation": "constraint",
        "differential": {"element": element},
    }
