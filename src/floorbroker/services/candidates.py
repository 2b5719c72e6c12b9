"""Orders at a broker that keeps no id of ours: which of those that fit can be the one looked for.

An order that belongs to another one of ours is none of them. Where another order of ours with the
same terms has no answer either, or one of ours cannot be read, nobody but the person can tell which
is which.
"""

from typing import Final

from floorbroker.domain.order import Candidate, Order
from floorbroker.domain.order_state import UNRESOLVED
from floorbroker.domain.orders import Absent, Ambiguous, Found, LookUp, OrderRequest, Receipt
from floorbroker.services.listing import SENT
from floorbroker.storage.orders import Orders

_MOST_OTHERS: Final = 500
"""Orders of one account; those that were sent at about the same time are among the newest."""


async def unclaimed(orders: Orders, order: Order, found: LookUp) -> LookUp:
    """What a look-up by terms says once the orders of others are left out; others pass as is."""
    receipts: tuple[Receipt, ...]
    match found:
        case Found(by_terms=True, receipt=receipt):
            receipts = (receipt,)
        case Ambiguous(candidates=candidates):
            receipts = candidates
        case _:
            return found
    others = await _others(orders, order)
    taken = _known(others)
    free = tuple(receipt for receipt in receipts if receipt.broker_order_id not in taken)
    if not free:
        return Absent()
    alone = not any(_rival(one, order) for one in others)
    alone = alone and not await orders.unreadable(order.user_id)
    return Found(receipt=free[0]) if alone and len(free) == 1 else Ambiguous(candidates=free)


async def is_taken(orders: Orders, order: Order, broker_order_id: str) -> bool:
    """Whether another order of the same account is the one of that id."""
    return broker_order_id in _known(await _others(orders, order))


def shown(receipts: tuple[Receipt, ...]) -> tuple[Candidate, ...]:
    """What a person is shown of them, to choose from."""
    return tuple(
        Candidate(
            broker_order_id=receipt.broker_order_id,
            state=receipt.state,
            filled=receipt.filled_quantity,
        )
        for receipt in receipts
    )


async def _others(orders: Orders, order: Order) -> list[Order]:
    found = await orders.of_account(
        order.user_id, order.link_id, order.account_id, states=SENT, limit=_MOST_OTHERS
    )
    return [one for one in found if one.order_id != order.order_id]


def _known(others: list[Order]) -> set[str | None]:
    return {known for one in others for known in (one.broker_order_id, *one.replaced)}


def _rival(other: Order, order: Order) -> bool:
    """Whether `other` waits for the same kind of answer."""
    waits = other.state in UNRESOLVED and other.broker_order_id is None
    return waits and _terms(other.request) == _terms(order.request)


def _terms(request: OrderRequest) -> tuple[object, ...]:
    return (
        request.instrument.symbol,
        request.side,
        request.type,
        request.quantity,
        request.notional,
        request.limit_price,
        request.stop_price,
    )
