"""Apps, what people grant them, and the tokens that stand for it.

Lifetimes: 30 minutes and 7 days after creation are the vendor's ("Retail Trader API Production",
copied in public); a refused code that was recorded had lived 28 seconds and more, others report 30.
Whether a refresh gives a new refresh token is not said there: its example answer has one again.
Users measured in 2026 that it is the same one for all seven days, which do not begin anew.
That PKCE is not part of it: neither request has a field for it in the documentation.
"""

import secrets
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Final

from tests.simulators.schwab.people import Account, Person
from tests.simulators.schwab.refusals import bad_code, bad_refresh, bad_token_request, unauthorized
from tests.simulators.schwab.wire import epoch_ms

ACCESS_LIFE: Final = timedelta(minutes=30)
REFRESH_LIFE: Final = timedelta(days=7)
CODE_LIFE: Final = timedelta(seconds=30)
APP_ONLY_LIFE: Final = timedelta(hours=1)
_DOMAIN: Final = b64encode(b"oauth2.bdc.schwab.com").decode().rstrip("=")


@dataclass(frozen=True, slots=True, kw_only=True)
class App:
    """An application as its owner registered it.

    Attributes:
        redirect_uris: Compared letter by letter. Schwab takes https only; here a browser on
            loopback may be sent to http.
        tag: Stands in every order that it places; it is the app's, never the order's.
    """

    key: str
    secret: str = field(repr=False)
    redirect_uris: tuple[str, ...]
    tag: str


@dataclass(slots=True, kw_only=True, eq=False)
class Grant:
    """What one person let one app see, until it ends; without a person it is the app's own.

    Attributes:
        name: The person's.
        refresh_token: The one that works now.
        ends_at: Of the refresh token; a rotated one keeps it.
    """

    app: App
    person: Person | None
    accounts: tuple[Account, ...]
    ends_at: datetime
    refresh_token: str = field(default="", repr=False)
    revoked: bool = False
    name: str = field(init=False, default="")

    def __post_init__(self) -> None:
        """The gate remembers requests by it."""
        self.name = self.person.name if self.person else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Code:
    grant: Grant
    redirect_uri: str
    ends_at: datetime


