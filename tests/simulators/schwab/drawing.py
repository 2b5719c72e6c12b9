"""An order as the API shows it; fields, their order and their kinds are those of recorded ones.

Recorded in public in 2025 and 2026 (schwab-py's tests, and orders that users pasted): numbers are
floats, `accountNumber` and `orderId` integers, times end in +0000, what has ended has
`remainingQuantity` 0.0, `editable` is false, a canceled order has an activity of its own whose
price is 0.0, one that has neither filled nor been canceled has no activities at all.
"""

from itertools import count
from typing import Any

from tests.simulators.schwab.instruments import Listing, instrument_id
from tests.simulators.schwab.orders import LEAVING, Execution, Order
from tests.simulators.schwab.people import ZERO
from tests.simulators.schwab.ticket import Leg
from tests.simulators.schwab.wire import moment, number

_ids = count(113_000_000_001)


def draw(order: Order, listing: Listing) -> dict[str, Any]:
    """With everything below it."""
    shown = {} if order.is_holder else _body(order, listing)
    shown |= {
        "orderStrategyType": order.ticket.strategy,
        "orderId": order.id,
        "cancelable": not order.ended and order.status not in LEAVING,
        "editable": False,
        "status": order.status,
        "enteredTime": moment(order.entered_at),
    }
    if order.closed_at is not None:
        shown["closeTime"] = moment(order.closed_at)
    shown |= {"tag": order.tag, "accountNumber": int(order.account.number)}
    activities = _activities(order)
    if activities:
        shown["orderActivityCollection"] = activities
    if order.children:
        shown["childOrderStrategies"] = [draw(child, listing) for child in order.children]
    if order.description:
        shown["statusDescription"] = order.description
    return shown


def _body(order: Order, listing: Listing) -> dict[str, Any]:
    ticket = order.ticket
    shown: dict[str, Any] = {
        "session": ticket.session,
        "duration": ticket.duration,
        "orderType": ticket.type,
        "complexOrderStrategyType": ticket.complex,
        "quantity": number(order.quantity),
        "filledQuantity": number(order.filled),
        "remainingQuantity": number(order.left),
        "requestedDestination": "AUTO",
        "destinationLinkName": "HRTF" if order.executions else "AutoRoute",
    }
    if ticket.stop_price is not None:
        shown |= {"stopPrice": number(ticket.stop_price), "stopType": "STANDARD"}
    if ticket.offset is not None:
        shown |= {
            "stopPriceLinkBasis": ticket.link_basis or "BID",
            "stopPriceLinkType": ticket.link_type,
            "stopPriceOffset": number(ticket.offset),
        }
        if order.trail is not None:
            shown["stopPrice"] = number(order.trail)
    if ticket.price is not None:
        shown["price"] = number(ticket.price)
    legs = enumerate(ticket.legs, 1)
    shown["orderLegCollection"] = [_leg(n, leg, listing) for n, leg in legs]
    return shown


def _leg(leg_id: int, leg: Leg, listing: Listing) -> dict[str, Any]:
    instrument = listing.find(leg.symbol)
    return {
        "orderLegType": leg.asset_type,
        "legId": leg_id,
        "instrument": instrument.wire() if instrument else {"symbol": leg.symbol},
        "instruction": leg.instruction,
        "positionEffect": "CLOSING" if leg.closes else "OPENING",
        "quantity": number(leg.quantity),
    }


def _activities(order: Order) -> list[dict[str, Any]]:
    shown = [_activity(order, one, "FILL") for one in order.executions]
    if order.status == "CANCELED" and not order.is_holder and order.closed_at is not None:
        canceled = Execution(
            quantity=order.quantity - order.filled,
            prices=(ZERO,) * len(order.ticket.legs),
            at=order.closed_at,
            left=ZERO,
        )
        shown.append(_activity(order, canceled, "CANCELED"))
    return shown


def _activity(order: Order, execution: Execution, kind: str) -> dict[str, Any]:
    legs = zip(order.ticket.legs, execution.prices, strict=True)
    return {
        "activityType": "EXECUTION",
        "activityId": next(_ids),
        "executionType": kind,
        "quantity": number(execution.quantity),
        "orderRemainingQuantity": number(execution.left),
        "executionLegs": [
            {
                "legId": leg_id,
                "quantity": number(execution.quantity * leg.quantity / order.quantity),
                "mismarkedQuantity": 0.0,
                "price": number(price),
                "time": moment(execution.at),
                "instrumentId": instrument_id(leg.symbol),
            }
            for leg_id, (leg, price) in enumerate(legs, 1)
        ],
    }
