"""The order that a verification places: a limit buy far below the market, as small as can be."""

from datetime import datetime
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Final

from floorbroker.brokers.spec import BrokerSpec
from floorbroker.domain.errors import InvalidInput
from floorbroker.domain.ids import new_order_id
from floorbroker.domain.instruments import Instrument, InstrumentRules
from floorbroker.domain.market import Quote
from floorbroker.domain.order import Order, Review
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.orders import OrderRequest, OrderType, Side
from floorbroker.domain.people import Link
from floorbroker.domain.portfolio import BrokerAccount
from floorbroker.services.preflight import check_offered

OF_THE_MARKET: Final = Decimal("0.5")
"""The limit as a part of the market's price: at half of it nothing fills on an ordinary day."""


def far_order(
    spec: BrokerSpec, instrument: Instrument, rules: InstrumentRules, quote: Quote
) -> OrderRequest:
    """A buy on the broker's steps that meets its minima and is not meant to fill.

    Raises:
        InvalidInput: There is no price to stay away from, or none below it.
        NotSupported: The broker takes no limit orders on this instrument.
    """
    price = _far_price(quote, rules)
    request = OrderRequest(
        instrument=instrument,
        side=Side.BUY,
        quantity=_smallest_quantity(rules, price * instrument.multiplier),
        type=OrderType.LIMIT,
        limit_price=price,
        time_in_force=spec.usual_time_in_force(instrument.asset_class),
    )
    check_offered(request, spec)
    return request


def _far_price(quote: Quote, rules: InstrumentRules) -> Decimal:
    """Below the lowest of all prices that are quoted, in case one of them is wrong."""
    quoted = [price for price in (quote.bid, quote.ask, quote.last) if price is not None]
    known = [price for price in quoted if price.is_finite() and price > 0]
    if not known:
        raise InvalidInput("There is no price to stay away from.")
    steps = (min(known) * OF_THE_MARKET / rules.price_tick).to_integral_value(ROUND_FLOOR)
    if steps <= 0:
        raise InvalidInput("The price is too small to stay away from it: there is no tick below.")
    return steps * rules.price_tick


def _smallest_quantity(rules: InstrumentRules, unit_price: Decimal) -> Decimal:
    least = max(rules.minimum_quantity, rules.quantity_step)
    if rules.minimum_notional is not None:
        least = max(least, rules.minimum_notional / unit_price)
    steps = (least / rules.quantity_step).to_integral_value(ROUND_CEILING)
    return steps * rules.quantity_step


def about_to_be_sent(
    request: OrderRequest, link: Link, account: BrokerAccount, now: datetime
) -> Order:
    """`request` as an adapter gets it, under a fresh id; it was not reviewed and is not stored."""
    order_id = new_order_id()
    return Order(
        order_id=order_id,
        version=1,
        user_id=link.user_id,
        link_id=link.link_id,
        account_id=account.account_id,
        broker=link.broker,
        environment=link.environment,
        origin_key=f"verify-{order_id}",
        request=request,
        review=Review.none(now),
        state=OrderState.SENDING,
        created_at=now,
        events=(),
        sent_at=now,
    )
