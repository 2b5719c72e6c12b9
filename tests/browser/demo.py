"""The demo as a process of its own, and a Chromium that looks at its page."""

import asyncio
import re
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from playwright.async_api import Locator, Page, ViewportSize, async_playwright

from tests.environment import child_environment

CHROMIUM: Final = Path("/usr/bin/chromium")
DESKTOP: Final = ViewportSize(width=1280, height=900)
PHONE: Final = ViewportSize(width=390, height=844)
PATIENCE_SECONDS: Final = 30
COMMAND: Final = "from floorbroker.cli.app import main; main()"
FLAGS: Final = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@dataclass(slots=True)
class Demo:
    """A running `floorbroker demo`.

    Attributes:
        printed: What it has printed so far.
    """

    process: asyncio.subprocess.Process
    url: str
    printed: str

    async def ended(self) -> int:
        """Waits for its end; the exit code."""
        assert self.process.stdout is not None
        async with asyncio.timeout(PATIENCE_SECONDS):
            self.printed += (await self.process.stdout.read()).decode()
            return await self.process.wait()


@asynccontextmanager
async def running_demo(data_dir: Path) -> AsyncIterator[Demo]:
    """Starts the demo and reads the address that it prints; it never outlives the block."""
    arguments = ("demo", "--no-open-browser", "--port", "0", "--data-dir", str(data_dir))
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        COMMAND,
        *arguments,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        env=child_environment(),
    )
    try:
        yield await _started(process)
    finally:
        with suppress(ProcessLookupError):
            process.send_signal(signal.SIGINT)
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                await process.communicate()
        finally:
            if process.returncode is None:
                process.kill()
                await process.communicate()


async def _started(process: asyncio.subprocess.Process) -> Demo:
    assert process.stdout is not None
    printed = ""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while line := (await process.stdout.readline()).decode():
            printed += line
            found = re.search(r"http://\S+", line)
            if found:
                return Demo(process=process, url=found[0], printed=printed)
    raise AssertionError(f"The demo ended before it printed an address:\n{printed}")


@asynccontextmanager
async def chromium(*, size: ViewportSize = DESKTOP, scale: float = 1) -> AsyncIterator[Page]:
    """An empty page of a real browser."""
    async with async_playwright() as driver:
        browser = await driver.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        try:
            page = await browser.new_page(viewport=size, device_scale_factor=scale)
            page.set_default_timeout(PATIENCE_SECONDS * 1000)
            yield page
        finally:
            await browser.close()


@dataclass(frozen=True, slots=True)
class Channel:
    """What a person does in the channel."""

    page: Page

    async def open(self, url: str) -> None:
        """Shows the channel and waits until it can be used."""
        await self.page.goto(url)
        await self.page.locator("#preview-app[aria-busy=false]").wait_for()
        await self.card("Welcome").wait_for()

    @property
    def offered(self) -> Locator:
        """What an open menu or picker offers."""
        return self.page.get_by_role("listbox").get_by_role("option")

    def card(self, title: str) -> Locator:
        """The newest card with `title` in its text."""
        return self.page.locator(".component-container").filter(has_text=title).last

    async def say(self, text: str) -> None:
        """Writes a line into the text box and sends it, without the picker."""
        await self._idle()
        box = self.page.get_by_label("Message", exact=True)
        await box.fill(text)
        await box.press("Escape")  # closes the picker, which has come up for a slash
        await box.press("Enter")

    async def pick(self, command: str, required: dict[str, str], more: dict[str, str]) -> None:
        """Writes a command as the picker offers it: name, suggested values, further options."""
        await self._idle()
        box = self.page.get_by_label("Message", exact=True)
        await box.press_sequentially(f"/{command}")
        await self.offered.first.wait_for()
        await box.press("Enter")
        for name, value in required.items():
            await self.page.get_by_label(f"{name}, required").press_sequentially(value)
            await self.offered.filter(has_text=re.compile(f"^{value} ")).click()
        for name, value in more.items():
            await self.page.locator(".command-ghost").click()
            await self.offered.filter(has_text=re.compile(f"^{name}")).click()
            await self.page.get_by_role("textbox", name=name).press_sequentially(value)
        await self.page.get_by_role("button", name="Send").click()

    async def press(self, card: Locator, label: str) -> None:
        """Clicks a button of a card."""
        await self._idle()
        await card.get_by_role("button", name=label, exact=True).click()

    async def choose(self, card: Locator, name: str) -> None:
        """Chooses in the menu of a card."""
        await self._idle()
        await card.get_by_role("combobox").click()
        await self.offered.filter(has_text=name).click()

    async def _idle(self) -> None:
        """The page takes one action at a time; a person sees when it is done."""
        status = self.page.locator("#action-status")
        await status.filter(has_not_text=re.compile("…$")).wait_for()
