"""A real browser walks from a link to an account: scripts, cookies and policies as they are."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final, Literal
from urllib.parse import urlsplit

import pytest
from playwright.async_api import (
    BrowserContext,
    Page,
    Request,
    ViewportSize,
    async_playwright,
    expect,
)

from floorbroker.domain.modes import Environment
from tests.browser.demo import CHROMIUM, DESKTOP, FLAGS, PATIENCE_SECONDS, PHONE
from tests.floor import ANNA, BEN
from tests.web.conftest import (
    build,
    clock,
    discord,
    documents,
    house,
    store,
    venue,
    world,
)
from tests.web.link_world import KEYS, LinkWorld

__all__ = ["build", "clock", "discord", "documents", "house", "store", "venue", "world"]

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason=f"needs {CHROMIUM}"),
]

SMALL: Final = ViewportSize(width=320, height=640)
Scheme = Literal["light", "dark"]


@dataclass  # without slots: Playwright hangs something of its own onto who listens
class Watched:
    """A window of Chromium, and whatever it complained about or asked for."""

    page: Page
    context: BrowserContext
    complaints: list[str] = field(default_factory=list)
    asked: list[Request] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("requestfailed", self._failed)
        self.page.on("request", self._asked)

    def _failed(self, request: Request) -> None:
        self.complaints.append(f"{request.failure} {request.url}")

    def _asked(self, request: Request) -> None:
        self.asked.append(request)

    async def start(self, world: LinkWorld, token: str) -> None:
        """Opens a link and goes by way of Discord to the form."""
        await self.page.goto(f"{world.url}/link/{token}")
        await self.page.get_by_role("button", name="Continue with Discord").click()
        await self.page.get_by_role("button", name="Authorize").click()
        await expect(self.page.get_by_role("heading", level=1)).to_have_text(
            "Enter your keys for Alpaca"
        )

    async def fill(self, fields: dict[str, str]) -> None:
        """Types into the form."""
        await self.page.get_by_label("API key").fill(fields["field.api_key"])
        await self.page.get_by_label("API secret").fill(fields["field.api_secret"])

    async def heading(self, text: str) -> None:
        """Waits for a page."""
        await expect(self.page.get_by_role("heading", level=1)).to_have_text(text)


@asynccontextmanager
async def chromium(
    *, size: ViewportSize = DESKTOP, scheme: Scheme = "light", scripts: bool = True
) -> AsyncIterator[Watched]:
    """A fresh browser that nobody was logged in with."""
    async with async_playwright() as driver:
        browser = await driver.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        try:
            context = await browser.new_context(
                viewport=size, color_scheme=scheme, java_script_enabled=scripts
            )
            context.set_default_timeout(PATIENCE_SECONDS * 1000)
            yield Watched(await context.new_page(), context)
        finally:
            await browser.close()


def hosts(watched: Watched) -> set[str]:
    return {urlsplit(request.url).netloc for request in watched.asked}


def own_hosts(world: LinkWorld) -> set[str]:
    return {urlsplit(url).netloc for url in (world.url, world.discord.base)}


async def fits(page: Page) -> bool:
    """Whether nothing is wider than the window."""
    wide: bool = await page.evaluate(
        "document.documentElement.scrollWidth > document.documentElement.clientWidth"
    )
    return not wide


@pytest.mark.parametrize(
    "size",
    [
        pytest.param(DESKTOP, id="desktop"),
        pytest.param(PHONE, id="phone"),
        pytest.param(SMALL, id="small", marks=pytest.mark.long),
    ],
)
async def test_an_account_is_linked_in_a_browser(world: LinkWorld, size: ViewportSize) -> None:
    token = await world.token(environment=Environment.LIVE)
    async with chromium(size=size) as window:
        page = window.page
        await window.start(world, token)
        assert await fits(page)

        await window.fill(KEYS)
        await page.get_by_label("Name of the account").fill("Savings")
        await page.get_by_label("I have read this and accept it.").check()
        await page.get_by_role("button", name="Connect").click()
        await window.heading("Account found")

        await expect(page.get_by_role("listitem").first).to_have_text(
            re.compile(r"…1234\s+Alpaca\s+LIVE")
        )
        assert await fits(page)
        assert window.complaints == []
        assert hosts(window) == own_hosts(world)
        assert await window.context.cookies(world.url) == []
    (link,) = await world.house.stored_people.links(ANNA)
    assert (link.label, link.environment) == ("Savings", Environment.LIVE)


# While the next page is on its way Chromium lets nobody ask this one, so it writes down itself what
# it shows, and then presses and sends once more.
WHILE_CONNECTING: Final = """() => {
    const form = document.querySelector("form");
    const button = form.querySelector("button");
    form.addEventListener("submit", () => setTimeout(() => {
        sessionStorage.setItem("seen", JSON.stringify([
            button.innerText,
            button.disabled,
            getComputedStyle(button, "::before").animationName,
            form.querySelector("[role=status]").innerText,
        ]));
        button.click();
        form.requestSubmit();
    }, 0), { once: true });
}"""


async def test_the_button_says_that_it_is_connecting_and_takes_no_second_click(
    world: LinkWorld,
) -> None:
    world.venue.blocked["connect"] = asyncio.Event()
    async with chromium() as window:
        page = window.page
        await window.start(world, await world.token())
        await window.fill(KEYS)
        await page.evaluate(WHILE_CONNECTING)

        pressed = asyncio.ensure_future(page.get_by_role("button", name="Connect").click())
        await world.venue.heard("connect")
        world.venue.blocked["connect"].set()
        await pressed
        await window.heading("Account found")

        seen = json.loads(await page.evaluate("sessionStorage.getItem('seen')"))
        assert seen == ["Connecting…", True, "turn", "This takes a few seconds."]
        assert window.complaints == []
    posts = [one for one in window.asked if one.method == "POST" and one.url.endswith("/keys")]
    assert len(posts) == 1
    assert world.venue.count("connect") == 1


async def test_wrong_keys_leave_an_empty_form_with_the_words_first(world: LinkWorld) -> None:
    async with chromium(size=PHONE) as window:
        page = window.page
        await window.start(world, await world.token())
        await window.fill({**KEYS, "field.api_secret": "wrong"})
        await page.get_by_role("button", name="Connect").click()

        alert = page.get_by_role("alert")
        await expect(alert).to_contain_text("The exchange does not know these keys.")
        await expect(alert).to_be_focused()
        await expect(alert).to_be_in_viewport()
        await expect(page.get_by_label("API key")).to_have_value("")
        await expect(page.get_by_label("API secret")).to_have_value("")

        await window.fill(KEYS)
        await page.get_by_role("button", name="Connect").click()
        await window.heading("Account found")


@pytest.mark.long
async def test_everything_works_without_scripts(world: LinkWorld) -> None:
    async with chromium(scripts=False) as window:
        await window.start(world, await world.token())
        await window.fill(KEYS)
        await window.page.get_by_role("button", name="Connect").click()
        await window.heading("Account found")


async def test_whoever_agreed_before_passes_discord_without_a_click(world: LinkWorld) -> None:
    """A redirect from our form to Discord and back to us: `form-action` must allow all of it."""
    world.discord.agreed.add(ANNA)
    async with chromium() as window:
        await window.page.goto(f"{world.url}/link/{await world.token()}")
        await window.page.get_by_role("button", name="Continue with Discord").click()
        await window.heading("Enter your keys for Alpaca")

        assert window.complaints == []


@pytest.mark.long
async def test_another_person_is_warned(world: LinkWorld) -> None:
    world.discord.person = BEN
    async with chromium(size=PHONE) as window:
        await window.page.goto(f"{world.url}/link/{await world.token()}")
        await window.page.get_by_role("button", name="Continue with Discord").click()
        await window.page.get_by_role("button", name="Authorize").click()

        await window.heading("This link was made for another person")
        assert await fits(window.page)


@pytest.mark.long
async def test_who_refuses_at_discord_is_told_how_to_go_on(world: LinkWorld) -> None:
    async with chromium() as window:
        await window.page.goto(f"{world.url}/link/{await world.token()}")
        await window.page.get_by_role("button", name="Continue with Discord").click()
        await window.page.get_by_role("button", name="Cancel").click()

        await window.heading("You did not agree")


@pytest.mark.long
async def test_discord_does_not_learn_the_address_of_the_link(world: LinkWorld) -> None:
    token = await world.token()
    async with chromium() as window:
        await window.start(world, token)

        for request in window.asked:
            headers = await request.all_headers()
            assert world.url not in headers.get("referer", "")
            if not request.url.endswith(f"/link/{token}"):
                assert token not in request.url
                assert token not in (request.post_data or "")


@pytest.mark.long
async def test_going_back_after_the_end_shows_no_form(world: LinkWorld) -> None:
    async with chromium() as window:
        await window.start(world, await world.token())
        await window.fill(KEYS)
        await window.page.get_by_role("button", name="Connect").click()
        await window.heading("Account found")

        await window.page.go_back()

        await window.heading("This browser has not shown whose it is")
        assert await window.page.get_by_label("API secret").count() == 0


async def test_a_script_that_got_onto_the_page_would_not_run(world: LinkWorld) -> None:
    async with chromium() as window:
        page = window.page
        await page.goto(f"{world.url}/link/{await world.token()}")

        await page.evaluate(
            """() => {
                const script = document.createElement("script");
                script.textContent = "window.planted = 1";
                document.body.append(script);
                const picture = document.createElement("img");
                picture.src = "https://evil.example/leak";
                document.body.append(picture);
            }"""
        )

        assert await page.evaluate("window.planted") is None
        assert "csp https://evil.example/leak" in window.complaints
        assert any("Executing inline script violates" in one for one in window.complaints)


CONTRAST: Final = """() => {
    const channel = (value) => {
        const part = value / 255;
        return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    };
    const numbers = (color) => color.match(/[\\d.]+/g).map(Number);
    const light = ([r, g, b]) =>
        0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
    const behind = (element) => {
        for (let one = element; one; one = one.parentElement) {
            const color = numbers(getComputedStyle(one).backgroundColor);
            if (color.length < 4 || color[3] === 1) return color;
        }
        return [255, 255, 255];
    };
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const weak = [];
    while (walker.nextNode()) {
        const element = walker.currentNode.parentElement;
        if (!walker.currentNode.data.trim() || element.tagName === "OPTION") continue;
        const [front, back] = [
            light(numbers(getComputedStyle(element).color)), light(behind(element)),
        ];
        const ratio = (Math.max(front, back) + 0.05) / (Math.min(front, back) + 0.05);
        if (ratio < 4.5) weak.push(`${ratio.toFixed(2)} ${walker.currentNode.data.trim()}`);
    }
    return weak;
}"""


@pytest.mark.parametrize("scheme", ["light", pytest.param("dark", marks=pytest.mark.long)])
async def test_every_word_can_be_read_and_every_field_reached(
    world: LinkWorld, scheme: Scheme
) -> None:
    async with chromium(size=PHONE, scheme=scheme) as window:
        page = window.page
        token = await world.token(environment=Environment.LIVE)
        await page.goto(f"{world.url}/link/{token}")
        assert await page.evaluate(CONTRAST) == []
        await window.start(world, token)
        assert await page.evaluate(CONTRAST) == []

        sizes = await page.eval_on_selector_all(
            "input:not([type=hidden]):not([type=checkbox]), select",
            "all => all.map(one => parseFloat(getComputedStyle(one).fontSize))",
        )
        nameless = await page.eval_on_selector_all(
            "input:not([type=hidden]), select, button",
            "all => all.filter(one => !(one.labels && one.labels.length) && !one.innerText)"
            ".map(one => one.outerHTML)",
        )
        assert sizes
        assert min(sizes) >= 16
        assert nameless == []

        await page.get_by_label("API key").focus()
        outline = await page.get_by_label("API key").evaluate(
            "one => getComputedStyle(one).outlineWidth"
        )
        assert outline == "3px"
        await window.fill({**KEYS, "field.api_secret": "wrong"})
        await page.get_by_label("I have read this and accept it.").check()
        await page.get_by_role("button", name="Connect").click()
        await page.get_by_role("alert").wait_for()
        assert await page.evaluate(CONTRAST) == []
        await window.fill(KEYS)
        await page.get_by_role("button", name="Connect").click()
        await window.heading("Account found")
        assert await page.evaluate(CONTRAST) == []
