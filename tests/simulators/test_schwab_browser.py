"""The Schwab simulator's consent page in a real browser."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiohttp import web
from playwright.async_api import async_playwright, expect
from schwab.auth import get_auth_context

from tests.browser.demo import CHROMIUM, FLAGS
from tests.simulators.schwab_clients import opened

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason=f"needs {CHROMIUM}"),
]


@asynccontextmanager
async def callback() -> AsyncIterator[tuple[str, list[dict[str, str]]]]:
    """An app's landing page, and what browsers brought there."""
    came: list[dict[str, str]] = []

    async def land(request: web.Request) -> web.Response:
        came.append(dict(request.query))
        return web.Response(text="<h1>Back at the app</h1>", content_type="text/html")

    app = web.Application()
    app.router.add_get("/back", land)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/back", came
    finally:
        await runner.cleanup()


async def test_a_person_signs_in_ticks_an_account_and_lands_at_the_app() -> None:
    async with opened() as world, callback() as (address, came), async_playwright() as playwright:
        app = world.sim.add_app("browser-app", "secret", address)
        boris = world.sim.add_person("boris", ["33334444", "55556666"])
        url = world.sim.here(get_auth_context(app.key, address, "state/1").authorization_url)
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        page = await browser.new_page()

        await page.goto(url)
        await page.get_by_label("Login ID").select_option("boris")
        await page.get_by_role("button", name="Log in").click()
        await page.get_by_label("…666").check()
        await page.get_by_role("button", name="Continue").click()
        await expect(page.get_by_role("heading")).to_have_text("Back at the app")
        await page.goto(url)
        await page.get_by_label("Login ID").select_option("boris")
        await page.get_by_role("button", name="Log in").click()
        await page.get_by_role("button", name="Cancel").click()
        await expect(page.get_by_role("heading")).to_have_text("Back at the app")
        await browser.close()

        agreed, declined = came
        token = world.sim.tokens.redeem(app, agreed["code"], address)
        numbers = (await world.client_with(token).get_account_numbers()).json()

    assert agreed["state"] == "state/1"
    assert agreed["code"].endswith("@")
    assert agreed["session"]
    assert declined == {"error": "access_denied", "state": "state/1"}
    assert [one["hashValue"] for one in numbers] == [boris.accounts[1].hash]
