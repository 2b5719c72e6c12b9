"""A floorbroker in a process of its own, and what can be seen of it from outside."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

from aiohttp import ClientSession

from tests.environment import child_environment

PATIENCE_SECONDS: Final = 60


class Child:
    """A process whose log is read while it runs."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self.log: list[str] = []
        self._port: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._reading = asyncio.create_task(self._read())

    async def port(self) -> int:
        """Where it listens."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            return await asyncio.shield(self._port)

    async def line(self) -> str:
        """The next line of its output."""
        assert self.process.stdout is not None
        async with asyncio.timeout(PATIENCE_SECONDS):
            return (await self.process.stdout.readline()).decode().strip()

    async def status(self, path: str) -> tuple[int, Any]:
        """What its web side answers."""
        url = f"http://127.0.0.1:{await self.port()}{path}"
        async with ClientSession() as http, http.get(url) as answer:
            text = await answer.text()
            return answer.status, json.loads(text) if text.startswith("{") else text

    async def answers(self, path: str, status: int) -> Any:
        """Asks until the answer has this status; its body."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while True:
                found, body = await self.status(path)
                if found == status:
                    return body
                await asyncio.sleep(0.01)  # between two questions, so that the child gets on

    async def event(self, name: str) -> None:
        """Waits until it logged this."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while True:
                if name in self.events():
                    return
                await asyncio.sleep(0.01)

    async def ended(self) -> int:
        """Its exit code."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            await self._reading
            return await self.process.wait()

    def sentences(self) -> list[str]:
        """What it told the operator beside its log."""
        return [line for line in self.log if not line.startswith("{")]

    def events(self) -> list[str]:
        """What it logged."""
        return [json.loads(line)["event"] for line in self.log if line.startswith("{")]

    async def _read(self) -> None:
        assert self.process.stderr is not None
        async for raw in self.process.stderr:
            line = raw.decode().rstrip()
            self.log.append(line)
            if line.startswith("{") and json.loads(line).get("setting") == "PORT":
                self._port.set_result(json.loads(line)["port"])


@asynccontextmanager
async def child(
    folder: Path, program: str, *arguments: str, **settings: str
) -> AsyncIterator[Child]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", program, *arguments),
        cwd=folder,
        env=child_environment(**settings),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    started = Child(process)
    try:
        yield started
    finally:
        if process.returncode is None:
            process.kill()
        await started.ended()
