"""Private keys from files, and what others may see of them."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from joserfc.errors import InvalidKeyTypeError, JoseError
from joserfc.jwk import ECKey, Key, KeySet, RSAKey

from smartapp.errors import BadInput

_LEAST_RSA_BITS = 2048


def load(paths: Iterable[Path]) -> KeySet:
    """The keys in files of PEM, JWK or JWK Set, each with a kid; BadInput for what cannot sign."""
    return KeySet([_checked(key, path) for path in paths for key in _read(path)])


def algorithm(keys: KeySet) -> str:
    """What the first key signs with."""
    return "ES384" if isinstance(keys.keys[0], ECKey) else "RS384"


def published(sets: Iterable[KeySet]) -> dict[str, Any]:
    """The JWK Set that EHRs check our signatures with: the public parts, each key once."""
    public = {key.kid: _public(key) for keys in sets for key in keys.keys}
    return {"keys": list(public.values())}


def public(given: Any) -> KeySet:
    """The keys of a JWK Set that signatures can be checked with; what else is in it spoils nothing."""
    listed = given.get("keys") if isinstance(given, dict) else None
    found = (_usable(item) for item in (listed if isinstance(listed, list) else ()))
    return KeySet([key for key in found if key is not None])


def _usable(item: Any) -> Any:
    """A key for ES384 or RS384; None for another, and for one without a name."""
    if not isinstance(item, dict) or item.get("kty") not in {"RSA", "EC"} or item.get("use", "sig") != "sig":
        return None
    named = {name: item[name] for name in ("kty", "kid", "crv", "x", "y", "n", "e") if name in item}
    try:
        key = KeySet.import_key_set({"keys": [named]}).keys[0]
    except (JoseError, ValueError, TypeError, KeyError):
        return None
    return key if isinstance(named.get("kid"), str) and _is_strong(key) else None


def _is_strong(key: Any) -> bool:
    # SMART App Launch 2.2 "Client Authentication: asymmetric": RS384 or ES384
    curve = isinstance(key, ECKey) and key.curve_name == "P-384"
    return curve or (isinstance(key, RSAKey) and key.raw_value.key_size >= _LEAST_RSA_BITS)


def _public(key: Key) -> dict[str, Any]:
    alg = "ES384" if isinstance(key, ECKey) else "RS384"
    return {**key.as_dict(private=False), "use": "sig", "alg": alg, "key_ops": ["verify"]}


def _read(path: Path) -> list[Any]:
    try:
        text = path.read_text(encoding="utf-8")
        if not text.lstrip().startswith("{"):
            return [_of_pem(text)]
        given = json.loads(text)
        return list(KeySet.import_key_set(given if "keys" in given else {"keys": [given]}).keys)
    except (OSError, ValueError, JoseError) as error:
        raise BadInput(
            f"{path.name}: no PEM, JWK or JWK Set with a private key can be read from it."
        ) from error


def _of_pem(text: str) -> Any:
    try:
        return ECKey.import_key(text)
    except InvalidKeyTypeError:
        return RSAKey.import_key(text)


def _checked(key: Any, path: Path) -> Any:
    if not _is_strong(key) or not key.is_private:
        raise BadInput(f"{path.name}: a key must be private, and RSA of 2048 bits or EC on the curve P-384.")
    key.ensure_kid()
    return key
