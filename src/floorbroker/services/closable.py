"""How much of a holding may still be closed: what is held, less what open orders close already."""

from decimal import Decimal

from floorbroker.domain.errors import InvalidInput
from floorbroker.domain.ids import UserId
from floorbroker.domain.order import Order
from floorbroker.domain.order_state import UNRESOLVED, WORKING
from floorbroker.domain.orders import OrderRequest, PositionEffect
from floorbroker.services.reachable import LinkedAccount
from floorbroker.storage.orders import Orders


async def check_closable(
    orders: Orders,
    account: LinkedAccount,
    user_id: UserId,
    request: OrderRequest,
    position: Decimal,
) -> None:
    """A closing order never becomes a short sale, nor a second purchase.

    Args:
        position: Units held of the instrument now, negative if short.

    Raises:
        InvalidInput: Less is left to close than the order asks for.
    """
    if request.effect is not PositionEffect.CLOSE or request.quantity is None:
        return
    held = abs(position)
    working = await orders.of_account(
        user_id,
        account.link.link_id,
        account.account.account_id,
        states=WORKING | UNRESOLVED,
        limit=100,
    )
    tied = sum((_left(other) for other in working if _closes(other, request)), Decimal(0))
    if request.quantity <= held - tied:
        return
    symbol = request.instrument.symbol
    if tied:
        raise InvalidInput(
            f"Of {held} {symbol}, open orders close {tied} already. Cancel one of them first."
        )
    raise InvalidInput(f"You hold {held} {symbol}; that is less than {request.quantity}.")


def _closes(other: Order, request: OrderRequest) -> bool:
    return (
        other.request.instrument.symbol == request.instrument.symbol
        and other.request.side is request.side
        and other.request.effect is PositionEffect.CLOSE
    )


def _left(order: Order) -> Decimal:
    return max((order.request.quantity or Decimal(0)) - order.filled_quantity, Decimal(0))
