"""What a person ordered with one kind of money, of every symbol or of one."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from floorbroker.domain.ids import UserId
from floorbroker.domain.modes import Environment
from floorbroker.domain.order import Order
from floorbroker.domain.order_state import OrderState
from floorbroker.storage.documents import NEWEST_FIRST, Documents, Index, OneOf, Where
from floorbroker.storage.order_documents import OrderReader

_ORDERS: Final = "orders"
_SYMBOL: Final = "request.instrument.symbol"

INDEXES: Final = (
    Index(
        collection=_ORDERS,
        name="user_environment",
        fields=("user_id", "environment", "created_at"),
    ),
    Index(
        collection=_ORDERS,
        name="user_symbol",
        fields=("user_id", "environment", _SYMBOL, "created_at"),
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Newest:
    """The newest that were asked for.

    Attributes:
        unreadable: How many documents among them are no order that this version understands.
        more: There are older ones.
    """

    orders: Sequence[Order]
    unreadable: int
    more: bool


class PastOrders:
    """Reads the orders collection; each question carries its person's id."""

    def __init__(self, documents: Documents, reader: OrderReader) -> None:
        """On any engine."""
        self._documents = documents
        self._reader = reader

    async def newest(
        self,
        user_id: UserId,
        environment: Environment,
        symbol: str,
        *,
        states: frozenset[OrderState],
        limit: int,
    ) -> Newest:
        """Orders in these states, newest first; an empty symbol: of all."""
        found = await self._documents.find(
            _ORDERS,
            _alike(user_id, environment, symbol, states),
            order=("created_at", NEWEST_FIRST),
            limit=limit + 1,  # one more tells that there are more
        )
        orders = await self._reader.all_readable(found[:limit])
        unreadable = len(found[:limit]) - len(orders)
        return Newest(orders=orders, unreadable=unreadable, more=len(found) > limit)

    async def count(
        self,
        user_id: UserId,
        environment: Environment,
        symbol: str,
        *,
        states: frozenset[OrderState],
        limit: int,
    ) -> int:
        """How many of these there are, broken ones too, counted no further than `limit`."""
        where = _alike(user_id, environment, symbol, states)
        return await self._documents.count(_ORDERS, where, limit=limit)


def _alike(
    user_id: UserId, environment: Environment, symbol: str, states: frozenset[OrderState]
) -> Where:
    where: Where = {
        "user_id": user_id,
        "environment": environment.value,
        "state": OneOf(tuple(sorted(states))),
    }
    return {**where, _SYMBOL: symbol} if symbol else where
