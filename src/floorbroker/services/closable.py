"""How much of a holding may still be closed: what is held, less what open orders close already."""

from collections.abc import Sequence
from decimal import Decimal

from floorbroker.domain.errors import InvalidInput
from floorbroker.domain.ids import OrderId, UserId
from floorbroker.domain.instruments import Instrument
from floorbroker.domain.order import Order
from floorbroker.domain.order_state import UNRESOLVED, WORKING
from floorbroker.domain.orders import OrderRequest, PositionEffect
from floorbroker.services.reachable import LinkedAccount
from floorbroker.storage.orders import Orders


async def at_work(
    orders: Orders, account: LinkedAccount, user_id: UserId, instrument: Instrument
) -> Sequence[Order]:
    """The account's orders of the instrument that are at work, or may be.

    One that nobody follows any more, since its account was removed here, is not among them.
    """
    found = await orders.of_account(
        user_id,
        account.link.link_id,
        account.account.account_id,
        states=WORKING | UNRESOLVED,
        limit=500,
    )
    return [
        other
        for other in found
        if other.request.instrument.symbol == instrument.symbol and not other.out_of_sight
    ]


def closing_already(
    working: Sequence[Order], request: OrderRequest, but: OrderId | None = None
) -> Decimal:
    """How much of the holding orders at work close already; 0 for an order that opens.

    Args:
        but: The order that is to be changed, which does not stand in its own way.
    """
    if request.effect is not PositionEffect.CLOSE or request.quantity is None:
        return Decimal(0)
    others = (other for other in working if other.order_id != but)
    return sum((_left(other) for other in others if _closes(other, request)), Decimal(0))


def under_way(
    working: Sequence[Order], request: OrderRequest, but: OrderId | None = None
) -> Decimal:
    """Units that orders at work may still add to what `request` opens, on its side.

    Args:
        but: The order that is to be changed, which is not counted beside itself.
    """
    if request.effect is PositionEffect.CLOSE:
        return Decimal(0)
    adding = (
        other
        for other in working
        if other.order_id != but
        and other.request.side is request.side
        and other.request.effect is not PositionEffect.CLOSE
    )
    return sum(map(_left, adding), Decimal(0))


def check_closable(request: OrderRequest, position: Decimal, tied: Decimal) -> None:
    """A closing order never becomes a short sale, nor a second purchase.

    Args:
        position: Units held of the instrument now, negative if short.
        tied: What open orders close already.

    Raises:
        InvalidInput: Less is left to close than the order asks for.
    """
    if request.effect is not PositionEffect.CLOSE or request.quantity is None:
        return
    held = abs(position)
    if request.quantity <= held - tied:
        return
    symbol = request.instrument.symbol
    if tied:
        raise InvalidInput(
            f"Of {held} {symbol}, open orders close {tied} already. Cancel one of them first."
        )
    raise InvalidInput(f"You hold {held} {symbol}; that is less than {request.quantity}.")


def _closes(other: Order, request: OrderRequest) -> bool:
    return other.request.side is request.side and other.request.effect is PositionEffect.CLOSE


def _left(order: Order) -> Decimal:
    """What may fill yet; an amount of money counts at the price of its review.

    Of a change that may have been carried out, whatever leaves more counts.
    """
    wanted, intent = order.request.quantity, order.intent
    if wanted is not None and intent is not None and intent.state.open and intent.changes:
        wanted = max(wanted, intent.changes.quantity or wanted)
    if wanted is None:
        price, amount = order.review.price, order.request.notional
        size = order.request.instrument.multiplier
        wanted = amount / (price * size) if amount and price else Decimal(0)
    return max(wanted - order.filled_quantity, Decimal(0))
