"""Callers as tests need them: clients with keys, tokens right and wrong, an application that knows them."""

import time
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import orjson
from flask import Flask
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, RSAKey

from smartapp.app import create_app
from smartapp.config import Config
from smartapp.store import Store

URL = "https://pa.example"
ISS = "https://ehr.example"
SERVER = "https://ehr.example/fhir"
EC = ECKey.generate_key("P-384", {"kid": "ec-1"})
RSA = RSAKey.generate_key(2048, {"kid": "rsa-1"})
STRANGER = ECKey.generate_key("P-384", {"kid": "ec-1"})
SIGN = f"{URL}/cds-services/til-order-sign"
TOKEN = f"{URL}/auth/token"


def now() -> int:
    return int(time.time())


def claims(**changed: Any) -> dict[str, Any]:
    """The claims of a good token; a claim that is None is left out."""
    good = {"iss": ISS, "aud": SIGN, "iat": now(), "exp": now() + 240, "jti": str(uuid4())}
    return {name: value for name, value in {**good, **changed}.items() if value is not None}


def header(**changed: Any) -> dict[str, Any]:
    good = {"alg": "ES384", "typ": "JWT", "kid": "ec-1"}
    return {name: value for name, value in {**good, **changed}.items() if value is not None}


def token(key: Any = EC, *, head: Mapping[str, Any] | None = None, **changed: Any) -> str:
    given = header(**(head or {}))
    return jwt.encode(given, claims(**changed), key, algorithms=[given["alg"]])


def bearer(text: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {text}"}


def registered(folder: Path, **more: Any) -> Path:
    """The file that names one client."""
    keys = KeySet([EC, RSA]).as_dict(private=False)
    (folder / "client.jwks.json").write_bytes(orjson.dumps(keys))
    entry = {
        "name": "General",
        "iss": ISS,
        "key_file": "client.jwks.json",
        "fhir_servers": [SERVER],
        **more,
    }
    lines = [f"{name} = {orjson.dumps(value).decode()}" for name, value in entry.items() if value is not None]
    path = folder / "ehrs.toml"
    path.write_text("\n".join(("[[client]]", *lines, "")), encoding="utf-8")
    return path


def application(
    folder: Path, *, settings: Mapping[str, Any] | None = None, store: Store | None = None, **more: Any
) -> Flask:
    """An application on the internet that knows one client."""
    config = Config(
        base_url=URL,
        database_url=f"sqlite:///{folder / 'callers.sqlite3'}",
        ehrs=registered(folder, **more),
        **(settings or {}),
    )
    return create_app(config, store=store, clock=lambda: datetime.now(UTC))
