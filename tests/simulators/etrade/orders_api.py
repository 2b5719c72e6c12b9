"""Orders: previewed, placed, changed and cancelled."""

from typing import Any, Final

from tests.simulators.etrade.asking import ACCOUNTS, Answer, Ask, Route, json_answer
from tests.simulators.etrade.desk import Desk
from tests.simulators.etrade.drawing import answered, buying_power, levels
from tests.simulators.etrade.market import Quote
from tests.simulators.etrade.orders import Order
from tests.simulators.etrade.people import Account, Bank
from tests.simulators.etrade.previews import Preview
from tests.simulators.etrade.refusals import no_such_order
from tests.simulators.etrade.wire import epoch_milliseconds, is_number, read_body

ENTERED: Final = "200|Your order was successfully entered during market hours."
CANCELLING: Final = "200|Your request to cancel your order is being processed."
_PREVIEW: Final = "PreviewOrderRequest"
_PLACE: Final = "PlaceOrderRequest"
_HERE: Final = f"{ACCOUNTS}/{{account_key}}/orders"


class OrdersApi:
    """Answers requests that trade, or would."""

    def __init__(self, desk: Desk, bank: Bank, bodies: list[bytes]) -> None:
        """`bodies` receives the body of every order request that is carried out or refused."""
        self._desk = desk
        self._bank = bank
        self._bodies = bodies

    def routes(self) -> list[Route]:
        """All of them."""
        return [
            Route("POST", f"{_HERE}/preview.json", self._preview),
            Route("POST", f"{_HERE}/place.json", self._place),
            Route("PUT", f"{_HERE}/cancel.json", self._cancel),
            Route("PUT", f"{_HERE}/{{order_id}}/change/preview.json", self._preview_change),
            Route("PUT", f"{_HERE}/{{order_id}}/change/place.json", self._place_change),
        ]

    def _preview(self, ask: Ask) -> Answer:
        account = self._account(ask)
        preview, quote = self._desk.preview(account, read_body(ask.body, _PREVIEW))
        return self._previewed(account, preview, quote)

    def _place(self, ask: Ask) -> Answer:
        self._bodies.append(ask.body)
        account = self._account(ask)
        order = self._desk.place(account, read_body(ask.body, _PLACE))
        return self._placed(order)

    def _preview_change(self, ask: Ask) -> Answer:
        account, body = self._account(ask), read_body(ask.body, _PREVIEW)
        preview, quote = self._desk.preview_change(account, _order_id(ask), body)
        return self._previewed(account, preview, quote)

    def _place_change(self, ask: Ask) -> Answer:
        self._bodies.append(ask.body)
        account, body = self._account(ask), read_body(ask.body, _PLACE)
        return self._placed(self._desk.place_change(account, _order_id(ask), body))

    def _cancel(self, ask: Ask) -> Answer:
        """The answer is documented; it says nothing of what becomes of the order."""
        account = self._account(ask)
        wanted = read_body(ask.body, "CancelOrderRequest").get("orderId")
        if not is_number(str(wanted)):
            raise no_such_order()
        order = self._desk.cancel(account, int(str(wanted)))
        told = {
            "accountId": account.id,
            "orderId": order.id,
            "cancelTime": epoch_milliseconds(self._desk.now()),
            "Messages": {"Message": [_message(5011, CANCELLING)]},
        }
        return json_answer({"CancelOrderResponse": told})

    def _previewed(self, account: Account, preview: Preview, quote: Quote) -> Answer:
        ticket = preview.ticket
        order = answered(ticket, quote, self._name(ticket.instrument.symbol), [])
        told: dict[str, Any] = {
            "orderType": ticket.order_type,
            "totalOrderValue": order["estimatedTotalAmount"],
            "previewTime": epoch_milliseconds(preview.made_at),
            **levels(account),
            **buying_power(ticket, quote, self._desk.funds(account)),
            "Order": [order],
            "PreviewIds": [{"previewId": preview.id}],
            "Disclosure": {
                "ehDisclosureFlag": True,
                "ahDisclosureFlag": False,
                "conditionalDisclosureFlag": True,
                "aoDisclosureFlag": False,
            },
        }
        return json_answer({"PreviewOrderResponse": told})

    def _placed(self, order: Order) -> Answer:
        ticket = order.ticket
        quote = self._desk.market.quotes[ticket.instrument]
        name = self._name(ticket.instrument.symbol)
        told: dict[str, Any] = {
            "orderType": ticket.order_type,
            **levels(order.account),
            "placedTime": epoch_milliseconds(order.placed_at),
            "Order": [answered(ticket, quote, name, [_message(1026, ENTERED)])],
            "OrderIds": [{"orderId": order.id}],
        }
        answer = json_answer({"PlaceOrderResponse": told})
        self._desk.arrive(order)
        return answer

    def _account(self, ask: Ask) -> Account:
        return self._bank.account(ask.owner.person, ask.parts["account_key"])

    def _name(self, symbol: str) -> str:
        return self._desk.market.names.get(symbol, symbol)


def _order_id(ask: Ask) -> int:
    if not is_number(ask.parts["order_id"]):
        raise no_such_order()
    return int(ask.parts["order_id"])


def _message(code: int, words: str) -> dict[str, Any]:
    return {"description": words, "code": code, "type": "WARNING"}
