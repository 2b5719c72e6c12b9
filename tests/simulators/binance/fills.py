"""What a trade changes: the order and the balances, and what it costs. faqs/commission_faq.md."""

from datetime import datetime
from decimal import Decimal
from typing import Final

from tests.simulators.binance.market import Market
from tests.simulators.binance.orders import Order, Trade
from tests.simulators.binance.wire import floored

DISCOUNT: Final = Decimal("0.75")
"""What a commission in BNB is multiplied with: the FAQ's formula, with rest-api.md's figure.

The two pages read as opposites ("reduced by this rate" there, 0.25 here); 25 % off is what Binance
advertises.
"""
DISCOUNT_ASSET: Final = "BNB"


def execute(
    order: Order,
    qty: Decimal,
    price: Decimal,
    *,
    maker: bool,
    at: datetime,
    trade_id: int,
    market: Market,
) -> None:
    """`qty` units at `price`; the commission is kept back from what is received, or paid in BNB."""
    person, symbol = order.person, order.symbol
    buys = order.side == "BUY"
    received = qty if buys else qty * price
    asset = symbol.base if buys else symbol.quote
    order.hold.pay(qty * price if buys else qty)
    person.balance(asset).free += received
    rate = person.maker if maker else person.taker
    commission, commission_asset = floored(received * rate), asset
    discounted = _in_bnb(order, qty * price, market)
    if discounted is not None:
        commission, commission_asset = floored(discounted * rate * DISCOUNT), DISCOUNT_ASSET
    person.balance(commission_asset).free -= commission
    order.trades.append(
        Trade(
            id=trade_id,
            qty=qty,
            price=price,
            at=at,
            commission=commission,
            commission_asset=commission_asset,
            maker=maker,
        )
    )
    order.become("FILLED" if order.remaining <= 0 else "PARTIALLY_FILLED", at)


def _in_bnb(order: Order, worth: Decimal, market: Market) -> Decimal | None:
    person, quote = order.person, order.symbol.quote
    if not person.pays_in_bnb:
        return None
    if quote == DISCOUNT_ASSET:
        amount = worth
    else:
        book = market.books.get(f"{DISCOUNT_ASSET}{quote}")
        if book is None:
            return None
        amount = worth / book.last
    # "If you do not have enough BNB …, the full commission will be taken out of your received
    # amount": enough for a rate of one per cent is enough here.
    return amount if person.free(DISCOUNT_ASSET) >= amount / 100 else None
