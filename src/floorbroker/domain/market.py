"""Prices and trading hours."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from floorbroker.domain.error_codes import ErrorCode
from floorbroker.domain.errors import BrokerError
from floorbroker.domain.instruments import Instrument
from floorbroker.domain.orders import Side


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """What one unit costs now, in the instrument's currency.

    Attributes:
        at: When the source says that the price was made; of bid and ask, if there are any.
        source: Who says so, in words for people.
        delayed: The source does not claim to be real time.
        last_at: When the last trade was made, where the source tells it apart.
        halted: The source says that trading in it is halted; False also where it does not tell.
    """

    instrument: Instrument
    bid: Decimal | None
    ask: Decimal | None
    last: Decimal | None
    at: datetime
    source: str
    delayed: bool = False
    volume: Decimal | None = None
    halted: bool = False
    last_at: datetime | None = None

    @property
    def crossed(self) -> bool:
        """The bid stands above the ask: not a price to trade on."""
        return self.bid is not None and self.ask is not None and self.bid > self.ask

    def touch(self, side: Side) -> Decimal | None:
        """What a market order would meet first: the ask for a buyer, else the last price."""
        near = self.ask if side is Side.BUY else self.bid
        return near if near is not None else self.last

    def age(self, now: datetime) -> timedelta:
        """Never negative, whatever the two clocks say."""
        return max(now - self.at, timedelta(0))


class EventType(StrEnum):
    """What a market event tells of."""

    QUOTE = "quote"
    LAST = "last"


@dataclass(frozen=True, slots=True, kw_only=True)
class MarketEvent:
    """One price of one instrument, as those who follow it hear it.

    Attributes:
        type: A quote has a bid or an ask, else only the last price is told.
        timestamp: When the source says that the price was made; aware, in UTC.
        volume: Of the day so far, in units of the instrument.
    """

    type: EventType
    symbol: str
    timestamp: datetime
    bid: Decimal | None
    ask: Decimal | None
    last: Decimal | None
    volume: Decimal | None
    source: str
    delayed: bool = False
    halted: bool = False

    @classmethod
    def of(cls, quote: Quote) -> "MarketEvent":
        """The same as an event."""
        sided = quote.bid is not None or quote.ask is not None
        return cls(
            type=EventType.QUOTE if sided else EventType.LAST,
            symbol=quote.instrument.symbol,
            timestamp=quote.at.astimezone(UTC),
            bid=quote.bid,
            ask=quote.ask,
            last=quote.last,
            volume=quote.volume,
            source=quote.source,
            delayed=quote.delayed,
            halted=quote.halted,
        )

    @property
    def price(self) -> Decimal | None:
        """The last one; without it the middle of bid and ask."""
        if self.last is not None or self.bid is None or self.ask is None:
            return self.last
        return (self.bid + self.ask) / 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Greeks:
    """How the price of one option moves; each figure is None where the source does not tell.

    Attributes:
        implied_volatility: A year's, as a fraction: 0.25 is 25 %.
        theta: Per day.
        vega: Per percentage point of volatility.
        underlying_price: The price of the underlying that the figures hold for.
        source: Whose model it is, in words for people.
    """

    instrument: Instrument
    at: datetime
    source: str
    delta: Decimal | None = None
    gamma: Decimal | None = None
    theta: Decimal | None = None
    vega: Decimal | None = None
    implied_volatility: Decimal | None = None
    underlying_price: Decimal | None = None
    delayed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """All orders of one side at one price."""

    price: Decimal
    size: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Depth:
    """The orders that stand in the book, the best price of each side first."""

    instrument: Instrument
    bids: tuple[Level, ...]
    asks: tuple[Level, ...]
    at: datetime
    source: str


class MarketDataError(BrokerError):
    """There is no such data: no permission, no trade in that time, or nobody who keeps it."""

    code = ErrorCode.MARKET_DATA


class Timeframe(StrEnum):
    """The length of one bar."""

    MINUTE = "1m"
    FIVE_MINUTES = "5m"
    HOUR = "1h"
    DAY = "1d"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """Open, high, low and close over one timeframe that starts at `at`.

    Attributes:
        source: Who says so, in words for people; empty where the broker's name says all of it.
    """

    at: datetime
    open: Decimal
    high: Decimal
    low: Decimal
    close: Decimal
    volume: Decimal
    source: str = ""


class Market(StrEnum):
    """A place with trading hours of its own."""

    US_EQUITIES = "us-equities"
    CRYPTO = "crypto"


@dataclass(frozen=True, slots=True, kw_only=True)
class MarketHours:
    """Whether a market trades now, and when that changes; None where it never does."""

    market: Market
    open_now: bool
    next_open: datetime | None
    next_close: datetime | None
