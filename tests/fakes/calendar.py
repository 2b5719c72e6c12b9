"""A calendar of US shares that a test writes itself."""

from datetime import UTC, date, datetime

from floorbroker.domain.market import Market
from floorbroker.domain.trading_calendar import Holiday, TradingCalendar, TradingDay
from floorbroker.services.market_calendar import NoCalendar


class FixedCalendar:
    """See `Calendar` of `floorbroker.services.market_calendar`.

    Attributes:
        known: What it says; None: it cannot be had.
        cold: It is not computed yet, so that it is not at hand.
        asked: How often somebody waited for it.
    """

    def __init__(self, known: TradingCalendar | None = None, *, cold: bool = False) -> None:
        """See the class."""
        self.known = known
        self.cold = cold
        self.asked = 0

    def at_hand(self) -> TradingCalendar | None:
        """See the port."""
        return None if self.cold else self.known

    async def calendar(self) -> TradingCalendar:
        """See the port."""
        self.asked += 1
        if self.known is None:
            raise NoCalendar("The test has none.")
        self.cold = False
        return self.known


def calendar_of(*days: TradingDay, holidays: tuple[Holiday, ...] = ()) -> TradingCalendar:
    """These sessions, oldest first, of a calendar that speaks of every moment."""
    return TradingCalendar(
        market=Market.US_EQUITIES,
        source="exchange_calendars",
        start=datetime(2000, 1, 1, tzinfo=UTC),
        end=datetime(2100, 1, 1, tzinfo=UTC),
        days=days,
        holidays=holidays,
    )


def session(day: str, opens: str = "14:30", closes: str = "21:00") -> TradingDay:
    """One day's, in UTC; it is early where it closes before 21:00."""
    return TradingDay(
        day=date.fromisoformat(day),
        opens=datetime.fromisoformat(f"{day}T{opens}:00+00:00"),
        closes=datetime.fromisoformat(f"{day}T{closes}:00+00:00"),
        early=closes < "21:00",
    )
