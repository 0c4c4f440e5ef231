"""The app and the practice EHR side by side, registered with each other, for as long as somebody looks."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from joserfc.jwk import ECKey, KeySet

from smartapp.config import Config
from smartapp.sandbox import Client, Running, running

_CLIENT = "til-coverage"
_NAME = "TIL coverage review"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stand:
    """Where both answer."""

    app: str
    """The address of the app."""
    ehr: Running
    """The practice EHR."""
    records: str | None = None
    """The FHIR server that keeps its records; None: they are in memory."""


@contextmanager
def standing(
    settings: Config,
    *,
    ehr_port: int,
    asks_consent: bool = True,
    frames: Sequence[str] = (),
    fhir: str | None = None,
) -> Iterator[Stand]:
    """Both as long as the block lasts; the app's keys are made for it and gone with it.

    `frames` are origins besides the EHR that may show the app in a frame; `fhir` is a FHIR test server that the
    EHR keeps its records on.
    """
    keys = KeySet([ECKey.generate_key("P-384", {"kid": "demo-1"})])
    with (
        TemporaryDirectory() as folder,
        running(port=ehr_port, asks_consent=asks_consent, fhir=fhir) as ehr,
    ):
        from smartapp.server import running as app_running  # noqa: PLC0415 - loads while the EHR answers

        registered = _registered(ehr, keys, folder=Path(folder), frames=(ehr.url, *frames))
        with app_running(replace(settings, ehrs=registered)) as app:
            ehr.register(_client(app, keys))
            yield Stand(app=app, ehr=ehr, records=fhir)


def welcome(stand: Stand) -> Iterator[str]:
    """Where to go, and what to do there."""
    kept = f"records are kept at {stand.records}" if stand.records else "nothing is kept"
    yield f"The practice EHR is at {stand.ehr.url} and the app at {stand.app}, until Ctrl-C; {kept}."
    yield "Open the EHR, choose a patient and write the order: the card says which criteria look met and why."
    yield "Follow its link to the review, answer what is open and sign: form and packet are in the chart then."


def _registered(ehr: Running, keys: KeySet, *, folder: Path, frames: Sequence[str]) -> Path:
    """The file that lets the app trust the EHR, beside the file with the app's private keys."""
    secret = folder / "keys.json"
    secret.touch(mode=0o600)
    secret.write_text(json.dumps(keys.as_dict(private=True)), encoding="utf-8")
    path = folder / "ehrs.toml"
    path.write_text(
        f'key_files = ["{secret.name}"]\n\n[[ehr]]\nname = "Practice EHR"\niss = "{ehr.iss}"\n'
        f'client_id = "{_CLIENT}"\nauth = "asymmetric"\nmore_scopes = ["online_access"]\n'
        f"frame_ancestors = {json.dumps(frames)}\n\n"
        f'[[client]]\nname = "Practice EHR"\niss = "{ehr.url}"\njku = "{ehr.practice.issuer}/jwks"\n'
        f'fhir_servers = ["{ehr.iss}"]\n\n'
        f'[[payer]]\nname = "Practice payer"\nbase = "{ehr.url}/payer/fhir"\nclient_id = "{_CLIENT}"\n'
        'provider = "Example Cancer Center"\n',
        encoding="utf-8",
    )
    return path


def _client(app: str, keys: KeySet) -> Client:
    return Client(
        client_id=_CLIENT,
        name=_NAME,
        redirect_uris=(f"{app}/callback",),
        launch_url=f"{app}/launch.html",
        services_url=app,
        auth="private_key_jwt",
        jwks=keys.as_dict(private=False),
    )
