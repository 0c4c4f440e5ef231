"""A SMART app as small as can be: what a client sends to the practice EHR, each part open to be sent wrong."""

import base64
import hashlib
import secrets
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests
from joserfc import jwt
from joserfc.jwk import ECKey

from smartapp.sandbox import Client, Running

CALLBACK = "http://127.0.0.1:9/callback"
SCOPE = "launch openid fhirUser online_access patient/*.rs patient/QuestionnaireResponse.cu"


def public(name: str = "public", **given: Any) -> Client:
    return Client(
        client_id=name,
        name="Public",
        redirect_uris=(CALLBACK,),
        launch_url="http://127.0.0.1:9/launch",
        **given,
    )


@dataclass
class App:
    """One app in front of one EHR."""

    ehr: Running
    client: Client
    verifier: str = field(default_factory=lambda: secrets.token_urlsafe(48))

    def __post_init__(self) -> None:
        self.ehr.register(self.client)

    def launched(self, patient: str = "quillmere", **context: Any) -> str:
        """The launch parameter that the EHR gives."""
        return _only(self.ehr.launch(self.client.client_id, patient=patient, **context), "launch")

    def authorize(self, launch: str | None, **changed: str | None) -> requests.Response:
        """The answer to an authorization request; None takes a parameter out."""
        challenge = base64.urlsafe_b64encode(hashlib.sha256(self.verifier.encode()).digest()).decode()
        asked = {
            "response_type": "code",
            "client_id": self.client.client_id,
            "redirect_uri": CALLBACK,
            "scope": SCOPE,
            "state": "a-state",
            "aud": self.ehr.iss,
            "launch": launch,
            "nonce": "a-nonce",
            "code_challenge": challenge.rstrip("="),
            "code_challenge_method": "S256",
        } | changed
        given = {name: value for name, value in asked.items() if value is not None}
        return requests.get(f"{self.ehr.url}/auth/authorize", given, allow_redirects=False, timeout=10)

    def code(self, patient: str = "quillmere", *, scope: str = SCOPE, **context: Any) -> str:
        """A fresh code."""
        answer = self.authorize(self.launched(patient, **context), scope=scope)
        return _only(answer.headers["Location"], "code")

    def exchange(self, code: str | None, *, auth: Any = None, **changed: str | None) -> requests.Response:
        """The answer to a token request for a code."""
        asked = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": CALLBACK,
            "code_verifier": self.verifier,
            "client_id": self.client.client_id if self.client.auth == "none" else None,
        } | changed
        return self.post({name: value for name, value in asked.items() if value is not None}, auth=auth)

    def refresh(self, refresh_token: str, **changed: str) -> requests.Response:
        """The answer to a refresh request of a public client."""
        asked = {"grant_type": "refresh_token", "refresh_token": refresh_token}
        return self.post({**asked, "client_id": self.client.client_id, **changed})

    def post(self, form: dict[str, Any], auth: Any = None) -> requests.Response:
        return requests.post(f"{self.ehr.url}/auth/token", form, auth=auth, timeout=10)

    def token(self, patient: str = "quillmere", *, scope: str = SCOPE, **context: Any) -> dict[str, Any]:
        """The token response of a launch that goes well."""
        told: dict[str, Any] = self.exchange(self.code(patient, scope=scope, **context)).json()
        return told

    def fhir(self, patient: str = "quillmere", *, scope: str = SCOPE) -> "Fhir":
        """The FHIR server as the token of such a launch opens it."""
        return Fhir(base=self.ehr.iss, token=self.token(patient, scope=scope)["access_token"])


@dataclass(frozen=True)
class Fhir:
    """A FHIR server with a token."""

    base: str
    token: str = ""

    def get(self, address: str) -> requests.Response:
        url = address if address.startswith("http") else f"{self.base}/{address}"
        return requests.get(url, headers=self._headers(), timeout=10)

    def post(self, resource: dict[str, Any], **headers: str) -> requests.Response:
        url = f"{self.base}/{resource['resourceType']}"
        return requests.post(url, json=resource, headers=self._headers(headers), timeout=10)

    def put(self, resource: dict[str, Any], **headers: str) -> requests.Response:
        url = f"{self.base}/{resource['resourceType']}/{resource['id']}"
        return requests.put(url, json=resource, headers=self._headers(headers), timeout=10)

    def ids(self, address: str) -> list[str]:
        """The ids that a search finds, in its order."""
        return [entry["resource"]["id"] for entry in self.get(address).json().get("entry", [])]

    def _headers(self, more: dict[str, str] | None = None) -> dict[str, str]:
        named = {name.replace("_", "-"): value for name, value in (more or {}).items()}
        return {**({"Authorization": f"Bearer {self.token}"} if self.token else {}), **named}


def assertion(
    client_id: str, key: ECKey, *, aud: str, header: dict[str, Any] | None = None, **claims: Any
) -> str:
    """A client assertion, good unless changed."""
    now = int(time.time())
    told = {"iss": client_id, "sub": client_id, "aud": aud, "exp": now + 240, "jti": secrets.token_hex(8)}
    top = {"alg": "ES384", "typ": "JWT", "kid": key.kid, **(header or {})}
    named = {name: value for name, value in top.items() if value is not None}
    return jwt.encode(named, {**told, **claims}, key, algorithms=["ES384", "ES256", "RS384"])


def _only(address: str, name: str) -> str:
    return parse_qs(urlsplit(address).query)[name][0]
