"""How much of a holding may still be closed: what is held, less what open orders close already."""

from decimal import Decimal

from floorbroker.brokers.port import BrokerAdapter
from floorbroker.domain.errors import InvalidInput
from floorbroker.domain.ids import UserId
from floorbroker.domain.order import Order
from floorbroker.domain.order_state import UNRESOLVED, WORKING
from floorbroker.domain.orders import OrderRequest, PositionEffect
from floorbroker.services.accounts import LinkedAccount
from floorbroker.services.preflight import holding
from floorbroker.storage.orders import Orders


async def check_closable(
    orders: Orders,
    adapter: BrokerAdapter,
    account: LinkedAccount,
    user_id: UserId,
    request: OrderRequest,
) -> None:
    """A closing order never becomes a short sale, nor a second purchase.

    Raises:
        InvalidInput: Less is left to close than the order asks for.
        BrokerError: The broker does not tell what is held.
    """
    if request.effect is not PositionEffect.CLOSE or request.quantity is None:
        return
    held = abs(holding(await adapter.positions(account.account), request.instrument))
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
    same = other.request.instrument.symbol == request.instrument.symbol
    return (
        same
        and other.request.side is request.side
        and (other.request.effect is PositionEffect.CLOSE)
    )


def _left(order: Order) -> Decimal:
    return max((order.request.quantity or Decimal(0)) - order.filled_quantity, Decimal(0))
