"""Writes COVERAGE.md, which requirement is tested by what: python tests/conformance/requirements.py."""

import ast
import re
import sys
import tomllib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
TESTS = FOLDER.parent
PAGE = FOLDER / "COVERAGE.md"
ROWS = FOLDER / "rows.toml"
_HEAD = """# Which requirement is tested by what

Made by `python tests/conformance/requirements.py` from `rows.toml` and from the `requirement` marks of the tests; a
test holds it to both. A row of the first table is a check of the Inferno kits (CRD 2.0.1, DTR 2.0.1, PAS), sharper
where that is possible; the second is what no kit tries.
"""
_NAMES = {
    "cds-hooks-2.0.1": "CDS Hooks 2.0.1",
    "crd-2.2.1": "Da Vinci CRD 2.2.1",
    "crd-2.0.1": "Da Vinci CRD 2.0.1",
    "dtr-2.2.0": "Da Vinci DTR 2.2.0",
    "dtr-2.0.1": "Da Vinci DTR 2.0.1",
    "pas-2.2.1": "Da Vinci PAS 2.2.1",
    "smart-app-launch-2.2": "SMART App Launch 2.2",
    "inferno": "Inferno, SMART client tests",
}
_LAUNCH = "SMART App Launch 2.2 "


def page() -> str:
    """The whole page."""
    rows, marks = tomllib.loads(ROWS.read_text(encoding="utf-8")), marked()
    return "\n".join(_lines(rows, marks))


def marked() -> Mapping[str, Mapping[str, list[str]]]:
    """The tests by specification and requirement, as their marks say."""
    found: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for test, requirement in sorted(_marks()):
        specification, _, name = _plain(requirement).partition("#")
        found[specification][name].append(test)
    return found


def cited(rows: Mapping[str, Any]) -> Iterator[str]:
    """Every test that the table names."""
    for row in (*rows["row"], *rows["edge"]):
        yield from row.get("tests", ())


def there() -> set[str]:
    """Every test that there is, as "file::function"."""
    return {f"{_name(path)}::{node.name}" for path, node in _functions()}


def _lines(rows: Mapping[str, Any], marks: Mapping[str, Mapping[str, list[str]]]) -> Iterator[str]:
    yield from (_HEAD, "## The checks of the kits", "", "| | asks | tested by |", "|---|---|---|")
    yield from (f"| {row['id']} | {row['asks']} | {_tested(row)} |" for row in rows["row"])
    yield from ("", "## What no kit tries", "", "| asks | tested by |", "|---|---|")
    yield from (f"| {row['asks']} | {_tested(row)} |" for row in rows["edge"])
    yield from ("", "## Not tested, or not done", "", "| | why |", "|---|---|")
    yield from (f"| {row['what']} | {row['not']} |" for row in rows["untested"])
    yield from (
        "",
        "## Asked of servers (SHALL), without a test of its own",
        "",
        "| requirements | why |",
        "|---|---|",
    )
    yield from (
        f"| {_NAMES[row['guide']]}: {', '.join(row['keys'])} | {row['not']} |" for row in rows["shall"]
    )
    for specification, title in _NAMES.items():
        yield from ("", f"## {title}", "", "| requirement | tested by |", "|---|---|")
        for name, tests in sorted(marks[specification].items(), key=lambda item: _natural(item[0])):
            yield f"| {name} | {'<br>'.join(f'`{test}`' for test in tests)} |"
    yield ""


def _tested(row: Mapping[str, Any]) -> str:
    parts = [f"`{test}`" for test in row.get("tests", ())]
    if "not" in row:
        parts.append(f"*Not{' all' if parts else ''}: {row['not']}*")
    return "<br>".join(parts)


def _marks() -> Iterator[tuple[str, str]]:
    for path, node in _functions():
        for mark in node.decorator_list:
            if isinstance(mark, ast.Call) and ast.unparse(mark.func).endswith("mark.requirement"):
                for argument in mark.args:
                    yield f"{_name(path)}::{node.name}", ast.literal_eval(argument)


def _functions() -> Iterator[tuple[Path, ast.FunctionDef]]:
    for path in sorted(TESTS.rglob("test_*.py")):
        if "node_modules" not in path.parts:
            tree = ast.parse(path.read_text(encoding="utf-8"))
            found = (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))
            yield from ((path, node) for node in found if node.name.startswith("test_"))


def _plain(requirement: str) -> str:
    """The same specification under one name."""
    if requirement.startswith(_LAUNCH):
        return f"smart-app-launch-2.2#{requirement.removeprefix(_LAUNCH)}"
    return requirement


def _name(path: Path) -> str:
    return path.relative_to(TESTS).as_posix()


def _natural(name: str) -> list[tuple[int, str]]:
    """spec-9 before spec-10."""
    return [(int(part), "") if part.isdigit() else (0, part) for part in re.split(r"(\d+)", name)]


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    sys.stdout.write(f"{PAGE.name} written\n")
