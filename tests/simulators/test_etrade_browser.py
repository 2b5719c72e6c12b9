"""The E*TRADE simulator's page in a real browser: who, whether, and where to afterwards."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import parse_qs, urlsplit

import pytest
from aiohttp import web
from playwright.async_api import Page, async_playwright, expect

from tests.browser.demo import CHROMIUM, FLAGS
from tests.simulators.etrade_clients import World, opened

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason=f"needs {CHROMIUM}"),
]


@asynccontextmanager
async def browsing() -> AsyncIterator[tuple[World, Page]]:
    """An empty page, and somebody else beside the world's own person."""
    async with opened() as world, async_playwright() as driver:
        world.sim.add_person("bert")
        browser = await driver.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        try:
            yield world, await browser.new_page()
        finally:
            await browser.close()


@asynccontextmanager
async def application() -> AsyncIterator[tuple[str, list[dict[str, str]]]]:
    """The address that is registered for the key, and the queries with which browsers came."""
    came: list[dict[str, str]] = []

    async def back(request: web.Request) -> web.Response:
        came.append(dict(request.query))
        return web.Response(text="<h1>Welcome back</h1>", content_type="text/html")

    app = web.Application()
    app.router.add_get("/back", back)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/back", came
    finally:
        await runner.cleanup()


async def test_somebody_signs_in_accepts_and_reads_the_code() -> None:
    async with browsing() as (world, page):
        token = await world.link.oauth.get_request_token()
        secret = token.oauth_token.get_secret_value()
        await page.goto(world.sim.page(world.app.key, secret))

        await page.get_by_label("User ID").select_option("bert")
        await page.get_by_role("button", name="Accept").click()

        await expect(page.get_by_role("heading")).to_have_text("Authorization Complete")
        code = await page.locator("#verifier").input_value()
        await world.link.oauth.exchange_verifier(token, code)
        assert [one.person.name for one in world.sim.office.access.values()] == ["anna", "bert"]


async def test_somebody_declines() -> None:
    async with browsing() as (world, page):
        token = await world.link.oauth.get_request_token()
        await page.goto(world.sim.page(world.app.key, token.oauth_token.get_secret_value()))

        await page.get_by_role("button", name="Decline").click()

        await expect(page.get_by_role("heading")).to_have_text("Declined")
        assert world.sim.office.requests == {}


async def test_a_registered_address_is_visited_with_the_code() -> None:
    async with application() as (address, came), browsing() as (world, page):
        world.app.callback = f"{address}?from=etrade"
        token = await world.link.oauth.get_request_token()
        secret = token.oauth_token.get_secret_value()
        await page.goto(world.sim.page(world.app.key, secret))

        await page.get_by_role("button", name="Accept").click()

        await expect(page.get_by_role("heading")).to_have_text("Welcome back")
        [query] = came
        assert query["from"] == "etrade"
        assert query["oauth_token"] == secret
        assert parse_qs(urlsplit(page.url).query)["oauth_verifier"] == [query["oauth_verifier"]]
