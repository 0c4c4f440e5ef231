"""What a policy is published as: its questionnaires, CQL libraries and value sets, as FHIR resources."""

import re
from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from smartapp.errors import BadPolicy
from smartapp.policies import files
from smartapp.policies.files import DEFAULT_FOLDER

BASE = "https://smartapp.example/fhir"
TYPES = ("Questionnaire", "Library", "ValueSet")
_LIBRARY_TYPE = "http://terminology.hl7.org/CodeSystem/library-type"
_LIBRARY_NAME = re.compile(r'\\"(\w+)\\"\.\\"')
_FHIR_TYPE = re.compile(r"\{http://hl7\.org/fhir\}(\w+)")

Resource = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Artifacts:
    """Everything published, by resource type and id."""

    by_type: Mapping[str, Mapping[str, Resource]]

    def of_type(self, kind: str) -> tuple[Resource, ...]:
        """All resources of a type, by id."""
        return tuple(self.by_type[kind].values())

    def read(self, kind: str, name: str) -> Resource | None:
        """One resource by its id."""
        return self.by_type[kind].get(name)

    def resolve(self, kind: str, canonical: str) -> Resource | None:
        """The resource that a canonical names; without a version, the one that there is."""
        url, _, version = canonical.partition("|")
        found = (r for r in self.by_type[kind].values() if r["url"] == url)
        return next((r for r in found if version in {"", r["version"]}), None)

    def needed(self, questionnaire: Resource) -> tuple[Resource, ...]:
        """The Libraries that a Questionnaire needs, then the ValueSets of both, each once, however deep."""
        found: dict[str, Resource] = {}
        named = (*_declared(questionnaire), *self._expressed(questionnaire), *_offered(questionnaire))
        waiting = [*dict.fromkeys(named)]
        while waiting:
            canonical = waiting.pop(0)
            if canonical not in found:
                found[canonical] = self._required(canonical)
                waiting += [r["resource"] for r in found[canonical].get("relatedArtifact", ())]
        return tuple(sorted(found.values(), key=lambda r: TYPES.index(r["resourceType"])))

    def _expressed(self, questionnaire: Resource) -> Iterator[str]:
        """The libraries that expressions name, for a form that does not declare them."""
        names = _LIBRARY_NAME.findall(orjson.dumps(questionnaire).decode())
        known = self.by_type["Library"]
        return (canonical_of(known[name]) for name in dict.fromkeys(names) if name in known)

    def _required(self, canonical: str) -> Resource:
        resource = next(filter(None, (self.resolve(kind, canonical) for kind in TYPES)), None)
        if resource is None:
            raise BadPolicy(f"{canonical} is needed and not there.")
        return resource


def load_artifacts(*folders: Path) -> Artifacts:
    """The artifacts of these folders (cql/ when none is named) and what they leave to cql/; BadPolicy names gaps."""
    paths = folders or (DEFAULT_FOLDER,)
    questionnaires = _by_id(map(files.read, files.own(paths, "questionnaires/*.json")))
    value_sets = _by_id(files.terms(paths, "valuesets/*.json"))
    versions = {value_set["url"]: value_set["version"] for value_set in value_sets.values()}
    day = max((str(q.get("date", "")) for q in questionnaires.values()), default="")
    libraries = _by_id(_libraries(paths, versions, day))
    return Artifacts(by_type={"Questionnaire": questionnaires, "Library": libraries, "ValueSet": value_sets})


def canonical_of(resource: Resource) -> str:
    """The canonical of a resource with its version."""
    return f"{resource['url']}|{resource['version']}"


def _declared(questionnaire: Resource) -> Iterator[str]:
    extensions = questionnaire.get("extension", ())
    return (e["valueCanonical"] for e in extensions if e["url"].endswith("/cqf-library"))


def _offered(node: Resource) -> Iterator[str]:
    """The value sets that items let choose from."""
    if "answerValueSet" in node:
        yield node["answerValueSet"]
    for item in node.get("item", ()):
        yield from _offered(item)


def _by_id(resources: Iterable[Resource]) -> dict[str, Resource]:
    return {resource["id"]: resource for resource in resources}


def _libraries(paths: tuple[Path, ...], versions: Mapping[str, str], day: str) -> Iterator[Resource]:
    for path, compiled in files.libraries(paths).items():
        cql = path.parent.parent / f"{path.stem}.cql"
        if not cql.exists():
            raise BadPolicy(f"{cql.name} is not there, but its ELM is.")
        yield _library(compiled, cql.read_bytes(), versions, day)


def _library(compiled: Mapping[str, Any], cql: bytes, versions: Mapping[str, str], day: str) -> Resource:
    """A Library with its CQL and its ELM (DTR 2.2.0 spec-95, spec-99)."""
    elm = compiled["library"]
    name, version = elm["identifier"]["id"], elm["identifier"]["version"]
    built = {
        "resourceType": "Library",
        "id": name,
        "url": f"{BASE}/Library/{name}",
        "version": version,
        "name": name,
        "title": name,
        "status": "active",
        "experimental": False,
        "type": {"coding": [{"system": _LIBRARY_TYPE, "code": "logic-library"}]},
        "subjectCodeableConcept": {
            "coding": [{"system": "http://hl7.org/fhir/resource-types", "code": "Patient"}]
        },
        "date": day,
        "publisher": "smartapp",
        "relatedArtifact": [*_dependencies(elm, versions)],
        "parameter": [*_parameters(elm)],
        "dataRequirement": [{"type": kind} for kind in sorted(_retrieved(elm))],
        "content": [
            _content("text/cql", cql),
            _content("application/elm+json", orjson.dumps(compiled)),
        ],
    }
    return {key: value for key, value in built.items() if value not in ([], "")}


def _dependencies(elm: Mapping[str, Any], versions: Mapping[str, str]) -> Iterator[dict[str, str]]:
    for include in elm.get("includes", {}).get("def", ()):
        yield _depends_on(f"{BASE}/Library/{include['path']}|{include['version']}")
    for value_set in elm.get("valueSets", {}).get("def", ()):
        if value_set["id"] not in versions:
            raise BadPolicy(f"{value_set['id']} is needed and not there.")
        yield _depends_on(f"{value_set['id']}|{versions[value_set['id']]}")


def _parameters(elm: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """What a client may give to the library; each has a default."""
    for parameter in elm.get("parameters", {}).get("def", ()):
        kind = parameter.get("parameterTypeSpecifier", {})
        is_list = kind.get("type") == "ListTypeSpecifier"
        name = (kind["elementType"] if is_list else kind).get("name", "").rpartition("}")[2]
        yield {
            "name": parameter["name"],
            "use": "in",
            "min": 0,
            "max": "*" if is_list else "1",
            "type": f"{name[:1].lower()}{name[1:]}",
        }


def _depends_on(canonical: str) -> dict[str, str]:
    return {"type": "depends-on", "resource": canonical}


def _content(kind: str, data: bytes) -> dict[str, str]:
    return {"contentType": kind, "data": b64encode(data).decode("ascii")}


def _retrieved(node: Any) -> set[str]:
    """The FHIR types that an ELM tree retrieves: what a client must have at hand (spec-68)."""
    if isinstance(node, list):
        return set().union(*map(_retrieved, node))
    if not isinstance(node, dict):
        return set()
    found = set().union(*map(_retrieved, node.values()))
    match = _FHIR_TYPE.fullmatch(str(node.get("dataType", ""))) if node.get("type") == "Retrieve" else None
    return found | ({match[1]} if match else set())
