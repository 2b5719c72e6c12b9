"""The orders collection. Every query of a person's orders carries their user id."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

import structlog

from floorbroker.domain.errors import StoreUnavailable
from floorbroker.domain.ids import AccountId, LinkId, OrderId, UserId
from floorbroker.domain.order import Order
from floorbroker.domain.order_state import OrderState
from floorbroker.storage.codec import UnreadableDocument, from_document, time_text, to_document
from floorbroker.storage.documents import (
    NEWEST_FIRST,
    OLDEST_FIRST,
    AtLeast,
    AtMost,
    Document,
    Documents,
    Index,
    OneOf,
    Where,
)

SCHEMA_VERSION: Final = 1
_ORDERS: Final = "orders"
_TRIES: Final = 10
_log = structlog.get_logger(__name__)

INDEXES: Final = (
    Index(collection=_ORDERS, name="origin", fields=("origin_key",), unique=True),
    Index(collection=_ORDERS, name="user_created", fields=("user_id", "created_at")),
    Index(collection=_ORDERS, name="user_state", fields=("user_id", "state", "created_at")),
    Index(collection=_ORDERS, name="user_sent", fields=("user_id", "sent_at")),
    Index(collection=_ORDERS, name="check_at", fields=("check_at",)),
    Index(collection=_ORDERS, name="news_at", fields=("news_at",)),
)


class Orders:
    """Orders as they are stored. The id fences: the same id cannot be inserted twice."""

    def __init__(self, documents: Documents) -> None:
        """On any engine."""
        self._documents = documents

    async def add(self, order: Order) -> None:
        """Stores a new draft.

        Raises:
            DuplicateKey: Its id or its origin key exists already.
        """
        await self._documents.insert(_ORDERS, _document(order))

    async def get(self, user_id: UserId, order_id: OrderId) -> Order | None:
        """One person's order; somebody else's is not there."""
        document = await self._documents.get(_ORDERS, order_id)
        if document is None or document["user_id"] != user_id:
            return None
        return _order(document)

    async def by_origin(self, user_id: UserId, origin_key: str) -> Order | None:
        """The order that an interaction made."""
        where: Where = {"origin_key": origin_key, "user_id": user_id}
        found = await self._documents.find(_ORDERS, where, limit=1)
        return _order(found[0]) if found else None

    async def advance(self, before: Order, after: Order) -> Order | None:
        """Stores `after` in place of `before`, if `before` is still what is stored.

        Returns:
            The stored order with its new version; None if somebody else was faster.
        """
        stored = replace(after, version=before.version + 1)
        where: Where = {"version": before.version, "state": before.state.value}
        if await self._documents.replace(_ORDERS, _document(stored), where=where):
            return stored
        return None

    async def change(self, order: Order, step: Callable[[Order], Order]) -> Order:
        """Stores `step(order)`, taking the step again from whatever somebody else stored first.

        A step that returns its argument stores nothing.

        Raises:
            StoreUnavailable: The database did not answer, or the order never stood still.
        """
        for _ in range(_TRIES):
            after = step(order)
            if after is order:
                return order
            stored = await self.advance(order, after)
            if stored is not None:
                return stored
            found = await self.get(order.user_id, order.order_id)
            if found is None:
                break
            order = found
        raise StoreUnavailable(detail="order kept changing")

    async def recent(
        self,
        user_id: UserId,
        *,
        states: frozenset[OrderState],
        limit: int,
    ) -> Sequence[Order]:
        """One person's orders in these states, newest first."""
        return await self._newest({"user_id": user_id}, states, limit)

    async def sent_since(self, user_id: UserId, since: datetime, *, limit: int) -> int:
        """How many orders a person sent since then, counted no further than `limit`."""
        where: Where = {"user_id": user_id, "sent_at": AtLeast(time_text(since))}
        return await self._documents.count(_ORDERS, where, limit=limit)

    async def of_account(
        self,
        user_id: UserId,
        link_id: LinkId,
        account_id: AccountId,
        *,
        states: frozenset[OrderState],
        limit: int,
    ) -> Sequence[Order]:
        """One account's orders in these states, newest first."""
        whose: Where = {"user_id": user_id, "link_id": link_id, "account_id": account_id}
        return await self._newest(whose, states, limit)

    async def due_for_check(self, now: datetime, *, limit: int) -> Sequence[Order]:
        """Everybody's orders that should be read back by now, the longest due first."""
        return await self._due("check_at", now, limit)

    async def with_news(self, now: datetime, *, limit: int) -> Sequence[Order]:
        """Everybody's orders of which the person has not been told, the longest due first."""
        return await self._due("news_at", now, limit)

    async def _newest(
        self, whose: Where, states: frozenset[OrderState], limit: int
    ) -> Sequence[Order]:
        where: Where = {**whose, "state": OneOf(tuple(sorted(states)))}
        found = await self._documents.find(
            _ORDERS, where, order=("created_at", NEWEST_FIRST), limit=limit
        )
        return [_order(document) for document in found]

    async def _due(self, field: str, now: datetime, limit: int) -> Sequence[Order]:
        found = await self._documents.find(
            _ORDERS,
            {field: AtMost(time_text(now))},
            order=(field, OLDEST_FIRST),
            limit=limit,
        )
        return [order for order in map(_readable, found) if order is not None]


def _readable(document: Document) -> Order | None:
    """Everybody's orders are read here at once: one that cannot be must not hide the others."""
    try:
        return _order(document)
    except UnreadableDocument as error:
        _log.error("order_unreadable", order_id=str(document["_id"]), why=str(error))
        return None


def _document(order: Order) -> Document:
    document = to_document(order)
    document["_id"] = document.pop("order_id")
    document["schema_version"] = SCHEMA_VERSION
    return document


def _order(document: Document) -> Order:
    fields = {**document, "order_id": document["_id"]}
    del fields["_id"]
    return from_document(Order, fields)
