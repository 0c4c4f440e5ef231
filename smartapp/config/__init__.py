"""Config: every setting, frozen, read once from an environ and, when it names one, a TOML file."""

import logging
import secrets
import tomllib
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from smartapp.config import values
from smartapp.errors import BadInput

log = logging.getLogger(__name__)

PREFIX = "SMARTAPP_"
_SECRETS = "SMARTAPP_SECRET_"
LOOPBACK = "loopback"
"""In `fhir_servers` and `cors_origins`: every address of this machine, on any port."""
_LOCAL_HOSTS = frozenset({"127.0.0.1", "localhost", "::1"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """Every setting with its default; SMARTAPP_PORT or `port = ` in the TOML file sets `port`."""

    host: str = "127.0.0.1"
    port: int = 8000
    base_url: str = ""
    """The address under which others reach the service, without a final slash; default: host and port."""
    database_url: str = "sqlite:///smartapp.sqlite3"
    policy_dir: Path | None = None
    """A folder to read policies from instead of the one that ships with the package."""
    max_file_bytes: int = 64 * 1024 * 1024
    max_hook_bytes: int = 16 * 1024 * 1024
    fetch_seconds: float = 3.5
    """The time in which a hook call may read from the EHR; CRD wants its answer within 5 s."""
    chart_seconds: float = 20
    """The time in which a launch may read a chart."""
    fhir_servers: tuple[str, ...] | None = None
    """Base addresses that hook calls may make the service read from; default: this machine's, while
    base_url is this machine's too, else none."""
    cors_origins: tuple[str, ...] = (LOOPBACK, "https://sandbox.cds-hooks.org")
    ehrs: Path | None = None
    """The TOML file of the EHRs that may launch the app; smartapp/ehrs/file.py describes it."""
    session_keys: tuple[str, ...] = field(default=(), repr=False)
    """Fernet keys that what is kept is encrypted with, the newest first; default: a random one for each start."""
    session_seconds: float = 8 * 3600
    """How long a launch lasts; what was saved in it is found again at the next one."""
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    """The variables SMARTAPP_SECRET_..., for the client secrets that the EHR file refers to."""
    crd_version: str = "2.0"
    """The edition of CRD and DTR, "2.0" or "2.2", that is spoken with callers who ask for none."""
    crd_options: tuple[str, ...] = ()
    """CRD options that are on unless a caller turns them off, such as "guideline" (GET /cds-services lists them)."""
    crd_payers: tuple[str, ...] = ()
    """The payers that are answered for, by identifier or name; none named: all."""
    callers: str = ""
    """Who may call CDS services and FHIR endpoints: "known", the clients in the file of EHRs, each proving who it
    is; or "anyone". Default: known for `smartapp serve`; elsewhere anyone while base_url is this machine's, else
    known."""
    open_servers: str = ""
    """Whether EHRs without authorization may be in the file of EHRs, "allowed" or "refused": they are for tests.
    Default: allowed while base_url is this machine's, else refused."""
    launches_a_minute: int = 120
    """How often one network address may ask for a step of a launch in a minute; a hospital may share one address."""
    proxies: int = 0
    """How many proxies stand in front and add to X-Forwarded-For: by it the address is known that is counted."""
    ca_bundle: str = ""
    """A file with the certificate authorities that EHRs are verified against; default: the public ones."""
    workers: int = 1
    threads: int = 8

    @property
    def url(self) -> str:
        """The external base address without a final slash."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return (self.base_url or f"http://{host}:{self.port}").rstrip("/")

    @property
    def callers_known(self) -> bool:
        """Whether callers must prove who they are."""
        return self.callers == "known" or (not self.callers and not is_loopback(self.url))

    @property
    def open_servers_allowed(self) -> bool:
        """Whether an EHR without authorization may be launched from."""
        return self.open_servers == "allowed" or (not self.open_servers and is_loopback(self.url))

    @property
    def policy_folders(self) -> tuple[Path, ...]:
        """The folders to read policies from; none: the one that ships with the package."""
        return (self.policy_dir,) if self.policy_dir else ()

    @property
    def readable_servers(self) -> tuple[str, ...]:
        """The base addresses that a hook call may name as its fhirServer."""
        if self.fhir_servers is not None:
            return self.fhir_servers
        return (LOOPBACK,) if is_loopback(self.url) else ()


def with_keys(config: Config) -> Config:
    """The same settings with a session key: without one, a random one for all workers of this start."""
    if config.session_keys:
        return config
    if config.database_url != "sqlite://":
        log.warning(
            "no session_keys: drafts and signed forms are lost when this service stops; set session_keys"
        )
    return replace(config, session_keys=(urlsafe_b64encode(secrets.token_bytes(32)).decode(),))


def is_loopback(url: str) -> bool:
    """Whether an address is this machine's own."""
    try:
        return urlsplit(url).hostname in _LOCAL_HOSTS
    except ValueError:  # such as an unfinished IPv6 address
        return False


def read(environ: Mapping[str, str]) -> Config:
    """The settings of an environ over those of the TOML file that SMARTAPP_CONFIG names.

    BadInput names the setting that cannot be used.
    """
    given = _from_file(environ.get(f"{PREFIX}CONFIG"))
    for name in _READERS:
        if (value := environ.get(PREFIX + name.upper())) is not None:
            given[name] = value
    given["secrets"] = {name: value for name, value in environ.items() if name.startswith(_SECRETS)}
    return Config(**{name: _value(name, value) for name, value in given.items()})


def _from_file(path: str | None) -> dict[str, Any]:
    if not path:
        return {}
    try:
        given = tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BadInput(f"SMARTAPP_CONFIG: {path} cannot be read as TOML.") from error
    if unknown := sorted(set(given) - (set(_READERS) - {"secrets"})):
        raise BadInput(f"{path}: there is no setting '{unknown[0]}'.")
    return given


def _value(name: str, value: Any) -> Any:
    try:
        return _READERS[name](value)
    except (TypeError, ValueError) as error:
        raise BadInput(f"The setting '{name}' ({PREFIX}{name.upper()}) {error}.") from error


_MOST_BYTES = 4 * 1024**3
_READERS: Mapping[str, Callable[[Any], Any]] = {
    "host": values.text,
    "port": values.number(int, 0, 65535),
    "base_url": values.address,
    "database_url": values.text,
    "policy_dir": values.folder,
    "max_file_bytes": values.number(int, 1, _MOST_BYTES),
    "max_hook_bytes": values.number(int, 1, _MOST_BYTES),
    "fetch_seconds": values.number(float, 0.1, 60),
    "chart_seconds": values.number(float, 1, 120),
    "fhir_servers": values.addresses(LOOPBACK),
    "cors_origins": values.addresses(LOOPBACK),
    "ehrs": values.file,
    "session_keys": values.keys,
    "session_seconds": values.number(float, 60, 24 * 3600),
    "secrets": dict,
    "crd_version": values.one_of("2.0", "2.2"),
    "crd_options": values.words,
    "crd_payers": values.lines,
    "callers": values.one_of("known", "anyone"),
    "open_servers": values.one_of("allowed", "refused"),
    "launches_a_minute": values.number(int, 1, 100_000),
    "proxies": values.number(int, 0, 8),
    "ca_bundle": values.text,
    "workers": values.number(int, 1, 64),
    "threads": values.number(int, 1, 256),
}
assert set(_READERS) == {field.name for field in fields(Config)}, "every setting needs its reader"
