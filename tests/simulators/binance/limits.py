"""How often: weights of an address, unfilled orders of an account.

rest-api.md, "LIMITS"; faqs/order_count_decrement.md. Intervals are whole ones of UTC.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from tests.simulators.binance.people import Person
from tests.simulators.binance.refusals import banned, too_many_orders, too_much_weight
from tests.simulators.binance.wire import millis

MINUTE: Final = 60
TEN_SECONDS: Final = 10
DAY: Final = 86_400
INTERVALS: Final = {TEN_SECONDS: ("10S", "10 SECOND"), DAY: ("1D", "1 DAY")}
BAN: Final = timedelta(minutes=2)
"""The first one; later ones last longer, which is not simulated."""
MAKER_CREDIT: Final = 5
"""How much an order counts less that rested before its first fill: the FAQ's example 2."""


class Limits:
    """Everybody comes from one address.

    Attributes:
        weight: Of a minute.
        orders: Unfilled ones of ten seconds and of a day, by the interval's seconds.
        enforced: Whether more is refused; it is always counted.
        told: Whether answers tell how much weight is used.
        patience: How many requests after the first 429 until the address is banned; the
            documentation says no number.
    """

    def __init__(self, now: Callable[[], datetime]) -> None:
        """The limits are those of rest-api.md and enums.md."""
        self.weight = 6000
        self.orders = {TEN_SECONDS: 100, DAY: 200_000}
        self.enforced = False
        self.told = True
        self.patience = 3
        self._now = now
        self._used: Counter[int] = Counter()
        self._placed: Counter[tuple[str, int, int]] = Counter()
        self._over = 0
        self._banned_until: datetime | None = None

    def use(self, weight: int) -> None:
        """One request comes.

        Raises:
            Refusal: One too many.
        """
        self._check_ban()
        window = self._window(MINUTE)
        self._used[window] += weight
        if not self.enforced or self._used[window] <= self.weight:
            self._over = 0
            return
        self._over += 1
        if self._over > self.patience:
            self.ban()
            self._check_ban()
        raise too_much_weight(self.weight, self._left(MINUTE))

    def ban(self) -> None:
        """The address is banned from now on."""
        self._banned_until = self._now() + BAN
        self._over = 0

    def check_orders(self, person: Person) -> None:
        """There may be one more.

        Raises:
            Refusal: There are too many unfilled ones.
        """
        for seconds, limit in self.orders.items():
            if self.enforced and self.placed(person, seconds) >= limit:
                raise too_many_orders(limit, INTERVALS[seconds][1], self._left(seconds))

    def count_orders(self, person: Person, number: int) -> None:
        """So many are placed."""
        for seconds in self.orders:
            self._placed[person.name, seconds, self._window(seconds)] += number

    def first_fill(self, person: Person, *, maker: bool) -> None:
        """An order trades for the first time and no longer counts.

        In Binance this takes a moment; here it shows in the answer to the order (unverified).
        """
        for seconds in self.orders:
            place = person.name, seconds, self._window(seconds)
            self._placed[place] = max(self._placed[place] - (MAKER_CREDIT if maker else 1), 0)

    def placed(self, person: Person, seconds: int) -> int:
        """Unfilled orders of the interval of now."""
        return self._placed[person.name, seconds, self._window(seconds)]

    def weight_headers(self, *, wallet: bool) -> Mapping[str, str]:
        """The second name is not documented and in every answer (ccxt/node-binance-api issue 814).

        Args:
            wallet: Whether the path is below /sapi, whose header has another name (unverified).
        """
        if not self.told:
            return {}
        used = str(self._used[self._window(MINUTE)])
        if wallet:
            return {"X-SAPI-USED-IP-WEIGHT-1M": used}
        return {"X-MBX-USED-WEIGHT-1M": used, "X-MBX-USED-WEIGHT": used}

    def order_headers(self, person: Person) -> Mapping[str, str]:
        """Stand in the answer to an order."""
        return {
            f"X-MBX-ORDER-COUNT-{INTERVALS[seconds][0]}": str(self.placed(person, seconds))
            for seconds in self.orders
        }

    def wire(self) -> list[dict[str, Any]]:
        """As exchangeInfo shows them."""
        orders = [_shown("ORDERS", seconds, limit) for seconds, limit in self.orders.items()]
        raw = {**_shown("RAW_REQUESTS", MINUTE, 61_000), "intervalNum": 5}
        return [_shown("REQUEST_WEIGHT", MINUTE, self.weight), *orders, raw]

    def counts(self, person: Person) -> list[dict[str, Any]]:
        """As `GET /api/v3/rateLimit/order` shows them."""
        return [
            {**_shown("ORDERS", seconds, limit), "count": self.placed(person, seconds)}
            for seconds, limit in self.orders.items()
        ]

    def _check_ban(self) -> None:
        if self._banned_until is not None and self._now() < self._banned_until:
            raise banned(millis(self._banned_until), self._seconds_until(self._banned_until))

    def _window(self, seconds: int) -> int:
        return int(self._now().timestamp()) // seconds

    def _left(self, seconds: int) -> int:
        return seconds - int(self._now().timestamp()) % seconds

    def _seconds_until(self, at: datetime) -> int:
        return -(-(at - self._now()) // timedelta(seconds=1))


def _shown(kind: str, seconds: int, limit: int) -> dict[str, Any]:
    interval, number = {
        MINUTE: ("MINUTE", 1),
        TEN_SECONDS: ("SECOND", 10),
        DAY: ("DAY", 1),
    }[seconds]
    return {
        "rateLimitType": kind,
        "interval": interval,
        "intervalNum": number,
        "limit": limit,
    }
