"""The record that somebody names at the command line: a file, standard input, or a patient of an open FHIR server."""

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import click

from smartapp.config import Config
from smartapp.errors import BadInput
from smartapp.sources.bundle import read
from smartapp.sources.entries import Contents
from smartapp.sources.parse import parse

if TYPE_CHECKING:
    from smartapp.sources.chart import Server

_RECORD_SECONDS = 30


def record(
    path: str | None, *, fhir: str | None, patient: str | None, settings: Config
) -> tuple[Contents, str]:
    """What was read, and where from; BadInput unless it is a file or a patient of a server."""
    if (path is None) == (fhir is None):
        raise BadInput("Name a file with a Bundle (- for standard input), or --fhir URL with --patient ID.")
    if path is not None:
        return _from_file(path, settings.max_file_bytes), "file"
    if not fhir or not patient:
        raise BadInput("--fhir URL needs --patient ID.")
    return _from_server(fhir, patient, settings), fhir


def server(base: str, settings: Config) -> "Server":
    """An open FHIR server."""
    from smartapp.sources import http  # noqa: PLC0415 - requests takes long to load
    from smartapp.sources.chart import Servers  # noqa: PLC0415

    if not _is_base(base):
        raise BadInput("--fhir must be the address of a FHIR server, such as https://ehr.example/fhir.")
    return Servers(http=http.session(ca_bundle=settings.ca_bundle)).open(base)


def _is_base(text: str) -> bool:
    """Whether a text is an address that others can be below."""
    try:
        parts = urlsplit(text)
        plain = parts.port != 0 and not (parts.query or parts.fragment or parts.username)
    except ValueError:
        return False
    return plain and parts.scheme in {"http", "https"} and bool(parts.hostname) and " " not in text


def _from_file(path: str, limit: int) -> Contents:
    try:
        with click.open_file(path, "rb") as stream:
            data = stream.read(limit + 1)
    except OSError as error:
        raise BadInput(f"{path} cannot be read: {error.strerror}.") from error
    return read(parse(data, limit=limit))


def _from_server(base: str, patient: str, settings: Config) -> Contents:
    from smartapp.sources.chart import read_record  # noqa: PLC0415 - see `server`

    name = patient.removeprefix("Patient/")
    if "/" in name:
        raise BadInput("--patient must be the id of a patient, such as 123.")
    return read_record(server(base, settings), patient_id=name, seconds=_RECORD_SECONDS)
