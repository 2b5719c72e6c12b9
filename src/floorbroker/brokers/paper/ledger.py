"""The way to the stored book: load, settle, step, archive, save, and again if somebody was faster.

The save is the acceptance. Nothing of the account lives in memory between two calls.
"""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from floorbroker.brokers.context import BrokerContext, Record
from floorbroker.brokers.paper import errors
from floorbroker.brokers.paper.book import Book
from floorbroker.brokers.paper.book_record import book_from, book_record
from floorbroker.brokers.paper.market import PaperMarket
from floorbroker.brokers.paper.matching import LOOKS_AT_MOST
from floorbroker.brokers.paper.order_record import order_from
from floorbroker.brokers.paper.orders import PaperOrder
from floorbroker.brokers.paper.settle import settled
from floorbroker.domain.errors import (
    ApiError,
    BrokerConnectionError,
    NotSent,
    OutcomeUnknown,
    StoreUnavailable,
)

_ATTEMPTS: Final = 20
_JUST_AFTER: Final = timedelta(milliseconds=1)
"""The archive leaves out its end; whoever asks until now means this moment too."""

_LOOKS_ON_THE_LOOP: Final = 500
"""About 10 ms."""

_LOOK_IS_WORTH_SAVING: Final = timedelta(minutes=1)

Step = Callable[[Book, datetime], Book]
"""From a settled book and its time to the next book."""


class Ledger:
    """One account's book in the store."""

    def __init__(self, context: BrokerContext, market: PaperMarket) -> None:
        """Touches nothing yet."""
        self._user_id, self._link_id = context.user_id, context.link_id
        self._books = context.paper_books
        self._clock = context.clock
        self._market = market
        # Saves of this process queue up here; those of others are met by compare-and-set.
        self._turn = asyncio.Lock()

    async def read(self) -> Book:
        """The book as it stands now; what the market did since the last look is stored.

        Raises:
            BrokerConnectionError: The store does not answer.
            ApiError: Others kept changing the book, or a newer version wrote it.
        """
        try:
            for _ in range(_ATTEMPTS):
                stored, version = await self._load()
                book = await self._settled(stored, self._now(stored))
                if not _worth_saving(stored, book) or await self._save(stored, book, version):
                    return book
        except StoreUnavailable as error:
            raise BrokerConnectionError(broker="paper") from error
        raise errors.busy_read()

    async def change(self, step: Step, *, unless_known: str | None = None) -> Book:
        """The book after `step`, stored.

        Args:
            unless_known: An order id; if it was ever used, `step` is left out.

        Raises:
            OrderRejected: `step` refused; nothing of it was stored.
            NotSent: Nothing was stored: the store does not answer, or others were faster.
            OutcomeUnknown: The store did not say whether it stored the book.
        """
        async with self._turn:
            for _ in range(_ATTEMPTS):
                try:
                    stored, version = await self._load()
                    known = unless_known and await self.order(stored, unless_known)
                except (StoreUnavailable, ApiError, BrokerConnectionError) as error:
                    raise NotSent(error.message, broker="paper") from error
                now = self._now(stored)
                present = await self._settled(stored, now)
                book = present if known else step(present, now)
                if not _worth_saving(stored, book) or await self._accepted(stored, book, version):
                    return book
        raise errors.not_saved()

    async def erase(self) -> None:
        """Removes the book and its archive.

        Raises:
            BrokerConnectionError: The store does not answer.
        """
        async with self._turn:
            try:
                await self._books.erase(self._user_id, self._link_id)
            except StoreUnavailable as error:
                raise BrokerConnectionError(broker="paper") from error

    async def order(self, book: Book, order_id: str) -> PaperOrder | None:
        """An order of `book`, or one that has left it for the archive.

        Raises:
            BrokerConnectionError: The store does not answer.
        """
        found = book.find(order_id)
        if found is not None or not book.archived:
            return found
        try:
            record = await self._books.archived(self._user_id, self._link_id, order_id)
        except StoreUnavailable as error:
            raise BrokerConnectionError(broker="paper") from error
        return None if record is None else order_from(record)

    async def ended(
        self, book: Book, since: datetime, until: datetime, limit: int
    ) -> list[PaperOrder]:
        """Ended orders from `since` to `until`, newest first, at most `limit`.

        Raises:
            BrokerConnectionError: The store does not answer.
        """
        records: list[Record] = list(book.ended)
        if book.archived:
            try:
                records += await self._books.archived_between(
                    self._user_id, self._link_id, since, until + _JUST_AFTER, limit
                )
            except StoreUnavailable as error:
                raise BrokerConnectionError(broker="paper") from error
        # An order that is on its way to the archive is in both for a moment.
        unique = {record["order_id"]: order_from(record) for record in reversed(records)}
        fits = [order for order in unique.values() if since <= order.at <= until]
        fits.sort(key=lambda order: (order.at, order.broker_order_id), reverse=True)
        return fits[:limit]

    async def _load(self) -> tuple[Book, int]:
        stored = await self._books.load(self._user_id, self._link_id)
        if stored is None:
            return Book(looked_at=self._clock.now()), 0
        return book_from(stored[0]), stored[1]

    def _now(self, book: Book) -> datetime:
        # The clock of another machine may be ahead; the book's own time never goes back.
        return max(self._clock.now(), book.looked_at)

    async def _settled(self, book: Book, now: datetime) -> Book:
        looks = len(book.working) * min((now - book.looked_at).total_seconds(), LOOKS_AT_MOST)
        if looks <= _LOOKS_ON_THE_LOOP:
            return settled(book, self._market, now)
        # A weekend of a full book takes a tenth of a second: others get their turn meanwhile.
        return await asyncio.to_thread(settled, book, self._market, now)

    async def _accepted(self, stored: Book, book: Book, version: int) -> bool:
        """Saves on behalf of a request, whose outcome is unknown only once the save was sent."""
        try:
            lean = await self._archived(stored, book)
        except StoreUnavailable as error:
            raise NotSent(error.message, broker="paper") from error
        try:
            return await self._write(lean, version)
        except StoreUnavailable as error:
            raise OutcomeUnknown(broker="paper") from error

    async def _save(self, stored: Book, book: Book, version: int) -> bool:
        return await self._write(await self._archived(stored, book), version)

    async def _write(self, book: Book, version: int) -> bool:
        return await self._books.save(
            self._user_id, self._link_id, book_record(book), expected_version=version
        )

    async def _archived(self, stored: Book, book: Book) -> Book:
        """`book` without old orders, which are safe in the archive before they leave it.

        The archive keeps what it got first, and this save may still fail: only what `stored`
        already says of an order may go there.
        """
        known = {record["order_id"]: record for record in stored.ended}
        old = [record for record in book.overflow() if known.get(record["order_id"]) == record]
        for record in old:
            order_id = str(record["order_id"])
            await self._books.archive(self._user_id, self._link_id, order_id, record)
        return book.without(old)


def _worth_saving(stored: Book, book: Book) -> bool:
    """Whatever an order or a request changed is stored at once, a mere look now and then."""
    if _told(stored) != _told(book):
        return True
    return bool(book.working) and book.looked_at - stored.looked_at >= _LOOK_IS_WORTH_SAVING


def _told(book: Book) -> object:
    """The book without what a mere look changes: marks of trailing stops, and the time."""
    working = [replace(order, mark=None) for order in book.working]
    return working, book.ended, book.next_number, book.holdings
