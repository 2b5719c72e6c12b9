"""P7: what we add to the imports that every Discord bot with MongoDB pays for."""

import asyncio
import json
import sys
from collections.abc import Sequence
from typing import Final

from bench.report import Row, Unit, sample

ROUNDS: Final = 10
MODULE: Final = "floorbroker.bootstrap"
MOST_ADDED_SECONDS: Final = 0.3
MOST_TO_READY_SECONDS: Final = 0.7

# One process measures both, one after the other, so that they meet the same machine.
_PROGRAM: Final = """
import json, pathlib, resource, sys, time

def now():
    seconds = time.perf_counter()
    statm = pathlib.Path("/proc/self/statm")
    if statm.exists():  # not the peak: on Linux a child's starts at its parent's
        return seconds, int(statm.read_text().split()[1]) * resource.getpagesize() / 2**20
    return seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20

start, _ = now()
import discord, discord.ext.commands, motor.motor_asyncio, pydantic
raw_end, raw_mb = now()
__import__(sys.argv[1])
end, mb = now()

import asyncio, pathlib, tempfile
from floorbroker.bootstrap import running
from floorbroker.config import Settings
from floorbroker.storage.sqlite import SqliteDocuments
from floorbroker.vault.keyring import new_key, parse_keyring

async def ready(folder):
    settings = Settings.model_construct(data_dir=folder)
    documents = SqliteDocuments(folder / "bench.sqlite3")
    keyring = parse_keyring(new_key("bench"))
    async with running(settings, documents=documents, keyring=keyring, shard_count=1) as app:
        await app.bot.add_commands()
        return time.perf_counter()

with tempfile.TemporaryDirectory() as folder:
    began = time.perf_counter()
    seconds_to_ready = asyncio.run(ready(pathlib.Path(folder))) - began
print(json.dumps([raw_end - start, end - start, raw_mb, mb, seconds_to_ready]))
"""


async def import_time_and_memory() -> Sequence[Row]:
    """P7: the import, and the way from there to ready, Discord's own time left out."""
    await _import_once()  # compiles and warms the disk's cache
    rounds = [await _import_once() for _ in range(ROUNDS)]
    raw_seconds, seconds, raw_mb, mb, ready = (
        sample(column) for column in zip(*rounds, strict=True)
    )
    added = sample(ours - raw for ours, raw in zip(seconds.values, raw_seconds.values, strict=True))
    return (
        Row(
            id="P7",
            what=f"import {MODULE}; raw: discord.py, motor, pydantic",
            goal="≤ 0.3 s more than raw",
            unit=Unit.SECONDS,
            ours=seconds,
            raw=raw_seconds,
            met=added.median <= MOST_ADDED_SECONDS,
        ),
        Row(id="P7", what="the same: memory", unit=Unit.MEGABYTES, ours=mb, raw=raw_mb),
        Row(
            id="P7",
            what="from there to ready on a new SQLite store",
            goal="≤ 0.7 s",
            unit=Unit.SECONDS,
            ours=ready,
            met=ready.median <= MOST_TO_READY_SECONDS,
        ),
    )


async def _import_once() -> tuple[float, float, float, float, float]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-W", "ignore", "-c", _PROGRAM, MODULE, stdout=asyncio.subprocess.PIPE
    )
    output, _ = await process.communicate()
    if process.returncode:
        raise RuntimeError(f"importing {MODULE} failed, see above")
    raw_seconds, seconds, raw_mb, mb, ready = json.loads(output)
    return raw_seconds, seconds, raw_mb, mb, ready
