"""What can be traded: looked up one by one at the gateway, and remembered for a day."""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import timedelta
from decimal import Decimal
from typing import Any, Final

from floorbroker.brokers.ibkr import catalogue, client
from floorbroker.brokers.ibkr.catalogue import Increment, Listed
from floorbroker.brokers.ibkr.contracts import (
    FUTURE,
    FUTURE_MONTH,
    ONLY_DOLLARS,
    OPTION,
    amount,
    fields_of,
    instrument_of,
    neutral,
    not_found,
)
from floorbroker.brokers.ibkr.errors import BROKER, NO_SUCH_CONTRACT, Refusal
from floorbroker.brokers.ibkr.line import IbkrLine
from floorbroker.brokers.shared.cache import SharedCache
from floorbroker.domain.clock import Clock
from floorbroker.domain.errors import (
    AmbiguousSymbol,
    BrokerError,
    BrokerTimeout,
    NotSupported,
    SymbolNotFound,
)
from floorbroker.domain.instruments import AssetClass, Instrument, InstrumentRules

FOUND_AT_MOST: Final = 25
REMEMBERED: Final = 64
KNOWN: Final = 5000
"""Contracts of option chains; an expiry has some hundreds."""

SECONDS: Final = 4.5
"""Of one request; reads of the market have five altogether."""

PAIRS: Final = ("EUR/USD", "GBP/USD", "AUD/USD", "NZD/USD")
COINS: Final = ("BTC/USD", "ETH/USD", "LTC/USD", "BCH/USD")
"""Suggested by their beginning, since the gateway searches shares only:
https://interactivebrokers.github.io/tws-api/matching_symbols.html"""

_KEPT: Final = timedelta(days=1)
_SHARE: Final = "STK"
_BAD_REQUEST: Final = 321

RoughPrice = Callable[[Instrument], Awaitable[Decimal | None]]


