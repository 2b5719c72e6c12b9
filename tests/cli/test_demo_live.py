"""The demo's page stays true and never gets in the way of a click."""

import asyncio
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import pytest
from aiohttp import ClientSession
from simcord.preview import Preview

from floorbroker.bot.replies.card import Card
from floorbroker.bot.replies.components import view_of
from floorbroker.cli import demo_page
from floorbroker.cli.simulated import World, simulated
from tests.environment import child_environment

PATIENCE_SECONDS: Final = 30
COMMAND: Final = "from floorbroker.cli.app import main; main()"


@dataclass(slots=True)
class Browser:
    """What the page's own script sends."""

    http: ClientSession
    headers: dict[str, str] = field(default_factory=dict)
    snapshot: dict[str, Any] = field(default_factory=dict)
    sequence: int = 0

    async def open(self, url: str) -> None:
        """Opens a page."""
        self.headers["X-Simcord-Capability"] = urlsplit(url).fragment
        async with self.http.post("/api/pages", json={}, headers=self.headers) as answer:
            self.snapshot = await answer.json()
        self.headers["X-Simcord-Context"] = self.snapshot["context"]["id"]

    async def look(self) -> None:
        """Reads what is published, as the page does twice a second."""
        async with self.http.get("/api/state", headers=self.headers) as answer:
            self.snapshot = await answer.json()

    async def say(self, text: str) -> dict[str, Any]:
        """Sends a line of text; what became of it."""
        self.sequence += 1
        body = {
            "kind": "send_message",
            "content": text,
            "protocol_version": 3,
            "sequence": self.sequence,
            "request_id": str(uuid.uuid4()),
            "generation": self.snapshot["context"]["generation"],
            "bot_generation": self.snapshot["botGeneration"],
            "published_revision": self.snapshot["publishedRevision"],
        }
        async with self.http.post("/api/action", json=body, headers=self.headers) as answer:
            receipt: dict[str, Any] = await answer.json()
        return receipt

    @property
    def text(self) -> str:
        """Everything in the channel."""
        return str(self.snapshot["messages"])


@dataclass(frozen=True, slots=True)
class Served:
    """A demo in this process, with a clock that ticks at every turn of the event loop."""

    world: World
    preview: Preview
    browser: Browser

    async def post(self, title: str) -> None:
        """The bot posts by itself, in no simcord operation."""
        channel = self.world.app.bot.get_partial_messageable(self.world.channel.id)
        await channel.send(view=view_of(Card(title=title)))


# Not a fixture: simcord must be left in the task that entered it.
@asynccontextmanager
async def served(data_dir: Path) -> AsyncIterator[Served]:
    """Serves the page and opens it."""
    async with (
        simulated(data_dir) as world,
        demo_page.demo_page(world, port=0, tick_seconds=0) as preview,
        ClientSession(preview.url) as http,
    ):
        browser = Browser(http)
        await browser.open(preview.url)
        yield Served(world, preview, browser)


async def test_no_click_ever_meets_a_tick(tmp_path: Path) -> None:
    async with served(tmp_path) as here:
        for number in range(12):
            await here.post(f"News {number}")
            receipt = await here.browser.say("/orders")
            assert receipt["settlement"] == "settled", receipt
            await here.browser.look()

        assert "News 11" in here.browser.text


async def test_what_the_bot_posts_by_itself_is_seen_and_spoils_no_click(tmp_path: Path) -> None:
    async with served(tmp_path) as here:
        browser = here.browser
        revision = browser.snapshot["publishedRevision"]

        await here.post("News")
        async with asyncio.timeout(PATIENCE_SECONDS):
            while "News" not in browser.text:
                await browser.look()

        assert browser.snapshot["publishedRevision"] == revision
        assert (await browser.say("/orders"))["settlement"] == "settled"


async def test_the_simulated_clock_keeps_up_with_the_machine(tmp_path: Path) -> None:
    async with served(tmp_path) as here:
        started = here.world.env.now()

        async with asyncio.timeout(PATIENCE_SECONDS):
            while here.world.env.now() < started + timedelta(seconds=0.2):
                await here.browser.look()

        assert abs(here.world.env.now() - datetime.now(UTC)) < timedelta(seconds=1)
        assert here.preview.capture_time == here.world.env.now()


async def test_a_second_page_sees_what_was_done_on_the_first(tmp_path: Path) -> None:
    async with served(tmp_path) as here, ClientSession(here.preview.url) as http:
        other = Browser(http)
        await other.open(here.preview.url)

        await here.browser.say("/setup status")
        async with asyncio.timeout(PATIENCE_SECONDS):
            while "Status" not in other.text:
                await other.look()

        assert (await other.say("/orders"))["settlement"] == "settled"


async def test_text_that_is_a_command_runs_as_one(tmp_path: Path) -> None:
    async with served(tmp_path) as here:
        await here.browser.say("/buy symbol:AAPL quantity:10")
        await here.browser.look()

        welcome, review = here.browser.snapshot["timeline"]
        messages = here.browser.snapshot["messages"]
        assert "Welcome" in str(messages[welcome])
        assert "Buy 10 AAPL" in str(messages[review])


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("hello", "Commands begin with a slash"),
        ("/buy AAPL quantty:1", "/buy has no option quantty"),
        ("/server policy on", "/server policy needs rights that you do not have"),
    ],
)
async def test_any_other_text_is_answered_with_the_reason(
    tmp_path: Path, text: str, reason: str
) -> None:
    async with served(tmp_path) as here:
        await here.browser.say(text)
        await here.browser.look()

        assert "That was a message, not a command" in here.browser.text
        assert reason in here.browser.text


async def test_a_new_card_is_brought_into_view_also_on_a_page_opened_later(
    tmp_path: Path,
) -> None:
    async with served(tmp_path) as here:
        browser = here.browser

        await browser.say("/orders")
        await browser.look()
        newest = browser.snapshot["timeline"][-1]
        shown = browser.snapshot["targetId"]
        await browser.open(here.preview.url)

        assert shown == newest
        assert browser.snapshot["targetId"] == newest


def test_a_port_that_is_taken_is_told_in_a_sentence(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        arguments = ("demo", "--no-open-browser", "--port", str(port), "--data-dir", str(tmp_path))

        done = subprocess.run(
            (sys.executable, "-c", COMMAND, *arguments),
            env=child_environment(),
            capture_output=True,
            text=True,
            timeout=2 * PATIENCE_SECONDS,
            check=False,
        )

    assert done.returncode == 1
    assert done.stderr == f"The page could not start: preview could not bind port {port}\n"


@pytest.mark.parametrize(
    ("machine", "browser"),
    [
        ("UTC", "UTC"),
        ("America/Bogota", "Etc/GMT+5"),
        ("Asia/Tokyo", "Etc/GMT-9"),
        ("Asia/Kolkata", "UTC"),
    ],
)
def test_times_are_those_of_the_machine_where_browsers_have_a_name_for_them(
    monkeypatch: pytest.MonkeyPatch, machine: str, browser: str
) -> None:
    with monkeypatch.context() as patch:
        patch.setenv("TZ", machine)
        time.tzset()
        named = demo_page.time_zone()
    time.tzset()

    assert named == browser


def test_without_a_display_no_browser_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setattr("webbrowser.open", asked.append)
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)

    assert not demo_page.open_in_browser("http://127.0.0.1:1/")
    assert asked == []
