"""Config: every setting, frozen, read once from an environ and, when it names one, a TOML file."""

import logging
import secrets
import tomllib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

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


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("must be text")
    return value.strip()


def _address(value: Any) -> str:
    text = _text(value).rstrip("/")
    parts = urlsplit(text)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("must be an http(s) address")
    return text


def _number(kind: Callable[[Any], float], low: float, high: float) -> Callable[[Any], float]:
    def number(value: Any) -> float:
        try:
            found = kind(value)
        except (TypeError, ValueError):
            found = None
        if found is None or isinstance(value, bool) or not low <= found <= high:
            raise ValueError(f"must be a number from {low} to {high}")
        return found

    return number


def _one_of(*allowed: str) -> Callable[[Any], str]:
    def one(value: Any) -> str:
        if (text := _text(value)) not in allowed:
            raise ValueError(f"must be one of {', '.join(allowed)}")
        return text

    return one


def _words(value: Any) -> tuple[str, ...]:
    return tuple(value.replace(",", " ").split() if isinstance(value, str) else map(_text, value))


def _lines(value: Any) -> tuple[str, ...]:
    """Texts that may hold spaces: a list, or one text with ";" between them."""
    texts = value.split(";") if isinstance(value, str) else value
    return tuple(text for text in map(_text, texts) if text)


def _addresses(value: Any) -> tuple[str, ...]:
    texts = value.replace(",", " ").split() if isinstance(value, str) else value
    return tuple(text if text == LOOPBACK else _address(text) for text in texts)


def _folder(value: Any) -> Path:
    path = Path(_text(value))
    if not path.is_dir():
        raise ValueError("must be a folder that exists")
    return path


def _file(value: Any) -> Path:
    path = Path(_text(value))
    if not path.is_file():
        raise ValueError("must be a file that exists")
    return path


def _keys(value: Any) -> tuple[str, ...]:
    keys = value.replace(",", " ").split() if isinstance(value, str) else tuple(value)
    if not all(isinstance(key, str) and _is_key(key) for key in keys):
        raise ValueError("must be keys of 32 random bytes in URL-safe Base64")
    return tuple(keys)


def _is_key(text: str) -> bool:
    try:
        return len(urlsafe_b64decode(text)) == 32  # noqa: PLR2004 - said in the message above
    except ValueError:
        return False


_MOST_BYTES = 4 * 1024**3
_READERS: Mapping[str, Callable[[Any], Any]] = {
    "host": _text,
    "port": _number(int, 0, 65535),
    "base_url": _address,
    "database_url": _text,
    "policy_dir": _folder,
    "max_file_bytes": _number(int, 1, _MOST_BYTES),
    "max_hook_bytes": _number(int, 1, _MOST_BYTES),
    "fetch_seconds": _number(float, 0.1, 60),
    "chart_seconds": _number(float, 1, 120),
    "fhir_servers": _addresses,
    "cors_origins": _addresses,
    "ehrs": _file,
    "session_keys": _keys,
    "session_seconds": _number(float, 60, 24 * 3600),
    "secrets": dict,
    "crd_version": _one_of("2.0", "2.2"),
    "crd_options": _words,
    "crd_payers": _lines,
    "callers": _one_of("known", "anyone"),
    "open_servers": _one_of("allowed", "refused"),
    "launches_a_minute": _number(int, 1, 100_000),
    "proxies": _number(int, 0, 8),
    "ca_bundle": _text,
    "workers": _number(int, 1, 64),
    "threads": _number(int, 1, 256),
}
assert set(_READERS) == {field.name for field in fields(Config)}, "every setting needs its reader"
