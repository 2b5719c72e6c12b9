"""Whatever is asked of the store while people trade is found by an index, however much it holds.

SQLite says itself how it would look. MongoDB's planner is not here; the rule by which it can use a
compound index is: fields that are compared for equality first, then the one that is sorted or
bounded. Source: https://www.mongodb.com/docs/manual/tutorial/equality-sort-range-guideline/
"""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from itertools import takewhile
from pathlib import Path
from typing import Final

import pytest
from discord import app_commands

from floorbroker.domain.modes import DeploymentMode, Environment
from floorbroker.storage import sqlite_query
from floorbroker.storage.documents import Document, EachOf, OneOf, Where
from floorbroker.storage.indexes import INDEXES
from floorbroker.storage.sqlite import SqliteDocuments
from tests.e2e.world import World, opened

Order = tuple[str, int] | None
Query = tuple[str, tuple[tuple[str, type], ...], Order]
_SMALL: Final = frozenset({"ops_alerts"})
"""Never holds more than the runbook has sections."""


OPTIONS: Final[Mapping[str, Mapping[str, str]]] = {
    "alert fill": {},
    "alert price": {"symbol": "AAPL", "direction": "up", "price": "500"},
    "chart": {"symbol": "AAPL"},
    "history": {"symbol": "AAPL"},
    "idea": {"side": "buy", "symbol": "AAPL", "reason": "It may rise."},
    "quote": {"symbol": "AAPL"},
    "watch add": {"symbol": "AAPL"},
}
"""Of commands that need some; those that need others are left out."""


class Asked(SqliteDocuments):
    """A store that notes what it is asked for, each kind of question once."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.queries: dict[Query, Where] = {}

    async def find(
        self, collection: str, where: Where, *, order: Order = None, limit: int
    ) -> list[Document]:
        self._note(collection, where, order)
        return await super().find(collection, where, order=order, limit=limit)

    async def count(self, collection: str, where: Where, *, limit: int) -> int:
        self._note(collection, where, None)
        return await super().count(collection, where, limit=limit)

    async def delete(self, collection: str, where: Where) -> int:
        self._note(collection, where, None)
        return await super().delete(collection, where)

    def _note(self, collection: str, where: Where, order: Order) -> None:
        if collection in _SMALL:
            return
        kinds = tuple(sorted((field, type(value)) for field, value in where.items()))
        self.queries.setdefault((collection, kinds, order), where)


@pytest.mark.parametrize("mode", DeploymentMode, ids=lambda mode: mode.value)
async def test_nothing_that_people_do_makes_the_store_look_through_everything(
    tmp_path: Path, mode: DeploymentMode
) -> None:
    documents = Asked(tmp_path / "asked.sqlite3")
    async with opened(mode, documents) as world:
        await _a_busy_day(world)

    assert len(documents.queries) > 15, "too little was asked for a proof"
    assert list(_scanned(documents)) == []
    assert [query for query in documents.queries if not _has_index(query)] == []


async def _a_busy_day(world: World) -> None:
    for side, quantity in (("buy", "10"), ("sell", "4")):
        review = await world.alice.types(side, symbol="AAPL", quantity=quantity)
        await world.alice.clicks(review, "Confirm")
    resting = await world.alice.types("buy", symbol="AAPL", quantity="1", limit="220")
    await world.alice.clicks(resting, "Confirm")
    for command in world.app.bot.tree.walk_commands():
        if isinstance(command, app_commands.Group):
            continue
        name = command.qualified_name
        if name.startswith("service"):
            continue  # the operators' own is proven beside it: tests/storage/test_overview.py
        if name in OPTIONS or not any(one.required for one in command.parameters):
            await world.alice.types(name, **OPTIONS.get(name, {}))
    await world.alice.types("history", money="live")
    listed = world.app.floor.list  # asked only beyond a thousand orders
    await listed.count(world.alice.user_id, Environment.PAPER, "AAPL", limit=10)
    await world.later(120)
    for sweep in (world.app.reminders, world.app.digests, world.app.alerting):
        await sweep.sweep()
    await world.app.floor.tickets.sweep()


def _scanned(documents: Asked) -> Iterator[str]:
    with closing(sqlite3.connect(":memory:")) as engine:
        for collection in {index.collection for index in INDEXES} | {
            collection for collection, _, _ in documents.queries
        }:
            engine.execute(sqlite_query.create_table(collection))
        for index in INDEXES:
            engine.execute(sqlite_query.create_index(index)[1])
        for (collection, _, order), where in documents.queries.items():
            sql, values = sqlite_query.find(collection, where, order, 5)
            rows = engine.execute(f"EXPLAIN QUERY PLAN {sql}", values).fetchall()
            steps = "; ".join(row[3] for row in rows)
            if "SCAN" in steps or "TEMP B-TREE" in steps:
                yield f"{collection} {dict(where)} by {order}: {steps}"


def _has_index(query: Query) -> bool:
    """Whether one finds little more than what is asked for, and finds it in order."""
    collection, kinds, order = query
    equal = {field for field, kind in kinds if not _bounded(kind)}
    if "_id" in equal:
        return True  # it finds one document, whatever else is compared
    ranged = {field for field, kind in kinds if _bounded(kind)}
    indexes = [index.fields for index in INDEXES if index.collection == collection]
    for fields in [*indexes, ("_id",)]:
        exact = list(takewhile(equal.__contains__, fields))
        following = fields[len(exact) : len(exact) + 1]
        if order is not None and following != (order[0],):
            continue
        if exact or set(following) & ranged:
            return True
    return False


def _bounded(kind: type) -> bool:
    return kind not in {str, int, bool, type(None), OneOf, EachOf}
