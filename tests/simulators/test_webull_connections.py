"""The Webull simulator: with TLS and without, gone and back, and in a real browser."""

from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit

import aiohttp
import pytest
from playwright.async_api import async_playwright

from tests.brokers.shared.certificates import self_signed
from tests.browser.demo import CHROMIUM, FLAGS
from tests.simulators.webull_world import World, opened


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with opened() as world:
        yield world


async def test_it_speaks_tls_with_a_certificate(tmp_path: Path) -> None:
    own = self_signed(tmp_path)
    async with opened(ssl_context=own.for_server()) as world:
        with pytest.raises(aiohttp.ClientConnectorCertificateError):
            await world.client.get("/trading/accounts/list")

    assert world.sim.received == []


async def test_it_goes_away_and_comes_back_on_the_same_port(world: World) -> None:
    url = world.sim.url
    placed = await world.place()
    world.sim.be_unreachable()
    with pytest.raises(aiohttp.ClientError):
        await world.place()

    world.sim.be_reachable()

    assert await world.status(placed) == "SUBMITTED"
    assert world.sim.url == url
    assert world.sim.orders_received == 1


async def test_every_answer_has_an_id_for_webull_s_support(world: World) -> None:
    async with aiohttp.ClientSession() as session:
        first = await session.get(f"{world.sim.url}/trading/accounts/list")
        second = await session.get(f"{world.sim.url}/nowhere")

    ids = {first.headers["X-Request-Id"], second.headers["X-Request-Id"]}
    assert len(ids) == 2


@pytest.mark.browser
@pytest.mark.skipif(not CHROMIUM.exists(), reason=f"needs {CHROMIUM}")
@pytest.mark.parametrize(("button", "key"), [("Accept", "code"), ("Decline", "error")])
async def test_a_real_browser_is_asked_and_sent_back(world: World, button: str, key: str) -> None:
    world.sim.add_person("boris")
    back = f"{world.sim.url}/back"
    platform = world.sim.add_platform("floor", "secret", back)
    question = {
        "response_type": "code",
        "client_id": platform.client_id,
        "scope": platform.scope,
        "state": "state of a browser",
        "redirect_uri": back,
    }

    async with async_playwright() as driver:
        browser = await driver.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        page = await browser.new_page()
        await page.goto(f"{world.sim.authorize_url}?{urlencode(question)}")
        if button == "Accept":
            await page.get_by_label("boris").check()
        await page.get_by_role("button", name=button).click()
        await page.wait_for_url(f"{back}?*")
        query = dict(parse_qsl(urlsplit(page.url).query))
        await browser.close()

    assert query.keys() == {key, "state"}
    assert query["state"] == "state of a browser"
