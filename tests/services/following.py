"""Hubs of quotes for tests, and pauses that a test lets pass."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from decimal import Decimal
from typing import Any

from floorbroker.domain.ids import UserId
from floorbroker.domain.instruments import AssetClass, Instrument
from floorbroker.domain.people import Link
from floorbroker.services.quote_feed import Heard, Subscription
from floorbroker.services.quote_streams import QuoteStreams
from floorbroker.services.quote_upstream import Patience
from tests.fakes.clock import ManualClock
from tests.floor import ANNA, House
from tests.simulators.paper_faults import Counting

APPLE = Instrument(symbol="AAPL", asset_class=AssetClass.EQUITY)
LONG = 10.0
"""Seconds within which everything has happened, or the test fails."""


class Rests:
    """Pauses that last until the test says so; the clock moves with them."""

    def __init__(self, clock: ManualClock) -> None:
        self._clock = clock
        self._begun: asyncio.Queue[tuple[float, asyncio.Event]] = asyncio.Queue()

    async def __call__(self, seconds: float) -> None:
        over = asyncio.Event()
        self._begun.put_nowait((seconds, over))
        await over.wait()

    async def next(self) -> float:
        """The next pause begins, and lasts; how long it is to be."""
        async with asyncio.timeout(LONG):
            seconds, _ = await self._begun.get()
        return seconds

    async def passes(self) -> float:
        """The next pause begins and is over; how long it was."""
        async with asyncio.timeout(LONG):
            seconds, over = await self._begun.get()
        self._clock.advance(seconds)
        over.set()
        return seconds


class Breaking(Counting):
    """A paper broker whose quotes fail while `error` is set."""

    def __init__(self) -> None:
        super().__init__()
        self.error: Exception | None = None

    async def before(self, operation: str) -> None:
        await super().before(operation)
        if operation == "quote" and self.error is not None:
            raise self.error


def hub_of(house: House, rests: Rests | None = None, **parts: Any) -> QuoteStreams:
    """The streams of one process."""
    patience = Patience(pause=rests or asyncio.sleep, first_look=LONG, quiet=LONG)
    usual: dict[str, Any] = {"patience": patience}
    return QuoteStreams(
        house.accounts,
        house.sessions,
        house.supervisor,
        house.metrics,
        house.clock,
        **{**usual, **parts},
    )


async def paper_of(house: House, user_id: UserId = ANNA) -> Link:
    """A person's paper link."""
    return await house.accounts.open_paper(user_id)


async def next_of(events: Subscription) -> Heard:
    """The next event, which must come."""
    async with asyncio.timeout(LONG):  # wait_for may swallow a cancel on Python 3.11
        return await anext(events)


def paper(symbol: str) -> Instrument:
    return Instrument(symbol=symbol, asset_class=AssetClass.EQUITY)


def sample(house: House, name: str, **labels: str) -> float:
    """What the metrics say now."""
    text = house.metrics.render()[0].decode()
    wanted = "".join(f'{key}="{value}"' for key, value in labels.items())
    prefix = f"floorbroker_{name}{{{wanted}}} " if labels else f"floorbroker_{name} "
    found = [line for line in text.splitlines() if line.startswith(prefix)]
    return float(Decimal(found[0].split()[-1])) if found else 0.0


@asynccontextmanager
async def nothing_left(house: House) -> AsyncIterator[None]:
    """No task, and no lease in use, remains of what happens inside."""
    before = asyncio.all_tasks()
    yield
    async with asyncio.timeout(LONG):
        while left := asyncio.all_tasks() - before - {asyncio.current_task()}:
            await asyncio.wait(left, timeout=1)
    house.clock.advance(3600)
    await house.sessions.close_idle()
    assert house.sessions.number_open == 0
