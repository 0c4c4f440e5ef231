"""A SMART authorization server of this machine that remembers what it was asked and errs as a test wants."""

import json
import logging
import time
from base64 import b64decode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from secrets import token_urlsafe
from threading import Thread
from typing import Any
from urllib.parse import urlencode

from flask import Flask, Response, redirect, request
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, RSAKey
from werkzeug.serving import make_server

KEY = RSAKey.generate_key(2048, {"kid": "ehr-1"})
APP_KEYS = KeySet([ECKey.generate_key("P-384", {"kid": "app-1"})])
SCOPES = "launch openid fhirUser patient/*.rs"


@dataclass(repr=False)
class FakeEhr:
    """What it answers is in `metadata`, `claims`, `token` (None removes a member) and `answers` (whole answers)."""

    url: str
    metadata: dict[str, Any] = field(default_factory=dict)
    claims: dict[str, Any] = field(default_factory=dict)
    token: dict[str, Any] = field(default_factory=dict)
    callback: dict[str, Any] = field(default_factory=dict)
    answers: dict[str, Callable[[], Response]] = field(default_factory=dict)
    sign: Callable[[dict[str, Any]], str] | None = None
    asked: list[str] = field(default_factory=list)
    """The paths of all requests."""
    authorizations: list[dict[str, str]] = field(default_factory=list)
    tokens: list[tuple[dict[str, str], dict[str, str]]] = field(default_factory=list)
    """Form and headers of each token request."""
    reads: list[dict[str, str]] = field(default_factory=list)
    """The headers of each FHIR request."""
    revoked: list[str] = field(default_factory=list)
    good: set[str] = field(default_factory=set)
    """The access tokens that are good now."""

    @property
    def iss(self) -> str:
        return f"{self.url}/fhir"

    @property
    def issuer(self) -> str:
        return f"{self.url}/auth"

    def configuration(self) -> dict[str, Any]:
        given = {
            "issuer": self.issuer,
            "jwks_uri": f"{self.issuer}/jwks",
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "revocation_endpoint": f"{self.issuer}/revoke",
            "capabilities": ["launch-ehr", "permission-v1", "permission-v2", "sso-openid-connect"],
            "code_challenge_methods_supported": ["S256"],
            "grant_types_supported": ["authorization_code"],
        }
        return _without_none({**given, **self.metadata})

    def id_token(self, client_id: str, nonce: str | None) -> str:
        now = int(time.time())
        given = {
            "iss": self.issuer,
            "sub": "dr1",
            "aud": client_id,
            "iat": now,
            "exp": now + 300,
            "nonce": nonce,
            "fhirUser": f"{self.iss}/Practitioner/dr1",
        }
        claims = _without_none({**given, **self.claims})
        return self.sign(claims) if self.sign else signed(claims)


def signed(claims: dict[str, Any], *, key: Any = KEY, alg: str = "RS256", kid: str = "ehr-1") -> str:
    return jwt.encode({"alg": alg, "kid": kid}, claims, key, algorithms=[alg])


@contextmanager
def smart_ehr() -> Iterator[FakeEhr]:
    """The server as long as the block lasts."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = make_server("127.0.0.1", 0, lambda _environ, _start: [], threaded=True)
    fake = FakeEhr(url=f"http://127.0.0.1:{server.port}")
    server.app = _app(fake)
    thread = Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield fake
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _app(fake: FakeEhr) -> Flask:
    app = Flask("fake", static_folder=None)

    @app.before_request
    def odd() -> Response | None:
        fake.asked.append(request.path)
        answer = fake.answers.get(request.path)
        return answer() if answer else None

    @app.get("/fhir/.well-known/smart-configuration")
    def configuration():
        return fake.configuration()

    @app.get("/auth/.well-known/openid-configuration")
    def openid():
        return {"issuer": fake.issuer, "jwks_uri": f"{fake.issuer}/jwks"}

    @app.get("/auth/jwks")
    def jwks():
        return {"keys": [KEY.as_dict(private=False)]}

    @app.get("/fhir/<path:path>")
    def read(path: str):
        fake.reads.append(dict(request.headers))
        if request.headers.get("Authorization", "").removeprefix("Bearer ") not in fake.good:
            return Response(status=401)
        name = [{"prefix": ["Dr."], "given": ["Ada"], "family": "Hale"}]
        kind, _, number = path.partition("/")
        body = {"resourceType": kind, "id": number, "name": name}
        return Response(json.dumps(body), mimetype="application/fhir+json")

    _add_grants(app, fake)
    return app


def _add_grants(app: Flask, fake: FakeEhr) -> None:
    codes: dict[str, dict[str, str]] = {}

    @app.get("/auth/authorize")
    def authorize():
        asked = request.args.to_dict()
        fake.authorizations.append(asked)
        code = token_urlsafe(16)
        codes[code] = asked
        back = _without_none({"code": code, "state": asked["state"], **fake.callback})
        return redirect(f"{asked['redirect_uri']}?{urlencode(back)}")

    @app.post("/auth/token")
    def token():
        form = request.form.to_dict()
        fake.tokens.append((form, dict(request.headers)))
        asked = codes.pop(form.get("code", ""), None)
        if form["grant_type"] == "authorization_code" and asked is None:
            return {"error": "invalid_grant"}, 400
        access = token_urlsafe(16)
        fake.good = {access}
        given = {
            "access_token": access,
            "token_type": "Bearer",
            "expires_in": 300,
            "scope": SCOPES,
            "patient": "p1",
            "id_token": asked and fake.id_token(asked["client_id"], asked.get("nonce")),
        }
        return _without_none({**given, **fake.token})

    @app.post("/auth/revoke")
    def revoke():
        fake.revoked.append(request.form["token"])
        return ""


def basic(header: str) -> str:
    return b64decode(header.removeprefix("Basic ")).decode()


def _without_none(given: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in given.items() if value is not None}
