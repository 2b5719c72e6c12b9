"""What can be traded at Webull: fetched once, the same for everybody at that address."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import date, timedelta
from decimal import Decimal
from string import ascii_uppercase
from typing import Final

from floorbroker.brokers.shared.cache import SharedCache
from floorbroker.brokers.shared.option_symbols import CONTRACT, band
from floorbroker.brokers.shared.wire import Unreadable
from floorbroker.brokers.webull import answers, catalogue, options
from floorbroker.brokers.webull.client import WebullClient
from floorbroker.brokers.webull.errors import BROKER
from floorbroker.brokers.webull.refusals import Refusal
from floorbroker.domain.errors import BrokerError, SymbolNotFound
from floorbroker.domain.instruments import AssetClass, Instrument

KEPT: Final = timedelta(hours=1)
FOUND_AT_MOST: Final = 25
_PAGES_AT_MOST: Final = 10


class Instruments:
    """Looks instruments up."""

    __slots__ = ("_cache", "_client", "_host")

    def __init__(self, client: WebullClient, cache: SharedCache) -> None:
        """What another host lists may be something else."""
        self._client = client
        self._cache = cache
        self._host = client.host

    async def search(self, text: str) -> Sequence[Instrument]:
        """Coins that begin like `text`, and shares of that symbol or of one letter more.

        Webull has no search, and its whole list has many pages.
        """
        wanted = text.strip().upper()
        if not wanted:
            return []
        found = [*await self._shares_like(_dotted(wanted)), *await self._coins_like(wanted)]
        found.sort(key=lambda one: (one.symbol != wanted, len(one.symbol), one.symbol))
        return found[:FOUND_AT_MOST]

    async def named(self, symbol: str) -> Instrument:
        """The one instrument of that symbol, coins also without the slash.

        Raises:
            SymbolNotFound: There is none, or Webull does not trade it.
        """
        if CONTRACT.fullmatch(symbol):
            return await self._contract(symbol)
        name = symbol.replace("/", "").replace("-", "")
        if name.endswith(catalogue.CASH) and name in await self._coins():
            return catalogue.coin(name)
        return catalogue.share(await self.share(symbol))

    async def share(self, symbol: str) -> answers.Share:
        """A share; `BRK.B` is found as `BRK-B` and `BRK/B` too (Webull's own form is unverified).

        Raises:
            SymbolNotFound: There is none, or Webull does not trade it.
        """
        dotted = _dotted(symbol)
        if not catalogue.SHARE.fullmatch(dotted):
            raise _not_found()

        async def load() -> answers.Share:
            listed = await self._client.get_shares([dotted])
            found = next((one for one in listed.data if one.symbol == dotted), None)
            if found is None or found.status == catalogue.NOT_TRADED:
                raise _not_found()
            return found

        return await self._cache.get((self._host, "share", dotted), load, KEPT)

    async def coin(self, symbol: str) -> answers.Coin:
        """A coin, by our symbol.

        Raises:
            SymbolNotFound: There is none, or Webull does not trade it.
        """
        found = (await self._coins()).get(symbol.replace("/", ""))
        if found is None:
            raise _not_found()
        return found

    async def chain(self, underlying: Instrument, expiry: date) -> Sequence[Instrument]:
        """Every tradable contract of one expiry, by strike, calls before puts."""
        if underlying.asset_class is not AssetClass.EQUITY:
            return []
        terms = {"start_date": expiry.isoformat(), "end_date": expiry.isoformat()}
        return _by_strike(await self._contracts_of(underlying, terms), expiry)

    async def expiries(
        self, underlying: Instrument, today: date, price: Decimal | None
    ) -> Sequence[date]:
        """The days from today on, of the calls near the price: no list has days only."""
        if underlying.asset_class is not AssetClass.EQUITY:
            return []
        terms = {"option_type": "CALL", "start_date": today.isoformat()}
        near = band(price)

        async def load() -> Sequence[date]:
            told = await self._contracts_of(underlying, terms | near)
            if not told and near:
                told = await self._contracts_of(underlying, terms)
            days = {one.expiration_date for one in told if _traded(one)}
            return sorted(day for day in days if day is not None and day >= today)

        return await self._cache.get((self._host, "expiries", underlying.symbol, today), load, KEPT)

    async def _contracts_of(
        self, underlying: Instrument, terms: Mapping[str, str]
    ) -> list[answers.Contract]:
        found: list[answers.Contract] = []
        key: str | None = None
        for _ in range(_PAGES_AT_MOST):
            page = await self._client.get_contracts(
                {"underlying_symbols": underlying.symbol, **terms}, key
            )
            found += page.data
            key = page.pagination_key
            if not key:
                return found
        raise BrokerError("Webull lists more contracts than can be read.", broker=BROKER)

    async def _contract(self, symbol: str) -> Instrument:
        listed = await self._client.get_contracts({"option_symbols": symbol})
        for one in listed.data:
            if one.symbol == symbol and one.tradable_status != catalogue.NOT_TRADED:
                try:
                    return options.contract(one)
                except ValueError as error:
                    raise Unreadable(200) from error
        raise _not_found()

    async def _shares_like(self, text: str) -> Sequence[Instrument]:
        """What was found is kept, since people type letter by letter."""
        if not catalogue.SHARE.fullmatch(text):
            return []

        async def load() -> Sequence[Instrument]:
            listed = await self._profiles(text)
            found = [one for one in listed if one.status != catalogue.NOT_TRADED]
            if not found:
                raise _not_found()
            return [catalogue.share(one) for one in found]

        try:
            return await self._cache.get((self._host, "like", text), load, KEPT)
        except SymbolNotFound:
            return []

    async def _profiles(self, text: str) -> Sequence[answers.Share]:
        wanted = [text, *(text + letter for letter in ascii_uppercase)]
        try:
            return (await self._client.get_shares(wanted)).data
        except Refusal as refusal:
            # A server that wants every symbol to exist would refuse the whole list.
            if not refusal.proven or refusal.status != 417:
                raise
        return (await self._client.get_shares([text])).data

    async def _coins_like(self, text: str) -> list[Instrument]:
        """None where coins are refused: not everybody may trade them."""
        name = text.replace("/", "").replace("-", "")
        try:
            listed = await self._coins()
        except Refusal as refusal:
            if not refusal.proven or refusal.of_the_access:
                raise
            return []
        return [catalogue.coin(one) for one in listed if one.startswith(name)]

    async def _coins(self) -> Mapping[str, answers.Coin]:
        """By Webull's symbol: those that trade."""

        async def load() -> Mapping[str, answers.Coin]:
            found: list[answers.Coin] = []
            key: str | None = None
            for _ in range(_PAGES_AT_MOST):
                page = await self._client.get_coins(key)
                found += page.data
                key = page.pagination_key
                if not key:
                    break
            return {
                one.symbol: one
                for one in found
                if catalogue.is_pair(one) and one.status != catalogue.NOT_TRADED
            }

        return await self._cache.get((self._host, "coins"), load, KEPT)


def _dotted(symbol: str) -> str:
    return symbol.replace("-", ".").replace("/", ".")


def _by_strike(found: Sequence[answers.Contract], expiry: date) -> list[Instrument]:
    """Those of that day; one whose terms are not those of its symbol is left out."""
    contracts: list[tuple[Decimal, str, Instrument]] = []
    for one in found:
        if not _traded(one) or one.expiration_date != expiry:
            continue
        with suppress(ValueError):
            contracts.append((one.strike_price, one.symbol, options.contract(one)))
    contracts.sort(key=lambda each: each[:2])
    return [instrument for _, _, instrument in contracts]


def _traded(told: answers.Contract) -> bool:
    return told.tradable_status != catalogue.NOT_TRADED


def _not_found() -> SymbolNotFound:
    return SymbolNotFound("Webull does not trade this symbol.", broker=BROKER)
