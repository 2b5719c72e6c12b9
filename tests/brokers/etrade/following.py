"""Orders on their way: placed, unheard of, looked up, and some that came from elsewhere."""

from typing import Any

import pytest

from floorbroker.brokers.etrade.adapter import EtradeAdapter
from floorbroker.domain.errors import OutcomeUnknown
from floorbroker.domain.order import Order
from floorbroker.domain.order_life import with_receipt
from floorbroker.domain.orders import Found, Receipt
from tests.brokers.etrade.at_etrade import order_of, resting_request
from tests.fakes.clock import NOON
from tests.simulators.etrade import EtradeSimulator, Fault, Person
from tests.simulators.etrade.orders import Order as Simulated


async def placed(adapter: EtradeAdapter, person: Person, **terms: Any) -> Order:
    """A resting order as the service has it after it was placed."""
    order = order_of(resting_request(**terms), person.account)
    return with_receipt(order, await adapter.place_order(order), NOON)


async def unanswered(
    adapter: EtradeAdapter, simulator: EtradeSimulator, person: Person, **terms: Any
) -> Order:
    """An order that was carried out and of which nobody heard."""
    order = order_of(resting_request(**terms), person.account)
    trouble = simulator.fail("place", Fault.CLOSE)
    with pytest.raises(OutcomeUnknown):
        await adapter.place_order(order)
    trouble.lift()
    return order


async def told_of(adapter: EtradeAdapter, order: Order) -> Receipt:
    """An order that must be at E*TRADE, as it stands there."""
    found = await adapter.find_order(order)
    assert isinstance(found, Found)
    return found.receipt


def elsewhere(simulator: EtradeSimulator, person: Person, **terms: Any) -> Simulated:
    """The same order as a resting one, by other means; `terms` differ from it."""
    usual = {"symbol": "AAPL", "action": "BUY", "quantity": "10", "limit": "150"}
    asked = {**usual, **terms}
    return simulator.place_elsewhere(
        person,
        str(asked["symbol"]),
        str(asked["action"]),
        str(asked["quantity"]),
        limit=asked["limit"],
    )
