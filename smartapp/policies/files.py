"""Which files a policy is read from: its own folders, and what they leave to the folder that ships with the package."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import orjson

from smartapp.errors import BadPolicy

_PACKAGED = Path(__file__).parent.parent / "cql"
_CHECKOUT = Path(__file__).parent.parent.parent / "cql"
DEFAULT_FOLDER = _PACKAGED if _PACKAGED.is_dir() else _CHECKOUT
"""cql/ of the installed package, or of the checkout."""

Resource = Mapping[str, Any]
_NEEDED = {
    "Questionnaire": ("id", "url", "version", "name", "item"),
    "ValueSet": ("id", "url", "version", "expansion"),
    "CodeSystem": ("url", "concept"),
}


def own(folders: Sequence[Path], pattern: str) -> list[Path]:
    """The files of the folders themselves; BadPolicy where there are none."""
    found = [path for folder in folders for path in sorted(folder.glob(pattern))]
    if not found:
        raise BadPolicy(f"There is no {pattern} in {', '.join(folder.name for folder in folders)}")
    return found


def terms(folders: Sequence[Path], pattern: str) -> list[Resource]:
    """Value sets or code systems: those that ship with the package, unless a file of the same name takes its place."""
    theirs = [path for folder in folders for path in sorted(folder.glob(pattern))]
    return [read(path) for path in (*_shared(theirs, pattern), *theirs)]


def libraries(folders: Sequence[Path]) -> dict[Path, Resource]:
    """The compiled libraries of the folders, and those that they include from the package, however deep."""
    theirs = own(folders, "elm/*.json")
    shared = {path.stem: path for path in _shared(theirs, "elm/*.json")}
    found: dict[Path, Resource] = {}
    waiting = theirs
    while waiting:
        path, *waiting = waiting
        if path not in found and "library" in (compiled := read(path)):
            found[path] = compiled
            waiting += [shared[name] for name in _included(compiled) if name in shared]
    return found


def read(path: Path) -> Resource:
    """A JSON file; BadPolicy names one that is none, or that lacks what is read from it."""
    try:
        found: Resource = orjson.loads(path.read_bytes())
    except orjson.JSONDecodeError as error:
        raise BadPolicy(f"{path.name} is not JSON: {error}") from error
    if not isinstance(found, dict):
        raise BadPolicy(f"{path.name} is not a JSON object")
    if missing := [key for key in _NEEDED.get(found.get("resourceType", ""), ()) if key not in found]:
        raise BadPolicy(f"{path.name} lacks {', '.join(missing)}")
    return found


def _shared(theirs: Sequence[Path], pattern: str) -> list[Path]:
    """What ships with the package and has no namesake among the files."""
    names = {path.name for path in theirs}
    return [path for path in sorted(DEFAULT_FOLDER.glob(pattern)) if path.name not in names]


def _included(compiled: Resource) -> Iterator[str]:
    return (include["path"] for include in compiled["library"].get("includes", {}).get("def", ()))
