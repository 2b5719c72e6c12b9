"""What a command makes the store do does not grow with what is stored: counted, not timed.

A plan says which index SQLite uses, and not how far it walks along it: so its steps are counted.
"""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final

from floorbroker.domain.modes import DeploymentMode
from floorbroker.storage.documents import Document
from floorbroker.storage.sqlite import SqliteDocuments
from tests.e2e.world import World, opened

MANY: Final = 5_000
ABOUT: Final = 1.5
"""B-trees grow by a level."""

LISTS: Final = 20
"""Thousands of steps more: `/history` looks at a thousand orders, where there are so many."""


class Counted(SqliteDocuments):
    """A store that counts SQLite's steps, in thousands."""

    steps = 0

    async def count_steps(self) -> None:
        await self._in_thread(lambda: self._file.ready().set_progress_handler(self._step, 1_000))

    def _step(self) -> int:
        self.steps += 1
        return 0


async def test_commands_cost_as_much_beside_thousands_of_ended_orders(tmp_path: Path) -> None:
    documents = Counted(tmp_path / "grown.sqlite3")
    async with opened(DeploymentMode.MULTI_USER, documents, max_orders_per_day=1_000) as world:
        await documents.count_steps()
        for _ in range(25):  # so that lists are as long before as after
            await _buys(world)
        few = await _steps(world, documents)
        await _grow(documents)
        many = await _steps(world, documents)

    grown = {name: (few[name], steps) for name, steps in many.items()}
    assert {name: both for name, both in grown.items() if both[1] > ABOUT * both[0] + LISTS} == {}


async def _buys(world: World) -> None:
    review = await world.alice.types("buy", symbol="AAPL", quantity="1")
    await world.alice.clicks(review, "Confirm")


async def _steps(world: World, documents: Counted) -> dict[str, int]:
    commands: dict[str, Callable[[], Awaitable[object]]] = {
        "/buy and Confirm": lambda: _buys(world),
        **{
            f"/{name}": lambda name=name: world.alice.types(name)  # type: ignore[misc]
            for name in ("orders", "positions", "balance", "portfolio", "panic", "resume")
        },
        "/close": lambda: world.alice.types("close", symbol="AAPL"),
        "/history": lambda: world.alice.types("history", symbol="AAPL"),
        "/order status": lambda: world.alice.typing("order status", "order", ""),
        "in the background": lambda: world.later(60),
    }
    counted = {}
    for name, command in commands.items():
        before = documents.steps
        await command()
        counted[name] = documents.steps - before
    return counted


async def _grow(documents: SqliteDocuments) -> None:
    (ended,) = await documents.find("orders", {"state": "filled"}, limit=1)
    at = "2025-01-01T00:00:00.{:06d}Z"
    grown: list[Document] = [
        {
            **ended,
            "_id": f"o{number:017d}",
            "origin_key": f"grown-{number}",
            "created_at": at.format(number),
            "sent_at": at.format(number),
        }
        for number in range(MANY)
    ]
    await asyncio.gather(*(documents.insert("orders", one) for one in grown))
