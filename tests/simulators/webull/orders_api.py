"""POST /trading/orders/…: preview, place, replace, cancel."""

from collections.abc import Sequence
from typing import Any

from tests.simulators.webull.asking import Answer, Ask, Route, account_of, json_answer
from tests.simulators.webull.desk import Desk
from tests.simulators.webull.drawing import placed
from tests.simulators.webull.people import Account
from tests.simulators.webull.refusals import Refusal
from tests.simulators.webull.replacing import replace_orders
from tests.simulators.webull.wire import read_object, text


class OrdersApi:
    """What changes orders, and the preview."""

    def __init__(self, desk: Desk, bodies: list[bytes]) -> None:
        """Every body that asks for an order is added to `bodies`."""
        self._desk = desk
        self._bodies = bodies

    def routes(self) -> Sequence[Route]:
        """Its paths."""
        return [
            Route("POST", "/trading/orders/preview", self._preview),
            Route("POST", "/trading/orders/place", self._place),
            Route("POST", "/trading/orders/batch-place", self._batch),
            Route("POST", "/trading/orders/replace", self._replace),
            Route("POST", "/trading/orders/cancel", self._cancel),
        ]

    def _preview(self, ask: Ask) -> Answer:
        """`currency` is not in the reference; the sandbox sends it."""
        account, body = _read(ask)
        return json_answer(
            {
                "estimated_cost": text(self._desk.preview(ask.owner.person, account, body)),
                "estimated_transaction_fee": "0",
                "currency": "USD",
            }
        )

    def _place(self, ask: Ask) -> Answer:
        self._bodies.append(ask.body)
        account, body = _read(ask)
        orders, group = self._desk.place(ask.owner.person, account, body)
        for order in orders:
            self._desk.arrive(order)
        return json_answer(placed(orders, group))

    def _batch(self, ask: Ask) -> Answer:
        """As the sandbox refuses it for a usual account."""
        self._bodies.append(ask.body)
        _read(ask)
        raise Refusal("OPENAPI_PARAM_ERR", "Account not supported, please contact Webull")

    def _replace(self, ask: Ask) -> Answer:
        account, body = _read(ask)
        orders = replace_orders(self._desk, account, body)
        if not self._desk.replaces_wait:
            self._desk.match()
        return json_answer(placed(orders, orders[0].group))

    def _cancel(self, ask: Ask) -> Answer:
        account, body = _read(ask)
        order = self._desk.cancel(account, body.get("client_order_id"))
        return json_answer(placed([order], None))


def _read(ask: Ask) -> tuple[Account, dict[str, Any]]:
    body = read_object(ask.body)
    return account_of(ask, body.get("account_id")), body