class Instruments:
    """Everything that a gateway knows and this bot offers."""

    def __init__(self, line: IbkrLine, cache: SharedCache, clock: Clock) -> None:
        """Asks nobody yet."""
        del clock  # the cache has it
        self._line = line
        self._cache = cache
        self._searched: dict[str, tuple[Instrument, ...]] = {}
        self._known: dict[str, Listed] = {}
        self.rough_price: RoughPrice = _unknown
        """What a thing cost lately; `MarketData` puts itself here."""

    async def search(self, text: str) -> Sequence[Instrument]:
        """Shares by symbol or name; pairs and coins by symbol; futures and options by all of it."""
        wanted = text.strip().upper()
        if not (wanted and wanted.isascii() and wanted.isprintable() and len(wanted) <= REMEMBERED):
            return []
        known = self._searched.get(wanted)
        if known is None:
            named = [_suggested(one) for one in (*PAIRS, *COINS) if one.startswith(wanted)]
            if any(kind.fullmatch(wanted) for kind in (OPTION, FUTURE, FUTURE_MONTH)):
                with suppress(SymbolNotFound, AmbiguousSymbol, NotSupported):
                    named.append(await self.named(wanted))
            known = tuple([*named, *await self._shares(wanted)][:FOUND_AT_MOST])
            if len(self._searched) >= REMEMBERED:
                del self._searched[next(iter(self._searched))]
            self._searched[wanted] = known
        return known

    async def named(self, symbol: str) -> Instrument:
        """The one instrument of that symbol.

        Raises:
            SymbolNotFound: There is none.
            AmbiguousSymbol: There are several; the message shows how to write each.
            NotSupported: It is there, and not offered here.
        """
        return (await self.listed(symbol)).instrument

    async def listed(self, symbol: str) -> Listed:
        """As `named`, with all that is known of it."""
        symbol = neutral(symbol)
        known = self._known.get(symbol)
        if known is not None:
            return known
        return await self._cache.get(("ibkr", "listed", symbol), lambda: self._look(symbol), _KEPT)

    async def contract(self, instrument: Instrument) -> Any:
        """The vendor's contract, complete: what orders are sent with."""
        return (await self.listed(instrument.symbol)).contract

    def of(self, contract: Any) -> Instrument | None:
        """What a position or an order is about; None for what is not offered here."""
        return instrument_of(contract)

    async def rules(self, instrument: Instrument) -> InstrumentRules:
        """From its details and its market rule; the tick may depend on the price.

        A rule that is not told leaves the finest tick, which the details have too.
        """
        listed = await self.listed(instrument.symbol)
        increments: Sequence[Increment] = ()
        if listed.rule_id is not None:
            with suppress(BrokerTimeout):
                increments = await self._increments(listed.rule_id)
        price = None
        if catalogue.needs_price(increments):
            price = await self.rough_price(listed.instrument)
        return catalogue.rules(listed, increments, price)

    async def details(self, fields: dict[str, Any], seconds: float = SECONDS) -> list[Any]:
        """What the gateway describes that fits; nothing where it knows no such contract."""
        contract = client.contract(**fields)
        try:
            return list(
                await self._line.ask(
                    lambda ib: ib.reqContractDetailsAsync(contract), seconds=seconds
                )
            )
        except Refusal as refusal:
            if refusal.code not in {NO_SUCH_CONTRACT, _BAD_REQUEST}:
                raise
            return []

    def keep(self, found: Sequence[Listed]) -> None:
        """Remembers what is known already, so that nobody has to ask for it."""
        for one in found:
            self._known.pop(one.instrument.symbol, None)
            self._known[one.instrument.symbol] = one
        for symbol in list(self._known)[:-KNOWN]:
            del self._known[symbol]

    async def _look(self, symbol: str) -> Listed:
        fields = fields_of(symbol)
        exchange = fields.pop("primaryExchange", None)
        found = catalogue.read_all(await self.details(fields))
        if not found:
            raise await self._why_not(symbol, fields)
        one = catalogue.only_one(symbol, found, exchange)
        if one.per_unit != 1:
            # The limits on orders would take its price for dollars.
            words = f"{symbol} is quoted in 1/{one.per_unit} of a dollar, which is not offered."
            raise NotSupported(words, broker=BROKER)
        return one

    async def _why_not(self, symbol: str, fields: dict[str, Any]) -> BrokerError:
        """A share that trades in other money is there, and not offered."""
        if fields["secType"] == _SHARE:
            others = await self.details({**fields, "currency": ""})
            currencies = sorted({one.contract.currency for one in others} - {"USD"})
            if currencies:
                words = f"{symbol} is priced in {' and '.join(currencies)}. {ONLY_DOLLARS}"
                return NotSupported(words, broker=BROKER)
        return not_found(f"Interactive Brokers does not know {symbol}.")

    async def _shares(self, text: str) -> list[Instrument]:
        await self._line.pacing.search()
        told = await self._line.ask(
            lambda ib: ib.reqMatchingSymbolsAsync(text.replace(".", " ")), seconds=SECONDS
        )
        if told is None:  # the SDK's own deadline
            raise BrokerTimeout(broker=BROKER, detail="reqMatchingSymbols")
        shares: dict[str, Instrument] = {}
        for one in told:
            if one.contract.secType == _SHARE:
                share = instrument_of(one.contract, one.contract.description)
                if share is not None:
                    shares.setdefault(share.symbol, share)
        return sorted(shares.values(), key=lambda one: not one.symbol.startswith(text))

    async def _increments(self, rule_id: int) -> Sequence[Increment]:
        async def load() -> Sequence[Increment]:
            told = await self._line.ask(lambda ib: ib.reqMarketRuleAsync(rule_id), seconds=SECONDS)
            if told is None:
                raise BrokerTimeout(broker=BROKER, detail="reqMarketRule")
            return tuple(
                Increment(low=amount(one.lowEdge), step=amount(one.increment)) for one in told
            )

        return await self._cache.get(("ibkr", "rule", rule_id), load, _KEPT)


def _suggested(symbol: str) -> Instrument:
    kind = AssetClass.FOREX if symbol in PAIRS else AssetClass.CRYPTO
    return Instrument(symbol=symbol, asset_class=kind)


async def _unknown(_instrument: Instrument) -> Decimal | None:
    return None
