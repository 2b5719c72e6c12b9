"""Option contracts as Alpaca tells them. Pure."""

from collections.abc import Mapping
from decimal import Decimal

from floorbroker.brokers.alpaca import answers, mapping
from floorbroker.brokers.shared.wire import sentence
from floorbroker.domain.instruments import AssetClass, Instrument, OptionRight
from floorbroker.domain.market import Greeks
from floorbroker.domain.option_chain import OptionQuote


def contract(answer: answers.OptionContract) -> Instrument:
    """A contract with the terms that Alpaca tells.

    Raises:
        ValueError: Neither call nor put.
    """
    return Instrument(
        symbol=answer.symbol,
        asset_class=AssetClass.OPTION,
        name=sentence(answer.name)[:60],
        multiplier=answer.multiplier,
        underlying=answer.underlying_symbol,
        expiry=answer.expiration_date,
        strike=answer.strike_price,
        right=OptionRight(answer.type),
    )


def option_quote(
    about: Instrument, told: answers.Snapshot | None, feed: str, interest: Mapping[str, Decimal]
) -> OptionQuote:
    """One of a chain; Alpaca tells the Greeks in the same snapshot as the price."""
    quote = None if told is None else mapping.quote(told, about, feed)
    greeks = None
    if told is not None and quote is not None and (told.greeks or told.volatility):
        figures = told.greeks or answers.Figures()
        greeks = Greeks(
            instrument=about,
            at=quote.at,
            source=quote.source,
            delta=figures.delta,
            gamma=figures.gamma,
            theta=figures.theta,
            vega=figures.vega,
            implied_volatility=told.volatility or None,
            delayed=quote.delayed,
        )
    return OptionQuote(
        contract=about, quote=quote, open_interest=interest.get(about.symbol), greeks=greeks
    )
