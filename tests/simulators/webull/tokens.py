"""The second factor of a person's own key: an access token that is confirmed in Webull's app.

POST /auth/tokens/create and /auth/tokens/check; `x-access-token` in every request then. Guide
"Token": confirmed within five minutes or EXPIRED; unused for 15 days or unknown, INVALID. The
reference names `expires_at`; the SDK 3.0.4 reads `expires`, so both are sent. That the whole is
only asked where GET /openapi/config says `token_check_enabled` is the SDK's knowledge.
"""

import secrets
from datetime import datetime, timedelta
from typing import Any, Final

from tests.simulators.webull.apps import AccessToken, App
from tests.simulators.webull.asking import Ask
from tests.simulators.webull.refusals import invalid_token
from tests.simulators.webull.wire import millis

HEADER: Final = "x-access-token"
TO_CONFIRM: Final = timedelta(minutes=5)
LIFETIME: Final = timedelta(days=15)


def status(token: AccessToken, now: datetime) -> str:
    """PENDING, NORMAL, INVALID or EXPIRED."""
    if now < token.expires_at or token.given == "INVALID":
        return token.given
    return "EXPIRED" if token.given == "PENDING" else "INVALID"


def create(app: App, known: str, now: datetime) -> AccessToken:
    """A new token; the one that it has if `known` names it and it works (unverified)."""
    token = app.token
    if token is not None and token.value == known and status(token, now) == "NORMAL":
        return token
    app.token = AccessToken(
        value=secrets.token_hex(16), given="PENDING", expires_at=now + TO_CONFIRM
    )
    return app.token


def confirm(app: App, now: datetime) -> str:
    """What the person does in Webull's app; the token.

    Raises:
        ValueError: There is none that waits for it.
    """
    token = app.token
    if token is None or status(token, now) != "PENDING":
        raise ValueError("no token waits")
    token.given, token.expires_at = "NORMAL", now + LIFETIME
    return token.value


def check_token(app: App, ask: Ask, now: datetime) -> None:
    """Every use lets it live for another 15 days.

    Raises:
        Refusal: It is needed, and missing or no longer good.
    """
    if not app.two_factor:
        return
    token = app.token
    given = ask.headers.get(HEADER, "")
    if token is None or given != token.value or status(token, now) != "NORMAL":
        raise invalid_token()
    token.expires_at = now + LIFETIME


def shown(token: AccessToken, now: datetime) -> dict[str, Any]:
    """As create and check answer."""
    at = millis(token.expires_at)
    return {
        "token": token.value,
        "expires": at,
        "expires_at": at,
        "status": status(token, now),
    }


def unknown(value: str, now: datetime) -> dict[str, Any]:
    """As check answers for a token that is not there."""
    return {"token": value, "expires": millis(now), "expires_at": millis(now), "status": "INVALID"}
