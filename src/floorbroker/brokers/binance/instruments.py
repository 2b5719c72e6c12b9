"""What can be traded at Binance: fetched once, the same for everybody at that address."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import islice
from typing import Final

from floorbroker.brokers.binance import catalogue as names
from floorbroker.brokers.binance.calls import BinanceCalls
from floorbroker.brokers.binance.catalogue import Catalogue, Pair, Prices
from floorbroker.brokers.binance.errors import BROKER
from floorbroker.brokers.shared.cache import SharedCache
from floorbroker.domain.clock import Clock
from floorbroker.domain.errors import SymbolNotFound
from floorbroker.domain.instruments import Instrument

KEPT: Final = timedelta(hours=1)
HALTS_KEPT: Final = timedelta(minutes=1)
PRICES_KEPT: Final = timedelta(seconds=5)
FOUND_AT_MOST: Final = 25


class Instruments:
    """Looks instruments up, and what they cost."""

    __slots__ = ("_cache", "_client", "_clock", "_host")

    def __init__(self, client: BinanceCalls, cache: SharedCache, clock: Clock, host: str) -> None:
        """`host` is where `client` asks: another one may list other things."""
        self._client = client
        self._cache = cache
        self._clock = clock
        self._host = host

    async def catalogue(self, max_age: timedelta = KEPT) -> Catalogue:
        """All pairs."""
        return await self._cache.get((self._host, "pairs"), self._client.get_catalogue, max_age)

    async def listed(self, symbol: str) -> Pair:
        """The pair of an order that was reviewed, from the list at hand however old it is.

        Binance itself refuses what does not fit any more, and an order waits for no list.

        Raises:
            SymbolNotFound: As `named`.
        """
        known: Catalogue | None = self._cache.peek((self._host, "pairs"))
        return _offered(known or await self.catalogue(), symbol)

    async def prices(self) -> tuple[Prices, datetime]:
        """The last prices of all pairs, and when they were fetched."""

        async def load() -> tuple[Prices, datetime]:
            asked_at = self._clock.now()
            return await self._client.get_prices(), asked_at

        return await self._cache.get((self._host, "prices"), load, PRICES_KEPT)

    async def search(self, text: str) -> Sequence[Instrument]:
        """Pairs whose name begins like `text`."""
        wanted = text.strip()
        if not wanted:
            return []
        found = (await self.catalogue()).beginning_with(wanted)
        return names.instruments(list(islice(found, FOUND_AT_MOST)))

    async def named(self, symbol: str) -> Instrument:
        """The one instrument of that symbol: `BTC/USDT`, `BTC-USDT`, `btcusdt`.

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
        raise SymbolNotFound("Binance does not trade this symbol.", broker=BROKER)
    if not pair.offered:
        raise SymbolNotFound(
            f"{pair.symbol} is not traded here: only coins, and only against "
            f"{', '.join(names.OFFERED)}.",
            broker=BROKER,
        )
    return pair
