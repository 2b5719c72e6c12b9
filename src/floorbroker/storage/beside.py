"""What else a person does at the position of an order: the same account, instrument and side."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Final

from floorbroker.domain.order import IntentKind, Order
from floorbroker.domain.order_state import UNRESOLVED, WORKING, OrderState
from floorbroker.storage.codec import time_text
from floorbroker.storage.documents import NEWEST_FIRST, AtLeast, Document, Documents, OneOf, Where

_ORDERS: Final = "orders"
_LIVE_OR_FILLED: Final = WORKING | UNRESOLVED | {OrderState.FILLED}
_CUT_SHORT: Final = frozenset(
    {OrderState.CANCELED, OrderState.EXPIRED, OrderState.REPLACED, OrderState.GONE}
)
"""Some of it may have filled."""


class Beside:
    """Of the orders collection; documents are not read whole: only some fields count."""

    def __init__(self, documents: Documents) -> None:
        """On any engine."""
        self._documents = documents

    async def sent_alike(self, order: Order, since: datetime) -> datetime | None:
        """When an order like this one was last sent since then, if it may live or has filled.

        Like it: as much. Looks at the last ten.
        """
        found = await self._sent(order, since, limit=10)
        wanted = (order.request.quantity, order.request.notional)
        for document in found:
            asked = document["request"]
            if (_number(asked.get("quantity")), _number(asked.get("notional"))) == wanted:
                return datetime.fromisoformat(document["sent_at"])
        return None

    async def value_sent(self, order: Order) -> Decimal:
        """What orders add to the position that were sent since this one was drafted.

        In US dollars, as their own reviews weighed them. Of one that was cut short all counts,
        though only a part filled: too much is no harm here.
        """
        found = await self._sent(order, order.created_at, limit=200)
        weighed = [one["review"].get("weighed") for one in found if one["_id"] != order.order_id]
        return sum((Decimal(one["value"]) for one in weighed if one), Decimal(0))

    async def changed(self, order: Order) -> bool:
        """Whether another order was asked to change since this one was drafted."""
        where: Where = {
            **_position(order),
            "intent.at": AtLeast(time_text(order.created_at)),
            "intent.kind": IntentKind.MODIFY.value,
        }
        return await self._documents.count(_ORDERS, where, limit=1) > 0

    async def _sent(self, order: Order, since: datetime, *, limit: int) -> Sequence[Document]:
        """Newest first, if they live or any of them has filled."""
        where: Where = {
            **_position(order),
            "sent_at": AtLeast(time_text(since)),
            "state": OneOf(tuple(sorted(_LIVE_OR_FILLED | _CUT_SHORT))),
        }
        found = await self._documents.find(
            _ORDERS, where, order=("sent_at", NEWEST_FIRST), limit=limit
        )
        return [one for one in found if one["state"] not in _CUT_SHORT or one.get("fills")]


def _position(order: Order) -> Where:
    return {
        "user_id": order.user_id,
        "link_id": order.link_id,
        "account_id": order.account_id,
        "request.instrument.symbol": order.request.instrument.symbol,
        "request.side": order.request.side.value,
    }


def _number(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
