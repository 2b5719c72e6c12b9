"""The whole product with an account to link: the bot in a simulated Discord with a page to click,
the link pages on a port, Discord's OAuth2, Alpaca."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from aiohttp import web
from playwright.async_api import BrowserContext, Locator, Page, async_playwright
from pydantic import SecretStr

from floorbroker.cli.demo_page import demo_page
from floorbroker.cli.simulated import World, simulated
from floorbroker.config import Settings
from floorbroker.web.app import build_web_app, run_web
from floorbroker.web.links import link_pages
from tests.browser.demo import CHROMIUM, DESKTOP, FLAGS, PATIENCE_SECONDS, Channel
from tests.simulators.alpaca import AlpacaSimulator
from tests.simulators.discord_oauth import CLIENT_ID, CLIENT_SECRET, DiscordOAuth
from tests.web.link_world import free_port

KEY: Final = "PKCANARY000000000001"
SECRET: Final = "canary/Alpaca+Secret0123456789abcdefghij"


@dataclass(slots=True)
class Linked:
    """Everything that a test of linking touches.

    Attributes:
        channel: The person's Discord.
        context: Their browser, with its cookies.
    """

    world: World
    alpaca: AlpacaSimulator
    oauth: DiscordOAuth
    channel: Channel
    context: BrowserContext

    async def link_card(self) -> Locator:
        """`/setup broker` → Alpaca → Link paper account: the card with the way to the page."""
        await self.channel.say("/setup broker")
        await self.channel.choose(self.channel.card("Select your broker:"), "Alpaca")
        await self.channel.press(self.channel.card("Alpaca"), "Link paper account")
        card = self.channel.card("Link Alpaca")
        await card.get_by_role("link", name="Open the page").wait_for()
        return card

    async def address(self) -> str:
        """Where the button of that card leads."""
        link = (await self.link_card()).get_by_role("link", name="Open the page")
        address = await link.get_attribute("href")
        assert address is not None
        return address

    async def form(self, address: str) -> Page:
        """The form for the keys, after Discord has said who it is."""
        page = await self.context.new_page()
        await page.goto(address)
        await page.get_by_role("button", name="Continue with Discord").click()
        authorize = page.get_by_role("button", name="Authorize")
        form = page.get_by_role("button", name="Connect", exact=True)
        await authorize.or_(form).first.wait_for()  # who agreed before is not asked again
        if await authorize.is_visible():
            await authorize.click()
        await form.wait_for()
        return page

    async def connect(self, page: Page, key: str = KEY, secret: str = SECRET) -> None:
        """Types keys and sends them."""
        await page.get_by_label("API key ID").fill(key)
        await page.get_by_label("Secret key").fill(secret)
        await page.get_by_role("button", name="Connect", exact=True).click()


@asynccontextmanager
async def linked_world(folder: Path) -> AsyncIterator[Linked]:
    """Started, with the person at the channel."""
    async with AsyncExitStack() as stack:
        alpaca = await stack.enter_async_context(AlpacaSimulator())
        alpaca.add_person(KEY, SECRET, cash="25000")
        alpaca.market.set("AAPL", bid="189.90", ask="190.00")
        oauth = await stack.enter_async_context(_discord())
        port = free_port()
        settings = _settings(folder, port, alpaca)
        world = await stack.enter_async_context(simulated(folder, settings))
        oauth.person = str(world.person.id)
        oauth.redirect_uris.add(f"{settings.public_url}/identity")
        links = link_pages(
            world.app.floor,
            settings,
            on_connected=world.app.link_news.connected,
            discord=oauth.base,
        )
        site = build_web_app(
            readiness=world.app, metrics=world.app.metrics, metrics_token=None, links=links
        )
        await stack.enter_async_context(run_web(site, "127.0.0.1", port))
        preview = await stack.enter_async_context(demo_page(world, port=0))
        context = await stack.enter_async_context(_browser())
        channel = Channel(await context.new_page())
        await channel.open(preview.url)
        yield Linked(world, alpaca, oauth, channel, context)


def _settings(folder: Path, port: int, alpaca: AlpacaSimulator) -> Settings:
    return Settings.model_construct(
        data_dir=folder,
        operator_ids=frozenset(),
        public_url=f"http://127.0.0.1:{port}",
        discord_client_id=CLIENT_ID,
        discord_client_secret=SecretStr(CLIENT_SECRET),
        broker_endpoints=(("alpaca.paper", alpaca.url), ("alpaca.data", alpaca.data_url)),
    )


@asynccontextmanager
async def _discord() -> AsyncIterator[DiscordOAuth]:
    oauth, port = DiscordOAuth(), free_port()
    oauth.base = f"http://127.0.0.1:{port}"
    runner = web.AppRunner(oauth.app(), access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", port).start()
        yield oauth
    finally:
        await runner.cleanup()


@asynccontextmanager
async def _browser() -> AsyncIterator[BrowserContext]:
    async with async_playwright() as driver:
        browser = await driver.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        try:
            context = await browser.new_context(viewport=DESKTOP)
            context.set_default_timeout(PATIENCE_SECONDS * 1000)
            yield context
        finally:
            await browser.close()
