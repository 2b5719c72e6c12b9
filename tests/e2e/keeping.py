"""Processes around one store: the bot of `keeping_bot`, and the command `floorbroker`."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tests.environment import child_environment

PATIENCE_SECONDS: Final = 60
_COMMAND: Final = "from floorbroker.cli.app import main; main()"


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str


class Bot:
    """A bot that does what it is told."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        """Its process."""
        self.process = process

    async def ready(self) -> None:
        """Waits until it serves."""
        assert await self._line() == "ready"

    async def ask(self, do: str, **more: str) -> Any:
        """What it answers."""
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps({"do": do, **more}).encode() + b"\n")
        return await self._line()

    async def kill(self) -> None:
        """As the machine does when it goes dark."""
        self.process.kill()
        await self.process.wait()

    async def _line(self) -> Any:
        assert self.process.stdout is not None
        async with asyncio.timeout(PATIENCE_SECONDS):
            return json.loads(await self.process.stdout.readline())


@asynccontextmanager
async def bot(folder: Path, **settings: str) -> AsyncIterator[Bot]:
    """One that serves, until the block is left."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.e2e.keeping_bot"),
        cwd=folder,
        env=child_environment(**settings),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        started = Bot(process)
        await started.ready()
        yield started
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def floorbroker(folder: Path, *words: str, **settings: str) -> Ended:
    """The installed command, to its end."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", _COMMAND, *words),
        cwd=folder,
        env=child_environment(**settings),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    async with asyncio.timeout(PATIENCE_SECONDS):
        out, err = await process.communicate()
    assert process.returncode is not None
    return Ended(process.returncode, out.decode(), err.decode())
