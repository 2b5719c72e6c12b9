"""POST /api/v3/order/cancelReplace: a cancel and a new order, of which each may fail alone."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.simulators.binance.answers import canceled, placed, usual_response_type
from tests.simulators.binance.desk import Desk
from tests.simulators.binance.orders import Order
from tests.simulators.binance.people import Person
from tests.simulators.binance.refusals import Refusal
from tests.simulators.binance.symbols import Symbol
from tests.simulators.binance.ticket import Ticket


@dataclass(frozen=True, slots=True, kw_only=True)
class Replacement:
    """What was asked for.

    Attributes:
        stops: Whether the new order is not tried where the cancel fails.
        cancels_anyway: Whether the cancel is tried where there are too many orders.
    """

    person: Person
    symbol: Symbol
    ticket: Ticket
    order_id: int | None
    client_id: str | None
    cancel_id: str
    restriction: str | None
    response_type: str | None
    stops: bool
    cancels_anyway: bool


def replace_order(desk: Desk, asked: Replacement) -> Mapping[str, Any]:
    """Both answers.

    "Filters and Order Count are evaluated before the processing of the cancellation and order
    placement occurs", so that what they refuse touches nothing.

    Raises:
        Refusal: The filters refuse, or one or both parts failed: -2021 and 409, -2022 and 400.
    """
    too_many = _check(desk, asked)
    cancel_failed, shown_cancel = _cancel(desk, asked)
    new: Mapping[str, Any] | None
    if cancel_failed and (asked.stops or too_many is not None):
        # "A new order that was not attempted … will still increase the unfilled order count by 1."
        desk.limits.count_orders(asked.person, 1)
        new_failed, new = None, None
    elif too_many is not None:
        new_failed, new = too_many, too_many.body
    else:
        new_failed, new = _place(desk, asked)
    words = {
        "cancelResult": "FAILURE" if cancel_failed else "SUCCESS",
        "newOrderResult": _word(new, new_failed),
        "cancelResponse": shown_cancel,
        "newOrderResponse": new,
    }
    if cancel_failed is None and new_failed is None:
        return words
    raise _failure(words, too_many, both=bool(cancel_failed) and new is not _fine(new, new_failed))


def _fine(new: Mapping[str, Any] | None, failed: Refusal | None) -> Mapping[str, Any] | None:
    return new if new is not None and failed is None else None


def _word(new: Mapping[str, Any] | None, failed: Refusal | None) -> str:
    if new is None:
        return "NOT_ATTEMPTED"
    return "SUCCESS" if failed is None else "FAILURE"


def _failure(words: Mapping[str, Any], too_many: Refusal | None, *, both: bool) -> Refusal:
    status = 400 if both else 409
    headers = None
    if too_many is not None:
        status, headers = too_many.status, too_many.headers
    if both:
        code, message = -2022, "Order cancel-replace failed."
    else:
        code, message = -2021, "Order cancel-replace partially failed."
    return Refusal(code, message, status=status, headers=headers, data=words)


def _check(desk: Desk, asked: Replacement) -> Refusal | None:
    old = _old(desk, asked)
    try:
        desk.check(asked.person, asked.symbol, asked.ticket, replaced=old)
    except Refusal as refusal:
        if refusal.status != 429 or not asked.cancels_anyway:
            raise
        return refusal
    return None


def _old(desk: Desk, asked: Replacement) -> Order | None:
    try:
        return desk.find_open(asked.person, asked.symbol, asked.order_id, asked.client_id)
    except Refusal:
        return None


def _cancel(desk: Desk, asked: Replacement) -> tuple[Refusal | None, Mapping[str, Any]]:
    try:
        old = desk.find_open(asked.person, asked.symbol, asked.order_id, asked.client_id)
        desk.check_cancel(old, asked.restriction)
    except Refusal as refusal:
        return refusal, refusal.body
    desk.cancel(old)
    return None, canceled(old, asked.cancel_id)


def _place(desk: Desk, asked: Replacement) -> tuple[Refusal | None, Mapping[str, Any]]:
    try:
        order = desk.new(asked.person, asked.symbol, asked.ticket)
    except Refusal as refusal:
        return refusal, refusal.body
    desk.place(order)
    kind = asked.response_type or usual_response_type(order.type)
    return None, placed(order, kind)
