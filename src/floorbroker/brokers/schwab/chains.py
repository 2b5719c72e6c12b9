"""When options expire, and what they cost: a chain of Schwab's has all of it in one answer."""

from collections.abc import Sequence
from datetime import date
from typing import Final

from floorbroker.brokers.schwab import market_answers
from floorbroker.brokers.schwab.calls import SchwabCalls
from floorbroker.brokers.schwab.errors import Refusal, not_found
from floorbroker.brokers.schwab.mapping import SOURCE
from floorbroker.brokers.schwab.symbols import from_schwab, to_schwab
from floorbroker.brokers.shared.option_symbols import same_chain
from floorbroker.domain.clock import Clock
from floorbroker.domain.instruments import AssetClass, Instrument
from floorbroker.domain.market import Greeks, Quote
from floorbroker.domain.option_chain import OptionQuote

_NOT_FOUND: Final = 404


class Chains:
    """Chains as one person may see them."""

    __slots__ = ("_calls", "_clock")

    def __init__(self, calls: SchwabCalls, clock: Clock) -> None:
        """Asks nobody yet."""
        self._calls = calls
        self._clock = clock

    async def expiries(self, underlying: Instrument) -> Sequence[date]:
        """See the port; Schwab lists those to come."""
        try:
            told = await self._calls.get_expiries(_share(underlying.symbol))
        except Refusal as refusal:
            raise (not_found() if refusal.status == _NOT_FOUND else refusal) from refusal
        return sorted(set(told))

    async def quotes(self, contracts: Sequence[Instrument]) -> Sequence[OptionQuote]:
        """See the port; the whole expiry is one answer."""
        chain = same_chain(contracts)
        if chain is None:
            return ()
        underlying, expiry = chain
        told = await self._calls.get_chain(_share(underlying), expiry)
        by_symbol = {from_schwab(one.symbol): one for one in told.contracts}
        return [
            self._quote(contract, by_symbol[contract.symbol], told)
            for contract in contracts
            if contract.symbol in by_symbol
        ]

    def _quote(
        self, contract: Instrument, told: market_answers.Contract, chain: market_answers.Chain
    ) -> OptionQuote:
        bid, ask, last = (one if one > 0 else None for one in (told.bid, told.ask, told.last))
        at = (told.quoted if bid or ask else told.traded) or told.quoted or told.traded
        figures = (told.delta, told.gamma, told.theta, told.vega, told.volatility)
        quote = greeks = None
        if at is not None and (bid, ask, last) != (None, None, None):
            quote = Quote(
                instrument=contract,
                bid=bid,
                ask=ask,
                last=last,
                at=at,
                source=SOURCE,
                delayed=chain.delayed,
                volume=told.volume,
            )
        if any(figure is not None for figure in figures):
            volatility = told.volatility
            greeks = Greeks(
                instrument=contract,
                at=at or self._clock.now(),
                source=SOURCE,
                delta=told.delta,
                gamma=told.gamma,
                theta=told.theta,
                vega=told.vega,
                implied_volatility=volatility / 100 if volatility and volatility > 0 else None,
                underlying_price=chain.price if chain.price and chain.price > 0 else None,
                delayed=chain.delayed,
            )
        return OptionQuote(
            contract=contract, quote=quote, open_interest=told.open_interest, greeks=greeks
        )


def _share(symbol: str) -> str:
    try:
        return to_schwab(Instrument(symbol=symbol, asset_class=AssetClass.EQUITY))
    except ValueError:
        raise not_found() from None
