"""Prices and bars; the same for everybody at that address."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from floorbroker.brokers.binance import catalogue, mapping
from floorbroker.brokers.binance.calls import BARS_A_PAGE, BinanceCalls
from floorbroker.brokers.binance.catalogue import Pair
from floorbroker.brokers.binance.errors import BROKER
from floorbroker.brokers.binance.instruments import HALTS_KEPT, Instruments
from floorbroker.brokers.shared.cache import SharedCache
from floorbroker.brokers.shared.price_line import PriceLine
from floorbroker.brokers.shared.wire import Unreadable
from floorbroker.domain.clock import Clock
from floorbroker.domain.errors import BrokerError
from floorbroker.domain.instruments import Instrument
from floorbroker.domain.market import Bar, Quote, Timeframe

QUOTE_KEPT: Final = timedelta(seconds=1)


class MarketData:
    """The market as everybody sees it."""

    __slots__ = ("_cache", "_client", "_clock", "_host", "_instruments", "_line")

    def __init__(
        self,
        client: BinanceCalls,
        instruments: Instruments,
        cache: SharedCache,
        clock: Clock,
        host: str,
        line: PriceLine,
    ) -> None:
        """`host` is where `client` asks, `line` where prices are pushed."""
        self._client = client
        self._instruments = instruments
        self._cache = cache
        self._clock = clock
        self._host = host
        self._line = line

    async def quote(self, instrument: Instrument) -> Quote:
        """Bid, ask and last price; those of the last second serve everybody."""
        pair = await self._present(instrument.symbol)

        async def load() -> Quote | None:
            told = await self._client.get_ticker(pair.name)
            if told.symbol != pair.name:
                raise Unreadable(200)
            return mapping.quote(told, pair, self._clock.now())

        found = await self._cache.get((self._host, "quote", pair.name), load, QUOTE_KEPT)
        if found is None:
            raise BrokerError("Binance has no price for this.", broker=BROKER)
        return found

    async def stream(self, instruments: Sequence[Instrument]) -> AsyncGenerator[Quote, None]:
        """What `quote` gives, as Binance pushes it."""
        pairs = [await self._present(one.symbol) for one in instruments]
        wanted = {pair.name: catalogue.instrument(pair) for pair in pairs}
        async with aclosing(self._line.quotes(wanted)) as quotes:
            async for quote in quotes:
                pair = await self._present(quote.instrument.symbol)
                yield replace(quote, halted=not pair.trades)

    async def bars(
        self, instrument: Instrument, timeframe: Timeframe, start: datetime, end: datetime
    ) -> Sequence[Bar]:
        """Bars within [start, end), oldest first."""
        if start >= end:
            return []
        pair = await self._instruments.pair(instrument.symbol)
        rows = await self._client.get_bars(pair.name, mapping.INTERVALS[timeframe], start, end)
        try:
            return mapping.bars(rows, start, end)[:BARS_A_PAGE]
        except (ValueError, TypeError, IndexError):
            pass
        raise Unreadable(200)

    async def _present(self, symbol: str) -> Pair:
        pair = await self._instruments.pair(symbol)
        if not pair.trades:  # by a list that may be old: it may trade again
            pair = await self._instruments.pair(symbol, HALTS_KEPT)
        return pair
