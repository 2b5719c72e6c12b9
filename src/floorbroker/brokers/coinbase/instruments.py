"""What can be traded at Coinbase: fetched once, the same for everybody at that address."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import islice
from typing import Final

from floorbroker.brokers.coinbase import catalogue as names
from floorbroker.brokers.coinbase.catalogue import Catalogue, Pair, Prices
from floorbroker.brokers.coinbase.client import CoinbaseClient
from floorbroker.brokers.coinbase.errors import BROKER
from floorbroker.brokers.shared.cache import SharedCache
from floorbroker.domain.clock import Clock
from floorbroker.domain.errors import SymbolNotFound
from floorbroker.domain.instruments import Instrument

KEPT: Final = timedelta(minutes=10)
"""What a pair takes at the moment stands in the list too, so that it is not kept for long."""

HALTS_KEPT: Final = timedelta(minutes=1)
PRICES_KEPT: Final = timedelta(seconds=5)
FOUND_AT_MOST: Final = 25


class Instruments:
    """Looks instruments up, and what they cost."""

    __slots__ = ("_cache", "_client", "_clock", "_host")

    def __init__(self, client: CoinbaseClient, cache: SharedCache, clock: Clock, host: str) -> None:
        """`host` is where `client` asks: another one may list other things."""
        self._client = client
        self._cache = cache
        self._clock = clock
        self._host = host

    async def catalogue(self, max_age: timedelta = KEPT) -> Catalogue:
        """All pairs."""

        async def load() -> Catalogue:
            return await self._client.get_products(Catalogue.read)

        return await self._cache.get((self._host, "products"), load, max_age)

    async def listed(self, symbol: str) -> Pair:
        """The pair of an order that was reviewed, from the list at hand however old it is.

        Coinbase itself refuses what does not fit any more, and an order waits for no list.

        Raises:
            SymbolNotFound: As `named`.
        """
        known: Catalogue | None = self._cache.peek((self._host, "products"))
        return _offered(known or await self.catalogue(), symbol)

    async def prices(self) -> tuple[Prices, datetime]:
        """The last prices of all products, and when they were fetched."""

        async def load() -> tuple[Prices, datetime]:
            asked_at = self._clock.now()
            return await self._client.get_products(Prices.read), asked_at

        return await self._cache.get((self._host, "prices"), load, PRICES_KEPT)

    async def search(self, text: str) -> Sequence[Instrument]:
        """Pairs whose symbol or name begins like `text`."""
        wanted = text.strip()
        if not wanted:
            return []
        found = (await self.catalogue()).beginning_with(wanted)
        return [names.instrument(pair) for pair in islice(found, FOUND_AT_MOST)]

    async def named(self, symbol: str) -> Instrument:
        """The one instrument of that symbol: `BTC/USD`, `BTC-USD`, `btcusd`.

        Raises:
            SymbolNotFound: There is none, or it is not traded here.
        """
        return names.instrument(await self.pair(symbol))

    async def pair(self, symbol: str, max_age: timedelta = KEPT) -> Pair:
        """The pair of that symbol, by a list of at most that age.

        Raises:
            SymbolNotFound: As `named`.
        """
        return _offered(await self.catalogue(max_age), symbol)


def _offered(catalogue: Catalogue, symbol: str) -> Pair:
    pair = catalogue.pair(symbol)
    if pair is None:
        raise SymbolNotFound("Coinbase does not trade this symbol.", broker=BROKER)
    if not pair.offered:
        raise SymbolNotFound(
            f"{pair.symbol} is not traded here: only coins against dollars are.", broker=BROKER
        )
    return pair
