"""Orders as E*TRADE shows them: fields, their order and spelling as recorded in production.

daironmichel/toolsbackbone keeps a preview, an order and a list of February 2020. No answer has the
client's id: documented as "This field does not appear in any API responses".
"""

from decimal import Decimal
from typing import Any, Final

from tests.simulators.etrade.costs import A_CONTRACT, Funds, estimated_total
from tests.simulators.etrade.market import Quote
from tests.simulators.etrade.orders import EXECUTED, Order
from tests.simulators.etrade.people import Account
from tests.simulators.etrade.ticket import Ticket, is_share
from tests.simulators.etrade.wire import epoch_milliseconds, money, number

API: Final = "https://api.etrade.com/v1/accounts"


def order_json(order: Order, name: str, *, echoed: bool) -> dict[str, Any]:
    """One of a list.

    Args:
        name: Of the company.
        echoed: Whether the client's id stands in it after all.
    """
    return {
        "orderId": order.id,
        "details": f"{API}/{order.account.key}/orders/{order.id}.json",
        "orderType": order.ticket.order_type,
        "OrderDetail": [_detail(order, name, echoed=echoed)],
    }


def details_json(order: Order, name: str, *, echoed: bool) -> dict[str, Any]:
    """The same with its events: `Events` and `Event` as pyetrade's users read them."""
    events = [
        {
            "name": event.name,
            "dateTime": epoch_milliseconds(event.at),
            "orderNumber": order.id,
            "Instrument": [_leg(order, name, event.quantity, event.price)],
        }
        for event in order.events
    ]
    return {**order_json(order, name, echoed=echoed), "Events": {"Event": events}}


def _detail(order: Order, name: str, *, echoed: bool) -> dict[str, Any]:
    ticket = order.ticket
    value = (order.average or ticket.limit or ticket.stop or Decimal(0)) * ticket.quantity
    shown: dict[str, Any] = {"placedTime": epoch_milliseconds(order.placed_at)}
    if order.status == EXECUTED and order.executed_at:
        shown["executedTime"] = epoch_milliseconds(order.executed_at)
    shown |= {"orderValue": money(value * ticket.instrument.size), "status": order.status}
    shown |= _terms(ticket)
    if order.replaced_by is not None:
        shown["replacedByOrderId"] = order.replaced_by
    if order.replaces is not None:
        shown["replacesOrderId"] = order.replaces
    if echoed and order.client_order_id:
        shown["clientOrderId"] = order.client_order_id
    return {**shown, "Instrument": [_leg(order, name, order.filled, order.average)]}


def _leg(order: Order, name: str, filled: Decimal, average: Decimal | None) -> dict[str, Any]:
    ticket = order.ticket
    shown: dict[str, Any] = {
        "symbolDescription": name,
        "orderAction": ticket.action,
        "quantityType": "QUANTITY",
        "orderedQuantity": number(ticket.quantity),
        "filledQuantity": float(filled),
    }
    if average is not None:
        shown["averageExecutionPrice"] = number(average)
    shown |= {"estimatedCommission": _commission(ticket), "estimatedFees": 0.0}
    return {**shown, "Product": ticket.instrument.product()}


def _terms(ticket: Ticket) -> dict[str, Any]:
    shown: dict[str, Any] = {"orderTerm": ticket.term, "priceType": ticket.price_type}
    if ticket.limit is not None:
        shown["limitPrice"] = number(ticket.limit)
    shown["stopPrice"] = number(ticket.stop or ticket.trail or Decimal(0))
    return shown | {
        "marketSession": ticket.session,
        "allOrNone": ticket.all_or_none,
        "netPrice": 0,
        "netBid": 0,
        "netAsk": 0,
        "gcd": 0,
        "ratio": "",
    }


def answered(
    ticket: Ticket, quote: Quote, name: str, messages: list[dict[str, Any]]
) -> dict[str, Any]:
    """The order inside the answer to a preview or a placement."""
    told = {"messages": {"Message": messages}} if messages else {}
    return {
        **_terms(ticket),
        **told,
        "egQual": "EG_QUAL_NOT_AN_ELIGIBLE_SECURITY",
        "estimatedCommission": _commission(ticket),
        "estimatedTotalAmount": money(estimated_total(ticket, quote)),
        "Instrument": [
            {
                "symbolDescription": name,
                "orderAction": ticket.action,
                "quantityType": "QUANTITY",
                "quantity": number(ticket.quantity),
                "cancelQuantity": 0.0,
                "reserveOrder": True,
                "reserveQuantity": 0.0,
                "Product": ticket.instrument.product(),
            }
        ],
    }


def levels(account: Account) -> dict[str, Any]:
    """What the account may do, as both answers say it."""
    may = "MARGIN_TRADING_ALLOWED" if account.on_margin else "MARGIN_TRADING_NOT_ALLOWED"
    return {
        "dstFlag": False,
        "accountId": account.id,
        "optionLevelCd": account.option_level,
        "marginLevelCd": may,
    }


def buying_power(ticket: Ticket, quote: Quote, funds: Funds) -> dict[str, Any]:
    """Of a preview."""
    impact = max(estimated_total(ticket, quote), Decimal(0))
    effect = {
        "currentBp": money(funds.buying_power + funds.reserved),
        "currentOor": money(funds.reserved),
        "currentNetBp": money(funds.buying_power),
        "currentOrderImpact": money(impact),
        "netBp": money(funds.buying_power - impact),
    }
    if funds.account.on_margin:
        return {"marginBpDetails": {"nonMarginable": effect, "marginable": effect}}
    return {"cashBpDetails": {"settled": effect, "settledUnsettled": effect}}


def _commission(ticket: Ticket) -> int | float:
    return 0 if is_share(ticket) else money(ticket.quantity * A_CONTRACT)
