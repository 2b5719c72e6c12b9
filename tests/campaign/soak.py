"""The bot under a steady load, with drops and slow brokers: nothing of it may grow.

Twenty commands and clicks a second of many people go through discord.py; the answers are read where
the simulated Discord gets them, and so are the buttons that are clicked next.
"""

import asyncio
import random
import time
from collections import Counter, deque
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any, Final

from tests.campaign.people import TRADERS, Trader, prepare
from tests.campaign.processes import Exchange, Forks, place_on
from tests.campaign.replica import ROLE, Payload, Replica, a_button, replicas
from tests.campaign.row import Reached, Row
from tests.campaign.settling import PATIENCE_SECONDS, until_agreed
from tests.simulators.discord import slash

A_SECOND: Final = 20
_RUSH: Final = 80
"""At once, each minute: pools grow to what the busiest moment needs, so each quarter has some."""
_RUSH_EVERY: Final = 60
_ANSWERED_SECONDS: Final = 30
_PEOPLE: Final = (*TRADERS[:10], TRADERS[-1])
"""One at Binance: its limit on requests is for all people of a bot together."""
_FILL_EVERY: Final = 10
_WEIGHTS: Final = {"quote": 5, "buy": 6, "orders": 2, "positions": 2, "balance": 1}
_TROUBLES: Final[Sequence[Mapping[str, Any]]] = (
    {"on": "read", "fault": "far", "delay": 0.5, "times": 3},
    {"on": "read", "fault": "reset", "times": 1},
    {"on": "read", "fault": "502", "times": 2},
    {"on": "place", "fault": "far", "delay": 1.0, "times": 1},
    {"on": "place", "fault": "reset", "times": 1},
    {"on": "cancel", "fault": "504", "times": 1},
)
_MAY_GROW: Final = {
    "memory MB": 24.0,
    "tasks": 100.0,
    "threads": 24.0,
    "sockets": 12.0,
    "files": 6.0,
}
"""Between the medians of the second and the last quarter of the time. Tasks: five seconds' work.
Threads: those that all SDKs share come as they are needed, 80 at most."""
_JUDGED_FROM: Final = 120
"""Seconds; in a shorter run nothing is flat yet."""
_REST_SECONDS: Final = 15
_TASKS_LEFT: Final = 12
"""At rest, more than before the first command: one for some of the connections that stand."""


class Crowd:
    """People who type commands and click what they are shown."""

    def __init__(self, exchange: Exchange, chance: random.Random) -> None:
        """Nobody has done anything yet."""
        self._exchange, self._chance = exchange, chance
        self._open: dict[str, str] = {}
        self._shown: deque[tuple[str, str]] = deque(maxlen=1_000)
        self.done: Counter[str] = Counter()

    def next_second(self, count: int) -> list[Payload]:
        """What they do now."""
        self.read()
        payloads = []
        for _ in range(count):
            if self._shown and self._chance.random() < 0.5:
                custom_id, user_id = self._shown.popleft()
                payload, kind = a_button(custom_id, user_id), custom_id.split(":")[1]
            else:
                payload, kind = self._command()
                user_id = payload["member"]["user"]["id"]
            self.done[kind] += 1
            self._open[payload["id"]] = user_id
            payloads.append(payload)
        return payloads

    def first_looks(self) -> list[Payload]:
        """Each of them asks what they own."""
        looks = [slash("balance", trader.user_id) for trader in _PEOPLE]
        self._open |= {look["id"]: look["member"]["user"]["id"] for look in looks}
        return looks

    def read(self) -> None:
        """What was answered."""
        for interaction, buttons in self._exchange.answered().items():
            user_id = self._open.pop(interaction, None)
            if user_id is not None:
                self._shown += [(custom_id, user_id) for custom_id in dict.fromkeys(buttons)]

    def unanswered(self) -> int:
        """How many wait for an answer after a while of nothing new."""
        end = time.monotonic() + _ANSWERED_SECONDS
        while self._open and time.monotonic() < end:
            self.read()
            time.sleep(0.1)
        return len(self._open)

    def _command(self) -> tuple[Payload, str]:
        trader: Trader = self._chance.choice(_PEOPLE)
        (kind,) = self._chance.choices(list(_WEIGHTS), list(_WEIGHTS.values()))
        options = {}
        if kind in {"quote", "buy"}:
            options["symbol"] = trader.symbol
        if kind == "buy":
            options["quantity"] = trader.quantity
            if self._chance.random() < 0.7:
                options["limit"] = trader.far_prices[0]
        return slash(kind, trader.user_id, **options), kind


