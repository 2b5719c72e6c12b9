"""Prices, bars and hours, from the best feed that the person's subscription allows."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Final, TypeVar

from floorbroker.brokers.alpaca import answers, mapping, options
from floorbroker.brokers.alpaca.client import AlpacaClient
from floorbroker.brokers.alpaca.errors import BROKER, Refusal
from floorbroker.brokers.alpaca.last_trades import LastTrades
from floorbroker.brokers.shared.cache import SharedCache
from floorbroker.brokers.shared.wire import Failure
from floorbroker.domain.errors import BrokerError, NotSupported
from floorbroker.domain.instruments import AssetClass, Instrument
from floorbroker.domain.market import Bar, Market, MarketHours, Quote, Timeframe
from floorbroker.domain.option_chain import OptionQuote

STOCK_FEEDS: Final = ("sip", "iex")
OPTION_FEEDS: Final = ("opra", "indicative")
BARS_AT_MOST: Final = 1000
_PAGES_AT_MOST: Final = 20
_PRICE_KEPT: Final = timedelta(minutes=10)
_BARS: Final = {
    AssetClass.EQUITY: ("/stocks/bars", "v2"),
    AssetClass.CRYPTO: ("/crypto/us/bars", "v1beta3"),
    AssetClass.OPTION: ("/options/bars", "v1beta1"),
}
_LISTED_FOR_SURE: Final = "SPY"
_T = TypeVar("_T")


class MarketData:
    """One person's view of the market.

    Attributes:
        lasts: What is heard here of shares and coins that are followed.
    """

    __slots__ = ("_cache", "_client", "_given", "_host", "lasts")

    def __init__(self, client: AlpacaClient, cache: SharedCache, host: str) -> None:
        """`host` is the address of the data."""
        self._client = client
        self._cache = cache
        self._host = host
        self._given: dict[str, bool] = {}
        self.lasts = LastTrades()

    async def stock_feed(self) -> str:
        """The feed that shares are quoted from; asked for where nothing has told it yet."""
        paid, free = STOCK_FEEDS
        if paid in self._given:
            return paid if self._given[paid] else free
        feed, _ = await self._from_the_best(
            STOCK_FEEDS, lambda feed: self._client.get_stock_snapshots(_LISTED_FOR_SURE, feed)
        )
        return feed

    async def quote(self, instrument: Instrument) -> Quote:
        """Bid, ask and last price, with the feed that they come from."""
        symbol = instrument.symbol
        feed, told = await self._snapshot(instrument)
        snapshot = told.get(symbol)
        quote = mapping.quote(snapshot, instrument, feed) if snapshot else None
        self.lasts.hear(symbol, snapshot.latest_trade if snapshot else None)
        if quote is None:
            raise BrokerError("Alpaca has no price for this.", broker=BROKER)
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

    async def option_quotes(
        self, contracts: Sequence[Instrument], interest: Mapping[str, Decimal]
    ) -> Sequence[OptionQuote]:
        """All of them in one answer; `interest` is what stands open, by symbol."""
        symbols = ",".join(one.symbol for one in contracts)
        feed, page = await self._from_the_best(
            OPTION_FEEDS, lambda feed: self._client.get_option_snapshots(symbols, feed)
        )
        return [
            options.option_quote(one, page.snapshots.get(one.symbol), feed, interest)
            for one in contracts
            if one.symbol in page.snapshots or one.symbol in interest
        ]

    async def bars(
        self, instrument: Instrument, timeframe: Timeframe, start: datetime, end: datetime
    ) -> Sequence[Bar]:
        """The first thousand bars within [start, end); shares adjusted for splits.

        Of options Alpaca does not say which feed they are of.
        """
        if instrument.asset_class not in _BARS or start >= end:
            return []
        terms = {
            "symbols": instrument.symbol,
            "timeframe": mapping.TIMEFRAMES[timeframe],
            "start": start.astimezone(UTC).isoformat(),
            "end": end.astimezone(UTC).isoformat(),
        }
        if instrument.asset_class is not AssetClass.EQUITY:
            coin = instrument.asset_class is AssetClass.CRYPTO
            return await self._bars(
                instrument, terms, start, end, mapping.SOURCES["crypto"] if coin else ""
            )
        terms["adjustment"] = "split"
        _, found = await self._from_the_best(
            STOCK_FEEDS,
            lambda feed: self._bars(
                instrument, {**terms, "feed": feed}, start, end, mapping.SOURCES[feed]
            ),
        )
        return found

    async def hours(self, market: Market) -> MarketHours:
        """Of US shares as Alpaca's clock tells them; coins trade always."""
        if market is Market.CRYPTO:
            return mapping.COIN_HOURS
        return mapping.us_hours(await self._client.get_clock())

    async def _snapshot(self, instrument: Instrument) -> tuple[str, dict[str, answers.Snapshot]]:
        symbol = instrument.symbol
        match instrument.asset_class:
            case AssetClass.EQUITY:
                return await self._from_the_best(
                    STOCK_FEEDS, lambda feed: self._client.get_stock_snapshots(symbol, feed)
                )
            case AssetClass.OPTION:
                feed, page = await self._from_the_best(
                    OPTION_FEEDS, lambda feed: self._client.get_option_snapshots(symbol, feed)
                )
                return feed, page.snapshots
            case AssetClass.CRYPTO:
                return "crypto", (await self._client.get_crypto_snapshots(symbol)).snapshots
        raise NotSupported("Alpaca has no prices for this kind of instrument.", broker=BROKER)

    async def _bars(
        self,
        instrument: Instrument,
        terms: dict[str, str],
        start: datetime,
        end: datetime,
        source: str,
    ) -> list[Bar]:
        path, version = _BARS[instrument.asset_class]
        found: list[Bar] = []
        for _ in range(_PAGES_AT_MOST):
            page = await self._client.get_bars(path, version, terms)
            told = (page.bars or {}).get(instrument.symbol) or ()
            found += mapping.bars(told, start, end, source)
            if page.next_page_token is None or len(found) >= BARS_AT_MOST:
                break
            terms = {**terms, "page_token": page.next_page_token}
        return found[:BARS_AT_MOST]

    async def _from_the_best(
        self, feeds: tuple[str, ...], ask: Callable[[str], Awaitable[_T]]
    ) -> tuple[str, _T]:
        """The first feed that is not refused, and its answer; a refused one is not asked again."""
        *paid, free = feeds
        for feed in paid:
            if not self._given.get(feed, True):
                continue
            try:
                answer = await ask(feed)
            except Refusal as refusal:
                if not refusal.of_a_subscription:
                    raise
                self._given[feed] = False
            else:
                self._given[feed] = True
                return feed, answer
        return free, await ask(free)
