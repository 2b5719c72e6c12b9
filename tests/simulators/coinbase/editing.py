"""An edit: price and size of an order that rests change in place; its id stays.

The reference of edit-order: "Only limit order types, with time in force type of good-till-cancelled
can be edited"; its newer text knows stop prices and brackets too, which are not played here. It
requires `price` and `size`; one that is missing is read as 0 (nautilus_trader's guide to Coinbase,
"Order modification"). A size is the whole of the order, what was filled included (read out of
CANNOT_EDIT_TO_BELOW_FILLED_SIZE).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from tests.simulators.coinbase.costs import Costs, costs_of
from tests.simulators.coinbase.desk import Desk
from tests.simulators.coinbase.keys import Key
from tests.simulators.coinbase.orders import Order
from tests.simulators.coinbase.rejections import INSUFFICIENT_FUND, EditRejected, Rejected
from tests.simulators.coinbase.rules import Around, check_prices, check_sizes
from tests.simulators.coinbase.ticket import Ticket
from tests.simulators.coinbase.wire import moment, read_amount, read_text, text


@dataclass(frozen=True, slots=True)
class Edit:
    """What an order is to become, and what that comes to."""

    order: Order
    price: Decimal
    size: Decimal
    costs: Costs


def read_edit(desk: Desk, key: Key, body: Mapping[str, Any]) -> Edit:
    """The edit that `body` asks for.

    Raises:
        Refusal: A field is no text.
        EditRejected: The order may not be edited, or not so.
    """
    read = dict(body)
    wanted = read_text(read, "order_id")
    order = next((one for one in desk.of(key.person) if one.id == wanted), None)
    if order is None:
        raise EditRejected("ORDER_NOT_FOUND")
    _check_editable(order)
    price = _changed(read, "price", "INVALID_EDITED_PRICE")
    size = _changed(read, "size", "INVALID_EDITED_SIZE")
    if (price, size) == (order.limit_price, order.base_size):
        raise EditRejected("EDIT_REQUEST_EQUAL_TO_ORIGINAL_REQUEST")
    if size <= order.filled:
        raise EditRejected("CANNOT_EDIT_TO_BELOW_FILLED_SIZE")
    return Edit(order, price, size, _check(desk, order, price, size))


def carry_out(desk: Desk, edit: Edit) -> None:
    """Now, or when `finish_edits` says so."""
    if desk.edits_wait:
        edit.order.status = "EDIT_QUEUED"
        edit.order.pending_edit = (edit.price, edit.size)
        return
    _apply(desk, edit.order, edit.price, edit.size)


def finish_edits(desk: Desk) -> None:
    """Whatever waits for its edit gets it, unless it has ended meanwhile."""
    desk.edits_wait = False
    for order in desk.orders:
        waiting, order.pending_edit = order.pending_edit, None
        if waiting is not None and order.status == "EDIT_QUEUED":
            order.status = "OPEN"
            _apply(desk, order, *waiting)


def _check_editable(order: Order) -> None:
    if order.status == "CANCEL_QUEUED":
        raise EditRejected("CANNOT_EDIT_ORDER_PENDING_CANCEL")
    if order.status == "EDIT_QUEUED":
        raise EditRejected("ORDER_IS_ALREADY_BEING_REPLACED")
    if order.status != "OPEN":
        raise EditRejected("ONLY_OPEN_ORDERS_CAN_BE_EDITED")
    if order.configuration != "limit_limit_gtc":
        raise EditRejected("ONLY_LIMIT_ORDER_EDITS_SUPPORTED")


def _changed(body: dict[str, Any], name: str, reason: str) -> Decimal:
    amount = read_amount(read_text(body, name))
    if not amount:
        raise EditRejected(reason)
    return amount


def _check(desk: Desk, order: Order, price: Decimal, size: Decimal) -> Costs:
    ticket = _ticket(order, price, size)
    quote = desk.market.quotes.get(order.product.book)
    free = desk.free(order.portfolio, order.pays_with) + order.hold
    around = Around(
        person=order.person, product=order.product, quote=quote, free=free, now=desk.now()
    )
    try:
        check_sizes(ticket, order.product)
        check_prices(ticket, around)
    except Rejected as rejected:
        raise EditRejected(rejected.reason) from rejected
    costs = costs_of(ticket, order.person, quote)
    if costs.held * (1 - order.filled / size) > free:
        raise EditRejected(INSUFFICIENT_FUND)
    return costs


def _ticket(order: Order, price: Decimal, size: Decimal) -> Ticket:
    return Ticket(
        product_id=order.product.id,
        side=order.side,
        client_order_id=order.client_order_id,
        configuration=order.configuration,
        fields=order.fields,
        base_size=size,
        quote_size=None,
        limit_price=price,
        stop_price=None,
        stop_trigger_price=None,
        stop_direction="",
        end_time=None,
        post_only=order.post_only,
        attached=None,
    )


def _apply(desk: Desk, order: Order, price: Decimal, size: Decimal) -> None:
    quote = desk.market.quotes.get(order.product.book)
    order.held = costs_of(_ticket(order, price, size), order.person, quote).held
    order.limit_price, order.base_size = price, size
    order.fields |= {"limit_price": text(price), "base_size": text(size)}
    entry = {
        "price": text(price),
        "size": text(size),
        "replace_accept_timestamp": moment(desk.now()),
    }
    order.edits.insert(0, entry)
    desk.match_now(order)
