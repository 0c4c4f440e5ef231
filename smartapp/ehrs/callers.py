"""The callers from the TOML file of the EHRs.

    [[client]]
    name = "General Hospital"
    iss = "https://ehr.example"                  # the issuer that its tokens name
    jku = "https://ehr.example/jwks.json"        # its public keys; or key_file = "general.jwks.json", a JWK Set
    fhir_servers = ["https://ehr.example/fhir"]  # what its calls may name as fhirServer
    seconds = 900                                # the longest life of its tokens, if not 300
    tenants = ["general"]                        # whom it may call for; none named: any

With both jku and key_file the keys of the file are taken and none are fetched; a client whose tokens carry a jku,
as those of the CDS Hooks sandbox do, needs it here too. Further keys: the other fields of Client.
"""

import json
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

from smartapp.ehrs import tables
from smartapp.ehrs.clients import Client, Clients, is_safe
from smartapp.errors import BadInput

_ALLOWED = ({field.name for field in fields(Client)} - {"keys"}) | {"key_file"}
_LISTS = frozenset({"tenants", "fhir_servers", "scopes"})
_NUMBERS: Mapping[str, tuple[float, float]] = {"seconds": (1, 3600), "calls_a_minute": (1, 1_000_000)}


def load(path: Path) -> Clients:
    """The callers of a file; BadInput names the entry and what is wrong with it."""
    given = tables.read(path)
    clients = [_client(entry, path.parent) for entry in given.get("client", [])]
    for name, values in (("iss", {c.iss for c in clients}), ("client_id", {c.id for c in clients})):
        if len(values) < len(clients):
            raise BadInput(f"{path.name}: two clients have the same {name}.")
    return Clients(clients)


def _client(entry: Mapping[str, Any], folder: Path) -> Client:
    name = str(entry.get("name", "a client without a name"))
    try:
        _check(entry)
        given = {key: _value(key, value) for key, value in entry.items() if key != "key_file"}
        keys = _keys(folder / str(entry["key_file"])) if "key_file" in entry else None
        return Client(**given, keys=keys)
    except ValueError as error:
        raise BadInput(f"The client '{name}': {error}.") from error


def _check(entry: Mapping[str, Any]) -> None:
    tables.check_keys(entry, allowed=_ALLOWED, needed=("name", "iss"))
    if not entry.get("jku") and not entry.get("key_file"):
        raise ValueError("'jku' or 'key_file' is missing")


def _value(key: str, value: Any) -> Any:
    if key in _LISTS:
        return tables.texts(value, key)
    if key in _NUMBERS:
        return _number(key, value)
    if not isinstance(value, str):
        raise ValueError(f"'{key}' must be text")  # noqa: TRY004 - one kind of error for a wrong setting
    if key == "jku" and not is_safe(value):
        raise ValueError("'jku' must be a plain https:// address")
    return value


def _number(key: str, value: Any) -> float:
    low, high = _NUMBERS[key]
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        raise ValueError(f"'{key}' must be a number from {low} to {high}")
    return value


def _keys(path: Path) -> Any:
    from smartapp.ehrs import keys  # noqa: PLC0415 - joserfc takes long to load

    try:
        found = keys.public(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError) as error:
        raise ValueError(f"{path.name} is no JWK Set that can be read") from error
    if not found.keys:
        raise ValueError(f"{path.name} holds no public key for ES384 or RS384")
    return found
