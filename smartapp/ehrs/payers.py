"""The payers that requests are sent to, from the TOML file of the EHRs.

    [[payer]]
    name = "Example Health Plan"
    base = "https://payer.example/fhir"     # below it are Claim/$submit and Claim/$inquire
    client_id = "..."                       # as the payer gave it; the app proves itself with key_files
    covers = ["Example Health Plan"]        # names or identifiers of the payor of a Coverage; none named: any
    version = "2.2"                         # of PAS, "2.0" or "2.2"; default: that of the service
    provider = "Example Cancer Center"      # who asks; default: whose role the order names, or the name of the EHR
    provider_npi = "..."

Further keys: the other fields of Payer, and key_files of its own, as for an EHR.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from smartapp.ehrs import Ehr, tables
from smartapp.ehrs.clients import is_safe
from smartapp.ehrs.file import key_set
from smartapp.errors import BadInput

if TYPE_CHECKING:
    from joserfc.jwk import KeySet

SCOPES = ("system/Claim.cu", "system/ClaimResponse.rs")
_LISTS = frozenset({"covers", "scopes", "hosts"})
_OURS = ("keys", "alg", "key_files")


@dataclass(frozen=True, slots=True, kw_only=True)
class Payer:
    """One payer as it is registered."""

    name: str
    base: str
    """The FHIR base, without a final slash."""
    client_id: str
    keys: "KeySet"
    alg: str = "ES384"
    covers: tuple[str, ...] = ()
    """What the payors of its Coverages are called, in lower case."""
    version: str = ""
    identifier: str = ""
    """Of the payer, "system|value"."""
    provider: str = ""
    provider_npi: str = ""
    token_endpoint: str = ""
    """Default: the one that its SMART configuration names."""
    scopes: tuple[str, ...] = SCOPES
    hosts: tuple[str, ...] = ()
    """Hosts beside that of its base where its authorization server may be."""
    claim_type: str = ""
    service_type: str = ""
    place: str = ""

    @property
    def server(self) -> Ehr:
        """The payer as a server that the app is an asymmetric client of."""
        return Ehr(
            name=self.name,
            iss=self.base,
            client_id=self.client_id,
            auth="asymmetric",
            keys=self.keys,
            alg=self.alg,
            hosts=self.hosts,
        )


class Payers:
    """All payers that are registered."""

    def __init__(self, payers: Sequence[Payer] = ()) -> None:
        self._payers = tuple(payers)

    def __iter__(self) -> Iterator[Payer]:
        return iter(self._payers)

    def __len__(self) -> int:
        return len(self._payers)

    def named(self, name: str) -> Payer | None:
        """The payer with this name."""
        return next((payer for payer in self._payers if payer.name == name), None)


def load(path: Path) -> Payers:
    """The payers of a file; BadInput names the entry and what is wrong with it."""
    given = tables.read(path)
    common = given.get("key_files", [])
    payers = [_payer(entry, path.parent, common) for entry in given.get("payer", [])]
    if len({payer.name for payer in payers}) < len(payers):
        raise BadInput(f"{path.name}: two payers have the same name.")
    return Payers(payers)


def _payer(entry: Mapping[str, Any], folder: Path, common: Any) -> Payer:
    name = str(entry.get("name", "a payer without a name"))
    try:
        _check(entry)
        given = {key: _value(key, value) for key, value in entry.items() if key != "key_files"}
        found, alg = key_set(entry.get("key_files") or common, folder)
        return Payer(**given, keys=found, alg=alg)
    except ValueError as error:
        raise BadInput(f"The payer '{name}': {error}.") from error


def _check(entry: Mapping[str, Any]) -> None:
    allowed = ({field.name for field in fields(Payer)} - set(_OURS)) | {"key_files"}
    tables.check_keys(entry, allowed=allowed, needed=("name", "base", "client_id"))


def _value(key: str, value: Any) -> Any:
    if key in _LISTS:
        return tuple(item.lower() if key == "covers" else item for item in tables.texts(value, key))
    if not isinstance(value, str):
        raise ValueError(f"'{key}' must be text")  # noqa: TRY004 - one kind of error for a wrong setting
    if key in {"base", "token_endpoint"} and not is_safe(value):
        raise ValueError(f"'{key}' must be a plain https:// address")
    if key == "version" and value not in {"2.0", "2.2"}:
        raise ValueError('\'version\' must be "2.0" or "2.2"')
    return value.rstrip("/") if key == "base" else value
