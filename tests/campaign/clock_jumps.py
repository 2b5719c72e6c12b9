"""The clock of the bot's machine is set back and forth by ten minutes while orders are under way.

Some requests arrive late or never, and some answers get lost: what became of those orders only
time can tell, and a clock that leaps must not be taken for time.
"""

import asyncio
import random
import time
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from floorbroker.domain.order import Order
from floorbroker.domain.order_state import OrderState
from floorbroker.services.following import SLOWEST
from tests.campaign import books
from tests.campaign.people import TRADERS, bot, link_everybody
from tests.campaign.processes import Exchange, Forks, Place, place_on
from tests.campaign.row import Reached, Row
from tests.campaign.settling import PATIENCE_SECONDS, SETTLE_SECONDS, by_the_last_bot
from tests.campaign.trading import trade

JUMP_SECONDS: Final = 600
AT_ONCE: Final = 4
_LATEST_SECONDS: Final = 0.5
_PACE: Final = {
    "order_deadline_seconds": 0.3,
    "claim_seconds": 0.7,
    "reconcile_seconds": 0.05,
}
_TROUBLES: Final[Sequence[dict[str, Any]]] = (
    {"fault": "far", "delay": 0.1},
    {"fault": "far", "delay": 0.5},  # arrives after the deadline
    {"fault": "far", "delay": 0.7},
    {"fault": "reset", "carried_out": False},
    {"fault": "reset"},
    {"fault": "504"},
)


class JumpingClock:
    """The machine's clock, which somebody sets; see `floorbroker.domain.clock.Clock`."""

    def __init__(self) -> None:
        """Right at first."""
        self._wrong = timedelta(0)

    def jump(self) -> None:
        """Ten minutes ahead of where it should be, or back to the right time."""
        step = timedelta(seconds=JUMP_SECONDS)
        self._wrong += -step if self._wrong > timedelta(0) else step

    def now(self) -> datetime:
        """See the port."""
        return datetime.now(UTC) + self._wrong

    def steady(self) -> float:
        """See the port."""
        return time.monotonic()


def _run(size: int, seed: int) -> Reached:
    with (
        place_on("sqlite") as place,
        Exchange() as exchange,
        Forks("tests.campaign.kills_life:life") as forks,
        asyncio.Runner() as run,
    ):
        run.run(_jumped(place, exchange, size, random.Random(seed)))
        exchange.work()
        exchange.fill_what_rests()
        documents = place.open()
        run.run(documents.start(()))
        # Ahead of every clock before, of its settle time, and of the longest pause between looks.
        ahead = JUMP_SECONDS + SETTLE_SECONDS + SLOWEST.total_seconds()
        job = {"place": place.plain(), "urls": dict(exchange.urls)}
        work = {**job, "name": "last", "rounds": 0, "ahead": ahead}
        _, broken = by_the_last_bot(forks, work, exchange, documents, run, PATIENCE_SECONDS)
        orders = run.run(books.stored_orders(documents))
        run.run(documents.close())
        book = exchange.book()
    return Reached(
        trials=size,
        broken=[*broken, *_called_absent(orders, book)],
        figures={
            "requests at the broker": sum(book["sent"].values()),
            **Counter(f"{order.state}" for order in orders),
        },
    )


async def _jumped(place: Place, exchange: Exchange, jumps: int, chance: random.Random) -> None:
    async with bot(exchange.urls, place) as app:
        await link_everybody(app)
    clock = JumpingClock()
    async with bot(exchange.urls, place, clock, **_PACE) as app:
        for number in range(jumps):
            exchange.work()
            for _ in range(AT_ONCE):
                on = chance.choice(["place", "place", "cancel", "modify"])
                exchange.trouble(on, times=1, **chance.choice(_TROUBLES))
            trading = asyncio.create_task(
                trade(app, f"jump-{number}", chance, chance.sample(TRADERS, AT_ONCE))
            )
            await asyncio.sleep(chance.uniform(0, _LATEST_SECONDS))
            clock.jump()
            await trading


def _called_absent(orders: Sequence[Order], book: books.Book) -> list[str]:
    """Orders of which somebody was told that they were not placed, and they were."""
    there = {entry["id"] for entry in book["orders"]}
    return [
        f"order {order.order_id} was called not placed, and the broker has it"
        for order in orders
        if order.order_id in there
        and any(event.state is OrderState.NOT_PLACED for event in order.events)
    ]


CLOCK_JUMPS: Final = Row(
    name="clock-jumps",
    what="the machine's clock leaps by ten minutes, ahead and back, while orders are under way",
    unit="leaps",
    goal=1_000,
    short=12,
    passes_when=(
        "No order is sent twice, none is called not placed that the broker has or still gets, and "
        "every order equals the broker's in the end."
    ),
    run=_run,
)
