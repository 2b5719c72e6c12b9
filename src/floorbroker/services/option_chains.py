"""The options on something: which expire when, what those near the price cost, and one of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from floorbroker.brokers.port import MOST_CONTRACTS, BrokerAdapter
from floorbroker.brokers.spec import Capability
from floorbroker.domain.clock import Clock
from floorbroker.domain.errors import BrokerError, InvalidInput
from floorbroker.domain.ids import UserId
from floorbroker.domain.instruments import AssetClass, Instrument
from floorbroker.domain.market import Greeks, Quote
from floorbroker.domain.option_chain import OptionQuote, Strike, strikes_of
from floorbroker.services.chain_parts import (
    ChainRequest,
    around,
    chosen_day,
    fits,
    fitting,
    names,
    next_middle,
)
from floorbroker.services.greeks import computed
from floorbroker.services.kept import Kept
from floorbroker.services.sources import Answered, Sources

_LISTED_FOR: Final = timedelta(minutes=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """A part of one expiry.

    Attributes:
        asked: With the expiry and the middle that it became.
        price: Of the underlying; None where it is not to be had.
        shown: The strikes of this part, lowest first.
        told: What the broker says of their contracts, by symbol.
        strikes: How many there are in all that fit what was asked for.
        lower: The middle of the part below; None at the lowest.
        higher: The middle of the part above.
        remarks: What is missing and why, a sentence each.
    """

    asked: ChainRequest
    price: Quote | None
    expiries: Sequence[date]
    shown: Sequence[Strike]
    told: Mapping[str, OptionQuote]
    strikes: int
    lower: Decimal | None
    higher: Decimal | None
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OneContract:
    """A contract and what it is on; its Greeks are the broker's, else computed, else none.

    Attributes:
        remark: Why there are no Greeks; empty where there are some.
    """

    told: OptionQuote
    price: Quote | None
    greeks: Greeks | None
    remark: str = ""


class OptionChains:
    """Reads chains: what is listed is kept for minutes, prices are asked for what is shown."""

    def __init__(self, sources: Sources, clock: Clock, rate_percent: Decimal) -> None:
        """`rate_percent` is a year's interest without risk, for Greeks that are computed."""
        self._sources = sources
        self._clock = clock
        self._rate_percent = rate_percent
        self._kept = Kept(clock, _LISTED_FOR)

    async def expiries(self, user_id: UserId, symbol: str, named: str | None) -> Sequence[date]:
        """The days on which options on it expire.

        Raises:
            FloorbrokerError: No account, no such symbol, or no answer.
        """
        answered = await self._sources.ask(
            user_id, symbol, named, Capability.OPTION_CHAIN, self._expiries
        )
        return answered.value

    async def chain(self, user_id: UserId, asked: ChainRequest) -> Answered[Chain]:
        """A part of the chain of one expiry, with the prices of what is in it.

        Raises:
            InvalidInput: Nothing expires on that day, or no strike fits.
            MarketDataError: There are no options on it.
            FloorbrokerError: No account, no such symbol, or no answer.
        """
        if asked.low is not None and asked.high is not None and asked.low > asked.high:
            raise InvalidInput("The lower strike comes first, such as 200-250.")

        async def read(adapter: BrokerAdapter, underlying: Instrument) -> Chain:
            return await self._chain(adapter, underlying, asked)

        return await self._sources.ask(
            user_id, asked.symbol, asked.account, Capability.OPTION_CHAIN, read
        )

    async def contract(
        self, user_id: UserId, symbol: str, named: str | None
    ) -> Answered[OneContract]:
        """One contract.

        Raises:
            InvalidInput: It is no option.
            FloorbrokerError: No account, no such contract, or no answer.
        """
        return await self._sources.ask(
            user_id, symbol, named, Capability.OPTION_CHAIN, self._contract
        )

    async def suggestions(
        self, user_id: UserId, typed: str, named: str | None
    ) -> Sequence[Instrument]:
        """Contracts whose names have every word that was typed, those near the price first.

        The first word names the underlying; without a date those of the next expiry.

        Raises:
            FloorbrokerError: As `expiries`.
        """
        root, *words = typed.upper().split()

        async def read(adapter: BrokerAdapter, underlying: Instrument) -> Sequence[Instrument]:
            days = await self._expiries(adapter, underlying)
            wanted = next((day for day in days if names(day) & set(words)), None)
            day = chosen_day(days, wanted, underlying.symbol)
            strikes = strikes_of(await self._listed(adapter, underlying, day))
            price = await self._kept.get(
                adapter, ("price", underlying.symbol), lambda: _quote(adapter, underlying)
            )
            place = around(strikes, None, price[0]).place
            near = sorted(strikes, key=lambda one: abs(strikes.index(one) - place))
            rest = [word for word in words if word not in names(day)]
            found = [one for strike in near for one in strike.contracts]
            return [one for one in found if all(fits(word, one) for word in rest)]

        answered = await self._sources.ask(user_id, root, named, Capability.OPTION_CHAIN, read)
        return answered.value

    async def _listed(
        self, adapter: BrokerAdapter, underlying: Instrument, expiry: date
    ) -> Sequence[Instrument]:
        return await self._kept.get(
            adapter,
            ("chain", underlying.symbol, expiry),
            lambda: adapter.option_chain(underlying, expiry),
        )

    async def _expiries(self, adapter: BrokerAdapter, underlying: Instrument) -> Sequence[date]:
        if underlying.asset_class is AssetClass.OPTION:
            raise InvalidInput("That is a contract. /options contract shows it.")
        return await self._kept.get(
            adapter,
            ("expiries", underlying.symbol),
            lambda: adapter.option_expiries(underlying),
        )

    async def _chain(
        self, adapter: BrokerAdapter, underlying: Instrument, asked: ChainRequest
    ) -> Chain:
        expiries = await self._expiries(adapter, underlying)
        expiry = chosen_day(expiries, asked.expiry, underlying.symbol)
        listed = await self._listed(adapter, underlying, expiry)
        price, no_price = await _quote(adapter, underlying)
        near = around(fitting(listed, asked), asked.middle, price)
        contracts = [one for strike in near.shown for one in strike.contracts][:MOST_CONTRACTS]
        told, no_prices = await _told(adapter, contracts)
        return Chain(
            asked=replace(
                asked,
                symbol=underlying.symbol,
                expiry=expiry,
                middle=near.strikes[near.place].price,
            ),
            price=price,
            expiries=expiries,
            shown=near.shown,
            told=told,
            strikes=len(near.strikes),
            lower=next_middle(near, -1),
            higher=next_middle(near, 1),
            remarks=(*no_price, *no_prices),
        )

    async def _contract(self, adapter: BrokerAdapter, contract: Instrument) -> OneContract:
        if contract.asset_class is not AssetClass.OPTION or contract.underlying is None:
            raise InvalidInput(f"{contract.symbol} is no option. /options chain lists some.")
        told = (await _told(adapter, [contract]))[0].get(contract.symbol)
        if told is None or told.quote is None:
            quote = await _own(adapter, contract)
            told = replace(told or OptionQuote(contract=contract), quote=quote)
        underlying = await adapter.instrument(contract.underlying)
        price, _ = await _quote(adapter, underlying)
        greeks, remark = told.greeks, ""
        if greeks is None:
            greeks = await _brokers(adapter, contract)
        if greeks is None:
            greeks, remark = computed(
                contract, told.quote, price, self._rate_percent, self._clock.now()
            )
        return OneContract(told=told, price=price, greeks=greeks, remark=remark)


