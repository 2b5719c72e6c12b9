"""The whole product with an account to link: the bot in a simulated Discord with a page to click,
the link pages on a port, Discord's OAuth2, a broker."""

import re
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from aiohttp import web
from playwright.async_api import BrowserContext, Locator, Page, async_playwright
from pydantic import SecretStr

from floorbroker.cli.demo_page import demo_page
from floorbroker.cli.simulated import World, simulated
from floorbroker.config import Settings, Switch
from floorbroker.domain.modes import Environment
from floorbroker.domain.people import ServerPolicy
from floorbroker.storage.people import People
from floorbroker.web.app import build_web_app, run_web
from floorbroker.web.links import link_pages
from tests.browser.at_brokers import KEY, SECRET, AtAlpaca, AtBroker, by_keys
from tests.browser.demo import CHROMIUM, DESKTOP, FLAGS, PATIENCE_SECONDS, Channel
from tests.simulators.discord_oauth import CLIENT_ID, CLIENT_SECRET, DiscordOAuth
from tests.web.link_world import free_port

_NEXT: Final = re.compile("^(Connect|Continue to .*)$")


@dataclass(slots=True)
class Linked:
    """Everything that a test of linking touches.

    Attributes:
        channel: The person's Discord.
        context: Their browser, with its cookies.
    """

    world: World
    at: AtBroker
    oauth: DiscordOAuth
    channel: Channel
    context: BrowserContext

    async def link_card(self) -> Locator:
        """`/setup broker` → the broker → Link account: the card with the way to the page."""
        name, environment = self.at.name, self.at.environment
        await self.channel.say("/setup broker")
        await self.channel.choose(self.channel.card("Select your broker:"), name)
        await self.channel.press(self.channel.card(name), f"Link {environment} account")
        card = self.channel.card(f"Link {name}")
        await card.get_by_role("link", name="Open the page").wait_for()
        return card

    async def address(self) -> str:
        """Where the button of that card leads."""
        link = (await self.link_card()).get_by_role("link", name="Open the page")
        address = await link.get_attribute("href")
        assert address is not None
        return address

    async def form(self, address: str) -> Page:
        """The page behind Discord's, once Discord has said who it is."""
        page = await self.context.new_page()
        await page.goto(address)
        await page.get_by_role("button", name="Continue with Discord").click()
        authorize = page.get_by_role("button", name="Authorize")
        form = page.get_by_role("button", name=_NEXT)
        await authorize.or_(form).first.wait_for()  # who agreed before is not asked again
        if await authorize.is_visible():
            await authorize.click()
        await form.wait_for()
        return page

    async def connect(self, page: Page, key: str = KEY, secret: str = SECRET) -> None:
        """Types keys of Alpaca's and sends them."""
        await by_keys(page, "", API_key_ID=key, Secret_key=secret)

    async def trade_for_real(self) -> None:
        """Opens the locks of live trading, the person's and the server's, where it is needed."""
        if self.at.environment is Environment.LIVE:
            await self.channel.say("/settings")
            await self.channel.press(self.channel.card("Settings"), "Live on")
            guild = self.world.channel.guild
            assert guild is not None
            people = People(self.world.app.documents)
            await people.save_policy(ServerPolicy(guild_id=str(guild.id), live=True))


@asynccontextmanager
async def linked_world(folder: Path, at: AtBroker | None = None) -> AsyncIterator[Linked]:
    """Started, with the person at the channel; at Alpaca unless told otherwise."""
    at = at or AtAlpaca()
    async with AsyncExitStack() as stack:
        oauth = await stack.enter_async_context(_discord())
        port = free_port()
        public_url = f"http://127.0.0.1:{port}"
        settings = _settings(folder, public_url, await at.start(stack, public_url))
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
        yield Linked(world, at, oauth, channel, context)


def _settings(folder: Path, public_url: str, chosen: Mapping[str, Any]) -> Settings:
    return Settings.model_construct(
        data_dir=folder,
        operator_ids=frozenset(),
        public_url=public_url,
        discord_client_id=CLIENT_ID,
        discord_client_secret=SecretStr(CLIENT_SECRET),
        live_trading=Switch.ON,
        **chosen,
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
