"""From `/setup broker` to a fill and back to nothing, in a real browser."""

from collections.abc import Callable
from pathlib import Path
from typing import cast

import pytest
from playwright.async_api import expect

from floorbroker.domain.ids import UserId
from floorbroker.storage.people import People
from tests.browser.at_brokers import (
    KEY,
    SECRET,
    AtAlpaca,
    AtBinance,
    AtBroker,
    AtCoinbase,
    AtKraken,
    SignedInAtAlpaca,
)
from tests.browser.at_signed_in import AtEtrade, AtSchwab, AtWebull, SignedInAtWebull
from tests.browser.demo import CHROMIUM
from tests.browser.linked import linked_world

WAYS: tuple[Callable[[], AtBroker], ...] = (
    AtAlpaca,
    SignedInAtAlpaca,
    AtBinance,
    AtKraken,
    AtCoinbase,
    AtSchwab,
    AtEtrade,
    AtWebull,
    SignedInAtWebull,
)

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason=f"needs {CHROMIUM}"),
]


@pytest.mark.parametrize("kind", WAYS, ids=[str(kind).rpartition(".")[2][:-2] for kind in WAYS])
async def test_an_account_is_linked_traded_and_removed(
    tmp_path: Path, kind: Callable[[], AtBroker]
) -> None:
    async with linked_world(tmp_path, kind()) as linked:
        channel, app, at = linked.channel, linked.world.app, linked.at
        person = UserId(str(linked.world.person.id))
        what = f"Buy {at.quantity} {at.symbol}"

        page = await linked.form(await linked.address())
        await at.give(page, "Savings")
        await expect(page.get_by_role("heading", level=1)).to_contain_text("Account found")
        await expect(channel.card("Connected to Savings")).to_be_visible()
        await linked.trade_for_real()

        await channel.say(f"/buy symbol:{at.symbol} quantity:{at.quantity}{at.terms}")
        await channel.press(channel.card(f"Review · {what}"), "Confirm")
        await expect(channel.card(f"Filled · {what}")).to_be_visible(timeout=30_000)
        assert at.orders_received == 1

        await channel.say("/setup remove account:Savings")
        await channel.press(channel.card("Remove Savings?"), "Remove")
        await channel.card("Removed · Savings").wait_for()
        assert await People(app.documents).links(person) == []
        (document,) = await app.documents.find("links", {"user_id": person}, limit=9)
        assert (document["sealed"], document["removed"]) == ("", True)
        assert not app.floor.sessions.is_open(document["_id"])


async def test_wrong_keys_revoked_keys_a_used_an_expired_and_a_foreign_link_have_pages(
    tmp_path: Path,
) -> None:
    async with linked_world(tmp_path) as linked:
        address = await linked.address()

        foreigner = linked.oauth.person
        linked.oauth.person = "100000000000000099"
        stranger = await linked.context.browser.new_context()  # type: ignore[union-attr] # launched
        page = await stranger.new_page()
        await page.goto(address)
        await page.get_by_role("button", name="Continue with Discord").click()
        await page.get_by_role("button", name="Authorize").click()
        await expect(page.get_by_role("heading", level=1)).to_contain_text("another person")
        linked.oauth.person = foreigner

        page = await linked.form(address)
        await linked.connect(page, secret="wrong" + SECRET[5:])
        await expect(page.get_by_role("alert")).to_contain_text("Nothing was stored")
        assert await page.get_by_label("Secret key").input_value() == ""

        alpaca = cast(AtAlpaca, linked.at).simulator
        alpaca.revoke(KEY)
        await linked.connect(page)
        await expect(page.get_by_role("alert")).to_contain_text("Nothing was stored")
        alpaca.add_person("PKCANARY000000000002", SECRET)

        await linked.connect(page, key="PKCANARY000000000002")
        await expect(page.get_by_role("heading", level=1)).to_contain_text("Account found")
        again = await linked.context.new_page()
        await again.goto(address)
        await expect(again.get_by_role("heading", level=1)).to_contain_text("used already")

        fresh = await linked.address()
        await linked.world.app.documents.delete("link_tokens", {})
        await again.goto(fresh)
        await expect(again.get_by_role("heading", level=1)).to_contain_text("expired")
