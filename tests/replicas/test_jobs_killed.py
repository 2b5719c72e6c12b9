"""Processes of the operating system share the rounds, and one of them is killed in the middle."""

import asyncio
import itertools
import os
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import pytest

from tests.redis_server import RedisServer

PROCESSES: Final = 3
PATIENCE_SECONDS: Final = 60


@asynccontextmanager
async def workers(url: str, log: Path) -> AsyncIterator[dict[int, asyncio.subprocess.Process]]:
    """Three, by their ids."""
    command = (sys.executable, "-m", "tests.replicas.one_worker", url, str(log))
    begun = [await asyncio.create_subprocess_exec(*command) for _ in range(PROCESSES)]
    try:
        yield {process.pid: process for process in begun}
    finally:
        for process in begun:
            if process.returncode is None:
                process.kill()
            await process.wait()


class Log:
    """What the processes have written so far."""

    def __init__(self, path: Path) -> None:
        """They make the file."""
        self._path = path

    def lines(self, name: str) -> Sequence[tuple[str, int]]:
        """Signs and processes of one round."""
        text = self._path.read_text() if self._path.exists() else ""
        parts = [line.split() for line in text.splitlines()]
        return [(sign[0], int(sign[1:])) for sign, what in parts if what == name]

    async def until(self, holds: Callable[[], bool]) -> None:
        """Waits for the others to write."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not holds():  # noqa: ASYNC110  # a file of other processes
                await asyncio.sleep(0.02)


@pytest.mark.long
async def test_a_round_of_a_killed_process_is_taken_over_and_the_others_go_on(
    redis_server: RedisServer, tmp_path: Path
) -> None:
    log = Log(tmp_path / "rounds")
    async with workers(redis_server.url, tmp_path / "rounds") as alive:
        await log.until(lambda: {pid for _, pid in log.lines("brief")} == set(alive))
        await log.until(lambda: len(log.lines("held")) == 1)
        ((_, holder),) = log.lines("held")

        os.kill(holder, 9)
        await alive[holder].wait()
        so_far = len(log.lines("brief"))
        await log.until(lambda: len(log.lines("held")) == 2)
        brief = log.lines("brief")

    _, (_, second) = log.lines("held")
    assert second != holder
    assert len(brief) > so_far
    signs = [sign for sign, pid in brief]
    begun_at_once = [here + after for here, after in itertools.pairwise(signs)]
    assert begun_at_once.count("++") <= 1, "only what the killed one had begun may be begun again"
