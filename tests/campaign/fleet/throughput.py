"""How many orders a second one, two and three replicas carry out, and what each costs."""

import asyncio
import os
import random
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.campaign.fleet.fleet import NEEDS, Fleet, fleet_of
from tests.campaign.fleet.floor import SEATS, Floor
from tests.campaign.fleet.truth import settled
from tests.campaign.row import Reached, Row

COUNTS: Final = (1, 2, 3)
_WARM_SECONDS: Final = 3.0
_TICKS: Final = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class _Worked:
    """What so many replicas did.

    Attributes:
        seconds: How long.
        processor: Seconds of it that all replicas used, on one core or more.
        busy: The share of the machine's cores that anybody used; 1 is all of them.
    """

    orders: int
    seconds: float
    processor: float
    busy: float


def _run(size: int, seed: int) -> Reached:
    worked, broken = [], []
    for count in COUNTS:
        with fleet_of(count, "sqlite") as fleet:
            worked.append(asyncio.run(_traded(fleet, size / len(COUNTS), random.Random(seed))))
            differing, _ = settled(fleet)
            broken += differing
    return Reached(
        trials=size,
        broken=broken,
        figures={
            "orders": sum(one.orders for one in worked),
            "orders a second": _each(one.orders / one.seconds for one in worked),
            "processor ms an order": _each(1_000 * one.processor / one.orders for one in worked),
            "% of the machine busy": _each(100 * one.busy for one in worked),
        },
    )


async def _traded(fleet: Fleet, seconds: float, chance: random.Random) -> _Worked:
    floor = Floor(fleet, chance, SEATS)
    await _for(floor, _WARM_SECONDS)
    before, used, free = floor.done["receipts"], _processor(fleet), _idle()
    begin = time.monotonic()
    await _for(floor, seconds)
    took = time.monotonic() - begin
    return _Worked(
        orders=floor.done["receipts"] - before,
        seconds=took,
        processor=_processor(fleet) - used,
        busy=1 - (_idle() - free) / (took * (os.cpu_count() or 1)),
    )


async def _for(floor: Floor, seconds: float) -> None:
    end = time.monotonic() + seconds
    await floor.trade(lambda: time.monotonic() > end)


def _processor(fleet: Fleet) -> float:
    """Seconds so far, in the program and in the kernel: fields 14 and 15 of proc(5)."""
    told = (Path(f"/proc/{pid}/stat").read_text() for pid in fleet.pids.values())
    return sum(sum(map(int, one.rpartition(")")[2].split()[11:13])) for one in told) / _TICKS


def _idle() -> float:
    """Seconds of all cores together, those that wait for the disk among them."""
    idle, waits = Path("/proc/stat").read_text().split()[4:6]
    return (int(idle) + int(waits)) / _TICKS


def _each(figures: Iterable[float]) -> str:
    return ", ".join(f"{one:.1f}" if one < 100 else f"{one:.0f}" for one in figures)


THROUGHPUT: Final = Row(
    name="fleet-throughput",
    what=f"{', '.join(map(str, COUNTS))} replicas behind nginx, with Redis, on one SQLite file",
    unit="seconds",
    goal=90,
    short=6,
    passes_when=(
        "Each order equals the broker's, and its newest card says so; the figures are those of "
        "one machine that also holds the brokers, the people and everything between."
    ),
    run=_run,
    needs=NEEDS,
    waits=True,
)
