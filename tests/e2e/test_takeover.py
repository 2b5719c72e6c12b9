"""One process takes over from another while people confirm: no order is lost, none is doubled."""

import asyncio
import itertools
from collections import Counter
from collections.abc import Sequence
from contextlib import AsyncExitStack
from datetime import timedelta
from decimal import Decimal
from typing import Final

import pytest

from floorbroker.bootstrap import App
from floorbroker.domain.errors import Busy
from floorbroker.domain.modes import DeploymentMode
from floorbroker.domain.order import Order
from floorbroker.domain.order_state import OrderState
from tests.e2e import forged
from tests.e2e.crowd import Drafted, books, confirm, draft, stored
from tests.e2e.people import Answer
from tests.e2e.world import opened, process, settings
from tests.fakes.clock import ManualClock
from tests.simulators.paper_faults import Counting
from tests.stores import Store

ORDERS: Final = 200
_AT_ONCE: Final = 150
"""So many click at the same moment, the others when the process is told to end."""
_SOON: Final = timedelta(seconds=20)


class Crowded(Counting):
    """Gives way a few times during each order, so that the orders of many people overlap.

    Attributes:
        crowded: Set once so many orders have come in.
    """

    def __init__(self, at: int) -> None:
        """`at` is how many."""
        super().__init__()
        self.crowded = asyncio.Event()
        self._at = at

    async def after(self, operation: str) -> None:
        """Others get their turn while the answer is on its way."""
        if operation == "place_order":
            if self.orders_received >= self._at:
                self.crowded.set()
            for _ in range(5):
                await asyncio.sleep(0)


async def _both(stack: AsyncExitStack, store: Store, broker: Counting) -> tuple[App, App]:
    chosen = settings(DeploymentMode.MULTI_USER, order_deadline_seconds=10, claim_seconds=60)
    clock = ManualClock()
    first = await stack.enter_async_context(process(chosen, store.open(), clock, broker))
    second = await stack.enter_async_context(process(chosen, store.open(), clock, broker))
    return first, second


async def _drain_when_crowded(app: App, broker: Crowded) -> int:
    """SIGTERM in the middle of it."""
    await broker.crowded.wait()
    return await app.supervisor.drain(_SOON)


def _split(
    crowd: Sequence[Drafted], answers: Sequence[Order | BaseException]
) -> tuple[list[Drafted], list[Drafted]]:
    """Who has an order, and who was told that the process is busy."""
    done, refused = [], []
    for one, answer in zip(crowd, answers, strict=True):
        if isinstance(answer, Order):
            done.append(one)
        else:
            assert isinstance(answer, Busy), answer
            refused.append(one)
    return done, refused


@pytest.mark.parametrize(
    "at", [60, pytest.param(1, marks=pytest.mark.long), pytest.param(30, marks=pytest.mark.long)]
)
async def test_two_hundred_orders_survive_a_change_of_process_once_each(
    sqlite: Store, at: int
) -> None:
    broker = Crowded(at)
    async with AsyncExitStack() as stack:
        first, second = await _both(stack, sqlite, broker)
        crowd = [await draft(first, number) for number in range(ORDERS)]

        async def click(number: int, one: Drafted) -> Order:
            if number >= _AT_ONCE:
                await broker.crowded.wait()
            return await confirm(first, one)

        ending = asyncio.create_task(_drain_when_crowded(first, broker))
        clicks = itertools.starmap(click, enumerate(crowd))
        answers = await asyncio.gather(*clicks, return_exceptions=True)
        assert await ending == 0
        done, refused = _split(crowd, answers)
        late = await asyncio.gather(*(confirm(second, one) for one in refused))

        assert len(done) >= at
        assert refused
        assert {order.state for order in late} <= {OrderState.FILLED}
        states = Counter([(await stored(second, one)).state for one in crowd])
        assert states == {OrderState.FILLED: ORDERS}
        assert await books(second, crowd) == {Decimal(1): ORDERS}
        assert broker.orders_received == ORDERS


async def test_two_hundred_orders_confirmed_at_both_processes_are_sent_once_each(
    sqlite: Store,
) -> None:
    await _confirmed_at_both(sqlite)


@pytest.mark.long
async def test_two_hundred_orders_confirmed_at_both_processes_on_mongodb_are_sent_once_each(
    mongo: Store,
) -> None:
    await _confirmed_at_both(mongo)


async def _confirmed_at_both(store: Store) -> None:
    broker = Crowded(40)
    async with AsyncExitStack() as stack:
        first, second = await _both(stack, store, broker)
        crowd = [await draft(first, number) for number in range(ORDERS)]
        ending = asyncio.create_task(_drain_when_crowded(first, broker))

        answers = await asyncio.gather(
            *(confirm(app, one) for one in crowd for app in (first, second)),
            return_exceptions=True,
        )
        await ending

        assert all(isinstance(answer, Order | Busy) for answer in answers)
        states = Counter([(await stored(second, one)).state for one in crowd])
        assert states == {OrderState.FILLED: ORDERS}
        assert await books(second, crowd) == {Decimal(1): ORDERS}
        assert broker.orders_received == ORDERS


async def test_whoever_is_told_busy_confirms_the_same_card_at_the_next_process(
    mode: DeploymentMode, either_store: Store
) -> None:
    async with opened(mode, either_store.open()) as world:
        review = await world.alice.types("buy", symbol="AAPL", quantity="10")
        confirm_id = review.buttons["Confirm"]
        await world.app.supervisor.drain(_SOON)
        refused = await world.alice.clicks(review, "Confirm")
        assert refused.refusal.title.endswith("Busy")
        assert not (await world.app.checks())["taking_orders"]

        await world.restart(either_store.open())
        click = forged.click(world, world.alice, review, confirm_id)
        receipt = Answer(await click.delivered())

        assert "Filled · Buy 10 AAPL" in receipt.title
        assert world.broker.orders_received == 1
