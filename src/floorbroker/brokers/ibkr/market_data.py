"""Prices, Greeks, books, bars, chains and hours as the gateway tells them."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import suppress
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from floorbroker.brokers.ibkr import ticks
from floorbroker.brokers.ibkr.bars import Bars
from floorbroker.brokers.ibkr.books import Books
from floorbroker.brokers.ibkr.catalogue import read_all, venue
from floorbroker.brokers.ibkr.chains import Chains
from floorbroker.brokers.ibkr.contracts import fields_of
from floorbroker.brokers.ibkr.errors import BROKER
from floorbroker.brokers.ibkr.feeds import Feed, Feeds, Listener
from floorbroker.brokers.ibkr.hours import Session, market_hours, sessions, zone_of
from floorbroker.brokers.ibkr.instruments import Instruments
from floorbroker.brokers.ibkr.line import IbkrLine
from floorbroker.brokers.ibkr.refused_data import no_prices
from floorbroker.brokers.shared.wire import Failure
from floorbroker.domain.clock import Clock
from floorbroker.domain.errors import BrokerConnectionError, BrokerError, NotSupported
from floorbroker.domain.instruments import AssetClass, Instrument
from floorbroker.domain.market import (
    Bar,
    Depth,
    Greeks,
    Market,
    MarketHours,
    Quote,
    Timeframe,
)
from floorbroker.domain.option_chain import OptionQuote

PATIENCE: Final = 3.0
"""Seconds for bid and ask. A snapshot would take eleven, whatever comes in that time
(https://interactivebrokers.github.io/tws-api/md_request.html), so that everything is subscribed to
and let go at once."""

REST: Final = 0.4
"""Seconds for the last price and its time, once bid and ask are there."""

TYPICAL: Final = {Market.US_EQUITIES: "SPY", Market.CRYPTO: "BTC/USD"}
"""Whose hours are told for those of its market."""

_HOURS_KEPT: Final = timedelta(hours=1)
_PRICE_KEPT: Final = timedelta(minutes=10)
_NO_PRICE_KEPT: Final = timedelta(minutes=1)


class MarketData:
    """One of a line: whoever asks shares its subscriptions."""

    def __init__(
        self,
        line: IbkrLine,
        instruments: Instruments,
        clock: Clock,
        *,
        patience: float = PATIENCE,
        rest: float = REST,
    ) -> None:
        """Asks nobody yet."""
        self._line = line
        self._instruments = instruments
        self._clock = clock
        self._patience = patience
        self._rest = rest
        self._feeds = Feeds(line, clock)
        self._bars = Bars(line, clock)
        self._books = Books(line, clock)
        self._chains = Chains(line, instruments, clock)
        self._hours: dict[Market, tuple[datetime, list[Session]]] = {}
        self._prices: dict[str, tuple[datetime, Decimal | None]] = {}
        instruments.rough_price = self.rough_price

    async def quote(self, instrument: Instrument) -> Quote:
        """Bid, ask and last price; how old they are and of which kind is in their source.

        Raises:
            NotSupported: The account has no subscription to them.
            MarketClosed: There is no price now.
        """
        listed = await self._instruments.listed(instrument.symbol)
        async with self._feeds.listening([listed]) as (listener, (feed,)):
            await self._filled(listener, feed, ticks.has_sides, self._patience)
            if instrument.asset_class is not AssetClass.FOREX:  # of currencies there is no last
                await self._filled(listener, feed, ticks.has_last, self._rest)
            quote = _quote(feed, instrument)
            if quote is None:
                raise no_prices(feed.remark, self._line.data_type)
            return quote

    async def greeks(self, option: Instrument) -> Greeks:
        """Of an option, by Interactive Brokers' own model.

        Raises:
            NotSupported: It is no option, or the account has no subscription to its prices.
            MarketClosed: There are none now.
        """
        if option.asset_class is not AssetClass.OPTION:
            raise NotSupported("Greeks are told of options only.", broker=BROKER)
        listed = await self._instruments.listed(option.symbol)
        async with self._feeds.listening([listed]) as (listener, (feed,)):
            await self._filled(listener, feed, ticks.has_greeks, self._patience)
            found = None
            if feed.ticker is not None and feed.heard_at is not None:
                found = ticks.greeks(feed.ticker, option, _kind(feed), feed.heard_at)
            if found is None:
                raise no_prices(feed.remark, self._line.data_type)
            return found

    async def stream(self, instruments: Sequence[Instrument]) -> AsyncGenerator[Quote, None]:
        """Each instrument's quote whenever it changes, through drops of the connection.

        Raises:
            NotSupported: The account has no subscription to one of them.
        """
        by_id = {}
        for instrument in instruments:
            listed = await self._instruments.listed(instrument.symbol)
            by_id[listed.con_id] = (listed, instrument)
        async with self._feeds.listening([listed for listed, _ in by_id.values()]) as (listener, _):
            while True:
                for feed in await listener.news():
                    if feed.failure is not None:
                        raise feed.failure
                    quote = _quote(feed, by_id[feed.listed.con_id][1])
                    if quote is not None:
                        yield quote

    async def bars(
        self, instrument: Instrument, timeframe: Timeframe, start: datetime, end: datetime
    ) -> Sequence[Bar]:
        """See `bars.py`."""
        listed = await self._instruments.listed(instrument.symbol)
        return await self._bars.of(listed, timeframe, start, end)

    async def expiries(self, underlying: Instrument) -> Sequence[date]:
        """See `chains.py`."""
        return await self._chains.expiries(underlying)

    async def option_quotes(self, contracts: Sequence[Instrument]) -> Sequence[OptionQuote]:
        """All of them listened to at once, no longer than for one; open interest is not asked for.

        Raises:
            BrokerError: Not one of them has a price, and why the first has none.
        """
        if not contracts:
            return []
        listed = [await self._instruments.listed(one.symbol) for one in contracts]
        async with self._feeds.listening(listed) as (listener, feeds):
            await self._settled(listener, feeds)
            found = [
                told
                for contract, feed in zip(contracts, feeds, strict=True)
                if (told := _option_quote(contract, feed)) is not None
            ]
            if not found:
                first = feeds[0]
                raise first.failure or no_prices(first.remark, self._line.data_type)
            return found

    async def chain(self, underlying: Instrument, expiry: date) -> Sequence[Instrument]:
        """See `chains.py`."""
        return await self._chains.of(underlying, expiry)

    async def depth(self, instrument: Instrument) -> Depth:
        """See `books.py`."""
        return await self._books.of(await self._instruments.listed(instrument.symbol))

    async def hours(self, market: Market) -> MarketHours:
        """Regular hours of US shares, as of the fund that follows all of them; those of bitcoin."""
        now = self._clock.now()
        known = self._hours.get(market)
        if known is None or now - known[0] >= _HOURS_KEPT:
            known = self._hours[market] = (now, await self._sessions(market))
        return market_hours(market, known[1], now)

    async def rough_price(self, instrument: Instrument) -> Decimal | None:
        """What it cost within the last minutes; None where nobody tells within a moment."""
        now = self._clock.now()
        self._prices = {
            symbol: kept
            for symbol, kept in self._prices.items()
            if now - kept[0] < (_NO_PRICE_KEPT if kept[1] is None else _PRICE_KEPT)
        }
        known = self._prices.get(instrument.symbol)
        if known is None:
            price = None
            with suppress(Failure, BrokerError, TimeoutError):
                async with asyncio.timeout(self._patience / 2):
                    quote = await self.quote(instrument)
                    price = quote.last or quote.bid or quote.ask
            known = self._prices[instrument.symbol] = (now, price)
        return known[1]

    async def _sessions(self, market: Market) -> list[Session]:
        """Asked anew: details that are kept for a day tell yesterday's days."""
        found = read_all(await self._instruments.details(fields_of(TYPICAL[market])))
        if not found:
            raise NotSupported("Interactive Brokers tells no hours of this market.", broker=BROKER)
        one = min(found, key=venue)
        told = one.liquid_hours if market is Market.US_EQUITIES else one.trading_hours
        try:
            return sessions(told, zone_of(one.zone))
        except ValueError as error:
            raise BrokerError(_NO_HOURS, broker=BROKER, detail="hours") from error

    async def _settled(self, listener: Listener, feeds: Sequence[Feed]) -> None:
        """Waits until each feed has its sides and Greeks or has failed, or no longer than that."""
        lost = self._line.lost
        with suppress(TimeoutError):
            async with asyncio.timeout(self._patience):
                while not lost.done() and not all(_has_all(feed) for feed in feeds):
                    await listener.news()

    async def _filled(
        self, listener: Listener, feed: Feed, done: Callable[[Any], bool], seconds: float
    ) -> None:
        """Waits until the feed has what is wanted, or no longer than that."""
        lost = self._line.lost
        try:
            async with asyncio.timeout(seconds):
                while feed.ticker is None or not done(feed.ticker):
                    await listener.news()
                    if feed.failure is not None:
                        raise feed.failure
                    if lost.done():
                        raise BrokerConnectionError(lost.result(), broker=BROKER)
        except TimeoutError:
            return


def _has_all(feed: Feed) -> bool:
    if feed.failure is not None:
        return True
    ticker = feed.ticker
    return ticker is not None and ticks.has_sides(ticker) and ticks.has_greeks(ticker)


def _option_quote(contract: Instrument, feed: Feed) -> OptionQuote | None:
    quote, greeks = _quote(feed, contract), None
    if feed.ticker is not None and feed.heard_at is not None:
        greeks = ticks.greeks(feed.ticker, contract, _kind(feed), feed.heard_at)
    if quote is None and greeks is None:
        return None
    return OptionQuote(contract=contract, quote=quote, greeks=greeks)


def _kind(feed: Feed) -> int:
    return ticks.kind_of(feed.ticker, delayed=feed.delayed)


def _quote(feed: Feed, instrument: Instrument) -> Quote | None:
    if feed.ticker is None or feed.heard_at is None:
        return None
    return ticks.quote(feed.ticker, instrument, _kind(feed), feed.heard_at)


_NO_HOURS: Final = "Interactive Brokers tells hours that cannot be read."