def sample(pid: int, tasks: int) -> dict[str, float]:
    """What the process uses, as the system sees it."""
    status = Path(f"/proc/{pid}/status").read_text().splitlines()
    fields = {name: rest for name, _, rest in (line.partition(":") for line in status)}
    targets = [_target(one) for one in Path(f"/proc/{pid}/fd").iterdir()]
    sockets = sum(target.startswith("socket:") for target in targets)
    return {
        "memory MB": int(fields["VmRSS"].split()[0]) / 1024,
        "tasks": tasks,
        "threads": int(fields["Threads"]),
        "sockets": sockets,
        "files": len(targets) - sockets,
    }


def _target(descriptor: Path) -> str:
    try:
        return str(descriptor.readlink())
    except FileNotFoundError:
        return ""  # closed meanwhile


def grown(samples: Sequence[Mapping[str, float]]) -> tuple[list[str], dict[str, str]]:
    """What is no longer flat, and the medians of the second and the last quarter."""
    quarter = max(len(samples) // 4, 1)
    before, after = samples[quarter : 2 * quarter], samples[-quarter:]
    broken, figures = [], {}
    for name, may in _MAY_GROW.items():
        was, became = (median(one[name] for one in part) for part in (before, after))
        figures[name] = f"{was:.0f} → {became:.0f}"
        if became - was > may:
            broken.append(f"{name} grew from {was:.0f} to {became:.0f}")
    return broken, figures


def _run(size: int, seed: int) -> Reached:
    with (
        place_on("sqlite") as place,
        Exchange() as exchange,
        Forks(ROLE) as forks,
        asyncio.Runner() as run,
    ):
        run.run(prepare(place, exchange.urls))
        documents = place.open()
        run.run(documents.start(()))
        chance = random.Random(seed)
        crowd = Crowd(exchange, chance)
        with replicas(1, place, exchange, forks) as (replica,):
            idle = _at_rest(replica, crowd)
            samples = _soaked(replica, crowd, exchange, size, chance)
            exchange.work()
            exchange.fill_what_rests()
            unanswered = crowd.unanswered()
            _, differing = until_agreed(exchange, documents, run, PATIENCE_SECONDS)
            left = replica.load([]) - idle
        run.run(documents.close())
        sent = sum(exchange.book()["sent"].values())
    broken, figures = grown(samples)
    if size < _JUDGED_FROM:
        broken = []  # pools still fill: what is in doubt or left over in the end counts
    broken += differing
    if left > _TASKS_LEFT:
        broken.append(f"{left} tasks were left at rest")
    if unanswered:
        broken.append(f"{unanswered} commands were not answered")
    if not sent:
        broken.append("no order was sent: nothing is proven")
    return Reached(
        trials=len(samples),
        broken=broken,
        figures={
            "commands": crowd.done.total(),
            "orders sent": sent,
            **figures,
            "tasks left": left,
        },
    )


def _at_rest(replica: Replica, crowd: Crowd) -> int:
    """Everybody has looked once, so that their sessions are open and listen; how many tasks."""
    tasks = replica.load(crowd.first_looks())
    if crowd.unanswered():
        raise TimeoutError("a first look was not answered")
    for _ in range(_REST_SECONDS):
        time.sleep(1)
        before, tasks = tasks, replica.load([])
        if tasks == before:
            break
    return tasks


def _soaked(
    replica: Replica, crowd: Crowd, exchange: Exchange, seconds: int, chance: random.Random
) -> list[dict[str, float]]:
    samples = []
    begin = time.monotonic()
    for second in range(seconds):
        time.sleep(max(0.0, begin + second - time.monotonic()))
        exchange.work()
        exchange.trouble(**chance.choice(_TROUBLES))
        if second % _FILL_EVERY == _FILL_EVERY - 1:
            exchange.fill_what_rests()
        rush = second % _RUSH_EVERY == _RUSH_EVERY // 2
        tasks = replica.load(crowd.next_second(_RUSH if rush else A_SECOND))
        samples.append(sample(replica.pid, tasks))
    return samples


SOAK: Final = Row(
    name="soak",
    what=(
        f"{A_SECOND} commands a second, {_RUSH} at once each minute, with drops and slow brokers, "
        "on SQLite"
    ),
    unit="seconds",
    goal=1_800,
    short=8,
    passes_when=(
        "Memory, tasks, threads, sockets and files are flat from the second to the last quarter; "
        "every command is answered; no order is doubled, lost or left in doubt."
    ),
    run=_run,
)
