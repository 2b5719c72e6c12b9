"""V4: from a price's arrival in this process to everybody who follows it."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, cast

from bench.report import Row, Sample, Unit, sample
from floorbroker.domain.clock import SystemClock
from floorbroker.domain.ids import BrokerId, LinkId, UserId
from floorbroker.domain.instruments import AssetClass, Instrument
from floorbroker.domain.market import Quote
from floorbroker.domain.modes import Environment
from floorbroker.domain.people import Link
from floorbroker.observability.metrics import Metrics
from floorbroker.services.accounts import Accounts
from floorbroker.services.quote_streams import QuoteStreams
from floorbroker.services.sessions import Sessions
from floorbroker.services.supervisor import Supervisor

SYMBOLS = 200
SUBSCRIBERS = 3
A_SECOND = 2_000
SECONDS = 5
GOAL_MILLISECONDS = 100.0

Follow = Callable[[int], Awaitable[None]]


class Tape:
    """Pushes a price of one symbol after the other at an even pace, and times who hears it."""

    def __init__(self) -> None:
        """Nothing was pushed."""
        self.pushed = [0.0] * SYMBOLS
        self.waits: list[float] = []
        self._turns = [asyncio.Event() for _ in range(SYMBOLS)]

    async def prices(self, number: int) -> AsyncIterator[int]:
        """Its own turns."""
        for turn in range(A_SECOND * SECONDS):
            await self._turns[number].wait()
            self._turns[number].clear()
            self.pushed[number] = time.perf_counter()
            yield turn

    def heard(self, number: int) -> None:
        """Somebody has the last price of that symbol."""
        self.waits.append(1000 * (time.perf_counter() - self.pushed[number]))

    async def run(self) -> Sample:
        """All turns, and what they took."""
        started = time.monotonic()
        for turn in range(A_SECOND * SECONDS):
            await asyncio.sleep(max(0.0, started + turn / A_SECOND - time.monotonic()))
            self._turns[turn % SYMBOLS].set()
        await asyncio.sleep(0.1)
        return sample(self.waits[SYMBOLS * SUBSCRIBERS :])


async def delivery() -> Sequence[Row]:
    """V4: through the hub, and through bare queues."""
    ours, raw = await _through_the_hub(), await _through_queues()
    return (
        Row(
            id="V4",
            what=(
                f"price to subscriber, {SYMBOLS} symbols × {SUBSCRIBERS}, {A_SECOND:,} prices/s;"
                " raw: asyncio.Queue"
            ),
            goal=f"p99 < {GOAL_MILLISECONDS:.0f} ms",
            unit=Unit.MILLISECONDS,
            ours=ours,
            raw=raw,
            met=ours.p99 < GOAL_MILLISECONDS,
        ),
    )


async def _through_the_hub() -> Sample:
    tape, supervisor, clock = Tape(), Supervisor(), SystemClock()
    link = Link(
        link_id=LinkId("bench"),
        user_id=UserId("1"),
        broker=BrokerId("paper"),
        environment=Environment.PAPER,
        label="Bench",
        created_at=clock.now(),
    )
    at = _Broker(tape, link)
    hub = QuoteStreams(
        cast("Accounts", at),
        cast("Sessions", at),
        supervisor,
        Metrics(),
        clock,
        most_of_one=SYMBOLS * SUBSCRIBERS,
    )

    async def follow(number: int) -> None:
        async with hub.subscribe(link, _instrument(number)) as events:
            async for _ in events:
                tape.heard(number)

    try:
        return await _followed(tape, follow)
    finally:
        await supervisor.stop()


async def _through_queues() -> Sample:
    tape = Tape()
    queues = [[asyncio.Queue[int]() for _ in range(SUBSCRIBERS)] for _ in range(SYMBOLS)]
    free = [list(of_one) for of_one in queues]

    async def push(number: int) -> None:
        async for turn in tape.prices(number):
            for queue in queues[number]:
                queue.put_nowait(turn)

    async def follow(number: int) -> None:
        queue = free[number].pop()
        while True:
            await queue.get()
            tape.heard(number)

    pushing = [asyncio.ensure_future(push(number)) for number in range(SYMBOLS)]
    try:
        return await _followed(tape, follow)
    finally:
        await _ended(pushing)


async def _followed(tape: Tape, follow: Follow) -> Sample:
    following = [
        asyncio.ensure_future(follow(number))
        for number in range(SYMBOLS)
        for _ in range(SUBSCRIBERS)
    ]
    try:
        await asyncio.sleep(0.2)
        return await tape.run()
    finally:
        await _ended(following)


async def _ended(tasks: Sequence["asyncio.Future[None]"]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def _instrument(number: int) -> Instrument:
    return Instrument(symbol=f"T{number}", asset_class=AssetClass.EQUITY)


class _Broker:
    """Accounts, sessions and the adapter in one: of each only what a stream asks for."""

    def __init__(self, tape: Tape, link: Link) -> None:
        self._tape = tape
        self._link = link
        self._over = asyncio.Event()

    async def link(self, user_id: UserId, link_id: LinkId) -> Link:
        return self._link

    def over(self, link_id: LinkId) -> asyncio.Event:
        return self._over

    @asynccontextmanager
    async def lease(self, link: Link) -> AsyncIterator[Any]:
        yield self

    async def quote(self, instrument: Instrument) -> Quote:
        return _quote(instrument, 0)

    async def stream_quotes(self, instruments: Sequence[Instrument]) -> AsyncIterator[Quote]:
        (instrument,) = instruments
        async for turn in self._tape.prices(int(instrument.symbol[1:])):
            yield _quote(instrument, turn)


def _quote(instrument: Instrument, turn: int) -> Quote:
    price = Decimal(turn % 1000 + 1)
    return Quote(
        instrument=instrument,
        bid=price,
        ask=price,
        last=price,
        at=datetime.now(UTC),
        source="Bench",
    )
