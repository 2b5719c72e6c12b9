"""Prices and bars, each person's own: Webull's rules for market data forbid passing it on.

An application has them by subscription, and there is none for whoever signs in ("Connect"): what
was refused once is not asked for again over the same connection.
"""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Final, NamedTuple

from floorbroker.brokers.shared.wire import Failure, Unreadable
from floorbroker.brokers.webull import answers, mapping, metering
from floorbroker.brokers.webull.client import WebullClient
from floorbroker.brokers.webull.errors import BROKER, for_read
from floorbroker.brokers.webull.metering import Scope
from floorbroker.brokers.webull.refusals import Refusal
from floorbroker.domain.clock import Clock
from floorbroker.domain.errors import BrokerError, NotSupported
from floorbroker.domain.instruments import AssetClass, Instrument
from floorbroker.domain.market import Bar, Quote, Timeframe
from floorbroker.domain.option_chain import OptionQuote

BARS_AT_MOST: Final = 1000
CONTRACTS_AT_ONCE: Final = 20
"""Of a snapshot of options: several public projects ask for twenty at most, as the sandbox does."""


class _Kind(NamedTuple):
    """How Webull calls the market of a kind of instrument."""

    path: str
    category: str
    scopes: tuple[Scope, ...] = (metering.MARKET_DATA,)


_KINDS: Final = {
    AssetClass.EQUITY: _Kind("stocks", "US_STOCK"),
    AssetClass.OPTION: _Kind("options", "US_OPTION"),
    AssetClass.CRYPTO: _Kind("crypto", "US_CRYPTO", (metering.MARKET_DATA, metering.COINS)),
}


class MarketData:
    """The market as one person may see it."""

    __slots__ = ("_client", "_clock", "_refused")

    def __init__(self, client: WebullClient, clock: Clock) -> None:
        """Nothing is known to be refused yet."""
        self._client = client
        self._clock = clock
        self._refused: dict[AssetClass, str] = {}

    async def quote(self, instrument: Instrument) -> Quote:
        """Bid, ask and last price."""
        kind = self._kind(instrument)
        name = _name(instrument)
        try:
            told = await self._client.get_snapshots(kind.path, kind.category, name, *kind.scopes)
        except Refusal as refusal:
            raise self._remembered(instrument, refusal) from refusal
        for one in told:
            if one.symbol == name:
                found = mapping.quote(one, instrument, self._clock.now())
                if found is not None:
                    return found
        raise BrokerError("Webull has no price for this.", broker=BROKER)

    async def option_quotes(self, contracts: Sequence[Instrument]) -> Sequence[OptionQuote]:
        """As many at once as Webull takes, and the next ones after them."""
        found: dict[str, OptionQuote] = {}
        for start in range(0, len(contracts), CONTRACTS_AT_ONCE):
            part = {_name(one): one for one in contracts[start : start + CONTRACTS_AT_ONCE]}
            first = next(iter(part.values()))
            kind = self._kind(first)
            try:
                told = await self._client.get_snapshots(
                    kind.path, kind.category, ",".join(part), *kind.scopes
                )
            except Refusal as refusal:
                raise self._remembered(first, refusal) from refusal
            now = self._clock.now()
            for one in told:
                if one.symbol in part:
                    found[one.symbol] = mapping.option_quote(one, part[one.symbol], now)
        return [found[name] for one in contracts if (name := _name(one)) in found]

    async def rough_price(self, instrument: Instrument) -> Decimal | None:
        """About what it costs; None where that cannot be had now."""
        try:
            found = await self.quote(instrument)
        except (BrokerError, Failure):
            return None
        return found.last or found.ask or found.bid

    async def bars(
        self, instrument: Instrument, timeframe: Timeframe, start: datetime, end: datetime
    ) -> Sequence[Bar]:
        """Bars within [start, end), oldest first; of options and coins the newest thousand only."""
        kind = self._kind(instrument)
        if start >= end:
            return []
        name, timespan = _name(instrument), mapping.TIMESPANS[timeframe]
        try:
            if instrument.asset_class is AssetClass.EQUITY:
                listed = (await self._client.post_share_bars(name, timespan, start, end)).result
            else:
                terms = _terms(kind, name, timespan)
                listed = await self._client.get_bars(kind.path, terms, *kind.scopes)
        except Refusal as refusal:
            raise self._remembered(instrument, refusal) from refusal
        return mapping.bars(_of(listed, name), start, end)[-BARS_AT_MOST:]

    def _kind(self, instrument: Instrument) -> _Kind:
        """How Webull calls its market.

        Raises:
            NotSupported: Webull has no such market, or does not show it to this person.
        """
        refused = self._refused.get(instrument.asset_class)
        if refused is not None:
            raise NotSupported(refused, broker=BROKER)
        kind = _KINDS.get(instrument.asset_class)
        if kind is None:
            words = "Webull has no prices for this kind of instrument."
            raise NotSupported(words, broker=BROKER)
        return kind

    def _remembered(self, instrument: Instrument, refusal: Refusal) -> BrokerError:
        told = for_read(refusal)
        if refusal.of_a_subscription:
            self._refused[instrument.asset_class] = told.message
        return told


def _name(instrument: Instrument) -> str:
    return instrument.symbol.replace("/", "")


def _terms(kind: _Kind, name: str, timespan: str) -> dict[str, str]:
    """Coins ask for `real_time_required`; to options it means nothing that is documented."""
    terms = {"symbols": name, "category": kind.category, "timespan": timespan}
    if kind.category == "US_CRYPTO":
        terms["real_time_required"] = "true"
    return terms


def _of(listed: Sequence[answers.BarsOf], name: str) -> Sequence[answers.Bar]:
    found = [one for one in listed if one.symbol == name]
    if listed and not found:
        raise Unreadable(200)
    return found[0].result if found else ()
