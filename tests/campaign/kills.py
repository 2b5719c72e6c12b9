"""The bot is killed at random moments of its orders' paths; the next one finds what became of them.

The exchange is a process of its own and remembers everything. Bots follow each other on one store,
each is killed with SIGKILL, and each begins by reading back what the others left. At the end the
exchange's book and the store are compared.
"""

import asyncio
import random
import time
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from statistics import median
from typing import Any, Final

from floorbroker.domain.order import IntentState, Order
from floorbroker.domain.order_state import OrderState
from floorbroker.storage.codec import time_text
from floorbroker.storage.documents import AtLeast, Documents
from tests.campaign import books
from tests.campaign.kills_life import LOOKING
from tests.campaign.people import prepare
from tests.campaign.processes import Exchange, Forks, Place, place_on
from tests.campaign.row import Reached, Row
from tests.campaign.settling import by_the_last_bot, recovery

GOAL: Final = 1_000
SHORT: Final = 16
_SIGKILLED: Final = -9
_UNHARMED: Final = 3
_MORE: Final = 4
"""Rounds of trading: their length is what kills are spread over."""
_PATHS_LONG: Final = 3
"""So many paths follow each other before the last moment for a kill: the machine may slow down."""
_SHORTEST_SECONDS: Final = 0.05
_WHILE_STARTING: Final = 0.1
"""Of the kills: before the bot is ready."""
_SWEEP_EVERY: Final = 50
_IN_BETWEEN: Final = " sent, "
"""In the words for moments between an intent and its answer."""
FAR_SECONDS: Final = 0.005
"""To a broker, and back."""


class Campaign:
    """One store, one exchange, and the bots that follow each other."""

    def __init__(self, place: Place, exchange: Exchange, forks: Forks, seed: int) -> None:
        """Nobody has traded yet."""
        self._place, self._exchange, self._forks = place, exchange, forks
        self._chance, self._seed = random.Random(seed), seed
        self._job = {"place": place.plain(), "urls": dict(exchange.urls)}
        self._number = 0
        self.moments: Counter[str] = Counter()
        self.kills = 0
        self.broken: list[str] = []

    def lives(self, **job: Any) -> dict[str, Any]:
        """One bot; how it ended."""
        self._number += 1
        name, rounds = f"{self._seed}.{self._number}", job.pop("rounds")
        work = {**self._job, "name": name, "rounds": rounds, "ahead": 0}
        ended: dict[str, Any] = self._forks.ask({"work": work, **job})
        return ended

    def kill(self, times: int, documents: Documents, run: asyncio.Runner) -> None:
        """Bots that die, and in which state each left its orders."""
        short = [self.lives(rounds=1) for _ in range(_UNHARMED)]
        long = [self.lives(rounds=1 + _MORE) for _ in range(_UNHARMED)]
        if any(one["exit"] for one in short + long):
            self.broken.append("a bot that nobody killed broke")
            return
        start_seconds = median(one["ready"] for one in short)
        whole = median(one["gone"] for one in long) - median(one["gone"] for one in short)
        path_seconds = max(whole / _MORE, _SHORTEST_SECONDS)
        while self.kills < times:
            begin = datetime.now(UTC)
            starting = self._chance.random() < _WHILE_STARTING
            longest = start_seconds if starting else path_seconds * _PATHS_LONG
            moment = self._chance.uniform(0, longest)
            ended = self.lives(rounds=None, kill_after=moment, from_fork=starting)
            if ended["exit"] != _SIGKILLED:
                self.broken.append(f"a bot ended by itself: {ended['exit']}")
                return
            self.kills += 1
            self.moments.update(run.run(self._found(documents, begin)))
            if self.kills % _SWEEP_EVERY == 0:
                self._exchange.fill_what_rests()

    async def _found(self, documents: Documents, since: datetime) -> list[str]:
        """At which moment of its path each order of the dead bot is."""
        where = {"created_at": AtLeast(time_text(since))}
        found = await books.stored_orders(documents, **where)
        orders = [order for order in found if LOOKING not in order.origin_key]
        if not orders:
            return ["before the first draft"]
        there = self._exchange.states(order.order_id for order in orders)
        return [_moment(order, there.get(order.order_id, [])) for order in orders]

    def settle(self, documents: Documents, run: asyncio.Runner, full: bool) -> float:
        """The last bot; after how many seconds all agreed."""
        ahead, longest = recovery(full)
        work = {**self._job, "name": "last", "rounds": 0, "ahead": ahead}
        seconds, differing = by_the_last_bot(
            self._forks, work, self._exchange, documents, run, longest
        )
        self.broken += differing
        return seconds


def _moment(order: Order, there: Sequence[str]) -> str:
    """Where on its path an order is, in words."""
    intent = order.intent
    if intent is not None and intent.state is IntentState.SENDING:
        done = there and there[-1] not in {"accepted", "partially_filled"}
        return f"{intent.kind} sent, {'' if done else 'not '}carried out"
    if order.state is OrderState.SENDING:
        return f"confirm sent, {'' if there else 'not '}at the broker"
    return order.state.value


def _run(engine: str, size: int, seed: int) -> Reached:
    with (
        place_on(engine) as place,
        Exchange() as exchange,
        Forks("tests.campaign.kills_life:life") as forks,
        asyncio.Runner() as run,
    ):
        run.run(prepare(place, exchange.urls))
        exchange.trouble("any", "far", delay=FAR_SECONDS)
        campaign = Campaign(place, exchange, forks, seed)
        documents = place.open()
        run.run(documents.start(()))
        begin = time.perf_counter()
        campaign.kill(size, documents, run)
        seconds = time.perf_counter() - begin
        exchange.fill_what_rests()
        agreed = campaign.settle(documents, run, size >= GOAL)
        run.run(documents.close())
        at = Counter(entry["broker"] for entry in exchange.book()["orders"])
    moments = campaign.moments
    if not any(_IN_BETWEEN in one for one in moments):
        campaign.broken.append("no bot died between an intent and its answer: nothing is proven")
    if not (at["alpaca"] and at["binance"]):
        campaign.broken.append(f"not every broker got an order: {dict(at)}")
    return Reached(
        trials=campaign.kills,
        broken=campaign.broken,
        figures={
            **{f"orders at {name}": count for name, count in at.items()},
            "kills a second": f"{campaign.kills / seconds:.1f}",
            "all agreed after": f"{agreed:.1f} s",
            **{f'died at "{name}"': count for name, count in sorted(moments.items())},
        },
    )


def _row(engine: str, name: str) -> Row:
    return Row(
        name=f"kills-{engine}",
        what=f"kill -9 at random moments of an order's path, then a restart, on {name}",
        unit="kills",
        goal=GOAL,
        short=SHORT,
        passes_when=(
            "No order doubled or lost at the broker; every order's state equals the broker's "
            "within the settle time + 10 s of the restart."
        ),
        run=partial(_run, engine),
    )


KILLS: Final = (_row("sqlite", "SQLite"), _row("mongodb", "MongoDB"))
