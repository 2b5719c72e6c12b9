"""What can be traded at Alpaca: fetched once, the same for everybody at that address."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import islice
from typing import Final

from floorbroker.brokers.alpaca import answers, catalogue, options
from floorbroker.brokers.alpaca.catalogue import COIN, SHARE, Catalogue
from floorbroker.brokers.alpaca.client import SYMBOL, AlpacaClient
from floorbroker.brokers.alpaca.errors import BROKER, Refusal
from floorbroker.brokers.shared.cache import SharedCache
from floorbroker.brokers.shared.option_symbols import CONTRACT, band
from floorbroker.domain.clock import Clock
from floorbroker.domain.errors import BrokerError, SymbolNotFound
from floorbroker.domain.instruments import AssetClass, Instrument, OptionRight

KEPT: Final = timedelta(hours=6)
ASKED_AGAIN: Final = timedelta(hours=1)
FOUND_AT_MOST: Final = 25
_PAGES_AT_MOST: Final = 10
CHAINS_REMEMBERED: Final = 8
"""Of each link, what stands open of their contracts."""

_FURTHEST: Final = timedelta(days=4 * 366)
"""No listed contract lives that long."""
_QUOTED: Final = ("USD", "USDT", "USDC", "BTC")


class Instruments:
    """Looks instruments up."""

    __slots__ = ("_cache", "_client", "_clock", "_host", "_interest")

    def __init__(self, client: AlpacaClient, cache: SharedCache, clock: Clock, host: str) -> None:
        """`host` is where `client` asks: another one may list other things."""
        self._client = client
        self._cache = cache
        self._clock = clock
        self._host = host
        self._interest: dict[tuple[str, date], tuple[datetime, Mapping[str, Decimal]]] = {}

    async def search(self, text: str) -> Sequence[Instrument]:
        """Shares and coins whose symbol, then those whose name begins like `text`."""
        text = text.strip()
        if not text:
            return []
        coins = await self._listed(COIN)
        shares = await self._listed(SHARE)
        found = [
            *map(catalogue.coin, islice(coins.beginning_with(text), FOUND_AT_MOST)),
            *map(catalogue.share, islice(shares.beginning_with(text), FOUND_AT_MOST)),
        ]
        exact = text.upper()
        # Stable: within each kind the order stays, symbols before names.
        found.sort(key=lambda one: (one.symbol != exact, not one.symbol.startswith(exact)))
        return found[:FOUND_AT_MOST]

    async def named(self, symbol: str) -> Instrument:
        """The one instrument of that symbol, coins also without the slash.

        Raises:
            SymbolNotFound: There is none, or Alpaca does not trade it.
        """
        if CONTRACT.fullmatch(symbol):
            return await self._contract(symbol)
        if _may_be_a_pair(symbol):
            pair = (await self.coins()).get(symbol.replace("/", "").replace("-", ""))
            if pair is not None:
                return catalogue.coin(pair)
        return catalogue.share(await self.share(symbol))

    async def share(self, symbol: str) -> answers.Asset:
        """The asset of a share; `BRK.B` is found as `BRK-B` and `BRK/B` too.

        Raises:
            SymbolNotFound: There is none, or Alpaca does not trade it.
        """
        dotted = symbol.replace("-", ".").replace("/", ".")
        if not SYMBOL.fullmatch(dotted):
            raise _not_found()

        async def load() -> answers.Asset:
            asset = await self._client.get_asset(dotted)
            # The address takes a CUSIP too: what was typed must be the symbol itself.
            if asset.symbol != dotted or asset.asset_class != SHARE or not _trades(asset):
                raise _not_found()
            return asset

        try:
            return await self._cache.get((self._host, SHARE, dotted), load, ASKED_AGAIN)
        except Refusal as refusal:
            raise _found_out(refusal) from refusal

    async def coins(self) -> Mapping[str, answers.Asset]:
        """Coin pairs by their symbol without the slash."""
        return (await self._listed(COIN)).coins

    async def pair(self, symbol: str) -> answers.Asset:
        """The asset of a coin pair.

        Raises:
            SymbolNotFound: There is none.
        """
        found = (await self.coins()).get(symbol.replace("/", ""))
        if found is None:
            raise _not_found()
        return found

    async def chain(self, underlying: Instrument, expiry: date) -> Sequence[Instrument]:
        """Every tradable contract of one expiry, by strike, calls before puts."""
        if underlying.asset_class is not AssetClass.EQUITY:
            return []
        told = await self._contracts_of(underlying.symbol, {"expiration_date": expiry.isoformat()})
        self._interest.pop((underlying.symbol, expiry), None)
        self._interest[underlying.symbol, expiry] = (
            self._clock.now(),
            {one.symbol: one.open_interest for one in told if one.open_interest is not None},
        )
        for old in list(self._interest)[:-CHAINS_REMEMBERED]:
            del self._interest[old]
        return sorted(map(options.contract, told), key=lambda one: (one.strike, one.right))

    async def open_interest(self, underlying: str, expiry: date) -> Mapping[str, Decimal]:
        """Contracts that stood open at the last close, by symbol; of some nothing is told.

        The list of contracts has them: whoever asked for it lately need not ask again.
        """
        known = self._interest.get((underlying, expiry))
        if known is None or self._clock.now() - known[0] >= KEPT:
            share = Instrument(symbol=underlying, asset_class=AssetClass.EQUITY)
            await self.chain(share, expiry)
            known = self._interest[underlying, expiry]
        return known[1]

    async def expiries(
        self, underlying: Instrument, today: date, price: Decimal | None
    ) -> Sequence[date]:
        """The days from today on: those of the calls near the price, since no list has days only.

        Without a day to end at Alpaca lists no further than the next weekend.
        """
        if underlying.asset_class is not AssetClass.EQUITY:
            return []
        terms = {
            "type": OptionRight.CALL.value,
            "expiration_date_gte": today.isoformat(),
            "expiration_date_lte": (today + _FURTHEST).isoformat(),
        }
        near = band(price)

        async def load() -> Sequence[date]:
            told = await self._contracts_of(underlying.symbol, terms | near)
            if not told and near:
                told = await self._contracts_of(underlying.symbol, terms)
            return sorted({one.expiration_date for one in told})

        return await self._cache.get((self._host, "expiries", underlying.symbol, today), load, KEPT)

    async def _contracts_of(
        self, underlying: str, terms: Mapping[str, str]
    ) -> list[answers.OptionContract]:
        found: list[answers.OptionContract] = []
        token: str | None = None
        for _ in range(_PAGES_AT_MOST):
            page = await self._client.get_option_contracts(underlying, terms, token)
            found += [one for one in page.option_contracts if one.tradable]
            token = page.next_page_token
            if token is None:
                return found
        raise BrokerError("Alpaca lists more contracts than can be read.", broker=BROKER)

    async def _contract(self, symbol: str) -> Instrument:
        try:
            answer = await self._client.get_option_contract(symbol)
        except Refusal as refusal:
            raise _found_out(refusal) from refusal
        if answer.symbol != symbol or not answer.tradable or answer.status != "active":
            raise _not_found()
        return options.contract(answer)

    async def _listed(self, asset_class: str) -> Catalogue:
        async def load() -> Catalogue:
            return await self._client.get_assets(asset_class)

        return await self._cache.get((self._host, asset_class), load, KEPT)


def _may_be_a_pair(symbol: str) -> bool:
    return "/" in symbol or "-" in symbol or (len(symbol) > 4 and symbol.endswith(_QUOTED))


def _trades(asset: answers.Asset) -> bool:
    return asset.tradable and asset.status == "active"


def _found_out(refusal: Refusal) -> Exception:
    """A 404 says that there is no such thing; anything else says nothing about it."""
    return _not_found() if refusal.status == 404 else refusal


def _not_found() -> SymbolNotFound:
    return SymbolNotFound("Alpaca does not trade this symbol.", broker=BROKER)
