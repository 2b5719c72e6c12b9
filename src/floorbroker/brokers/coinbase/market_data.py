"""Prices, bars and what an order would cost."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from floorbroker.brokers.coinbase import catalogue, mapping
from floorbroker.brokers.coinbase.catalogue import Pair
from floorbroker.brokers.coinbase.client import CoinbaseClient
from floorbroker.brokers.coinbase.errors import BROKER
from floorbroker.brokers.coinbase.instruments import HALTS_KEPT, Instruments
from floorbroker.brokers.shared.cache import SharedCache
from floorbroker.brokers.shared.price_line import PriceLine
from floorbroker.brokers.shared.wire import Unreadable
from floorbroker.domain.errors import BrokerError
from floorbroker.domain.instruments import Instrument
from floorbroker.domain.market import Bar, Quote, Timeframe

QUOTE_KEPT: Final = timedelta(seconds=1)
BARS_AT_MOST: Final = 1000
BARS_A_PAGE: Final = 300
"""Coinbase takes fewer than 350 at once, both ends counted."""

_PAGES_AT_MOST: Final = 5
_A_SECOND: Final = timedelta(seconds=1)


class MarketData:
    """The market as everybody sees it."""

    __slots__ = ("_cache", "_client", "_host", "_instruments", "_line")

    def __init__(
        self,
        client: CoinbaseClient,
        instruments: Instruments,
        cache: SharedCache,
        host: str,
        line: PriceLine,
    ) -> None:
        """`host` is where `client` asks, `line` where prices are pushed."""
        self._client = client
        self._instruments = instruments
        self._cache = cache
        self._host = host
        self._line = line

    async def quote(self, instrument: Instrument) -> Quote:
        """Bid and ask; those of the last second serve everybody."""
        pair = await self._present(instrument.symbol)

        async def load() -> Quote | None:
            told = (await self._client.get_book(pair.product_id)).pricebook
            if told.product_id != pair.product_id:
                raise Unreadable(200)
            return mapping.quote(told, pair)

        found = await self._cache.get((self._host, "quote", pair.product_id), load, QUOTE_KEPT)
        if found is None:
            raise BrokerError("Coinbase has no price for this.", broker=BROKER)
        return found

    async def stream(self, instruments: Sequence[Instrument]) -> AsyncGenerator[Quote, None]:
        """What `quote` gives as Coinbase pushes it, and the last price."""
        pairs = [await self._present(one.symbol) for one in instruments]
        wanted = {pair.product_id: catalogue.instrument(pair) for pair in pairs}
        async with aclosing(self._line.quotes(wanted)) as quotes:
            async for quote in quotes:
                pair = await self._present(quote.instrument.symbol)
                yield replace(quote, halted=pair.halted)

    async def bars(
        self, instrument: Instrument, timeframe: Timeframe, start: datetime, end: datetime
    ) -> Sequence[Bar]:
        """Bars within [start, end); where nothing was traded there is none."""
        pair = await self._instruments.pair(instrument.symbol)
        name, step = mapping.GRANULARITIES[timeframe]
        found: dict[datetime, Bar] = {}
        at, pages = start, 0
        while at < end and len(found) < BARS_AT_MOST and pages < _PAGES_AT_MOST:
            last = min(at + (BARS_A_PAGE - 1) * step, end)
            told = await self._client.get_candles(pair.product_id, name, at, last)
            found |= {one.start: mapping.bar(one) for one in told.candles}
            at, pages = last + _A_SECOND, pages + 1
        within = sorted((one for one in found.values() if start <= one.at < end), key=_begin)
        return within[:BARS_AT_MOST]

    async def _present(self, symbol: str) -> Pair:
        pair = await self._instruments.pair(symbol)
        if pair.halted:  # by a list that may be old: it may trade again
            pair = await self._instruments.pair(symbol, HALTS_KEPT)
        return pair


def _begin(bar: Bar) -> datetime:
    return bar.at