class Tokens:
    """Everything that was given out.

    Attributes:
        apps: By key.
        rotates_refresh_tokens: Whether a refresh gives a new refresh token and ends the old one.
        one_grant_each: Whether a person's new grant ends the refresh token of the one before
            (Schwabdev's troubleshooting page says that it may; unverified).
    """

    def __init__(self, now: Callable[[], datetime]) -> None:
        """Nobody is known yet."""
        self.apps: dict[str, App] = {}
        self.rotates_refresh_tokens = False
        self.one_grant_each = True
        self._now = now
        self._codes: dict[str, _Code] = {}
        self._access: dict[str, tuple[Grant, datetime]] = {}
        self._grants: list[Grant] = []

    def code(
        self, app: App, person: Person, accounts: tuple[Account, ...], redirect_uri: str
    ) -> str:
        """A fresh code. It ends in "@", which a query shows as %40."""
        grant = Grant(app=app, person=person, accounts=accounts, ends_at=self._now())
        code = f"C0.{_DOMAIN}.{_random()}@"
        ends_at = self._now() + CODE_LIFE
        self._codes[code] = _Code(grant=grant, redirect_uri=redirect_uri, ends_at=ends_at)
        return code

    def redeem(self, app: App, code: str, redirect_uri: str) -> dict[str, Any]:
        """The answer to the `authorization_code` grant; the code is used up by it.

        Raises:
            TokenRefusal: It is no such code, another app's, for another address, or too late.
        """
        if not code.endswith("@"):
            raise bad_code("String length must be a multiple of four.")
        given = self._codes.get(code)
        if given is None or given.grant.app is not app:
            raise bad_code("Invalid authorization code")  # words unverified
        if given.redirect_uri != redirect_uri:
            raise bad_token_request("redirect_uri does not match")
        if given.ends_at <= self._now():
            times = f"expiration={epoch_ms(given.ends_at)},now={epoch_ms(self._now())}"
            raise bad_code(f"AuthorizationCode has expired,{times}")
        del self._codes[code]
        return self._begin(given.grant)

    def grant(self, app: App, person: Person, accounts: tuple[Account, ...]) -> dict[str, Any]:
        """The answer of the token endpoint, without a code."""
        grant = Grant(app=app, person=person, accounts=accounts, ends_at=self._now())
        return self._begin(grant)

    def refresh(self, app: App, token: str) -> dict[str, Any]:
        """The answer to the `refresh_token` grant.

        Raises:
            TokenRefusal: It is no such token, another app's, replaced, revoked, or too late.
        """
        for grant in self._grants:
            if token and grant.refresh_token == token and self._stands(grant, app):
                if self.rotates_refresh_tokens:
                    grant.refresh_token = _refresh_token()
                return self._answer(grant)
        raise bad_refresh(b64encode(sha256(token.encode()).digest()).decode())

    def app_only(self, app: App) -> dict[str, Any]:
        """The answer to the `client_credentials` grant: an hour, for nobody's accounts.

        It was seen (alexgolec/schwab-py issue 224): schwab-py asks for it when the address that it
        is given has no code.
        """
        grant = Grant(app=app, person=None, accounts=(), ends_at=self._now() + APP_ONLY_LIFE)
        token = self._new_access(grant, APP_ONLY_LIFE)
        life = int(APP_ONLY_LIFE.total_seconds())
        return {"expires_in": life, "token_type": "Bearer", "scope": "api", "access_token": token}

    def bearer(self, token: str) -> Grant:
        """Whose access token it is.

        Raises:
            Listed: It is none, it has expired, or it was revoked.
        """
        found = self._access.get(token)
        if found is None or found[0].revoked or found[1] <= self._now():
            raise unauthorized()
        return found[0]

    def claimed(self, token: str) -> Grant | None:
        """The same, whether it still works or not."""
        found = self._access.get(token)
        return found and found[0]

    def revoke(self, person: Person, app: App | None = None) -> None:
        """As after a new password: nothing that the person granted works any more."""
        for grant in self._grants:
            if grant.person is person and (app is None or grant.app is app):
                grant.revoked = True

    def end_access(self, person: Person) -> None:
        """Access tokens of the person end before their time; refresh tokens stay."""
        kept = {t: one for t, one in self._access.items() if one[0].person is not person}
        self._access = kept

    def _begin(self, grant: Grant) -> dict[str, Any]:
        if self.one_grant_each:
            for other in self._grants:
                if other.person is grant.person and other.app is grant.app:
                    other.refresh_token = ""
        grant.ends_at = self._now() + REFRESH_LIFE
        grant.refresh_token = _refresh_token()
        self._grants.append(grant)
        return self._answer(grant)

    def _stands(self, grant: Grant, app: App) -> bool:
        return grant.app is app and not grant.revoked and grant.ends_at > self._now()

    def _answer(self, grant: Grant) -> dict[str, Any]:
        return {
            "expires_in": int(ACCESS_LIFE.total_seconds()),
            "token_type": "Bearer",
            "scope": "api",
            "refresh_token": grant.refresh_token,
            "access_token": self._new_access(grant, ACCESS_LIFE),
            "id_token": f"{_random()}.{_random()}.{_random()}",
        }

    def _new_access(self, grant: Grant, life: timedelta) -> str:
        token = f"I0.{_DOMAIN}.{_random()}@"
        self._access[token] = (grant, self._now() + life)
        return token


def _random() -> str:
    return secrets.token_urlsafe(32)


def _refresh_token() -> str:
    return urlsafe_b64encode(secrets.token_bytes(96)).decode() + "@"
