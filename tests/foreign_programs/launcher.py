"""The SMART App Launcher, built already, in front of a FHIR server."""

import json
import os
import subprocess
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode, urlsplit

PROVIDER_EHR, PATIENT_PORTAL, PROVIDER_STANDALONE = 0, 1, 2
"""Kinds of launch."""
PKCE_IF_SENT, PKCE_ALWAYS = 1, 2
CLIENTS = {"public": 0, "symmetric": 1, "asymmetric": 2}
_OPTIONS = {
    "kind": PROVIDER_EHR,
    "patient": "",
    "provider": "",
    "encounter": "NONE",  # with AUTO it asks for Encounter at the root of the server, wherever the FHIR base is
    "skips_login": 0,
    "skips_consent": 0,
    "framed": 0,
    "scope": "",
    "redirect_uris": "",
    "client_id": "",
    "client_secret": "",
    "error": "",
    "jwks_url": "",
    "jwks": "",
    "client": 0,
    "pkce": PKCE_ALWAYS,
    "fhir_server": "",
}
"""What its launch code holds, in this order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Launcher:
    """A launcher that answers."""

    port: int
    host: str = "127.0.0.1"

    @property
    def url(self) -> str:
        """Its address; as localhost it is another site than the application on 127.0.0.1."""
        return f"http://{self.host}:{self.port}"

    @property
    def iss(self) -> str:
        """The FHIR base of its EHR launches."""
        return f"{self.url}/v/r4/fhir"

    def iss_alone(self, **options: object) -> str:
        """The FHIR base from which an app can start alone; the options of the launch are in it."""
        return f"{self.url}/v/r4/sim/{code(**options)}/fhir"

    def start(self, app: str, **options: object) -> str:
        """Its page with these options chosen, from where the app is launched."""
        chosen = {"launch_url": f"{app}/launch.html", "fhir_version": "r4", "launch": code(**options)}
        return f"{self.url}/?{urlencode(chosen)}"


def code(**options: object) -> str:
    """A launch code with these options: what the launcher keeps in its address and sends as `launch`."""
    assert options.keys() <= _OPTIONS.keys(), "there is no such option"
    values = list({**_OPTIONS, **options}.values())
    return urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


@contextmanager
def serving(folder: Path, *, fhir: str, token_seconds: float = 3600) -> Iterator[Launcher]:
    """The launcher of this folder on a free port of this machine, with the records of a FHIR server."""
    assert (folder / "build" / "index.html").is_file(), f"{folder} has no build of the launcher"
    settings = {
        "NODE_ENV": "production",
        "HOST": "127.0.0.1",
        "PORT": "0",
        "SECRET": os.urandom(16).hex(),
        "FHIR_SERVER_R2": "",
        "FHIR_SERVER_R3": "",
        "FHIR_SERVER_R4": fhir,
        "PICKER_ORIGIN": "http://127.0.0.1:1",  # its own is on the internet
        "ACCESS_TOKEN_LIFETIME": f"{token_seconds / 60}",
    }
    command = ["node_modules/.bin/ts-node", "--skipProject", "--transpile-only", "backend/index.ts"]
    with subprocess.Popen(
        command, cwd=folder, env={**os.environ, **settings}, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            said = process.stdout.readline().split()
            assert said[:2] == ["SMART", "launcher"], f"the launcher did not start: {said}"
            yield Launcher(port=urlsplit(said[-1]).port)
        finally:
            process.kill()
