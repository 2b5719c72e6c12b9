"""Paper books in memory, stored as JSON text: what is not JSON-like does not get in."""

import asyncio
import json
from collections.abc import Callable
from datetime import datetime

from floorbroker.brokers.context import Record
from floorbroker.domain.errors import StoreUnavailable
from floorbroker.domain.ids import LinkId, UserId

Key = tuple[UserId, LinkId]


class MemoryPaperBooks:
    """See `floorbroker.brokers.context.PaperBooks`.

    Every call gives way to other tasks once, as a real store does.

    Attributes:
        saves: Accepted saves so far.
        down_for: Names of the methods that raise `StoreUnavailable`.
        before_save: Called before each save is looked at: where a test is faster than the broker.
    """

    def __init__(self) -> None:
        """Empty."""
        self._books: dict[Key, tuple[str, int]] = {}
        self._archive: dict[Key, dict[str, str]] = {}
        self.saves = 0
        self.down_for: set[str] = set()
        self.before_save: Callable[[], None] | None = None

    async def load(self, user_id: UserId, link_id: LinkId) -> tuple[Record, int] | None:
        """See the port."""
        await self._called("load")
        stored = self._books.get((user_id, link_id))
        return None if stored is None else (json.loads(stored[0]), stored[1])

    async def save(
        self, user_id: UserId, link_id: LinkId, book: Record, *, expected_version: int
    ) -> bool:
        """See the port."""
        await self._called("save")
        if self.before_save is not None:
            self.before_save()
        key = (user_id, link_id)
        if self._books.get(key, ("", 0))[1] != expected_version:
            return False
        self._books[key] = (json.dumps(book), expected_version + 1)
        self.saves += 1
        return True

    async def archive(self, user_id: UserId, link_id: LinkId, order_id: str, order: Record) -> None:
        """See the port."""
        await self._called("archive")
        self._archive.setdefault((user_id, link_id), {}).setdefault(order_id, json.dumps(order))

    async def archived(self, user_id: UserId, link_id: LinkId, order_id: str) -> Record | None:
        """See the port."""
        await self._called("archived")
        stored = self._archive.get((user_id, link_id), {}).get(order_id)
        return None if stored is None else json.loads(stored)

    async def archived_between(
        self, user_id: UserId, link_id: LinkId, since: datetime, until: datetime, limit: int
    ) -> list[Record]:
        """See the port; from `since` to before `until`, as the stored books do."""
        await self._called("archived_between")
        records = [json.loads(text) for text in self._archive.get((user_id, link_id), {}).values()]
        fits = [r for r in records if since <= datetime.fromisoformat(r["at"]) < until]
        return sorted(fits, key=lambda record: str(record["at"]), reverse=True)[:limit]

    async def erase(self, user_id: UserId, link_id: LinkId) -> None:
        """See the port."""
        await self._called("erase")
        self._books.pop((user_id, link_id), None)
        self._archive.pop((user_id, link_id), None)

    def touch(self, user_id: UserId, link_id: LinkId) -> None:
        """Counts the version up, as another writer's save would."""
        text, version = self._books[(user_id, link_id)]
        self._books[(user_id, link_id)] = (text, version + 1)

    def archived_ids(self, user_id: UserId, link_id: LinkId) -> list[str]:
        """What has been archived, in the order of arrival."""
        return list(self._archive.get((user_id, link_id), {}))

    async def _called(self, name: str) -> None:
        await asyncio.sleep(0)
        if name in self.down_for:
            raise StoreUnavailable
