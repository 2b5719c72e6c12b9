"""What Interactive Brokers' contract details say about one thing to trade, and its rules. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Final

from floorbroker.brokers.ibkr.contracts import amount, instrument_of, not_found
from floorbroker.domain.errors import AmbiguousSymbol
from floorbroker.domain.instruments import AssetClass, Instrument, InstrumentRules

COINS: Final = ("PAXOS", "ZEROHASH")
"""Where coins trade, the documented one first
(https://interactivebrokers.github.io/tws-api/cryptocurrency.html). Which of them an account may use
follows from its permissions; that details tell only those is unverified."""

SHOWN_AT_MOST: Final = 8
_WHOLE: Final = Decimal(1)
_SMALLEST_COIN: Final = Decimal("0.00000001")
_CENT: Final = Decimal("0.01")


@dataclass(frozen=True, slots=True, kw_only=True)
class Increment:
    """From `low` on, prices are multiples of `step`: `PriceIncrement` of ib_insync's objects.py."""

    low: Decimal
    step: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One contract as its details describe it.

    Attributes:
        contract: The vendor's own, complete: it goes into requests as it is.
        rule_id: Its market rule at the exchange that it is asked for at; None where none is told.
        smallest: `minSize`; 0 where an old gateway does not tell it.
        size_step: `sizeIncrement`; likewise.
        per_unit: `priceMagnifier`: how many units of its price are one dollar.
    """

    instrument: Instrument
    contract: Any
    min_tick: Decimal
    rule_id: int | None
    smallest: Decimal
    size_step: Decimal
    per_unit: int
    zone: str
    trading_hours: str
    liquid_hours: str

    @property
    def con_id(self) -> int:
        """The vendor's number."""
        return int(self.contract.conId)


def read(details: Any) -> Listed | None:
    """From `ContractDetails` of ib_insync's contract.py; None for what is not offered here."""
    contract = details.contract
    instrument = instrument_of(contract, details.longName, details.contractMonth)
    if instrument is None:
        return None
    if contract.lastTradeDateOrContractMonth:
        # A time behind the day, as some gateways tell it, is refused in requests.
        contract.lastTradeDateOrContractMonth = contract.lastTradeDateOrContractMonth.partition(
            " "
        )[0]
    return Listed(
        instrument=instrument,
        contract=contract,
        min_tick=amount(details.minTick),
        rule_id=_rule_of(details, contract.exchange),
        smallest=amount(details.minSize),
        size_step=amount(details.sizeIncrement),
        per_unit=details.priceMagnifier or 1,
        zone=details.timeZoneId,
        trading_hours=details.tradingHours,
        liquid_hours=details.liquidHours,
    )


def read_all(told: Iterable[Any]) -> list[Listed]:
    """Each contract once: one that trades at several exchanges is told once for each."""
    found: dict[int, Listed] = {}
    for details in told:
        listed = read(details)
        if listed is not None:
            found.setdefault(listed.con_id, listed)
    return list(found.values())


def only_one(symbol: str, found: Sequence[Listed], exchange: str | None = None) -> Listed:
    """The one that is meant; there is at least one.

    Args:
        exchange: Where the person said that it is listed. It stays part of the symbol where the
            symbol alone would mean several.

    Raises:
        AmbiguousSymbol: Nobody but the person can tell.
        SymbolNotFound: None is listed there.
    """
    if found[0].instrument.asset_class is AssetClass.CRYPTO:
        return min(found, key=venue)
    if exchange is not None:
        there = [one for one in found if one.instrument.exchange == exchange]
        if not there:
            raise not_found(f"Interactive Brokers does not know {symbol}.")
        if len(there) == 1 < len(found):
            return replace(there[0], instrument=replace(there[0].instrument, symbol=symbol))
        found = there
    if len(found) == 1:
        return found[0]
    choices = list(dict.fromkeys(_choice(one.instrument) for one in found))[:SHOWN_AT_MOST]
    raise AmbiguousSymbol(
        f"{symbol} can be several things at Interactive Brokers: {'; '.join(choices)}.",
        broker="ibkr",
    )


def rules(
    listed: Listed, increments: Sequence[Increment], price: Decimal | None
) -> InstrumentRules:
    """At that price; the finest step where none is known.

    Shares are whole: that the API takes parts of one is unverified. The 25,000 dollars' worth of a
    currency that IDEALPRO asks for are no minimum: Interactive Brokers sends smaller orders to its
    book of small ones by itself (https://ibkr.info/article/1285).
    """
    coin = listed.instrument.asset_class is AssetClass.CRYPTO
    least = _SMALLEST_COIN if coin else _WHOLE
    step = listed.size_step or least
    if not coin:
        step = max(step, _WHOLE)
    return InstrumentRules(
        quantity_step=step,
        price_tick=_step_at(increments, price) or listed.min_tick or _CENT,
        minimum_quantity=max(listed.smallest, step),
        fractional=step < _WHOLE,
    )


def needs_price(increments: Sequence[Increment]) -> bool:
    """Whether steps differ from price to price."""
    return len({one.step for one in increments}) > 1


def _step_at(increments: Sequence[Increment], price: Decimal | None) -> Decimal | None:
    if price is None:
        return min((one.step for one in increments), default=None)
    fitting = [one for one in increments if one.low <= price] or list(increments[:1])
    return max(fitting, key=lambda one: one.low).step if fitting else None


def _rule_of(details: Any, exchange: str) -> int | None:
    """`marketRuleIds` stands in the order of `validExchanges`."""
    ids = details.marketRuleIds.split(",")
    exchanges = details.validExchanges.split(",")
    by_exchange = dict(zip(exchanges, ids, strict=False))
    told = by_exchange.get(exchange, ids[0])
    return int(told) if told.isascii() and told.isdigit() else None


def venue(listed: Listed) -> int:
    """The rank of where a coin trades."""
    exchange = listed.instrument.exchange
    return COINS.index(exchange) if exchange in COINS else len(COINS)


def _choice(instrument: Instrument) -> str:
    """As it can be typed: a share by where it is listed."""
    if instrument.asset_class is AssetClass.EQUITY and instrument.exchange:
        return f"{instrument.symbol}-{instrument.exchange} ({instrument.name or 'no name'})"
    return f"{instrument.symbol} ({instrument.name})"
