"""P8: orders a second of one process, and of two on the same store.

Run as a program (`python -m bench.replicas FILE NUMBER`) it is one of the processes: it says that
it is ready, begins at a word, and prints how many orders were confirmed and how many requests its
broker got meanwhile.
"""

import asyncio
import json
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bench.report import Row, Sample, Unit
from bench.stage import Marking, settings_in
from floorbroker.bootstrap import App, running
from floorbroker.domain.ids import BrokerId, UserId
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.orders import Side
from floorbroker.observability.logging import configure_logging
from floorbroker.services.callers import Caller
from floorbroker.services.ticket import Ticket
from floorbroker.storage.sqlite import SqliteDocuments
from floorbroker.vault.keyring import new_key, parse_keyring

SECONDS: Final = 10.0
WARM: Final = 40
AT_ONCE: Final = 8
GOAL: Final = 1.7
BUY: Final = Ticket(symbol="AAPL", side=Side.BUY, quantity="1")


@dataclass(frozen=True, slots=True)
class Worked:
    """What one process did."""

    confirmed: int
    requests: int


async def two_processes() -> Sequence[Row]:
    """P8: throughput of one and of two, and orders that were sent twice."""
    alone = await _together(1)
    both = await _together(2)
    one, two = (sum(part.confirmed for part in run) / SECONDS for run in (alone, both))
    doubled = sum(part.requests - part.confirmed for part in (*alone, *both))
    return (
        Row(
            id="P8",
            what="orders a second of two processes on one SQLite file; raw: one process",
            goal=f"≥ {GOAL} times as many",
            unit=Unit.PER_SECOND,
            ours=Sample((two,)),
            raw=Sample((one,)),
            met=two >= GOAL * one,
        ),
        Row(
            id="P8",
            what=f"orders sent twice, of {sum(part.confirmed for part in (*alone, *both)):,}",
            goal="0",
            unit=Unit.COUNT,
            ours=Sample((float(doubled),)),
            met=doubled == 0,
        ),
    )


async def _together(count: int) -> list[Worked]:
    """So many processes at the same time, on a store of their own."""
    with tempfile.TemporaryDirectory() as folder:
        file, key = Path(folder) / "bench.sqlite3", new_key("bench")
        processes = [
            await asyncio.create_subprocess_exec(
                sys.executable,
                *("-m", __name__, str(file), str(number), key),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
            )
            for number in range(count)
        ]
        for one in processes:
            assert one.stdout is not None
            await one.stdout.readline()
        told = await asyncio.gather(*(one.communicate(b"begin\n") for one in processes))
    return [Worked(**json.loads(out)) for out, _ in told]


async def _process(file: Path, number: int, key: str) -> None:
    configure_logging("ERROR", json=False)
    marking = Marking()
    async with running(
        settings_in(file.parent),
        documents=SqliteDocuments(file),
        keyring=parse_keyring(key),
        broker_options={BrokerId("paper"): {"latency_seconds": 0.0, "faults": marking}},
        shard_count=1,
    ) as app:
        for warm in range(WARM):
            await _bought(app, number, f"warm-{warm}", warm)
        _say("ready")
        await asyncio.get_running_loop().run_in_executor(None, sys.stdin.readline)
        marking.began.clear()
        end = time.monotonic() + SECONDS
        done = await asyncio.gather(*(_until(app, number, one, end) for one in range(AT_ONCE)))
    _say(json.dumps({"confirmed": sum(done), "requests": len(marking.began)}))


async def _until(app: App, number: int, one: int, end: float) -> int:
    done = 0
    while time.monotonic() < end:
        await _bought(app, number, f"{one}-{done}", AT_ONCE * done + one)
        done += 1
    return done


async def _bought(app: App, number: int, name: str, turn: int) -> None:
    """By one of fifty people of this process: whoever clicks twice at once waits for themselves."""
    user = UserId(str(70_000 + 1_000 * number + turn % 50))
    caller = Caller(user_id=user, guild_id=None, origin_key=f"p8-{number}-{name}")
    order = await app.floor.drafts.draft(caller, BUY)
    address = app.floor.addresses.seal(user, "1", "1", "token")
    confirmed = await app.floor.orders.confirm(caller, order.order_id, address)
    assert confirmed.state is OrderState.FILLED, confirmed.state
    await app.floor.orders.told(confirmed)


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(_process(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]))
