"""The life of a serving process: web first, then Discord; down in the order that loses nothing.

At the first signal the process is no longer ready and takes no confirmation, what is on its way to
a broker comes to its end, Discord is left, and the web goes last. What a process that is killed
leaves behind is found by the next one, so the second signal may end it on the spot.
"""

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from contextlib import AbstractAsyncContextManager, contextmanager
from datetime import timedelta
from types import FrameType
from typing import Any, Final

import structlog

from floorbroker.services.supervisor import Supervisor

LEAVE_WITHIN: Final = timedelta(seconds=10)
_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM)
_log = structlog.stdlib.get_logger(__name__)


class DiscordEnded(Exception):
    """The connection to Discord ended by itself; the cause is what it ended with, if anything."""


async def serve(
    *,
    supervisor: Supervisor,
    web: AbstractAsyncContextManager[object],
    connect: Callable[[], Coroutine[Any, Any, None]],
    leave: Callable[[], Awaitable[None]],
    stop: asyncio.Event,
    drain_within: timedelta,
    leave_within: timedelta = LEAVE_WITHIN,
) -> None:
    """Serves until `stop` is set.

    The store must outlast this call: requests that the web still answers need it.

    Args:
        web: Serves for as long as it is open.
        connect: The connection to Discord; runs for as long as it holds.
        leave: Ends the connection.
        drain_within: How long what is on its way may take to come to its end.

    Raises:
        DiscordEnded: The connection broke; everything else was ended in order.
    """
    async with web:
        if stop.is_set():
            return
        connection = asyncio.ensure_future(connect())
        asked = asyncio.ensure_future(stop.wait())
        try:
            await asyncio.wait({connection, asked}, return_when=asyncio.FIRST_COMPLETED)
            broken = not stop.is_set()
            _log.info("draining", asked_to=not broken)
            unfinished = await supervisor.drain(drain_within)
        finally:
            asked.cancel()
            await _left(leave, connection, leave_within)
        _log.info("left_discord", unfinished=unfinished)
    if broken:
        raise DiscordEnded from connection.exception()


@contextmanager
def end_on_signal(stop: asyncio.Event) -> Iterator[None]:
    """Sets `stop` at the first SIGTERM or SIGINT; the second one ends the process at once.

    For the main thread only. Not the loop's own way, which Windows lacks and which a loop that
    hangs would never reach.
    """
    loop = asyncio.get_running_loop()
    asked = False

    def told(number: int, _frame: FrameType | None) -> None:
        nonlocal asked
        if asked:
            os._exit(128 + number)
        asked = True
        loop.call_soon_threadsafe(stop.set)

    before = {number: signal.signal(number, told) for number in _SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


async def _left(
    leave: Callable[[], Awaitable[None]], connection: asyncio.Future[None], within: timedelta
) -> None:
    try:
        async with asyncio.timeout(within.total_seconds()):
            await leave()
    except Exception as error:  # noqa: BLE001  # nothing in it may keep the rest from ending
        _log.warning("discord_not_left_in_order", error=type(error).__name__)
    connection.cancel()
    await asyncio.gather(connection, return_exceptions=True)
