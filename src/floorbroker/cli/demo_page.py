"""The demo's page: simcord's Preview of one channel, with a welcome, until somebody ends it."""

import asyncio
import os
import signal
import sys
import threading
import webbrowser
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta
from typing import Final

from simcord.preview import Preview

from floorbroker.bot.replies.card import Card, Section
from floorbroker.cli.demo_live import LivePage
from floorbroker.cli.simulated import World

TICK_SECONDS: Final = 1.0

WELCOME: Final = Card(
    title="Welcome",
    badges=("PAPER",),
    lead="This is the real bot on a simulated Discord. The money and the prices are made up, "
    "and nothing leaves this machine.",
    sections=(
        Section(
            heading="Type one of these below",
            lines=(
                "/buy symbol:AAPL quantity:10",
                "/buy symbol:AAPL quantity:10 limit:200",
                "/quote symbol:AAPL",
                "/positions",
                "/orders",
                "/setup broker",
                "/help",
            ),
        ),
    ),
)


@asynccontextmanager
async def demo_page(
    world: World, *, port: int, tick_seconds: float = TICK_SECONDS
) -> AsyncIterator[Preview]:
    """The channel as a page on loopback; the address is in `url` and lets anybody in who has it.

    Raises:
        SetupError: The port is taken.
    """
    preview = world.env.preview(
        world.channel, viewers=[world.person], layout="channel", port=port, timezone=time_zone()
    )
    async with preview:
        live = LivePage(world, preview, tick_seconds)
        await live.say(WELCOME)
        await world.env.settle()
        clock = asyncio.create_task(live.keep_live(), name="demo clock")
        try:
            yield preview
        finally:
            clock.cancel()
            await asyncio.gather(clock, return_exceptions=True)


async def until_ended(preview: Preview) -> None:
    """Waits for Ctrl-C, SIGTERM or the page's "End preview session"."""
    ended = asyncio.create_task(preview.wait_closed())
    loop = asyncio.get_running_loop()
    # Windows has no signal handlers here; there Ctrl-C cancels the whole run.
    with suppress(NotImplementedError):
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, ended.cancel)
    await asyncio.wait({ended})


def open_in_browser(url: str) -> bool:
    """Asks the desktop to show the page, if there is one; never waits for it and never fails."""
    if sys.platform.startswith("linux") and not (
        os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    ):
        return False

    def show() -> None:
        with suppress(webbrowser.Error, OSError):
            webbrowser.open(url)

    # A daemon: a browser that does not return must not keep the demo from ending.
    threading.Thread(target=show, name="open browser", daemon=True).start()
    return True


def time_zone() -> str:
    """The machine's, by a name that browsers know too: whole hours from UTC, else UTC."""
    offset = datetime.now().astimezone().utcoffset() or timedelta()
    hours, rest = divmod(offset, timedelta(hours=1))
    # The sign of these names is the opposite of everybody else's.
    return "UTC" if rest or not hours else f"Etc/GMT{-hours:+d}"
