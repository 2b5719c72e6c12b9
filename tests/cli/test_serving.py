"""The order in which a serving process comes up and goes down; no Discord, no store."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any, Final

import pytest

from floorbroker.cli.serving import DiscordEnded, serve
from floorbroker.domain.errors import Busy
from floorbroker.services.supervisor import Supervisor

LONG: Final = timedelta(seconds=30)
BRIEF: Final = timedelta(milliseconds=10)


class Stage:
    """Web and Discord as fakes that write down what happens to them, in order."""

    def __init__(self) -> None:
        self.happened: list[str] = []
        self.supervisor = Supervisor()
        self.stop = asyncio.Event()
        self.connected = asyncio.Event()
        self.hung_up = asyncio.Event()
        self.error: Exception | None = None

    @asynccontextmanager
    async def web(self) -> AsyncIterator[None]:
        self.happened.append("web up")
        yield
        self.happened.append("web down")

    async def connect(self) -> None:
        self.happened.append("discord up")
        self.connected.set()
        await self.hung_up.wait()
        if self.error is not None:
            raise self.error

    async def leave(self) -> None:
        self.happened.append("discord down")
        self.hung_up.set()

    def serve(self, **changes: Any) -> "asyncio.Task[None]":
        usual: dict[str, Any] = {
            "supervisor": self.supervisor,
            "web": self.web(),
            "connect": self.connect,
            "leave": self.leave,
            "stop": self.stop,
            "drain_within": LONG,
        }
        return asyncio.create_task(serve(**{**usual, **changes}))

    def work(self, until: asyncio.Event) -> "asyncio.Future[None]":
        """An order on its way."""

        async def work() -> None:
            await until.wait()
            self.happened.append("work done")

        return self.supervisor.carry_out(work())


async def until(holds: Callable[[], bool]) -> None:
    """Lets the loop run until something is the case."""
    async with asyncio.timeout(20):
        while not holds():  # noqa: ASYNC110  # what is waited for has no event
            await asyncio.sleep(0)


async def test_the_web_is_up_before_discord_and_down_after_it() -> None:
    stage = Stage()
    serving = stage.serve()
    await stage.connected.wait()

    stage.stop.set()
    await serving

    assert stage.happened == ["web up", "discord up", "discord down", "web down"]


async def test_an_order_on_its_way_ends_before_discord_is_left() -> None:
    stage = Stage()
    serving = stage.serve()
    await stage.connected.wait()
    answered = asyncio.Event()
    order = stage.work(answered)

    stage.stop.set()
    await until(lambda: stage.supervisor.draining)
    before = list(stage.happened)
    answered.set()
    await serving

    assert before == ["web up", "discord up"]
    assert stage.happened == [*before, "work done", "discord down", "web down"]
    assert order.done()


async def test_a_confirmation_is_refused_from_the_signal_on() -> None:
    stage = Stage()
    serving = stage.serve()
    await stage.connected.wait()
    answered = asyncio.Event()
    stage.work(answered)

    stage.stop.set()
    await until(lambda: stage.supervisor.draining)
    with pytest.raises(Busy):
        stage.work(answered)

    assert "discord down" not in stage.happened
    answered.set()
    await serving


async def test_an_order_that_never_ends_does_not_hold_the_process_up() -> None:
    stage = Stage()
    serving = stage.serve(drain_within=BRIEF)
    await stage.connected.wait()
    stage.work(asyncio.Event())

    stage.stop.set()
    await serving

    assert stage.happened[-2:] == ["discord down", "web down"]
    await stage.supervisor.stop()


@pytest.mark.parametrize("error", [None, ConnectionResetError("planted")])
async def test_a_broken_connection_ends_the_process_in_the_same_order(
    error: Exception | None,
) -> None:
    stage = Stage()
    stage.error = error
    answered = asyncio.Event()
    serving = stage.serve()
    await stage.connected.wait()
    stage.work(answered)

    stage.hung_up.set()
    await until(lambda: stage.supervisor.draining)
    answered.set()
    with pytest.raises(DiscordEnded) as ended:
        await serving

    assert ended.value.__cause__ is error
    assert stage.happened[2:] == ["work done", "discord down", "web down"]


async def test_an_error_of_the_connection_after_the_signal_is_no_failure() -> None:
    stage = Stage()
    stage.error = ConnectionResetError("planted")
    serving = stage.serve()
    await stage.connected.wait()

    stage.stop.set()

    await serving


async def test_a_signal_before_discord_was_reached_never_connects() -> None:
    stage = Stage()
    stage.stop.set()

    await stage.serve()

    assert stage.happened == ["web up", "web down"]


async def test_leaving_that_fails_does_not_keep_the_web_up() -> None:
    async def fails() -> None:
        raise ConnectionResetError("planted")

    stage = Stage()
    serving = stage.serve(leave=fails)
    await stage.connected.wait()

    stage.stop.set()
    await serving

    assert stage.happened[-1] == "web down"


async def test_leaving_that_hangs_is_given_up_with_the_connection() -> None:
    async def hangs() -> None:
        await asyncio.Event().wait()

    stage = Stage()
    before = asyncio.all_tasks()
    serving = stage.serve(leave=hangs, leave_within=BRIEF)
    await stage.connected.wait()

    stage.stop.set()
    await serving

    assert stage.happened[-1] == "web down"
    assert asyncio.all_tasks() - before <= {serving}
