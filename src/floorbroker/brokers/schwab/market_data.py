"""Prices, bars and hours."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

from floorbroker.brokers.schwab import mapping, market_answers
from floorbroker.brokers.schwab.calls import SchwabCalls
from floorbroker.brokers.schwab.errors import BROKER, Refusal, not_found
from floorbroker.brokers.schwab.symbols import to_schwab
from floorbroker.brokers.shared.cache import SharedCache
from floorbroker.brokers.shared.wire import Failure
from floorbroker.domain.clock import Clock
from floorbroker.domain.errors import BrokerError, NotSupported
from floorbroker.domain.instruments import Instrument
from floorbroker.domain.market import Bar, Market, MarketHours, Quote, Timeframe

BARS_AT_MOST: Final = 1000
DAYS_AHEAD: Final = 10
"""The longest time between two sessions: longer than any weekend with its holidays."""

_NOT_FOUND: Final = 404
_HOURS_KEPT: Final = timedelta(hours=1)
_PRICE_KEPT: Final = timedelta(minutes=10)
_NEW_YORK: Final = ZoneInfo("America/New_York")


class MarketData:
    """One person's view of the market; hours are the same for everybody."""

    __slots__ = ("_cache", "_calls", "_clock", "_host")

    def __init__(self, calls: SchwabCalls, cache: SharedCache, clock: Clock, host: str) -> None:
        """`host` is the address that is asked."""
        self._calls = calls
        self._cache = cache
        self._clock = clock
        self._host = host

    async def quote(self, instrument: Instrument) -> Quote:
        """Bid, ask and last price; delayed where Schwab says so of this person's access."""
        told = await self._calls.get_quote(symbol_of(instrument))
        if told is None:
            raise not_found()
        quote = mapping.quote(told, instrument)
        if quote is None:
            raise BrokerError("Schwab has no price for this.", broker=BROKER)
        return quote

    async def rough_price(self, share: Instrument) -> Decimal | None:
        """What a share cost within the last minutes; None where nobody tells."""

        async def load() -> Decimal | None:
            quote = await self.quote(share)
            return quote.last or quote.bid or quote.ask

        try:
            return await self._cache.get((self._host, "price", share.symbol), load, _PRICE_KEPT)
        except (Failure, BrokerError):
            return None

    async def bars(
        self, instrument: Instrument, timeframe: Timeframe, start: datetime, end: datetime
    ) -> Sequence[Bar]:
        """The first thousand bars of regular sessions within [start, end)."""
        if start >= end:
            return []
        since = mapping.whole_hour(start) if timeframe is Timeframe.HOUR else start
        try:
            told = await self._calls.get_history(
                symbol_of(instrument),
                mapping.TERMS[timeframe],
                since.astimezone(UTC),
                end.astimezone(UTC),
            )
        except Refusal as refusal:
            raise (not_found() if refusal.status == _NOT_FOUND else refusal) from refusal
        return mapping.bars(told, timeframe, start, end)[:BARS_AT_MOST]

    async def hours(self, market: Market) -> MarketHours:
        """Regular hours of US shares."""
        if market is not Market.US_EQUITIES:
            raise NotSupported("Schwab tells the hours of US shares only.", broker=BROKER)
        now = self._clock.now()
        today = now.astimezone(_NEW_YORK).date()
        sessions: list[market_answers.Span] = []
        for days in range(DAYS_AHEAD + 1):
            found = await self._sessions(today + timedelta(days=days))
            sessions += [span for span in found if span.end > now]
            if len(sessions) > 1 or (sessions and sessions[0].start > now):
                break
        return mapping.us_hours(sessions, now)

    async def _sessions(self, day: date) -> list[market_answers.Span]:
        async def load() -> list[market_answers.Span]:
            products = await self._calls.get_hours(day)
            found = [
                span
                for product in products
                for span in (product.hours or {}).get(mapping.REGULAR, ())
                if product.open
            ]
            return sorted(found, key=lambda span: span.start)

        return await self._cache.get((self._host, "hours", day), load, _HOURS_KEPT)


def symbol_of(instrument: Instrument) -> str:
    """Schwab's name of it.

    Raises:
        SymbolNotFound: It can be none.
    """
    try:
        return to_schwab(instrument)
    except ValueError:
        raise not_found() from None
