"""Whose request it is, how often it comes, and what kind it is of."""

import secrets
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Final

from tests.simulators import serving
from tests.simulators.webull.apps import App, Caller, Platform
from tests.simulators.webull.asking import Ask, Route
from tests.simulators.webull.grants import Grant, Grants
from tests.simulators.webull.limits import Limits
from tests.simulators.webull.refusals import (
    RouteNotFound,
    missing_app_key,
    missing_header,
    not_subscribed,
    too_many,
    unauthorized,
    wrong_header,
)
from tests.simulators.webull.signing import APP_KEY, check_signed
from tests.simulators.webull.tokens import check_token

TOKEN_PATH: Final = "/oauth2/tokens/create"
_ORDERS: Final = "/trading/orders/"
_KINDS: Final = {
    f"{_ORDERS}place": "place",
    f"{_ORDERS}batch-place": "place",
    f"{_ORDERS}replace": "modify",
    f"{_ORDERS}cancel": "cancel",
    f"{_ORDERS}preview": "read",
}
_WITHOUT_TOKEN: Final = ("/auth/tokens/", "/openapi/config")
"""What asks for no access token."""


class Gate(serving.Gate[Caller]):
    """Signatures, tokens and limits.

    Attributes:
        apps: By their keys.
        platforms: By the keys that sign for them.
        grants: See `Grants`.
        limits: See `Limits`.
    """

    def __init__(
        self, routes: Sequence[Route], grants: Grants, now: Callable[[], datetime]
    ) -> None:
        """Nobody is known yet."""
        super().__init__(routes)
        self.apps: dict[str, App] = {}
        self.platforms: dict[str, Platform] = {}
        self.grants = grants
        self.limits = Limits()
        self._now = now

    def kinds(self, ask: Ask) -> frozenset[str]:
        """By path: bars and previews change nothing, though they are POSTs."""
        if ask.path.startswith("/market-data/"):
            return frozenset({"any", "read", "data"})
        if ask.method == "GET":
            return frozenset({"any", "read"})
        known = _KINDS.get(ask.path)
        return frozenset({"any", known} if known else {"any"})

    def claimed(self, ask: Ask) -> Caller | None:
        """By the application key, or by the bearer token beside a platform's."""
        app = self.apps.get(ask.headers.get(APP_KEY, ""))
        if app is None:
            return None
        if app.person is not None:
            return Caller(app=app, person=app.person, accounts=app.accounts or app.person.accounts)
        grant = self._grant(ask)
        if grant is None:
            return None
        accounts = grant.accounts or grant.person.accounts
        return Caller(app=app, person=grant.person, accounts=accounts)

    def admit(self, ask: Ask, route: Route) -> Caller | None:
        """See `serving.Gate.admit`. Browsers' pages are open to all."""
        if route.open_to_all:
            return None
        app = self._signed(ask)
        self.limits.count(app.app_key, ask.path, self._now())
        if app.person is None:
            return self._of_platform(ask)
        if ask.path == TOKEN_PATH:
            raise unauthorized()
        if not ask.path.startswith(_WITHOUT_TOKEN):
            check_token(app, ask, self._now())
        return self.claimed(ask)

    def no_route(self, ask: Ask) -> serving.Refusal:
        """See `serving.Gate.no_route`."""
        del ask
        return RouteNotFound()

    def too_many(self, ask: Ask) -> serving.Refusal:
        """See `serving.Gate.too_many`."""
        del ask
        return too_many()

    def headers(self, ask: Ask) -> Mapping[str, str]:
        """An id for Webull's support: the SDK's `headers.py` names it."""
        del ask
        return {"X-Request-Id": secrets.token_hex(16)}

    def _signed(self, ask: Ask) -> App:
        key = ask.headers.get(APP_KEY, "")
        if not key:
            raise missing_app_key()
        app = self.apps.get(key)
        if app is None:
            raise RouteNotFound  # so the sandbox: not a 401
        if app.revoked:
            raise unauthorized()
        check_signed(app, ask, self._now())
        self._check_version(ask)
        return app

    def _check_version(self, ask: Ask) -> None:
        """The reference: v2 or v3; of Connect's tokens only v2."""
        version = ask.headers.get("x-version", "")
        if not version:
            raise missing_header("x-version")
        if version not in ({"v2"} if ask.path == TOKEN_PATH else {"v2", "v3"}):
            raise wrong_header("x-version")

    def _of_platform(self, ask: Ask) -> Caller | None:
        if ask.path == TOKEN_PATH:
            return None
        self.grants.check(self._grant(ask))
        if ask.path.startswith("/market-data/"):
            # Connect is accounts, assets and orders; what it says to other requests is unverified.
            raise not_subscribed("MARKET DATA")
        if ask.path.startswith(_WITHOUT_TOKEN):
            raise unauthorized()
        return self.claimed(ask)

    def _grant(self, ask: Ask) -> Grant | None:
        platform = self.platforms.get(ask.headers.get(APP_KEY, ""))
        kind, _, token = ask.headers.get("Authorization", "").partition(" ")
        if platform is None or kind != "Bearer":
            return None
        return self.grants.of_bearer(platform, token)
