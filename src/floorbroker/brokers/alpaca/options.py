"""Option contracts as Alpaca tells them. Pure."""

from floorbroker.brokers.alpaca import answers
from floorbroker.brokers.shared.wire import sentence
from floorbroker.domain.instruments import AssetClass, Instrument, OptionRight


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
