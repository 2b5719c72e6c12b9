"""An order from one look to the next, as the service stores it."""

from floorbroker.brokers.coinbase.adapter import CoinbaseAdapter
from floorbroker.domain.order import Order
from floorbroker.domain.order_life import with_receipt
from floorbroker.domain.orders import Found, Receipt
from tests.fakes.clock import NOON


async def looked_at(adapter: CoinbaseAdapter, order: Order) -> Receipt:
    """What Coinbase says of an order that must be there."""
    found = await adapter.find_order(order)
    assert isinstance(found, Found)
    return found.receipt


async def placed(adapter: CoinbaseAdapter, order: Order) -> Order:
    """`order` once Coinbase took it."""
    return with_receipt(order, await adapter.place_order(order), NOON)


async def followed(adapter: CoinbaseAdapter, order: Order) -> Order:
    """`order` after one more look."""
    return with_receipt(order, await looked_at(adapter, order), NOON)
