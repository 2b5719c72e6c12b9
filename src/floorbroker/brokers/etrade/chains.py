"""The contracts of one day, and what they cost, from E*TRADE's words to ours. Pure."""

from collections.abc import Iterator
from contextlib import suppress
from typing import Final

from floorbroker.brokers.etrade.mapping import SOURCE
from floorbroker.brokers.etrade.market_answers import Chain, Contract
from floorbroker.brokers.etrade.products import contract
from floorbroker.brokers.shared.wire import sentence
from floorbroker.domain.instruments import Instrument, OptionRight
from floorbroker.domain.market import Greeks, Quote
from floorbroker.domain.option_chain import OptionQuote

_STANDARD: Final = "STANDARD"
_NOW: Final = "REALTIME"


def read(told: Chain, underlying: str) -> Iterator[tuple[Instrument, Contract]]:
    """Each contract of the usual size, as it is told."""
    day = told.selected.date
    for pair in told.pairs:
        for one, right in ((pair.call, OptionRight.CALL), (pair.put, OptionRight.PUT)):
            if one is not None and _usual(one, underlying):
                with suppress(ValueError):  # a strike that no contract has
                    name = one.display_symbol or ""
                    yield contract(underlying, day, right, one.strike_price, name), one


def option_quote(about: Instrument, told: Contract, chain: Chain) -> OptionQuote:
    """What it costs and how much of it stands open."""
    delayed, at = chain.quote_type != _NOW, told.time_stamp
    quote = greeks = None
    if at is not None and not (told.bid is told.ask is told.last_price is None):
        quote = Quote(
            instrument=about,
            bid=told.bid,
            ask=told.ask,
            last=told.last_price,
            at=at,
            source=SOURCE,
            delayed=delayed,
            volume=told.volume,
        )
    figures = told.greeks
    if at is not None and figures is not None and (figures.iv or figures.delta):
        greeks = Greeks(
            instrument=about,
            at=at,
            source=SOURCE,
            delta=figures.delta,
            gamma=figures.gamma,
            theta=figures.theta,
            vega=figures.vega,
            implied_volatility=figures.iv,
            underlying_price=chain.near_price,
            delayed=delayed,
        )
    return OptionQuote(contract=about, quote=quote, open_interest=told.open_interest, greeks=greeks)


def _usual(told: Contract, underlying: str) -> bool:
    """Adjusted contracts and mini ones stand for another number of shares."""
    standard = told.option_category in {None, _STANDARD} and not told.adjusted_flag
    return standard and sentence(told.symbol).upper() == underlying
