"""Prices, bars and what an order would cost."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from floorbroker.brokers.kraken import catalogue, mapping
from floorbroker.brokers.kraken.catalogue import Pair
from floorbroker.brokers.kraken.client import KrakenClient
from floorbroker.brokers.kraken.errors import BROKER
from floorbroker.brokers.kraken.instruments import HALTS_KEPT, Instruments
from floorbroker.brokers.shared.cache import SharedCache
from floorbroker.brokers.shared.price_line import PriceLine
from floorbroker.brokers.shared.wire import Unreadable
from floorbroker.domain.clock import Clock
from floorbroker.domain.errors import BrokerError
from floorbroker.domain.instruments import Instrument
from floorbroker.domain.market import Bar, Quote, Timeframe
from floorbroker.domain.orders import OrderRequest, Preview

QUOTE_KEPT: Final = timedelta(seconds=1)
FEES_KEPT: Final = timedelta(hours=1)
BARS_AT_MOST: Final = 1000
_HUNDRED: Final = Decimal(100)


class MarketData:
    """The market as everybody sees it, and one person's fees in it."""

    __slots__ = ("_cache", "_client", "_clock", "_fees", "_host", "_instruments", "_line")

    def __init__(
        self,
        client: KrakenClient,
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
        # A cache of its own: what a person pays belongs to that person.
        self._fees = SharedCache(clock)

    async def quote(self, instrument: Instrument) -> Quote:
        """Bid, ask and last price; those of the last second serve everybody."""
        pair = await self._present(instrument.symbol)

        async def load() -> Quote | None:
            asked_at = self._clock.now()
            told = (await self._client.get_ticker(pair.pair_id)).get(pair.pair_id)
            if told is None:
                raise Unreadable(200)
            return mapping.quote(told, pair, asked_at)

        found = await self._cache.get((self._host, "quote", pair.pair_id), load, QUOTE_KEPT)
        if found is None:
            raise BrokerError("Kraken has no price for this.", broker=BROKER)
        return found

    async def stream(self, instruments: Sequence[Instrument]) -> AsyncGenerator[Quote, None]:
        """What `quote` gives, as Kraken pushes it."""
        pairs = [await self._present(one.symbol) for one in instruments]
        wanted = {pair.symbol: catalogue.instrument(pair) for pair in pairs}
        async with aclosing(self._line.quotes(wanted)) as quotes:
            async for quote in quotes:
                pair = await self._present(quote.instrument.symbol)
                yield replace(quote, halted=pair.halted)

    async def bars(
        self, instrument: Instrument, timeframe: Timeframe, start: datetime, end: datetime
    ) -> Sequence[Bar]:
        """Bars within [start, end), as far back as Kraken keeps them: 720 of each length."""
        if start >= end:
            return []
        pair = await self._instruments.pair(instrument.symbol)
        since = max(int(start.timestamp()) - 1, 0)
        told = await self._client.get_bars(pair.pair_id, mapping.MINUTES[timeframe], since)
        try:
            found = mapping.bars(told[pair.pair_id], start, end)
        except (ValueError, TypeError, KeyError, IndexError):
            pass
        else:
            return found[:BARS_AT_MOST]
        raise Unreadable(200)

    async def estimate(self, request: OrderRequest) -> Preview:
        """Cost at the order's own price or the market's, and the fee that a taker pays on it.

        Raises:
            BrokerError: There is no price.
        """
        pair = await self._instruments.pair(request.instrument.symbol)
        price = request.limit_price or request.stop_price
        if price is None:
            price = (await self.quote(request.instrument)).touch(request.side)
        percent = await self._fees.get(pair.pair_id, lambda: self._percent(pair), FEES_KEPT)
        if price is None or request.quantity is None:
            raise BrokerError("Kraken has no price for this.", broker=BROKER)
        cost = request.quantity * price
        return Preview(cost=cost, fees=cost * percent / _HUNDRED)

    async def _present(self, symbol: str) -> Pair:
        pair = await self._instruments.pair(symbol)
        if pair.halted:  # by a list that may be old: it may trade again
            pair = await self._instruments.pair(symbol, HALTS_KEPT)
        return pair

    async def _percent(self, pair: Pair) -> Decimal:
        """What this person pays as a taker."""
        told = (await self._client.get_fees(pair.pair_id)).fees.get(pair.pair_id)
        if told is None:
            raise Unreadable(200)
        return told.fee
