"""When a price has crossed a level: once each time, however much it trembles there."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from floorbroker.domain.errors import InvalidInput
from floorbroker.domain.market import Quote

MARGIN: Final = Decimal("0.005")
"""So far, as a share of the level, a price has to go back before crossing counts again."""

APART: Final = timedelta(minutes=15)
"""A level that is crossed again and again is told no more often than this."""

FRESH: Final = timedelta(minutes=2)
"""Of a price that claims to be the present one."""

FRESH_DELAYED: Final = timedelta(minutes=30)
"""Of a price that says itself that it is delayed."""

AHEAD: Final = timedelta(minutes=1)
"""So far a source's clock may be before ours; a price of later than that is nobody's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """A price to be reached, from below or from above.

    Attributes:
        price: Per unit, in the instrument's currency.
        percent: How far from `start` it lies, where the person gave a percentage.
        start: What one unit cost when the level was set.
        start_at: When the source says that this price was made.
    """

    above: bool
    price: Decimal
    percent: Decimal | None = None
    start: Decimal | None = None
    start_at: datetime | None = None

    def reached(self, price: Decimal) -> bool:
        """At it or beyond it."""
        return price >= self.price if self.above else price <= self.price

    def left(self, price: Decimal) -> bool:
        """So far on the near side that reaching it is news again."""
        margin = self.price * MARGIN
        return price <= self.price - margin if self.above else price >= self.price + margin

    @classmethod
    def away(cls, start: Decimal, at: datetime, percent: Decimal, *, up: bool) -> "Level":
        """So many percent from a price that was made then.

        Raises:
            InvalidInput: Nothing falls by all it is worth, and beyond 1,000 % nobody waits.
        """
        if percent > 1_000 or (not up and percent >= 100):
            raise InvalidInput("Up by at most 1,000 %, down by less than 100 %.")
        share = percent / 100
        price = start * (1 + share if up else 1 - share)
        return cls(above=up, price=price, percent=percent, start=start, start_at=at)


def crossed(level: Level, price: Decimal, *, armed: bool, rested: bool) -> tuple[bool, bool]:
    """Whether it is armed after this price, and whether it fires.

    Args:
        armed: The price has been on the near side since the level was set, or last fired.
        rested: Long enough since it last fired. What is crossed sooner fires then, if it stays.
    """
    if level.reached(price):
        fires = armed and rested
        return armed and not fires, fires
    return armed or level.left(price), False


def believable(quote: Quote, now: datetime) -> Decimal | None:
    """The price that a quote proves to be the present one.

    None where it is absent, crossed, old, from the future or of a halt.
    """
    if quote.halted:
        return None
    if quote.at - now > AHEAD or quote.age(now) > (FRESH_DELAYED if quote.delayed else FRESH):
        return None
    return last_known(quote)


def last_known(quote: Quote) -> Decimal | None:
    """The last trade, else the middle of bid and ask, however old; None where it is no price.

    A last trade that lies outside bid and ask is older than they are: then the nearer one counts.
    """
    if quote.crossed:
        return None
    price = quote.last
    if price is None and quote.bid is not None and quote.ask is not None:
        price = (quote.bid + quote.ask) / 2
    if price is None or price <= 0:
        return None
    return min(max(price, quote.bid), quote.ask) if quote.bid and quote.ask else price
