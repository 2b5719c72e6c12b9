"""Orders as Schwab tells them, made by hand."""

import json
from datetime import datetime
from typing import Any

from floorbroker.brokers.schwab import answers
from floorbroker.brokers.shared.wire import read_json
from tests.fakes.clock import NOON

_STAMP = "%Y-%m-%dT%H:%M:%S+0000"


def told(**fields: Any) -> answers.Order:
    """A limit buy of ten AAPL at 100, entered at noon, at work; `fields` in Schwab's names."""
    leg = {
        "orderLegType": "EQUITY",
        "legId": 1,
        "instrument": {"assetType": "EQUITY", "symbol": fields.pop("symbol", "AAPL")},
        "instruction": fields.pop("instruction", "BUY"),
        "positionEffect": "OPENING",
        "quantity": 10.0,
    }
    usual: dict[str, Any] = {
        "session": "NORMAL",
        "duration": "DAY",
        "orderType": "LIMIT",
        "quantity": 10.0,
        "filledQuantity": 0.0,
        "remainingQuantity": 10.0,
        "price": 100.0,
        "orderLegCollection": [leg],
        "orderStrategyType": "SINGLE",
        "orderId": 1005000000001,
        "status": "WORKING",
        "enteredTime": stamp(NOON),
        "tag": "TA_app",
        "accountNumber": 11112222,
    }
    return answers.Order.model_validate(decimals({**usual, **fields}))


def stamp(at: datetime) -> str:
    """As Schwab writes a moment."""
    return at.strftime(_STAMP)


def execution(quantity: float, price: float, at: datetime = NOON, **more: Any) -> dict[str, Any]:
    """One of `orderActivityCollection`."""
    leg = {"legId": 1, "quantity": quantity, "price": price, "time": stamp(at)}
    usual = {
        "activityType": "EXECUTION",
        "activityId": 113000000001,
        "executionType": "FILL",
        "quantity": quantity,
        "executionLegs": [leg],
    }
    return {**usual, **more}


def decimals(value: Any) -> Any:
    """As they come out of Schwab's JSON."""
    return read_json(json.dumps(value).encode())
