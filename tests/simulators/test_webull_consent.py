"""The Webull simulator: the page of Connect, as a browser gets it."""

from collections.abc import AsyncIterator
from urllib.parse import parse_qsl, urlencode

import aiohttp
import pytest

from tests.simulators.webull import Platform
from tests.simulators.webull_world import World, opened, question

LOGIN = "/oauth2/authenticate/login"


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with opened() as world:
        yield world


@pytest.fixture
def platform(world: World) -> Platform:
    return world.platform()


async def test_the_address_for_browsers_leads_to_a_page_that_asks(
    world: World, platform: Platform
) -> None:
    world.sim.add_person("<b>boris</b>")

    async with aiohttp.ClientSession() as browser:
        url = f"{world.sim.authorize_url}?{urlencode(question())}"
        shown = await browser.get(url)
        page = await shown.text()

    assert shown.url.path == LOGIN
    assert shown.content_type == "text/html"
    assert 'value="anna"' in page
    assert "&lt;b&gt;boris&lt;/b&gt;" in page
    assert "<b>boris" not in page
    assert platform.client_id in page


@pytest.mark.parametrize(("does", "key"), [("agree", "code"), ("refuse", "error")])
async def test_a_decision_sends_the_browser_back_with_its_state(
    world: World, platform: Platform, does: str, key: str
) -> None:
    async with aiohttp.ClientSession() as browser:
        sent = await browser.post(
            f"{world.sim.url}{LOGIN}?{urlencode(question(state='a b&c'))}",
            data={"person": "anna", "does": does},
            allow_redirects=False,
        )

    address, _, query = sent.headers["Location"].partition("?")
    back = dict(parse_qsl(query))
    assert sent.status == 302
    assert address == platform.redirect_uri
    assert back.keys() == {key, "state"}
    assert back["state"] == "a b&c"


@pytest.mark.parametrize(
    "changed",
    [
        {"redirect_uri": "http://127.0.0.1:1/oauth/webull/callback/"},
        {"redirect_uri": "http://evil.example/"},
        {"redirect_uri": ""},
        {"client_id": "another"},
        {"response_type": "token"},
        {"scope": "user:admin"},
        {"state": ""},
    ],
)
async def test_a_wrong_question_is_answered_by_a_page_and_no_redirect(
    world: World, platform: Platform, changed: dict[str, str]
) -> None:
    del platform
    async with aiohttp.ClientSession() as browser:
        url = f"{world.sim.url}{LOGIN}?{urlencode(question(**changed))}"
        shown = await browser.get(url, allow_redirects=False)
        sent = await browser.post(
            url, data={"person": "anna", "does": "agree"}, allow_redirects=False
        )

    assert (shown.status, sent.status) == (400, 400)
    assert "Location" not in {**shown.headers, **sent.headers}


async def test_who_accepts_has_to_be_somebody(world: World, platform: Platform) -> None:
    del platform
    async with aiohttp.ClientSession() as browser:
        url = f"{world.sim.url}{LOGIN}?{urlencode(question())}"
        sent = await browser.post(url, data={"does": "agree"}, allow_redirects=False)

    assert sent.status == 400
