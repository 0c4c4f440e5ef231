"""Why an authorization server sent the browser back without a permission, in words."""

import logging

from smartapp.errors import AccessDenied, EhrFault, LaunchFailed

log = logging.getLogger(__name__)

# RFC 6749 section 4.1.2.1 and OpenID Connect Core 3.1.2.6; invalid_client is of section 5.2, and used here too
_WORDS = {
    "access_denied": "Access was declined, by you or by a rule of the EHR.",
    "invalid_scope": "The EHR does not grant what the assistant asks for (invalid_scope).",
    "login_required": "The EHR wants you to sign in first.",
    "consent_required": "The EHR wants you to agree first.",
    "interaction_required": "The EHR wants you to sign in first.",
    "invalid_request": "The EHR does not accept what the assistant asks for (invalid_request).",
    "unsupported_response_type": (
        "The EHR does not accept what the assistant asks for (unsupported_response_type)."
    ),
    "invalid_client": "The EHR does not accept how the assistant is registered there (invalid_client).",
    "unauthorized_client": "The EHR does not accept how the assistant is registered there (unauthorized_client).",
}
_FAULTS = frozenset({"server_error", "temporarily_unavailable"})


def of(code: str) -> LaunchFailed:
    """What an error code means; error_description is not shown, for anybody can write an address with it."""
    if code in _FAULTS:
        return EhrFault("The EHR's authorization server failed or is too busy.")
    log.info("authorization refused code=%s", code if code in _WORDS else "other")
    return AccessDenied(_WORDS.get(code, "The EHR did not give access, for a reason that is not known here."))
