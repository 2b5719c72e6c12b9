"""Between the product's orders and the paper broker's, both directions. Pure."""

from datetime import datetime
from decimal import ROUND_FLOOR, Decimal

from floorbroker.brokers.paper.brackets import held_legs
from floorbroker.brokers.paper.contracts import expiry_moment
from floorbroker.brokers.paper.hours import TradingHours
from floorbroker.brokers.paper.instruments import Listing, listing
from floorbroker.brokers.paper.orders import PaperOrder
from floorbroker.brokers.port import BrokerOrder
from floorbroker.brokers.shared.wire import plain
from floorbroker.domain.ids import OrderId
from floorbroker.domain.orders import LegRole, OrderRequest, OrderType, Receipt, TimeInForce

_ROLES = {LegRole.TAKE_PROFIT: "take profit", LegRole.STOP_LOSS: "stop loss"}


def units(request: OrderRequest, line: Listing, price: Decimal) -> Decimal:
    """The quantity that is asked for; an amount of money buys whole steps, rounded down."""
    if request.quantity is not None:
        return request.quantity
    step = line.rules.quantity_step
    wanted = (request.notional or Decimal(0)) / ((request.limit_price or price) * line.size)
    return (wanted / step).to_integral_value(ROUND_FLOOR) * step


def paper_order(
    order_id: str,
    request: OrderRequest,
    *,
    broker_order_id: str,
    quantity: Decimal,
    line: Listing,
    hours: TradingHours,
    now: datetime,
) -> PaperOrder:
    """The order as it enters the book at `now`."""
    expires_at = None
    if request.time_in_force is TimeInForce.DAY:
        expires_at = hours.day_order_ends(now, request.session, crypto=line.crypto)
    if line.instrument.expiry is not None:
        ends = expiry_moment(line.instrument.expiry)
        expires_at = ends if expires_at is None else min(expires_at, ends)
    return PaperOrder(
        order_id=order_id,
        broker_order_id=broker_order_id,
        symbol=line.symbol,
        side=request.side,
        type=request.type,
        quantity=quantity,
        time_in_force=request.time_in_force,
        session=request.session,
        effect=request.effect,
        placed_at=now,
        active_from=now,
        at=now,
        limit_price=request.limit_price,
        stop_price=request.stop_price,
        trail_percent=request.trail_percent,
        trail_amount=request.trail_amount,
        take_profit=request.take_profit,
        stop_loss=request.stop_loss,
        expires_at=expires_at,
        legs=held_legs(request.take_profit, request.stop_loss),
    )


def receipt(order: PaperOrder) -> Receipt:
    """What the broker says of an order."""
    return Receipt(
        broker_order_id=order.broker_order_id,
        state=order.state,
        fills=order.fills,
        legs=order.legs,
        reason=order.reason,
        quantity=order.quantity,
        limit_price=order.limit_price,
        stop_price=order.stop_price,
    )


def broker_order(order: PaperOrder) -> BrokerOrder:
    """One line of the broker's lists; a bracket's leg is nobody's own order."""
    return BrokerOrder(
        order_id=OrderId(order.order_id) if order.role is None else None,
        instrument=listing(order.symbol).instrument,
        description=description(order),
        at=order.at if order.state.final else order.placed_at,
        receipt=receipt(order),
    )


def description(order: PaperOrder) -> str:
    """`Buy 100 AAPL limit 150 day`: for people."""
    kind = _ROLES[order.role] if order.role else order.type.value.replace("_", " ")
    words = [order.side.value.capitalize(), plain(order.quantity), order.symbol, kind]
    if order.stop_price is not None:
        words.append(plain(order.stop_price))
    if order.limit_price is not None:
        at_limit = order.type is OrderType.STOP_LIMIT
        words.append(("limit " if at_limit else "") + plain(order.limit_price))
    if order.trail_percent is not None:
        words.append(f"{plain(order.trail_percent)} %")
    if order.trail_amount is not None:
        words.append(plain(order.trail_amount))
    return " ".join([*words, order.time_in_force.value])
