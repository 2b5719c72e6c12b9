"""`floorbroker run` serves the link page where it is set up, and nowhere else."""

from pathlib import Path

import pytest
from aiohttp import ClientSession

from floorbroker.bootstrap import running
from floorbroker.cli.giving_up import MISCONFIGURED, GivenUp
from floorbroker.cli.run import web
from floorbroker.config import Settings
from floorbroker.domain.modes import Environment
from tests.cli.at_home import CANARY, OWNER, at_home

PAGES = {
    "public_url": "https://bot.example.com",
    "discord_client_id": "900000000000000007",
    "discord_client_secret": CANARY,
}


async def status_of(settings: Settings, *, with_link: bool = False) -> tuple[int, str]:
    """What the page behind a link answers."""
    async with running(settings) as app, web(app) as (port,), ClientSession() as http:
        token = "x"
        if with_link:
            token = await app.floor.tickets.issue(OWNER, "alpaca", Environment.PAPER)
        async with http.get(f"http://127.0.0.1:{port}/link/{token}") as answer:
            return answer.status, await answer.text()


async def test_a_link_that_the_bot_made_opens(folder: Path) -> None:
    status, page = await status_of(at_home(**PAGES), with_link=True)

    assert status == 200
    assert "Link Alpaca" in page
    assert CANARY not in page


@pytest.mark.parametrize("missing", PAGES)
async def test_without_one_of_its_settings_there_is_no_page(folder: Path, missing: str) -> None:
    status, page = await status_of(at_home(**{**PAGES, missing: ""}))

    assert (status, page) == (404, "Not Found\n")


async def test_an_address_that_is_none_is_one_sentence(folder: Path) -> None:
    async with running(at_home(**{**PAGES, "public_url": f"http://{CANARY}.example"})) as app:
        with pytest.raises(GivenUp, match=r"^PUBLIC_URL: set the https address") as why:
            async with web(app):
                pytest.fail("browsers would send keys in the clear")

    assert why.value.exit_code == MISCONFIGURED
    assert CANARY not in str(why.value)
