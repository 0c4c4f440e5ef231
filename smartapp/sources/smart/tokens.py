"""Codes and refresh tokens into access tokens, and what a token response says about the launch."""

import logging
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import requests
from authlib.integrations.base_client import OAuthError

from smartapp.ehrs import Ehr
from smartapp.errors import AccessDenied, EhrFault, LaunchFailed, LaunchOver
from smartapp.sources.smart import clients
from smartapp.sources.smart.authorization import Pending
from smartapp.sources.smart.context import context_of
from smartapp.sources.smart.discovery import Metadata
from smartapp.sources.smart.network import Network, fault

log = logging.getLogger(__name__)

_ID = re.compile(r"[A-Za-z0-9\-._]{1,128}")
_CODE = re.compile(r"[a-z_]{1,40}")
_WHAT = "EHR's sign-in service (token endpoint)"
_LONGEST_SECONDS = 366 * 24 * 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """A token response, read."""

    access_token: str = field(repr=False)
    refresh_token: str | None = field(default=None, repr=False)
    id_token: str | None = field(default=None, repr=False)
    seconds: float | None = None
    """How long the access token is good for; None: it was not said."""
    scopes: frozenset[str]
    patient: str | None = None
    encounter: str | None = None
    fhir_context: tuple[Mapping[str, Any], ...] = ()
    need_patient_banner: bool = True
    app_context: str | None = None
    tenant: str | None = None

    def ends_at(self, now: datetime) -> datetime | None:
        """When the access token ends, if that was said."""
        return None if self.seconds is None else now + timedelta(seconds=self.seconds)


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenEndpoint:
    """The token endpoint of one EHR, and the client that the app is there."""

    ehr: Ehr
    metadata: Metadata
    network: Network
    clock: Callable[[], float]

    def exchange(self, code: str, pending: Pending) -> Grant:
        """The grant for a code; LaunchFailed says why there is none."""
        return self._grant(
            lambda oauth: oauth.fetch_token(
                self.metadata.token_endpoint,
                grant_type="authorization_code",
                code=code,
                code_verifier=pending.verifier,
                redirect_uri=pending.redirect_uri,
            ),
            asked=pending.scope,
        )

    def refresh(self, refresh_token: str, *, scopes: frozenset[str]) -> Grant:
        """The grant for a refresh token; it holds the old refresh token where no new one came."""
        return self._grant(
            lambda oauth: oauth.refresh_token(self.metadata.token_endpoint, refresh_token=refresh_token),
            asked=" ".join(scopes),
        )

    def revoke(self, token: str) -> None:
        """Tell the server that the token is not needed any more, if it wants to know."""
        if self.metadata.revocation_endpoint is None:
            return
        try:
            with clients.session(self.ehr, self.network, clock=self.clock, token={}) as oauth:
                oauth.revoke_token(self.metadata.revocation_endpoint, token=token)
        except (requests.RequestException, OAuthError) as error:
            log.info("revocation failed kind=%s", type(error).__name__)

    def _grant(self, ask: Callable[[Any], Mapping[str, Any]], *, asked: str) -> Grant:
        try:
            with clients.session(self.ehr, self.network, clock=self.clock, token={}) as oauth:
                return _read(ask(oauth), asked=asked)
        except OAuthError as error:
            raise _refused(error) from None  # the cause holds what the server said, which may be anything
        except requests.JSONDecodeError:
            raise EhrFault(f"The {_WHAT} did not answer in JSON.") from None
        except requests.RequestException as error:
            raise fault(error, what=_WHAT) from None
        except (ValueError, TypeError):  # authlib takes the times for numbers, whatever they are
            raise EhrFault(f"The {_WHAT} answered with something that is no token.") from None


def _refused(error: OAuthError) -> LaunchFailed:
    """RFC 6749 section 5.2, in words."""
    code = (
        error.error if isinstance(error.error, str) and _CODE.fullmatch(error.error) else "an unknown error"
    )
    log.info("token refused code=%s", code)
    if code == "invalid_grant":
        return LaunchOver("The EHR's permission was used already, or its time had passed.")
    if code in {"invalid_client", "unauthorized_client"}:
        return EhrFault(f"The EHR does not accept how the assistant is registered there ({code}).")
    if code == "invalid_scope":
        return AccessDenied("The EHR does not grant what the assistant asks for (invalid_scope).")
    return EhrFault(f"The {_WHAT} refused the request ({code}).")


def _read(token: Mapping[str, Any], *, asked: str) -> Grant:
    access = token.get("access_token")
    kind = token.get("token_type")
    if not isinstance(access, str) or not access or not isinstance(kind, str) or kind.lower() != "bearer":
        raise EhrFault(f"The {_WHAT} gave no bearer token.")
    # SMART App Launch 2.2 "Obtain access token": scope may differ from what was asked; RFC 6749: absent, it is the same
    scope = token.get("scope")
    return Grant(
        access_token=access,
        refresh_token=_text(token, "refresh_token"),
        id_token=_text(token, "id_token"),
        seconds=_seconds(token.get("expires_in")),
        scopes=frozenset((scope if isinstance(scope, str) else asked).split()),
        patient=_id(token, "patient"),
        encounter=_id(token, "encounter"),
        fhir_context=context_of(token),
        need_patient_banner=token.get("need_patient_banner") is not False,
        app_context=_text(token, "appContext"),
        tenant=_text(token, "tenant"),
    )


def _text(token: Mapping[str, Any], name: str) -> str | None:
    value = token.get(name)
    return value if isinstance(value, str) and value else None


def _id(token: Mapping[str, Any], name: str) -> str | None:
    value = _text(token, name)
    bare = value.removeprefix(f"{name.capitalize()}/") if value else ""  # some servers send the reference
    return bare if _ID.fullmatch(bare) else None


def _seconds(value: Any) -> float | None:
    try:
        seconds = float(value)
    except (TypeError, ValueError):
        return None
    return seconds if 0 <= seconds < _LONGEST_SECONDS else None
