"""What an order would come to: the OpenAPI file's PreviewOrder.

What would be rejected answers 200 too, with a line in `orderValidationResult.rejects`.
"""

from decimal import Decimal
from typing import Any

from tests.simulators.schwab.desk import Desk
from tests.simulators.schwab.funds import COMMISSION
from tests.simulators.schwab.instruments import OPTION
from tests.simulators.schwab.orders import Order
from tests.simulators.schwab.people import ZERO
from tests.simulators.schwab.ticket import Leg
from tests.simulators.schwab.wire import cents, moment, number


def draw_preview(trial: Order, desk: Desk) -> dict[str, Any]:
    """Of an order that is nowhere in the book; an OCO shows its first."""
    order = trial.children[0] if trial.is_holder else trial
    why = desk.objection(order)
    commission = sum(
        (COMMISSION * leg.quantity for leg in order.ticket.legs if leg.asset_type == OPTION), ZERO
    )
    return {
        "orderId": 0,
        "orderStrategy": _strategy(order, desk, commission, rejected=why is not None),
        "orderValidationResult": {
            "alerts": [],
            "accepts": [],
            "rejects": [] if why is None else [_line(why)],
            "reviews": [],
            "warns": [],
        },
        "commissionAndFee": {
            "commission": {"commissionLegs": [_values("commissionValues", commission)]},
            "fee": {"feeLegs": []},
            "trueCommission": {"commissionLegs": [_values("commissionValues", commission)]},
        },
    }


def _strategy(order: Order, desk: Desk, commission: Decimal, *, rejected: bool) -> dict[str, Any]:
    ticket, funds = order.ticket, desk.funds(order.account)
    size = 100 if ticket.legs[0].asset_type == OPTION else 1
    value = abs(funds.price(ticket)) * order.quantity * size
    after = funds.available - funds.needed(ticket, order.quantity)
    shown: dict[str, Any] = {
        "accountNumber": order.account.number,
        "advancedOrderType": "NONE",
        "closeTime": moment(order.entered_at),
        "enteredTime": moment(order.entered_at),
        "orderBalance": {
            "orderValue": cents(value),
            "projectedAvailableFund": cents(after),
            "projectedBuyingPower": cents(after * funds.buying_power / funds.available)
            if funds.available
            else 0.0,
            "projectedCommission": cents(commission),
        },
        "orderStrategyType": ticket.strategy,
        "session": ticket.session,
        "status": "REJECTED" if rejected else "ACCEPTED",
        "duration": ticket.duration,
        "filledQuantity": 0.0,
        "orderType": ticket.type,
        "orderValue": cents(value),
        "quantity": number(order.quantity),
        "remainingQuantity": number(order.quantity),
        "strategy": ticket.complex,
        "orderLegs": [_leg(n, leg, desk) for n, leg in enumerate(ticket.legs, 1)],
    }
    return shown | ({} if ticket.price is None else {"price": number(ticket.price)})


def _leg(leg_id: int, leg: Leg, desk: Desk) -> dict[str, Any]:
    quote = desk.market.quotes.get(leg.symbol)
    prices = {"askPrice": ZERO, "bidPrice": ZERO, "lastPrice": ZERO, "markPrice": ZERO}
    if quote is not None:
        four = (quote.ask, quote.bid, quote.last, quote.mark)
        prices = dict(zip(prices, four, strict=True))
    return {
        **{name: number(price) for name, price in prices.items()},
        "projectedCommission": cents(
            COMMISSION * leg.quantity if leg.asset_type == OPTION else ZERO
        ),
        "quantity": number(leg.quantity),
        "finalSymbol": leg.symbol,
        "legId": leg_id,
        "assetType": leg.asset_type,
        "instruction": leg.instruction,
    }


def _values(name: str, amount: Decimal) -> dict[str, Any]:
    return {name: [{"value": cents(amount), "type": "COMMISSION"}]}


def _line(why: str) -> dict[str, Any]:
    return {
        "validationRuleName": "",
        "message": why,
        "activityMessage": why,
        "originalSeverity": "REJECT",
        "overrideName": "",
        "overrideSeverity": "REJECT",
    }
