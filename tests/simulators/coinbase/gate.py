"""Whose request it is, what its key may do, how often it comes, and what the headers say."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Final

from tests.simulators import serving
from tests.simulators.coinbase.asking import Ask, Route
from tests.simulators.coinbase.faults import kinds_of
from tests.simulators.coinbase.keys import Key
from tests.simulators.coinbase.refusals import (
    TooManyRequests,
    TooManyRequestsPage,
    Unauthorized,
    missing_scopes,
    no_path,
)
from tests.simulators.coinbase.tokens import HOST, bearer, check_token, named_key

RATE_LIMIT: Final = 30
"""Private requests a person and second; read in the documentation by others, and no longer there
(September 2026)."""

_TRADING: Final = frozenset({"place", "cancel", "modify"})


class Gate(serving.Gate[Key]):
    """Tokens, scopes and the rate limit.

    Attributes:
        keys: By their names.
        hosts: What a token's uri may name as the host.
        rate_limit: Requests a person and second; counted in the headers.
        enforces_rate_limit: Whether more are answered 429.
        limits_with_page: Whether that is an HTML page.
    """

    def __init__(
        self,
        routes: Sequence[Route],
        now: Callable[[], datetime],
        token_now: Callable[[], datetime],
    ) -> None:
        """Nobody is known yet. Tokens are judged by `token_now`, everything else by `now`."""
        super().__init__(routes)
        self.keys: dict[str, Key] = {}
        self.hosts = {HOST}
        self.rate_limit = RATE_LIMIT
        self.enforces_rate_limit = False
        self.limits_with_page = False
        self._now = now
        self._token_now = token_now
        self._used: Counter[tuple[str, int]] = Counter()

    def kinds(self, ask: Ask) -> frozenset[str]:
        """See `kinds_of`."""
        return kinds_of(ask.method, ask.path)

    def claimed(self, ask: Ask) -> Key | None:
        """By the name that the token says."""
        token = bearer(ask)
        return self.keys.get(named_key(token) or "") if token else None

    def admit(self, ask: Ask, route: Route) -> Key | None:
        """See `serving.Gate.admit`. Where none is asked a token is not looked at."""
        if route.open_to_all:
            return None
        key, token = self.claimed(ask), bearer(ask)
        if key is None or token is None or key.revoked:
            raise Unauthorized
        check_token(ask, token, key, hosts=self.hosts, now=self._token_now)
        self._count(ask, key)
        # Which right a preview needs is unverified: here the one to look. `key_permissions`
        # answers every key.
        trades = bool(self.kinds(ask) & _TRADING)
        asks_itself = ask.path.endswith("/key_permissions")
        if not (asks_itself or (key.can_trade if trades else key.can_view)):
            raise missing_scopes()
        return key

    def no_route(self, ask: Ask) -> serving.Refusal:
        """See `serving.Gate.no_route`."""
        del ask
        return no_path()

    def too_many(self, ask: Ask) -> serving.Refusal:
        """The documented JSON, or the page that was seen."""
        del ask
        return TooManyRequestsPage() if self.limits_with_page else TooManyRequests()

    def headers(self, ask: Ask) -> Mapping[str, str]:
        """What the person has left of this second: the names are those of the SDK's constants.

        The public paths were measured to have none; that `reset` is in seconds is unverified.
        """
        key = self.claimed(ask)
        if key is None:
            return {}
        used = self._used[key.name, self._second()]
        return {
            "x-ratelimit-limit": str(self.rate_limit),
            "x-ratelimit-remaining": str(max(self.rate_limit - used, 0)),
            "x-ratelimit-reset": "1",
        }

    def _count(self, ask: Ask, key: Key) -> None:
        self._used[key.name, self._second()] += 1
        if self.enforces_rate_limit and self._used[key.name, self._second()] > self.rate_limit:
            raise self.too_many(ask)

    def _second(self) -> int:
        return int(self._now().timestamp())
