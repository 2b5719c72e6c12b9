"""An allowance that the vendor counts itself and tells in the headers of every answer."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

from floorbroker.brokers.shared.allowance import Allowance, Pause, Told
from floorbroker.domain.clock import Clock

LIMIT: Final = "X-RateLimit-Limit"
REMAINING: Final = "X-RateLimit-Remaining"
RESET: Final = "X-RateLimit-Reset"
_MOST_DIGITS: Final = 12


class ToldAllowance(Allowance):
    """What is left is the vendor's word, less what was asked since; without a word, the usual.

    The vendor counts requests of other programs and processes too, and knows who pays for more.
    """

    def __init__(
        self, name: str, clock: Clock, told: Told, pause: Pause, *, most: int, seconds: int
    ) -> None:
        """`most` within `seconds` is what the vendor documents for everybody."""
        super().__init__(name, clock, told, pause=pause)
        self._most = self._left = most
        self._period = timedelta(seconds=seconds)
        self._ends: datetime | None = None
        self._reset: int | None = None

    def hear(self, headers: Mapping[str, str]) -> None:
        """What an answer says: limit, what remains of it, and the Unix second when it is whole."""
        most, left, reset = (_number(headers.get(name)) for name in (LIMIT, REMAINING, RESET))
        if most is None or left is None or reset is None or not most:
            return
        self._roll()
        if self._reset is not None and reset < self._reset:
            return  # of the period before: answers may overtake one another
        self._left = min(left, self._left) if reset == self._reset else left
        self._most, self._reset = most, reset
        # A clock that is wrong, theirs or ours, must not lock anybody out for longer than a period.
        latest = self._clock.now() + self._period
        self._ends = min(datetime.fromtimestamp(reset, UTC), latest)

    def whole_in(self) -> timedelta:
        """How long until all of it is there again."""
        self._roll()
        now = self._clock.now()
        return (self._ends or now) - now

    def _wait_for(self, cost: int, reserve: float) -> timedelta | None:
        self._roll()
        return None if self._left - cost >= int(self._most * reserve) else self.whole_in()

    def _use(self, cost: int) -> None:
        self._left -= cost

    def _used(self) -> float:
        return 1 - self._left / self._most

    def _roll(self) -> None:
        """Begins the next period where the last one is over."""
        now = self._clock.now()
        # Further away than a period lies only an end from before the clock was set back.
        if self._ends is None or not now < self._ends <= now + self._period:
            self._left, self._ends, self._reset = self._most, now + self._period, None


def _number(text: str | None) -> int | None:
    if text is None or len(text) > _MOST_DIGITS or not (text.isascii() and text.isdecimal()):
        return None
    return int(text)
