"""The other engines: each a process that evaluates our libraries, job by job."""

import json
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Self

import orjson
from maven import Program

ROOT = Path(__file__).parents[2]
LIBRARIES = ("OncologyCommon", "TILMelanomaEvidence", "TILMelanoma", "TILMelanomaNotices", "TILMelanomaForm")
ELM, VALUE_SETS = ROOT / "cql" / "elm", ROOT / "cql" / "valuesets"
_MODULES = ROOT / "cql" / "translate" / "node_modules"
_JAVA = Program(source=Path(__file__).with_name("java"), build=ROOT / "build" / "cql-engine")
_LIST = "List"


def missing() -> str | None:
    """Why cql-execution cannot run here, or None."""
    if shutil.which("node") is None:
        return "cql-execution needs node"
    if not (_MODULES / "cql-execution").is_dir():
        return "cql-execution is not installed: npm ci in cql/translate"
    return None


class Engine:
    """Another engine behind a pipe; one job at a time."""

    def __init__(self, command: Sequence[str], folders: Mapping[str, Path]) -> None:
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self._write({name: str(path) for name, path in folders.items()})

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for pipe in (self._process.stdin, self._process.stdout):
            assert pipe is not None
            pipe.close()
        self._process.wait(timeout=10)

    def ask(self, job: Mapping[str, Any]) -> dict[str, Any]:
        """The answer to a job; see driver.mjs."""
        self._write(job)
        assert self._process.stdout is not None
        return orjson.loads(self._process.stdout.readline())

    def _write(self, value: Mapping[str, Any]) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(orjson.dumps(value) + b"\n")
        self._process.stdin.flush()


class Oracle(Engine):
    """cql-execution, in Node."""

    def __init__(self, *, elm: Path = ELM, value_sets: Path = VALUE_SETS) -> None:
        driver = Path(__file__).with_name("driver.mjs")
        command = ["node", "--max-old-space-size=1024", "--max-semi-space-size=64", str(driver)]
        super().__init__(command, {"modules": _MODULES, "elm": elm, "valueSets": value_sets})


class JavaEngine(Engine):
    """The engine of cqframework, in Java; it reads the dates of FHIR in the zone that it runs in."""

    def __init__(self, *, elm: Path = ELM, value_sets: Path = VALUE_SETS) -> None:
        options = ("-XX:TieredStopAtLevel=1", "-Xmx1g", "-Duser.timezone=UTC")
        super().__init__(_JAVA.command("Engine", *options), {"elm": elm, "valueSets": value_sets})


def job(resources: Sequence[Any], parameters: Mapping[str, Any], now: str, **rest: Any) -> dict[str, Any]:
    """What the other engine is asked: every define of our libraries over one patient."""
    types = _parameter_types()
    typed = {name: {"type": types[name], "value": value} for name, value in parameters.items()}
    return {"libraries": LIBRARIES, "now": now, "parameters": typed, "resources": list(resources), **rest}


@cache
def _parameter_types() -> dict[str, str]:
    elm = json.loads((ELM / "TILMelanoma.json").read_text(encoding="utf-8"))
    declared = elm["library"]["parameters"]["def"]
    return {p["name"]: p["parameterTypeSpecifier"].get("name", _LIST).rpartition("}")[2] for p in declared}
