"""POST /api/v3/order/cancelReplace: a cancel and a new order, of which each may fail alone."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.simulators.binance.answers import canceled, placed, usual_response_type
from tests.simulators.binance.desk import Desk
from tests.simulators.binance.people import Person
from tests.simulators.binance.refusals import Refusal
from tests.simulators.binance.symbols import Symbol
from tests.simulators.binance.ticket import Ticket

Part = tuple[str, Mapping[str, Any] | None]
"""How one of the two went, and its answer."""


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
        Refusal: The filters refuse, or a part failed. The statuses are those of the page's table;
            that 429 goes with -2022 where nothing was tried is unverified.
    """
    too_many = _too_many(desk, asked)
    canceling = _cancel(desk, asked)
    if canceling[0] == "FAILURE" and asked.stops:
        # "A new order that was not attempted … will still increase the unfilled order count by 1."
        desk.limits.count_orders(asked.person, 1)
        placing: Part = ("NOT_ATTEMPTED", None)
    elif too_many is not None:
        placing = ("FAILURE", too_many.body)
    else:
        placing = _place(desk, asked)
    words = {
        "cancelResult": canceling[0],
        "newOrderResult": placing[0],
        "cancelResponse": canceling[1],
        "newOrderResponse": placing[1],
    }
    went_well = [canceling[0], placing[0]].count("SUCCESS")
    if went_well == 2:
        return words
    status = 409 if went_well else 400
    if too_many is not None and asked.stops:
        status = 429
    headers = too_many.headers if too_many is not None else None
    code, message = (-2021, "partially failed.") if went_well else (-2022, "failed.")
    message = f"Order cancel-replace {message}"
    raise Refusal(code, message, status=status, headers=headers, data=words)


def _too_many(desk: Desk, asked: Replacement) -> Refusal | None:
    try:
        desk.check(asked.person, asked.symbol, asked.ticket)
    except Refusal as refusal:
        if refusal.status != 429 or not asked.cancels_anyway:
            raise
        return refusal
    return None


def _cancel(desk: Desk, asked: Replacement) -> Part:
    try:
        old = desk.find_open(asked.person, asked.symbol, asked.order_id, asked.client_id)
        desk.check_cancel(old, asked.restriction)
    except Refusal as refusal:
        return "FAILURE", refusal.body
    desk.cancel(old)
    return "SUCCESS", canceled(old, asked.cancel_id)


def _place(desk: Desk, asked: Replacement) -> Part:
    try:
        order = desk.new(asked.person, asked.symbol, asked.ticket)
    except Refusal as refusal:
        return "FAILURE", refusal.body
    desk.place(order)
    kind = asked.response_type or usual_response_type(order.type)
    return "SUCCESS", placed(order, kind)
