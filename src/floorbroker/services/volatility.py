"""How much something moved, beside how much the market expects it to move."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final, TypeVar

from floorbroker.brokers.port import BrokerAdapter
from floorbroker.brokers.spec import Capability
from floorbroker.domain.clock import Clock
from floorbroker.domain.errors import BrokerError, FloorbrokerError, SymbolNotFound
from floorbroker.domain.ids import UserId
from floorbroker.domain.instruments import AssetClass, Instrument
from floorbroker.domain.market import Bar, Greeks, MarketDataError, Timeframe
from floorbroker.domain.option_chain import Strike
from floorbroker.domain.volatility import (
    ALL_DAYS,
    SPANS,
    TRADING_DAYS,
    historical_volatility,
)
from floorbroker.services.chain_parts import ChainRequest
from floorbroker.services.gates import EXCHANGE_ZONE
from floorbroker.services.option_chains import Chain, OptionChains
from floorbroker.services.sources import Answered, Sources

AT_LEAST: Final = timedelta(days=7)
"""An option that expires sooner says little of anything but the next days."""

_BACK: Final = timedelta(days=100)
"""Holds sixty-one closes of an exchange, with holidays."""

_V = TypeVar("_V")


@dataclass(frozen=True, slots=True, kw_only=True)
class Historical:
    """How much it moved.

    Attributes:
        by_days: A year's, as a fraction, by the number of daily returns; None with too few closes.
        days_a_year: What they were brought to a year with.
        until: The day of the last close.
        source: Whose closes these are, in words for people.
    """

    by_days: Mapping[int, Decimal | None]
    days_a_year: int
    until: date
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Implied:
    """What the options expect, at the strike next to the price.

    Attributes:
        volatility: A year's, as a fraction: the middle of call and put where both tell.
        source: Whose figure it is.
        at: Of when it is; of the older one of the two.
        delayed: One of the two is.
    """

    volatility: Decimal
    expiry: date
    strike: Decimal
    source: str
    at: datetime
    delayed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Moves:
    """Both kinds of volatility, each as its own account told it: they may be two accounts.

    Attributes:
        remarks: Why one of them is missing, in a sentence.
    """

    instrument: Instrument
    historical: Answered[Historical] | None
    implied: Answered[Implied] | None
    remarks: tuple[str, ...] = ()


class Volatilities:
    """Reads daily closes, and the contracts next to the price."""

    def __init__(self, sources: Sources, chains: OptionChains, clock: Clock) -> None:
        """See the module's first line."""
        self._sources = sources
        self._chains = chains
        self._clock = clock

    async def look(self, user_id: UserId, symbol: str, named: str | None) -> Moves:
        """Both, where there are both, else the one that there is.

        Raises:
            MarketDataError: There are no closes, and no options either.
            FloorbrokerError: No account, no such symbol, or no answer.
        """
        try:
            historical = await self._historical(user_id, symbol, named)
        except SymbolNotFound:
            raise
        except BrokerError as error:
            implied, _ = await self._implied(user_id, symbol, named)
            if implied is None:
                raise
            missing = f"No historical volatility: {error.message}"
            return Moves(
                instrument=implied.instrument, historical=None, implied=implied, remarks=(missing,)
            )
        instrument = historical.instrument
        if instrument.asset_class is not AssetClass.EQUITY:
            implied, remark = None, "No options are looked at for this kind of instrument."
        else:
            implied, remark = await self._implied(user_id, instrument.symbol, named)
        return Moves(
            instrument=instrument,
            historical=historical,
            implied=implied,
            remarks=(remark,) if remark else (),
        )

    async def _historical(
        self, user_id: UserId, symbol: str, named: str | None
    ) -> Answered[Historical]:
        now = self._clock.now()

        async def closes(adapter: BrokerAdapter, instrument: Instrument) -> Sequence[Bar]:
            return await adapter.bars(instrument, Timeframe.DAY, now - _BACK, now)

        answered = await self._sources.ask(user_id, symbol, named, Capability.BARS, closes)
        coin = answered.instrument.asset_class is AssetClass.CRYPTO
        done = _finished(answered.value, now, coin=coin)
        if not done:
            raise MarketDataError(f"There are no daily closes of {answered.instrument.symbol}.")
        prices = [bar.close for bar in done]
        days_a_year = ALL_DAYS if coin else TRADING_DAYS
        return _same_account(
            answered,
            Historical(
                by_days={span: historical_volatility(prices, span, days_a_year) for span in SPANS},
                days_a_year=days_a_year,
                until=_day(done[-1]),
                source=done[-1].source or answered.account.spec.name,
            ),
        )

    async def _implied(
        self, user_id: UserId, symbol: str, named: str | None
    ) -> tuple[Answered[Implied] | None, str]:
        try:
            days = await self._chains.expiries(user_id, symbol, named)
            earliest = self._clock.now().astimezone(EXCHANGE_ZONE).date() + AT_LEAST
            expiry = next((day for day in days if day >= earliest), None)
            if expiry is None:
                return None, "No options on it expire in seven days or later."
            asked = ChainRequest(symbol=symbol, expiry=expiry, account=named)
            answered = await self._chains.chain(user_id, asked)
            found = await self._at_the_money(user_id, answered)
        except FloorbrokerError as error:
            return None, f"No implied volatility: {error.message}"
        if found is None:
            return None, "The contracts at the price tell no volatility now."
        return _same_account(answered, found), ""

    async def _at_the_money(self, user_id: UserId, answered: Answered[Chain]) -> Implied | None:
        """Of the account that told the chain, and of one source: two are not mixed."""
        chain = answered.value
        strike = next(one for one in chain.shown if one.price == chain.asked.middle)
        told = [greeks for greeks in _told(chain, strike) if greeks.implied_volatility]
        for contract in () if told else strike.contracts:
            try:
                one = await self._chains.contract(user_id, contract.symbol, answered.account.value)
            except BrokerError:
                continue
            greeks = one.value.greeks
            told += [greeks] if greeks and greeks.implied_volatility else []
        told = [one for one in told if one.source == told[0].source]
        figures = [one.implied_volatility for one in told if one.implied_volatility]
        if not figures or chain.asked.expiry is None:
            return None
        return Implied(
            volatility=sum(figures, Decimal(0)) / len(figures),
            expiry=chain.asked.expiry,
            strike=strike.price,
            source=told[0].source,
            at=min(one.at for one in told),
            delayed=any(one.delayed for one in told),
        )


def _same_account(answered: Answered[Any], value: _V) -> Answered[_V]:
    """What is made of an answer is still that account's."""
    return Answered(
        account=answered.account,
        instrument=answered.instrument,
        value=value,
        note=answered.note,
        source=answered.source,
    )


def _told(chain: Chain, strike: Strike) -> list[Greeks]:
    quotes = [chain.told[one.symbol] for one in strike.contracts if one.symbol in chain.told]
    return [one.greeks for one in quotes if one.greeks is not None]


def _finished(bars: Sequence[Bar], now: datetime, *, coin: bool) -> list[Bar]:
    """Without the day that still runs: its close is not one yet."""
    today = now.astimezone(UTC if coin else EXCHANGE_ZONE).date()
    return [bar for bar in bars if _day(bar) < today]


def _day(bar: Bar) -> date:
    """A day's bar begins at its midnight in New York or in UTC, which is the same day in UTC."""
    return bar.at.astimezone(UTC).date()
