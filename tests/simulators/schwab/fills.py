"""What an execution changes: the order, cash, positions, and the transaction that tells it."""

from datetime import datetime
from decimal import Decimal
from itertools import count
from typing import Any

from tests.simulators.schwab.funds import COMMISSION
from tests.simulators.schwab.instruments import Contract, Instrument, Listing
from tests.simulators.schwab.orders import Execution, Order
from tests.simulators.schwab.people import ZERO
from tests.simulators.schwab.wire import moment, number

_ids = count(80_000_000_001)


def execute(
    order: Order, quantity: Decimal, prices: tuple[Decimal, ...], at: datetime, listing: Listing
) -> None:
    """`quantity` units of the order, each leg at its price."""
    left = order.quantity - order.filled - quantity
    order.executions.append(Execution(quantity=quantity, prices=prices, at=at, left=left))
    for leg, price in zip(order.ticket.legs, prices, strict=True):
        instrument = listing.find(leg.symbol)
        assert instrument is not None
        units = quantity * leg.quantity / order.quantity
        signed = units if leg.buys else -units
        fees = COMMISSION * units if isinstance(instrument, Contract) else ZERO
        worth = -signed * price * instrument.size - fees
        order.account.cash += worth
        order.account.move(leg.symbol, signed, price)
        order.account.transactions.append(
            _transaction(order, instrument, signed, price, fees, worth, at)
        )
    if left <= 0:
        order.end("FILLED", at)


def _transaction(
    order: Order,
    instrument: Instrument,
    signed: Decimal,
    price: Decimal,
    fees: Decimal,
    worth: Decimal,
    at: datetime,
) -> dict[str, Any]:
    """A TRADE; its items as a recorded one has them."""
    shown: dict[str, Any] = {**instrument.wire(), "status": "ACTIVE", "closingPrice": number(price)}
    return {
        "activityId": next(_ids),
        "time": moment(at),
        "accountNumber": order.account.number,
        "type": "TRADE",
        "status": "VALID",
        "subAccount": order.account.type,
        "tradeDate": moment(at),
        "positionId": shown["instrumentId"],
        "orderId": order.id,
        "netAmount": number(worth),
        "transferItems": [
            {
                "instrument": {
                    "assetType": "CURRENCY",
                    "status": "ACTIVE",
                    "symbol": "CURRENCY_USD",
                    "description": "USD currency",
                    "instrumentId": 1,
                    "closingPrice": 0.0,
                },
                "amount": number(fees),
                "cost": number(-fees),
                "feeType": "COMMISSION",
            },
            {
                "instrument": shown,
                "amount": number(signed),
                "cost": number(-signed * price * instrument.size),
                "price": number(price),
                "positionEffect": "OPENING" if signed > 0 else "CLOSING",
            },
        ],
    }
