"""What can be traded at E*TRADE: it has no list of that, so prices are asked for."""

import re
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from floorbroker.brokers.etrade import chains, mapping, market_answers
from floorbroker.brokers.etrade.calls import EtradeCalls
from floorbroker.brokers.etrade.errors import BROKER, Refusal
from floorbroker.brokers.etrade.products import (
    SHARE,
    SYMBOL,
    contract_of,
    instrument_of,
    quoted_as,
    share,
)
from floorbroker.brokers.shared.cache import SharedCache
from floorbroker.brokers.shared.option_symbols import same_chain
from floorbroker.brokers.shared.wire import Failure, sentence
from floorbroker.domain.clock import Clock
from floorbroker.domain.errors import BrokerError, SymbolNotFound
from floorbroker.domain.instruments import AssetClass, Instrument, InstrumentRules
from floorbroker.domain.market import Quote
from floorbroker.domain.option_chain import OptionQuote

KEPT: Final = timedelta(hours=1)
PRICE_KEPT: Final = timedelta(minutes=10)
FOUND_AT_MOST: Final = 25
_LONGEST_TEXT: Final = 40
_TEXT: Final = re.compile(r"[A-Za-z0-9&.' -]+", re.ASCII)
_EQUITY: Final = "EQUITY"


class Instruments:
    """Looks instruments up, and what they cost."""

    __slots__ = ("_cache", "_calls", "_host", "_prices")

    def __init__(self, calls: EtradeCalls, cache: SharedCache, clock: Clock, host: str) -> None:
        """`host` is where `calls` ask: another one may know other things."""
        self._calls = calls
        self._cache = cache
        self._host = host
        # A cache of its own: who has agreed to what decides how old a price is.
        self._prices = SharedCache(clock)

    async def search(self, text: str) -> Sequence[Instrument]:
        """The share of that symbol, and those with `text` in their company's name."""
        wanted = text.strip()[:_LONGEST_TEXT]
        if not _TEXT.fullmatch(wanted):
            return []
        found = {one.symbol: one for one in await self._exactly(wanted.upper())}
        try:
            told = await self._calls.look_up(wanted)
        except Refusal as refusal:
            if not refusal.of_the_symbol:
                raise
        else:
            for one in told.found:
                symbol = sentence(one.symbol).upper()
                if one.type in {None, _EQUITY, SHARE} and SYMBOL.fullmatch(symbol):
                    found.setdefault(symbol, share(symbol, one.description or ""))
        starting = wanted.upper()
        ranked = sorted(found.values(), key=lambda one: not one.symbol.startswith(starting))
        return ranked[:FOUND_AT_MOST]

    async def named(self, symbol: str) -> Instrument:
        """The one instrument of that symbol; `BRK.B` is found as `BRK-B` and `BRK/B` too.

        Raises:
            SymbolNotFound: There is none, or it is neither share nor contract.
        """
        asked = contract_of(symbol)
        if asked is None:
            dotted = symbol.replace("-", ".").replace("/", ".")
            if not SYMBOL.fullmatch(dotted):
                raise _not_found()
            asked = share(dotted)

        async def load() -> Instrument:
            return _confirmed(asked, await self._told(asked))

        return await self._cache.get((self._host, "named", asked.symbol), load, KEPT)

    async def quote(self, instrument: Instrument) -> Quote:
        """Bid, ask and last price, as old as this person's agreements make them."""
        told = await self._told(instrument)
        quote = mapping.quote(told, instrument)
        if quote is None:
            raise BrokerError("E*TRADE has no price for this.", broker=BROKER)
        return quote

    async def rules(self, instrument: Instrument) -> InstrumentRules:
        """Steps and ticks, which depend on whether a share costs a dollar."""
        option = instrument.asset_class is AssetClass.OPTION
        return mapping.rules(option, None if option else await self._rough_price(instrument))

    async def chain(self, underlying: Instrument, expiry: date) -> Sequence[Instrument]:
        """Every contract of one day, by strike, calls before puts."""
        if underlying.asset_class is not AssetClass.EQUITY:
            return []
        if not SYMBOL.fullmatch(underlying.symbol):
            raise _not_found()
        try:
            told = await self._calls.get_chain(underlying.symbol, expiry)
        except Refusal as refusal:
            if refusal.of_no_options:
                return []
            raise
        if told.selected.date != expiry:
            return []  # the nearest day that there is, and not the one that was asked for
        found = [about for about, _ in chains.read(told, underlying.symbol)]
        return sorted(found, key=lambda one: (one.strike, one.right))

    async def expiries(self, underlying: Instrument) -> Sequence[date]:
        """The days on which contracts on it expire; none of what has no options."""
        if underlying.asset_class is not AssetClass.EQUITY:
            return []
        if not SYMBOL.fullmatch(underlying.symbol):
            raise _not_found()
        try:
            told = await self._calls.get_expiries(underlying.symbol)
        except Refusal as refusal:
            if refusal.of_no_options:
                return []
            raise
        return sorted({one.date for one in told.days})

    async def option_quotes(self, contracts: Sequence[Instrument]) -> Sequence[OptionQuote]:
        """What the chain of their day says of them, in one answer."""
        chain = same_chain(contracts)
        if chain is None:
            return []
        told = await self._calls.get_chain(*chain)
        if told.selected.date != chain[1]:
            return []
        known = {about.symbol: one for about, one in chains.read(told, chain[0])}
        return [
            chains.option_quote(about, known[about.symbol], told)
            for about in contracts
            if about.symbol in known
        ]

    async def _exactly(self, symbol: str) -> list[Instrument]:
        if not SYMBOL.fullmatch(symbol):
            return []
        try:
            return [await self.named(symbol)]
        except SymbolNotFound:
            return []

    async def _told(self, instrument: Instrument) -> market_answers.Quote:
        """The answer about this one thing: one about another is none.

        Raises:
            SymbolNotFound: E*TRADE tells nothing of it.
        """
        try:
            told = await self._calls.get_quote(quoted_as(instrument))
        except Refusal as refusal:
            if refusal.of_the_symbol:
                raise _not_found() from refusal
            raise
        for one in told.quotes:
            if instrument_of(one.product).symbol == instrument.symbol:
                return one
        raise _not_found()

    async def _rough_price(self, instrument: Instrument) -> Decimal | None:
        async def load() -> Decimal | None:
            quote = await self.quote(instrument)
            return quote.last or quote.bid or quote.ask

        try:
            return await self._prices.get(instrument.symbol, load, PRICE_KEPT)
        except (Failure, BrokerError):
            return None


def _confirmed(asked: Instrument, told: market_answers.Quote) -> Instrument:
    if asked.asset_class is AssetClass.OPTION:
        return asked
    if told.product.security_type not in {None, SHARE}:
        raise _not_found()
    prices = told.prices
    name = (prices.company_name or prices.symbol_description or "") if prices else ""
    return share(asked.symbol, name)


def _not_found() -> SymbolNotFound:
    return SymbolNotFound("E*TRADE does not know this symbol.", broker=BROKER)
