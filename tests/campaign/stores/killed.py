"""SQLite's process is killed in the middle of its writes: what was acknowledged is there."""

import asyncio
import sqlite3
import subprocess
import sys
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from time import monotonic

from floorbroker.storage.sqlite import SqliteDocuments
from tests.campaign.row import Reached

_LONGEST_SECONDS = 0.05
_ROOT = Path(__file__).parents[3]


def run(size: int, seed: int) -> Reached:
    """`size` kills, one after another on one file."""
    chance, broken, writes = Random(f"{seed} killed"), list[str](), 0
    with TemporaryDirectory() as folder:
        path = Path(folder) / "floor.db"
        for number in range(size):
            told = _killed(path, chance.uniform(0, _LONGEST_SECONDS))
            stored, verdict = asyncio.run(_found(path))
            if verdict != "ok":
                broken.append(f"kill {number}: integrity_check says {verdict}")
            # The last write may have been stored before anybody could be told.
            if not told <= stored <= told + 1:
                broken.append(f"kill {number}: version {told} was told and {stored} is stored")
            writes = stored
    return Reached(trials=size, broken=broken, figures={"writes acknowledged": writes})


def _killed(path: Path, after_seconds: float) -> int:
    """Lets a process write for a while; the last version that it told."""
    command = [sys.executable, "-m", "tests.campaign.stores.writer", str(path)]
    with subprocess.Popen(command, cwd=_ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        told = int(process.stdout.readline())
        end = monotonic() + after_seconds
        while monotonic() < end:
            told = int(process.stdout.readline())
        process.kill()
        rest = process.stdout.read().splitlines(keepends=True)
        return max([told, *(int(line) for line in rest if line.endswith("\n"))])


async def _found(path: Path) -> tuple[int, str]:
    """The stored version as the product reads it, and what SQLite says of its file."""
    documents = SqliteDocuments(path)
    await documents.start(())
    order = await documents.get("orders", "one")
    await documents.close()
    connection = sqlite3.connect(path)
    (verdict,) = connection.execute("PRAGMA integrity_check").fetchone()
    connection.close()
    return (order or {"version": -1})["version"], verdict
