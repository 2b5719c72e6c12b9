"""POST /trading/orders/replace: an order keeps its ids and gets other numbers.

Which fields may change is the reference's of common-order-replace: prices, quantity, type, time in
force, trailing step; options name their leg by its id. Coins cannot be replaced. What an order that
is partly filled may be changed to, and every refusal's words, are unverified.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from tests.simulators.webull import hours
from tests.simulators.webull.desk import Desk
from tests.simulators.webull.instruments import COIN, OPTION
from tests.simulators.webull.orders import Order
from tests.simulators.webull.people import ZERO, Account
from tests.simulators.webull.refusals import bad, cannot_modify, invalid_parameter
from tests.simulators.webull.rules import check
from tests.simulators.webull.ticket import LIMIT, MASTER, NORMAL, Ticket, changes_of
from tests.simulators.webull.wire import read_amount, read_text

_CHANGES: Final = {
    "limit_price",
    "stop_price",
    "quantity",
    "order_type",
    "time_in_force",
    "trailing_type",
    "trailing_stop_step",
    "legs",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """New numbers for one order."""

    order: Order
    quantity: Decimal
    limit_price: Decimal | None
    stop_price: Decimal | None
    step: Decimal | None
    type: str
    time_in_force: str
    ends_at: datetime | None

    def apply(self) -> None:
        """The order has them from now on."""
        self.order.quantity = self.quantity
        self.order.limit_price = self.limit_price
        self.order.stop_price = self.stop_price
        self.order.step = self.step
        self.order.type = self.type
        self.order.time_in_force = self.time_in_force
        self.order.ends_at = self.ends_at


def replace_orders(desk: Desk, account: Account, body: Mapping[str, Any]) -> list[Order]:
    """All of a request or none.

    Raises:
        Refusal: One of them cannot be changed like that.
    """
    items = body.get("modify_orders")
    if not isinstance(items, list) or not items:
        raise invalid_parameter("modify_orders")
    changes = [_read(desk, account, item) for item in items]
    for change in changes:
        _check(desk, change)
    for change in changes:
        if desk.replaces_wait:
            desk.changes.append(_late(change))
        else:
            change.apply()
    return [change.order for change in changes]


def finish_replaces(desk: Desk) -> None:
    """Carries out those that wait, and later ones at once."""
    desk.replaces_wait = False
    for change in desk.changes:
        change()
    desk.changes.clear()
    desk.match()


def _late(change: Change) -> Callable[[], None]:
    def run() -> None:
        if not change.order.ended:
            change.apply()

    return run


def _read(desk: Desk, account: Account, item: object) -> Change:
    if not isinstance(item, dict):
        raise invalid_parameter("modify_orders")
    order = desk.find(account, read_text(item, "client_order_id"))
    if order.ended or order.status == "PENDING" or order.instrument.kind == COIN:
        raise cannot_modify()
    unknown = changes_of(item) - _CHANGES
    if unknown or not changes_of(item):
        raise invalid_parameter(",".join(sorted(unknown)) or "modify_orders")
    _check_legs(order, item)
    quantity = read_amount(item, "quantity") or order.quantity
    if quantity <= order.filled:
        raise bad("quantity", quantity)
    time_in_force = read_text(item, "time_in_force") or order.time_in_force
    ends_at = hours.day_ends(desk.now(), order.session) if time_in_force == "DAY" else None
    return Change(
        order=order,
        quantity=quantity,
        limit_price=read_amount(item, "limit_price") or order.limit_price,
        stop_price=read_amount(item, "stop_price") or order.stop_price,
        step=read_amount(item, "trailing_stop_step") or order.step,
        type=read_text(item, "order_type") or order.type,
        time_in_force=time_in_force,
        ends_at=order.ends_at if time_in_force == order.time_in_force else ends_at,
    )


def _check_legs(order: Order, item: dict[str, Any]) -> None:
    """Options' new quantity stands in the leg too."""
    legs = item.get("legs")
    if order.instrument.kind != OPTION:
        if legs:
            raise bad("legs", "")
        return
    if "quantity" not in item and not legs:
        return
    right = [{"id": order.leg_id, "quantity": item.get("quantity") or str(order.quantity)}]
    if legs != right:
        raise bad("legs", "")


def _check(desk: Desk, change: Change) -> None:
    order = change.order
    if change.type != order.type and not (order.type == LIMIT and change.type == "MARKET"):
        raise bad("order_type", change.type)
    if change.time_in_force not in {"DAY", "GTC"}:
        raise bad("time_in_force", change.time_in_force)
    free = order.group is None or order.combo == MASTER
    around = replace(
        desk.around(order.person, order.account),
        freed=desk.funds.hold(order) if order.buys else ZERO,
        returned=order.remaining if not order.buys and free else ZERO,
    )
    check(_as_ticket(change), around, exits=order.combo not in {NORMAL, MASTER})


def _as_ticket(change: Change) -> Ticket:
    order = change.order
    return Ticket(
        client_order_id=order.client_order_id,
        combo=order.combo,
        instrument=order.instrument,
        side=order.side,
        type=change.type,
        time_in_force="GTC",
        session=order.session,
        entrust="QTY",
        quantity=change.quantity - order.filled,
        amount=None,
        limit_price=change.limit_price,
        stop_price=change.stop_price,
        trailing_type=order.trailing_type,
        step=change.step,
        intent=order.intent,
    )
