"""Ways back from a broker that lead nowhere: refused, expired, replayed, forged, swapped."""

from pathlib import Path
from typing import cast

import pytest
from playwright.async_api import Page, expect

from tests.browser.at_brokers import SignedInAtAlpaca, leave
from tests.browser.demo import CHROMIUM
from tests.browser.linked import Linked, linked_world

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason=f"needs {CHROMIUM}"),
]


async def _at_alpaca(linked: Linked, address: str) -> Page:
    """A browser that has left for Alpaca."""
    page = await linked.form(address)
    await page.get_by_role("link", name="Sign in at Alpaca instead").click()
    await leave(page, "Alpaca", "")
    await page.get_by_role("button", name="Allow").wait_for()
    return page


async def _headed(page: Page, words: str) -> None:
    await expect(page.get_by_role("heading", level=1)).to_contain_text(words)


async def _links(linked: Linked) -> int:
    return len(await linked.world.app.documents.find("links", {"broker": "alpaca"}, limit=9))


async def test_whoever_does_not_agree_can_start_again(tmp_path: Path) -> None:
    async with linked_world(tmp_path, SignedInAtAlpaca()) as linked:
        page = await _at_alpaca(linked, await linked.address())

        await page.get_by_role("button", name="Deny").click()
        await expect(page.get_by_role("alert")).to_contain_text("You did not agree at Alpaca")
        assert await _links(linked) == 0

        await leave(page, "Alpaca", "Second thoughts")
        await page.get_by_role("button", name="Allow").click()
        await _headed(page, "Account found")
        assert await _links(linked) == 1


async def test_a_code_that_alpaca_no_longer_takes_costs_a_try(tmp_path: Path) -> None:
    async with linked_world(tmp_path, SignedInAtAlpaca()) as linked:
        page = await _at_alpaca(linked, await linked.address())
        simulator = cast(SignedInAtAlpaca, linked.at).simulator
        simulator.oauth.forgets_codes = True

        await page.get_by_role("button", name="Allow").click()

        alert = page.get_by_role("alert")
        await expect(alert).to_contain_text("Alpaca does not confirm it")
        await expect(alert).to_contain_text("Nothing was stored")
        await expect(alert).to_contain_text("4 tries left")
        assert await _links(linked) == 0


async def test_the_way_back_works_once_and_in_one_browser_only(tmp_path: Path) -> None:
    async with linked_world(tmp_path, SignedInAtAlpaca()) as linked:
        page = await _at_alpaca(linked, await linked.address())
        simulator = cast(SignedInAtAlpaca, linked.at).simulator
        back = simulator.oauth.decide(simulator.oauth.visits[-1], next(iter(simulator.people)))

        stranger = await linked.context.browser.new_context()  # type: ignore[union-attr]  # launched
        other = await stranger.new_page()
        await other.goto(back)
        await _headed(other, "Started in another browser")
        assert await _links(linked) == 0

        await page.goto(back)
        await _headed(page, "Account found")
        await page.goto(back)
        await _headed(page, "Started in another browser")  # it has forgotten the link
        assert await _links(linked) == 1
        assert len(simulator.oauth.exchanges) == 1


async def test_a_forged_state_and_another_brokers_address_are_not_followed(tmp_path: Path) -> None:
    async with linked_world(tmp_path, SignedInAtAlpaca()) as linked:
        page = await _at_alpaca(linked, await linked.address())
        simulator = cast(SignedInAtAlpaca, linked.at).simulator
        back = simulator.oauth.decide(simulator.oauth.visits[-1], next(iter(simulator.people)))

        for forged in ("state=forged&", f"state={'0' * 16}.1.{'0' * 64}&", ""):
            await page.goto(f"{back.partition('?')[0]}?{forged}code=stolen")
            await expect(page.get_by_role("heading", level=1)).to_contain_text(
                "Started in another browser" if "." in forged else "This step is over"
            )
        ref = back.partition("state=")[2].partition(".")[0]
        await page.goto(f"{back.partition('?')[0]}?code=stolen&state={ref}.1.{'0' * 64}")
        await _headed(page, "This step is over")
        await page.goto(back.replace("/oauth/alpaca", "/oauth/schwab"))
        await _headed(page, "Not from the broker that you left for")
        assert simulator.oauth.exchanges == []

        await page.goto(back)
        await _headed(page, "Account found")


async def test_a_link_that_ended_while_the_person_was_away_says_so(tmp_path: Path) -> None:
    async with linked_world(tmp_path, SignedInAtAlpaca()) as linked:
        page = await _at_alpaca(linked, await linked.address())
        await linked.world.app.documents.delete("link_tokens", {})

        await page.get_by_role("button", name="Allow").click()

        await _headed(page, "expired")
        assert await _links(linked) == 0
