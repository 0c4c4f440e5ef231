"""The application with the EHRs and callers that a test names."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from joserfc.jwk import ECKey, KeySet

from smartapp.config import Config
from smartapp.server import running

Tables = Mapping[str, Sequence[Mapping[str, Any]]]


@contextmanager
def serving(folder: Path) -> Iterator[Callable[..., str]]:
    """Starts applications with EHR files of these tables; gives the address of each."""
    with ExitStack() as open_ones:

        def start(*, callers: str = "", secrets: Mapping[str, str] | None = None, **tables: Any) -> str:
            settings = Config(
                port=0,
                database_url=f"sqlite:///{folder / 'app.sqlite3'}",
                ehrs=_file(folder, tables),
                callers=callers,
                secrets=secrets or {},
            )
            return open_ones.enter_context(running(settings))

        yield start


def _file(folder: Path, tables: Tables) -> Path:
    keys = KeySet([ECKey.generate_key("P-384", {"kid": "ours-1"})])
    secret = folder / "keys.json"
    secret.touch(mode=0o600)
    secret.write_text(json.dumps(keys.as_dict(private=True)), encoding="utf-8")
    lines = ['key_files = ["keys.json"]']
    for name, entries in tables.items():
        for entry in entries:
            lines += [f"[[{name}]]", *(f"{key} = {json.dumps(value)}" for key, value in entry.items())]
    path = folder / "ehrs.toml"
    path.write_text("\n".join([*lines, ""]), encoding="utf-8")
    return path
