"""HAPI's validator in a process of its own: it is told what is known, and says what is wrong with a resource."""

import json
import subprocess
import tarfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from integration.server import BUILD, java

PACKAGES = Path(__file__).parents[2] / ".." / "shared" / "foreign" / "davinci" / "packages"
CQL = Path(__file__).parents[2] / "cql"
GUIDES = {
    "2.0": ("davinci-crd-2.0.1.tgz", "davinci_dtr_2.0.1.tgz"),
    "2.2": ("hl7.fhir.us.davinci-crd_2.2.0-preview.tgz",),
}

_KINDS = ("StructureDefinition", "ValueSet", "CodeSystem")
_SDC = "http://hl7.org/fhir/uv/sdc/StructureDefinition/"
_PARTS = {f"{_SDC}sdc-questionnaire-launchContext": ("name", "type", "description")}
"""The parts of the stand-ins that have any."""


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
    log = BUILD / "validator.log"
    with log.open("w") as errors, _started(java("Validator"), errors) as process:
        validator = Validator(process=process)
        defined = list(_defined(version))
        for known in (*defined, *_stand_ins(defined), *_ours()):
            validator.know(known)
        yield validator
        process.stdin.close()


def _started(command: list[str], errors: Any) -> subprocess.Popen:
    pipe = subprocess.PIPE
    return subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=errors, text=True)


def _issue(issue: Mapping[str, Any]) -> Issue:
    place = next(iter(issue.get("location", ())), "")
    return Issue(severity=issue["severity"], text=issue.get("diagnostics", ""), place=place)


def _ours() -> Iterator[dict[str, Any]]:
    for folder in ("codesystems", "valuesets", "questionnaires"):
        for path in sorted((CQL / folder).glob("*.json")):
            yield json.loads(path.read_text(encoding="utf-8"))


def _stand_ins(definitions: Iterable[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    """For each extension of SDC and US Core that the guides name and do not bring, one that allows any value."""
    profiles = [known for known in definitions if known["resourceType"] == "StructureDefinition"]
    named = {name for profile in profiles for name in _extensions(profile)}
    for url in sorted(named - {profile["url"] for profile in profiles}):
        if not url.startswith("http://hl7.org/fhir/StructureDefinition/"):
            yield _extension(url)


def _extensions(profile: Mapping[str, Any]) -> Iterator[str]:
    for element in profile["snapshot"]["element"]:
        for kind in element.get("type", ()):
            if kind["code"] == "Extension":
                yield from (name.partition("|")[0] for name in kind.get("profile", ()))


def _defined(version: str) -> Iterator[dict[str, Any]]:
    """What the guides define."""
    for name in GUIDES[version]:
        with tarfile.open(PACKAGES / name) as package:
            for member in package.getmembers():
                if member.name.startswith(tuple(f"package/{kind}" for kind in _KINDS)):
                    yield json.load(package.extractfile(member))


def _extension(url: str) -> dict[str, Any]:
    element = [{"id": "Extension", "path": "Extension"}]
    for part in _PARTS.get(url, ()):
        name = f"Extension.extension:{part}"
        element.append({"id": name, "path": "Extension.extension", "sliceName": part, "min": 0, "max": "1"})
        element.append({"id": f"{name}.url", "path": "Extension.extension.url", "fixedUri": part})
    element.append({"id": "Extension.url", "path": "Extension.url", "fixedUri": url})
    return {
        "resourceType": "StructureDefinition",
        "url": url,
        "name": "StandIn",
        "status": "active",
        "kind": "complex-type",
        "abstract": False,
        "context": [{"type": "element", "expression": "Element"}],
        "type": "Extension",
        "baseDefinition": "http://hl7.org/fhir/StructureDefinition/Extension",
        "derivation": "constraint",
        "differential": {"element": element},
    }
