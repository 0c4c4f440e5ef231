"""The EHRs from their TOML file.

    key_files = ["keys/2026.pem", "keys/2025.pem"]    # for asymmetric clients; the first signs

    [[ehr]]
    name = "General Hospital"                         # as clinicians know it
    iss = "https://ehr.example/fhir/r4"               # the FHIR base address
    client_id = "..."                                 # as the EHR gave it
    auth = "asymmetric"                               # or "symmetric", "public"
    secret_env = "SMARTAPP_SECRET_GENERAL"            # symmetric: a variable, or secret_file = "..."
    frame_ancestors = ["https://ehr.example"]         # where the app is shown in a frame
    hosts = ["login.ehr.example"]                     # of the authorization server, when it is elsewhere

Further keys: the other fields of Ehr, and key_files of its own. Files are looked for beside the TOML file.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from smartapp.config import is_loopback
from smartapp.ehrs import Ehr, Registry, tables
from smartapp.errors import BadInput

log = logging.getLogger(__name__)

_FILES = {"secret_env", "secret_file", "key_files"}
_NOT_IN_FILE = {"secret", "keys", "alg"}
_CHOICES = {"auth": ("public", "symmetric", "asymmetric"), "scope_version": ("auto", "v1", "v2")}
_LISTS = {"scopes", "more_scopes", "frame_ancestors", "hosts", "key_files"}
_SWITCHES = {"open", "own_tab", "nonce_optional"}
_ALLOWED = ({field.name for field in fields(Ehr)} - _NOT_IN_FILE) | _FILES
_OTHERS = 0o077
_OTHER_TABLES = ("client", "payer")
"""Read by callers.py and payers.py."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """Where files and secrets are found."""

    folder: Path
    secrets: Mapping[str, str]
    key_files: tuple[str, ...]


def load(path: Path, *, secrets: Mapping[str, str]) -> Registry:
    """The EHRs of a file; BadInput names the entry and what is wrong with it."""
    given = tables.read(path)
    if unknown := sorted(given.keys() - {"ehr", "key_files", *_OTHER_TABLES}):
        raise BadInput(f"{path.name}: there is no setting '{unknown[0]}'.")
    place = _Place(
        folder=path.parent, secrets=secrets, key_files=tables.texts(given.get("key_files", []), "key_files")
    )
    ehrs = [_ehr(entry, place) for entry in given.get("ehr", [])]
    if len({ehr.iss.rstrip("/") for ehr in ehrs}) < len(ehrs):
        raise BadInput(f"{path.name}: two entries have the same iss.")
    return Registry(ehrs)


def _ehr(entry: Mapping[str, Any], place: _Place) -> Ehr:
    name = str(entry.get("name", "an EHR without a name"))
    try:
        _check(entry)
        given = {key: _value(key, value) for key, value in entry.items() if key not in _FILES}
        return Ehr(**given, **_credentials(entry, place))
    except ValueError as error:
        raise BadInput(f"The EHR '{name}': {error}.") from error


def _check(entry: Mapping[str, Any]) -> None:
    tables.check_keys(entry, allowed=_ALLOWED, needed=("name", "iss"))
    if not entry.get("open") and not entry.get("client_id"):
        raise ValueError("'client_id' is missing")


def _value(key: str, value: Any) -> Any:
    if key in _LISTS:
        return tables.texts(value, key)
    if key in _SWITCHES:
        return _switch(value, key)
    if not isinstance(value, str):
        raise ValueError(f"'{key}' must be text")  # noqa: TRY004 - one kind of error for a wrong setting
    if value not in _CHOICES.get(key, (value,)):
        raise ValueError(f"'{key}' must be one of {', '.join(_CHOICES[key])}")
    if key == "iss":
        _check_address(value)
    return value


def _check_address(value: str) -> None:
    parts = urlsplit(value)
    if not parts.hostname or parts.query or parts.fragment or parts.username:
        raise ValueError("'iss' must be a plain address")
    if parts.scheme != "https" and not (parts.scheme == "http" and is_loopback(value)):
        raise ValueError("'iss' must begin with https://")


def _credentials(entry: Mapping[str, Any], place: _Place) -> Mapping[str, Any]:
    auth = entry.get("auth", "public")
    if auth == "symmetric":
        return {"secret": _secret(entry, place)}
    if auth == "asymmetric":
        return _keys(entry, place)
    return {}


def _secret(entry: Mapping[str, Any], place: _Place) -> str:
    if name := entry.get("secret_env"):
        secret = place.secrets.get(name, "")
    elif name := entry.get("secret_file"):
        secret = _private(place.folder / name).read_text(encoding="utf-8").strip()
    else:
        raise ValueError("a symmetric client needs 'secret_env' or 'secret_file'")
    if not secret:
        raise ValueError(f"{name} is not set; a variable's name must begin with SMARTAPP_SECRET_")
    return secret


def _keys(entry: Mapping[str, Any], place: _Place) -> Mapping[str, Any]:
    found, alg = key_set(entry.get("key_files") or place.key_files, place.folder)
    return {"keys": found, "alg": alg}


def key_set(names: Any, folder: Path) -> tuple[Any, str]:
    """The private keys in files of a folder, and what the first signs with; ValueError when there are none."""
    from smartapp.ehrs import keys  # noqa: PLC0415 - joserfc takes long to load, and few need it

    listed = tables.texts(names, "key_files")
    if not listed:
        raise ValueError("an asymmetric client needs 'key_files', its own or those of the whole file")
    found = keys.load(_private(folder / name) for name in listed)
    return found, keys.algorithm(found)


def _private(path: Path) -> Path:
    if not path.is_file():
        raise ValueError(f"the file {path.name} does not exist")
    if path.stat().st_mode & _OTHERS:
        log.warning("others than the owner may read the secret file %s", path.name)
    return path


def _switch(value: Any, key: str) -> bool:
    if not isinstance(value, bool):
        raise ValueError(f"'{key}' must be true or false")  # noqa: TRY004 - as above
    return value
