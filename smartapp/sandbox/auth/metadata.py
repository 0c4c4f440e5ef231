"""What the server says about itself: SMART configuration, OpenID configuration, keys."""

from typing import Any

from joserfc.jwk import ECKey, RSAKey

from smartapp.sandbox.auth.assertions import ALGORITHMS
from smartapp.sandbox.auth.grants import METHODS
from smartapp.sandbox.fhir.scopes import SUPPORTED

_CAPABILITIES = (
    "launch-ehr",
    "launch-standalone",
    "client-public",
    "client-confidential-symmetric",
    "client-confidential-asymmetric",
    "sso-openid-connect",
    "context-banner",
    "context-ehr-patient",
    "context-ehr-encounter",
    "context-standalone-patient",
    "permission-offline",
    "permission-online",
    "permission-patient",
    "permission-user",
    "permission-v1",
    "permission-v2",
)


def smart(issuer: str) -> dict[str, Any]:
    """The document at .well-known/smart-configuration."""
    return {**_endpoints(issuer), "capabilities": list(_CAPABILITIES)}


def openid(issuer: str) -> dict[str, Any]:
    """The document at .well-known/openid-configuration."""
    return {
        **_endpoints(issuer),
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "claims_supported": ["iss", "sub", "aud", "exp", "iat", "nonce", "fhirUser"],
    }


def keys(*, id_tokens: RSAKey, hooks: ECKey) -> dict[str, Any]:
    """The public keys that id_tokens and the calls of CDS services are verified with."""
    return {
        "keys": [
            {**id_tokens.as_dict(private=False), "use": "sig", "alg": "RS256"},
            {**hooks.as_dict(private=False), "use": "sig", "alg": "ES384"},
        ]
    }


def _endpoints(issuer: str) -> dict[str, Any]:
    return {
        "issuer": issuer,
        "jwks_uri": f"{issuer}/jwks",
        "authorization_endpoint": f"{issuer}/authorize",
        "token_endpoint": f"{issuer}/token",
        "revocation_endpoint": f"{issuer}/revoke",
        "token_endpoint_auth_methods_supported": [name for name in METHODS if name != "none"],
        "token_endpoint_auth_signing_alg_values_supported": list(ALGORITHMS),
        "grant_types_supported": ["authorization_code", "refresh_token"],
        "response_types_supported": ["code"],
        "code_challenge_methods_supported": ["S256"],
        "scopes_supported": list(SUPPORTED),
    }
