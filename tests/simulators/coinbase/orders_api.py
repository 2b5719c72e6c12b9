"""/orders, /orders/batch_cancel, /orders/edit and the previews: what changes orders, or would."""

from typing import Any, Final
from uuid import uuid4

from tests.simulators.coinbase.asking import API, Answer, Ask, Route, json_answer
from tests.simulators.coinbase.costs import Costs, costs_of
from tests.simulators.coinbase.desk import Desk
from tests.simulators.coinbase.drawing import configuration
from tests.simulators.coinbase.editing import carry_out, read_edit
from tests.simulators.coinbase.orders import Order
from tests.simulators.coinbase.refusals import invalid_argument
from tests.simulators.coinbase.rejections import INSUFFICIENT_FUND, EditRejected, Rejected
from tests.simulators.coinbase.rules import check
from tests.simulators.coinbase.ticket import read_ticket
from tests.simulators.coinbase.wire import read_body, text

MOST_CANCELS: Final = 100
"""Ids a request: the reference of cancel-order."""


class OrdersApi:
    """Answers requests that place, cancel, edit and preview."""

    def __init__(self, desk: Desk, bodies: list[bytes]) -> None:
        """`bodies` receives the body of every order request that is carried out or refused."""
        self._desk = desk
        self._bodies = bodies

    def routes(self) -> list[Route]:
        """All of them."""
        return [
            Route("POST", f"{API}/orders", self._place),
            Route("POST", f"{API}/orders/preview", self._preview),
            Route("POST", f"{API}/orders/batch_cancel", self._cancel),
            Route("POST", f"{API}/orders/edit", self._edit),
            Route("POST", f"{API}/orders/edit_preview", self._preview_edit),
        ]

    def _place(self, ask: Ask) -> Answer:
        self._bodies.append(ask.body)
        body = read_body(ask.body)
        try:
            order, is_new = self._desk.place(ask.owner, body)
        except Rejected as rejected:
            return json_answer(refused(rejected, body))
        answer = json_answer(_accepted(order))
        if is_new:
            self._desk.arrive(order)
        return answer

    def _cancel(self, ask: Ask) -> Answer:
        ids = read_body(ask.body).get("order_ids")
        if not isinstance(ids, list) or not ids:
            raise invalid_argument("order_ids is required")  # words unverified
        if len(ids) > MOST_CANCELS:
            raise invalid_argument("too many order_ids")  # words unverified
        results = []
        for order_id in map(str, ids):
            reason = self._desk.cancel(ask.owner, order_id)
            results.append(
                {
                    "success": reason is None,
                    "failure_reason": reason or "UNKNOWN_CANCEL_FAILURE_REASON",
                    "order_id": order_id,
                }
            )
        return json_answer({"results": results})

    def _edit(self, ask: Ask) -> Answer:
        try:
            carry_out(self._desk, read_edit(self._desk, ask.owner, read_body(ask.body)))
        except EditRejected as rejected:
            return json_answer({"success": False, "errors": rejected.errors()})
        return json_answer({"success": True, "errors": []})

    def _preview(self, ask: Ask) -> Answer:
        body = read_body(ask.body)
        costs, bid, ask_price, errs = None, "", "", []
        try:
            ticket = read_ticket(body)
            around = self._desk.around(ask.owner, ticket, body)
            quote = around.quote
            bid, ask_price = (text(quote.bid), text(quote.ask)) if quote else ("", "")
            costs = costs_of(ticket, around.person, quote)
            check(ticket, around)
        except Rejected as rejected:
            errs.append(rejected.reason)
            if rejected.reason != INSUFFICIENT_FUND:
                costs, bid, ask_price = None, "", ""
        return json_answer(_previewed(costs, bid, ask_price, errs))

    def _preview_edit(self, ask: Ask) -> Answer:
        try:
            edit = read_edit(self._desk, ask.owner, read_body(ask.body))
        except EditRejected as rejected:
            return json_answer({"errors": rejected.errors()})
        quote = self._desk.market.quotes.get(edit.order.product.book)
        return json_answer(
            {
                "errors": [],
                "slippage": "0",
                "order_total": text(edit.costs.total),
                "commission_total": text(edit.costs.commission),
                "quote_size": text(edit.costs.value),
                "base_size": text(edit.costs.base_size),
                "best_bid": text(quote.bid) if quote else "",
                "best_ask": text(quote.ask) if quote else "",
                "average_filled_price": text(edit.order.average),
            }
        )


def refused(rejected: Rejected, body: dict[str, Any]) -> dict[str, Any]:
    """A refusal as recorded: no order id, and the configuration as it came."""
    return {
        "success": False,
        "error_response": rejected.error_response(),
        "order_configuration": body.get("order_configuration"),
    }


def _accepted(order: Order) -> dict[str, Any]:
    """As recorded: the id stands in `success_response`, and no status anywhere."""
    return {
        "success": True,
        "success_response": {
            "order_id": order.id,
            "product_id": order.product.id,
            "side": order.side,
            "client_order_id": order.client_order_id,
            "attached_order_id": order.attached.id if order.attached else "",
        },
        "order_configuration": configuration(order),
    }


def _previewed(costs: Costs | None, bid: str, ask: str, errs: list[str]) -> dict[str, Any]:
    """As recorded: empty figures where the configuration cannot be, real ones without funds."""
    zero = "0" if costs else ""
    return {
        "order_total": text(costs.total) if costs else "",
        "commission_total": text(costs.commission) if costs else "",
        "errs": errs,
        "warning": ["UNKNOWN"] if costs else [],
        "quote_size": text(costs.value) if costs else "",
        "base_size": text(costs.base_size) if costs else "",
        "best_bid": bid,
        "best_ask": ask,
        "is_max": False,
        "order_margin_total": zero,
        "leverage": zero,
        "long_leverage": zero,
        "short_leverage": zero,
        "slippage": zero,
        "preview_id": str(uuid4()),
        "current_liquidation_buffer": zero,
        "projected_liquidation_buffer": zero,
        "max_leverage": "",
        "pnl_configuration": None,
    }
