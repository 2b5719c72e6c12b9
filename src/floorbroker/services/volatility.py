"""How much something moved, beside how much the market expects it to move."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Final

from floorbroker.brokers.port import BrokerAdapter
from floorbroker.brokers.spec import Capability
from floorbroker.domain.clock import Clock
from floorbroker.domain.errors import BrokerError, FloorbrokerError
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Implied:
    """What the options expect, at the strike next to the price.

    Attributes:
        volatility: A year's, as a fraction: the middle of call and put where both tell.
        source: Whose figure it is.
    """

    volatility: Decimal
    expiry: date
    strike: Decimal
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Moves:
    """Both kinds of volatility.

    Attributes:
        historical: By the number of daily returns; None with too few closes.
        days_a_year: What they were brought to a year with.
        until: The day of the last close.
        remark: Why there is no implied one.
    """

    historical: Mapping[int, Decimal | None]
    days_a_year: int
    until: date
    implied: Implied | None
    remark: str = ""


class Volatilities:
    """Reads daily closes, and the contracts next to the price."""

    def __init__(self, sources: Sources, chains: OptionChains, clock: Clock) -> None:
        """See the module's first line."""
        self._sources = sources
        self._chains = chains
        self._clock = clock

    async def look(self, user_id: UserId, symbol: str, named: str | None) -> Answered[Moves]:
        """Both, where there are both.

        Raises:
            MarketDataError: There are no closes.
            FloorbrokerError: No account, no such symbol, or no answer.
        """
        now = self._clock.now()

        async def closes(adapter: BrokerAdapter, instrument: Instrument) -> Sequence[Bar]:
            return await adapter.bars(instrument, Timeframe.DAY, now - _BACK, now)

        answered = await self._sources.ask(user_id, symbol, named, Capability.BARS, closes)
        instrument = answered.instrument
        coin = instrument.asset_class is AssetClass.CRYPTO
        done = _finished(answered.value, now, coin=coin)
        if not done:
            raise MarketDataError(f"There are no daily closes of {instrument.symbol}.")
        prices = [bar.close for bar in done]
        days_a_year = ALL_DAYS if coin else TRADING_DAYS
        implied, remark = await self._implied(user_id, instrument, named)
        return Answered(
            account=answered.account,
            instrument=instrument,
            note=answered.note,
            value=Moves(
                historical={
                    span: historical_volatility(prices, span, days_a_year) for span in SPANS
                },
                days_a_year=days_a_year,
                until=_day(done[-1]),
                implied=implied,
                remark=remark,
            ),
        )

    async def _implied(
        self, user_id: UserId, instrument: Instrument, named: str | None
    ) -> tuple[Implied | None, str]:
        if instrument.asset_class is not AssetClass.EQUITY:
            return None, "No options are looked at for this kind of instrument."
        try:
            days = await self._chains.expiries(user_id, instrument.symbol, named)
            earliest = self._clock.now().astimezone(EXCHANGE_ZONE).date() + AT_LEAST
            expiry = next((day for day in days if day >= earliest), None)
            if expiry is None:
                return None, "No options on it expire in seven days or later."
            asked = ChainRequest(symbol=instrument.symbol, expiry=expiry, account=named)
            chain = (await self._chains.chain(user_id, asked)).value
            found = await self._at_the_money(user_id, chain, named)
        except FloorbrokerError as error:
            return None, f"No implied volatility: {error.message}"
        return found, "" if found else "The contracts at the price tell no volatility now."

    async def _at_the_money(
        self, user_id: UserId, chain: Chain, named: str | None
    ) -> Implied | None:
        strike = next(one for one in chain.shown if one.price == chain.asked.middle)
        told = [greeks for greeks in _told(chain, strike) if greeks.implied_volatility]
        for contract in () if told else strike.contracts:
            try:
                one = (await self._chains.contract(user_id, contract.symbol, named)).value
            except BrokerError:
                continue
            told += [one.greeks] if one.greeks and one.greeks.implied_volatility else []
        figures = [one.implied_volatility for one in told if one.implied_volatility]
        if not figures or chain.asked.expiry is None:
            return None
        return Implied(
            volatility=sum(figures, Decimal(0)) / len(figures),
            expiry=chain.asked.expiry,
            strike=strike.price,
            source=told[0].source,
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
