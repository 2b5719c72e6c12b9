"""The orders collection. Every query of a person's orders carries their user id."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from floorbroker.domain.errors import StoreUnavailable
from floorbroker.domain.ids import AccountId, LinkId, OrderId, UserId
from floorbroker.domain.order import Order
from floorbroker.domain.order_state import UNRESOLVED, WORKING, OrderState
from floorbroker.storage.beside import Beside
from floorbroker.storage.codec import time_text
from floorbroker.storage.documents import (
    NEWEST_FIRST,
    OLDEST_FIRST,
    AtLeast,
    AtMost,
    Document,
    Documents,
    EachOf,
    Index,
    OneOf,
    Where,
)
from floorbroker.storage.doubts import DoubtFinder
from floorbroker.storage.order_documents import A_TURN, OrderReader, document_of, order_of
from floorbroker.storage.past_orders import PastOrders

_ORDERS: Final = "orders"
_TRIES: Final = 10
_NEWEST: Final = 500
_LATER: Final = timedelta(minutes=1)
"""So long a document that cannot be read is left alone, and others have its place in the queue."""

INDEXES: Final = (
    # With the person first: a sharded MongoDB keeps only what begins with its shard key unique.
    Index(collection=_ORDERS, name="user_origin", fields=("user_id", "origin_key"), unique=True),
    Index(collection=_ORDERS, name="user_created", fields=("user_id", "created_at")),
    Index(collection=_ORDERS, name="user_state", fields=("user_id", "state", "created_at")),
    Index(collection=_ORDERS, name="user_sent", fields=("user_id", "sent_at")),
    Index(collection=_ORDERS, name="user_intent", fields=("user_id", "intent.at")),
    Index(collection=_ORDERS, name="user_followed", fields=("user_id", "state", "check_at")),
    Index(collection=_ORDERS, name="check_at", fields=("check_at",)),
    Index(collection=_ORDERS, name="news_at", fields=("news_at",)),
    Index(collection=_ORDERS, name="state_sent", fields=("state", "sent_at")),
    Index(collection=_ORDERS, name="intent_at", fields=("intent.state", "intent.at")),
)


class Orders:
    """Orders as they are stored. The id fences: the same id cannot be inserted twice.

    Attributes:
        beside: What else goes on at the position of an order.
    """

    def __init__(self, documents: Documents) -> None:
        """On any engine."""
        self._documents = documents
        self.beside = Beside(documents)
        self._reader = OrderReader()
        self.past = PastOrders(documents, self._reader)

    async def add(self, order: Order) -> None:
        """Stores a new draft.

        Raises:
            DuplicateKey: Its id or its origin key exists already.
        """
        await self._documents.insert(_ORDERS, document_of(order))

    async def get(self, user_id: UserId, order_id: OrderId) -> Order | None:
        """One person's order; somebody else's is not there."""
        where: Where = {"_id": order_id, "user_id": user_id}
        found = await self._documents.find(_ORDERS, where, limit=1)
        return order_of(found[0]) if found else None

    async def by_origin(self, user_id: UserId, origin_key: str) -> Order | None:
        """The order that an interaction made."""
        where: Where = {"origin_key": origin_key, "user_id": user_id}
        found = await self._documents.find(_ORDERS, where, limit=1)
        return order_of(found[0]) if found else None

    async def advance(self, before: Order, after: Order) -> Order | None:
        """Stores `after` in place of `before`, if `before` is still what is stored.

        Returns:
            The stored order with its new version; None if somebody else was faster.
        """
        stored = replace(after, version=before.version + 1)
        where: Where = {
            "user_id": before.user_id,
            "version": before.version,
            "state": before.state.value,
        }
        if await self._documents.replace(_ORDERS, document_of(stored), where=where):
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
        self, user_id: UserId, *, states: frozenset[OrderState], limit: int
    ) -> Sequence[Order]:
        """One person's orders in these states, newest first; see `unreadable`."""
        return await self._newest({"user_id": user_id}, states, limit)

    async def followed(self, user_id: UserId, state: OrderState, *, limit: int) -> Sequence[Order]:
        """One person's orders in this state that are still read back, the soonest due first."""
        where: Where = {"user_id": user_id, "state": state.value, "check_at": AtLeast("")}
        return await self._found(where, ("check_at", OLDEST_FIRST), limit)

    async def unreadable(self, user_id: UserId) -> int:
        """How many of a person's newest 500 documents are no order that this version understands.

        Lists leave those out, so that they hide nothing else; whoever relies on a list being
        complete asks here too.
        """
        found = await self._documents.find(
            _ORDERS, {"user_id": user_id}, order=("created_at", NEWEST_FIRST), limit=_NEWEST
        )
        return sum(self._reader.readable(document) is None for document in found)

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

    async def in_doubt(self, *, limit: int) -> tuple[Sequence[Order], int]:
        """Everybody's orders of which the outcome, or that of a cancel or change, is looked for.

        At most `limit` of each of the two kinds, the longest unknown first; and how many beside
        them wait for their person: see `Doubts`.
        """
        found = await DoubtFinder(self._documents).find(limit=limit)
        readable = map(self._reader.readable, found.looked_for)
        return [one for one in readable if one is not None], found.for_person

    async def late(self, since: datetime, *, limit: int) -> tuple[int, int]:
        """How many of everybody's orders were due then: to be read back, and to be told of."""
        due = AtMost(time_text(since))
        return (
            await self._documents.count(_ORDERS, {"check_at": due}, limit=limit),
            await self._documents.count(_ORDERS, {"news_at": due}, limit=limit),
        )

    async def _newest(
        self, whose: Where, states: frozenset[OrderState], limit: int
    ) -> Sequence[Order]:
        # Whoever has thousands of ended orders has few of the others.
        one_of = EachOf if states <= WORKING | UNRESOLVED else OneOf
        where: Where = {**whose, "state": one_of(tuple(sorted(states)))}
        return await self._found(where, ("created_at", NEWEST_FIRST), limit)

    async def _found(self, where: Where, order: tuple[str, int], limit: int) -> Sequence[Order]:
        found = await self._documents.find(_ORDERS, where, order=order, limit=limit)
        return await self._reader.all_readable(found)

    async def _due(self, field: str, now: datetime, limit: int) -> Sequence[Order]:
        found = await self._documents.find(
            _ORDERS, {field: AtMost(time_text(now))}, order=(field, OLDEST_FIRST), limit=limit
        )
        due = []
        for number, document in enumerate(found):
            if number % A_TURN == A_TURN - 1:
                await asyncio.sleep(0)
            order = self._reader.readable(document)
            if order is None:
                await self._put_off(document, field, now)
            else:
                due.append(order)
        return due

    async def _put_off(self, document: Document, field: str, now: datetime) -> None:
        """The longest due come first: what cannot be read would stand before all others."""
        version = document.get("version")
        later = {**document, field: time_text(now + _LATER)}
        if isinstance(version, int):
            later["version"] = version + 1
        where: Where = {
            "user_id": document.get("user_id"),
            "version": version,
            field: document[field],
        }
        await self._documents.replace(_ORDERS, later, where=where)
