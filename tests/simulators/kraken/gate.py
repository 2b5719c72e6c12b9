"""Whose request it is, whether it is signed, and how often it comes."""

from collections.abc import Callable, Sequence
from datetime import datetime

from tests.simulators import serving
from tests.simulators.kraken.asking import Ask, Route
from tests.simulators.kraken.limits import Limits
from tests.simulators.kraken.people import Key
from tests.simulators.kraken.permissions import check_permitted
from tests.simulators.kraken.public_api import MARKET_DATA
from tests.simulators.kraken.refusals import (
    KrakenRefusal,
    invalid_key,
    too_many_calls,
    unknown_method,
)
from tests.simulators.kraken.signing import KEY, check_signed
from tests.simulators.kraken.trading_api import kinds_of


class Gate(serving.Gate[Key]):
    """Keys, signatures, nonces, permissions and the call counter."""

    def __init__(
        self, routes: Sequence[Route], limits: Limits, now: Callable[[], datetime]
    ) -> None:
        """Nobody is known yet."""
        super().__init__(routes)
        self.keys: dict[str, Key] = {}
        self.revoked: set[str] = set()
        self._limits = limits
        self._now = now

    def kinds(self, ask: Ask) -> frozenset[str]:
        """See `kinds_of`; market data is told from other public reads."""
        method = _method(ask)
        if ask.path.startswith("/0/public/"):
            return frozenset({"any", "read"} | ({"data"} if method in MARKET_DATA else set()))
        return kinds_of(method, ask.body)

    def claimed(self, ask: Ask) -> Key | None:
        """By the header."""
        return self.keys.get(ask.headers.get(KEY, ""))

    def admit(self, ask: Ask, route: Route) -> Key | None:
        """Key, signature, nonce, counter, permission: in what order Kraken looks is unverified."""
        if route.open_to_all:
            return None
        key = self.claimed(ask)
        if key is None or key.key in self.revoked or self._has_ended(key):
            raise invalid_key()
        check_signed(key, ask.raw_path, ask.body, ask.headers)
        method = _method(ask)
        self._limits.call(key, method, self._now())
        check_permitted(key, method)
        key.last_used = self._now()
        return key

    def no_route(self, ask: Ask) -> KrakenRefusal:
        """See `serving.Gate.no_route`."""
        del ask
        return unknown_method()

    def too_many(self, ask: Ask) -> KrakenRefusal:
        """Kraken's own words, inside a 200."""
        del ask
        return too_many_calls()

    def _has_ended(self, key: Key) -> bool:
        return key.valid_until is not None and key.valid_until <= self._now()


def _method(ask: Ask) -> str:
    return ask.path.rpartition("/")[2]
