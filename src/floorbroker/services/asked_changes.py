"""Whether a cancel or modify may be asked for, and what the order would be after it. Pure."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from floorbroker.domain.errors import (
    Busy,
    InvalidInput,
)
from floorbroker.domain.order import Intent, IntentKind, IntentState, Order
from floorbroker.domain.order_state import UNRESOLVED
from floorbroker.domain.orders import (
    OrderChanges,
    OrderRequest,
    PositionEffect,
    Side,
)


def asked_already(order: Order, asked: Intent, again_after: timedelta) -> bool:
    """Whether this is the same request once more.

    Raises:
        Busy: Another one is under way. Only a cancel goes before a change whose end is in doubt.
    """
    known = order.intent
    if known is None or known.origin_key == asked.origin_key:
        return known is not None
    if not known.state.open:
        return False
    if known.state is IntentState.ACCEPTED and asked.at - known.at >= again_after:
        return False  # taken long ago and still not carried out: it may be asked for again
    if (known.kind, known.changes) == (asked.kind, asked.changes):
        return True
    if asked.kind is IntentKind.CANCEL and known.state is not IntentState.SENDING:
        return False
    raise Busy("Another request about this order is under way. Try again in a moment.")


def check_quantity(wanted: OrderRequest, filled: Decimal, held: Decimal, tied: Decimal) -> None:
    """The new quantity is beyond what is filled, and a close never sells more than is held.

    Args:
        tied: What other open orders close already.

    Raises:
        InvalidInput: It is not, or it would.
    """
    quantity = wanted.quantity or Decimal(0)
    if quantity <= filled:
        raise InvalidInput(f"{filled} is filled already; ask for more than that.")
    closable = (held if wanted.side is Side.SELL else -held) - tied
    if wanted.effect is PositionEffect.CLOSE and quantity - filled > closable:
        symbol = wanted.instrument.symbol
        if tied:
            raise InvalidInput(
                f"Of {held} {symbol}, other open orders close {tied} already. Cancel one first."
            )
        raise InvalidInput(f"You hold {held} {symbol}; that is less than {quantity - filled}.")


def nothing_at_work(order: Order) -> InvalidInput:
    """Why there is nothing to cancel or change."""
    if order.state in UNRESOLVED:
        return InvalidInput("Whether the broker has this order is still being checked.")
    words = order.state.value.replace("_", " ")
    return InvalidInput(f"This order is {words}; there is nothing to change at the broker.")


def changed(request: OrderRequest, changes: OrderChanges) -> OrderRequest:
    """The request with the changes.

    Raises:
        InvalidInput: They do not fit the kind of order.
    """
    if changes.quantity is not None and request.quantity is None:
        raise InvalidInput("This order is for an amount of money; its quantity cannot change.")
    return replace(
        request,
        quantity=changes.quantity or request.quantity,
        limit_price=changes.limit_price or request.limit_price,
        stop_price=changes.stop_price or request.stop_price,
    )
