"""Whether what a review said still holds: its age, and the price."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from floorbroker.brokers.port import BrokerAdapter
from floorbroker.domain.errors import (
    BrokerError,
    DraftExpired,
)
from floorbroker.domain.order import Order
from floorbroker.domain.orders import OrderType, PositionEffect
from floorbroker.domain.risk import Limits
from floorbroker.services.valuation import moved_percent

FRESH: Final = timedelta(seconds=5)
"""A quote this young is not asked for again between review and Confirm."""


def check_price(order: Order, touch: Decimal | None, limits: Limits) -> None:
    """A market order goes out only near the price that the person saw.

    Raises:
        DraftExpired: The price moved beyond the collar.
    """
    before, collar = order.review.price, limits.price_collar_percent
    if before is None or touch is None or moved_percent(before, touch) <= collar:
        return
    side = order.request.side.value
    raise DraftExpired(
        f"The price to {side} moved from {before} to {touch}, more than the collar of {collar:f} %."
    )


def expired(order: Order, now: datetime) -> bool:
    """Too old, or made before the clock was set back, so that nobody can tell how old it is."""
    return now >= order.review.expires_at or now < order.created_at - FRESH


async def touch_now(adapter: BrokerAdapter, order: Order) -> Decimal | None:
    """What a market order would meet first now; None where nobody tells."""
    try:
        return (await adapter.quote(order.request.instrument)).touch(order.request.side)
    except BrokerError:
        return None


async def price_now(adapter: BrokerAdapter, order: Order, now: datetime) -> Decimal | None:
    """What a market order would meet; None where the price of the review is fresh enough.

    Raises:
        DraftExpired: Nobody tells the price, and the order opens a position.
    """
    review = order.review
    if order.request.type is not OrderType.MARKET or review.price is None:
        return None
    # A source whose clock is ahead of ours says nothing about how old its price is.
    if review.price_at is not None and timedelta(0) <= now - review.price_at < FRESH:
        return None
    touch = await touch_now(adapter, order)
    if touch is None and order.request.effect is not PositionEffect.CLOSE:
        raise DraftExpired("The price could not be checked again, so nothing was sent.")
    return touch