async def _quote(
    adapter: BrokerAdapter, underlying: Instrument
) -> tuple[Quote | None, tuple[str, ...]]:
    """What a chain is on need not have a price for the chain to be shown."""
    try:
        return await adapter.quote(underlying), ()
    except BrokerError:
        return None, (f"The price of {underlying.symbol} is not to be had now.",)


async def _told(
    adapter: BrokerAdapter, contracts: Sequence[Instrument]
) -> tuple[Mapping[str, OptionQuote], tuple[str, ...]]:
    """Half a chain is worth more than none: what is missing is said in a sentence."""
    try:
        found = await adapter.option_quotes(contracts)
    except BrokerError as error:
        return {}, (f"The chain is shown without prices: {error.message}",)
    told = {one.contract.symbol: one for one in found}
    bare = sum(one.symbol not in told or told[one.symbol].quote is None for one in contracts)
    if not bare:
        return told, ()
    verb = "has" if bare == 1 else "have"
    return told, (f"{bare} of {len(contracts)} contracts {verb} no price now.",)


async def _own(adapter: BrokerAdapter, contract: Instrument) -> Quote | None:
    try:
        return await adapter.quote(contract)
    except BrokerError:
        return None


async def _brokers(adapter: BrokerAdapter, contract: Instrument) -> Greeks | None:
    """Where the broker has a request of its own for them."""
    try:
        return await adapter.greeks(contract)
    except BrokerError:
        return None
