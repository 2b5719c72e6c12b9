"""Puts a backup back, and makes an older state safe to go on from.

What happened since is not in it, and nothing that may have happened may happen again: a draft may
have been confirmed, a one-time link used, a pause set.
"""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Final

import structlog

from floorbroker.domain.clock import Clock
from floorbroker.domain.ids import OrderId, UserId
from floorbroker.domain.order import Order
from floorbroker.domain.order_life import moved
from floorbroker.domain.order_state import OrderState
from floorbroker.services.servable import RESTORING
from floorbroker.storage.backup_file import checked, documents_in
from floorbroker.storage.codec import UnreadableDocument
from floorbroker.storage.documents import Document, Documents, DuplicateKey
from floorbroker.storage.link_tickets import LinkTickets
from floorbroker.storage.marks import Marks, mark_id
from floorbroker.storage.orders import Orders
from floorbroker.storage.own_alerts import StoredAlerts
from floorbroker.storage.personal import ORDERS
from floorbroker.storage.restored import RestoredStore
from floorbroker.storage.whole import is_empty, pages_of

AT_ONCE: Final = 100

_ALL_TIMES: Final = datetime.max.replace(tzinfo=UTC)
_log = structlog.get_logger(__name__)


LOOKING: Final = "looking"
"""What the mark says until the store was found empty."""


class CannotRestore(Exception):
    """Nothing was put back; the message is a sentence that says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """What was done to a store of an older state.

    Attributes:
        lapsed: Reviews that can no longer be confirmed.
        links: One-time links that no longer open.
        unreadable: Orders that could not be looked at; the log names them.
        alerts: People's alerts at work; none tells what it may have told since.
    """

    lapsed: int
    links: int
    unreadable: int
    alerts: int


class Restore:
    """On a store that nobody serves."""

    def __init__(self, documents: Documents, clock: Clock) -> None:
        """On any engine, started."""
        self._documents = documents
        self._marks = Marks(documents)
        self._orders = Orders(documents)
        self._clock = clock

    async def put_back(self, path: Path) -> Settled:
        """Everything of a whole file; after an end midway, what is still missing of it.

        While it is at work the store is marked, and no bot starts on it.

        Raises:
            BackupUnusable: The file is damaged; found before anything is written, unless it is
                changed meanwhile.
            CannotRestore: The store is not empty, or holds a part of another backup.
            OSError: The file cannot be read.
            StoreUnavailable: Ended midway; the same again does the rest.
        """
        _, end = checked(path)
        await self._begin(end.digest)
        entries = documents_in(path)
        while page := list(islice(entries, AT_ONCE)):
            await self._add(page)
        settled = await self.settle()
        await self._marks.remove(RESTORING)
        return settled

    async def settle(self) -> Settled:
        """Also for a store that was put back by other means; doing it again changes nothing."""
        await RestoredStore(self._documents).pause_everybody()
        links = await LinkTickets(self._documents).forget(_ALL_TIMES)
        lapsed = unreadable = 0
        async for page in pages_of(self._documents, ORDERS.collection):
            for document in page:
                if document.get("state") != OrderState.DRAFT.value:
                    continue
                try:
                    lapsed += await self._lapse(document)
                except UnreadableDocument as error:
                    unreadable += 1
                    _log.error("order_unreadable", order_id=document["_id"], why=str(error))
        alerts = await StoredAlerts(self._documents).start_anew()
        return Settled(lapsed=lapsed, links=links, unreadable=unreadable, alerts=alerts)

    async def _begin(self, digest: str) -> None:
        # Marked first: a bot that starts now sees the mark, one that runs has left its own. Until
        # the store was found empty the mark says no more than that somebody looks: who is
        # interrupted there must look again, and not go on as if half of it were restored.
        if await self._marks.claim(RESTORING, LOOKING):
            pass
        elif (mark := await self._marks.get(RESTORING)) == digest:
            return
        elif mark != LOOKING:
            raise CannotRestore(
                "This store holds a part of another backup, whose restore did not come to its end. "
                "Restore that file again, or remove the store and begin anew."
            )
        if not await is_empty(self._documents, but=mark_id(RESTORING)):
            await self._marks.remove(RESTORING)
            raise CannotRestore("This store is not empty. A backup goes into an empty one.")
        await self._marks.put(RESTORING, digest)

    async def _add(self, page: list[tuple[str, Document]]) -> None:
        adding = (self._add_one(collection, document) for collection, document in page)
        for ended in await asyncio.gather(*adding, return_exceptions=True):
            if ended is not None:
                raise ended

    async def _add_one(self, collection: str, document: Document) -> None:
        if (collection, document["_id"]) == ("switches", mark_id(RESTORING)):
            return
        try:
            await self._documents.insert(collection, document)
        except DuplicateKey as error:
            # It may be there from before an end midway, whichever index says so first.
            if await self._documents.get(collection, document["_id"]) is None:
                raise CannotRestore(
                    f"Two documents of {collection} in this backup cannot stand side by side "
                    f"({error.index})."
                ) from None

    async def _lapse(self, document: Document) -> bool:
        def lapse(order: Order) -> Order:
            if order.state is not OrderState.DRAFT:
                return order
            return moved(order, OrderState.LAPSED, "restored", self._clock.now())

        user_id, order_id = UserId(document["user_id"]), OrderId(document["_id"])
        order = await self._orders.get(user_id, order_id)
        return order is not None and await self._orders.change(order, lapse) is not order
