"""A failure's card in Discord: where its code leads, and how refused access is made good."""

from typing import Any, Final

from tests.e2e import forged
from tests.e2e.at_alpaca import KEY, at_alpaca
from tests.e2e.conftest import Open
from tests.e2e.people import Seen
from tests.stores import Store

PAGE: Final = "https://bot.example.com"
WITH_PAGES: Final[dict[str, Any]] = {
    "public_url": f"{PAGE}/",
    "discord_client_id": "1",
    "discord_client_secret": "s",
}


def _leads(card: Seen) -> str:
    """The last line as it went to Discord."""
    return card.raw.splitlines()[-1].replace("\\", "")


async def test_a_failure_before_during_and_beside_a_command_leads_to_its_code(
    open_cloud: Open,
) -> None:
    async with open_cloud(public_url=PAGE) as world:
        alice = world.alice
        review = await alice.types("buy", symbol="AAPL", quantity="1")
        await alice.types("panic")

        unknown = await alice.types("buy", symbol="ZZZZ", quantity="1")
        paused = await alice.clicks(review, "Confirm")
        await world.later(61)
        expired = await alice.clicks(review, "Confirm")

    assert _leads(unknown) == f"-# Code [SYMBOL_NOT_FOUND]({PAGE}/errors#SYMBOL_NOT_FOUND)"
    assert _leads(paused.refusal) == f"-# Code [KILL_SWITCH]({PAGE}/errors#KILL_SWITCH)"
    assert _leads(expired.refusal) == f"-# Code [DRAFT_EXPIRED]({PAGE}/errors#DRAFT_EXPIRED)"


async def test_without_an_address_the_code_is_plain_text(open_cloud: Open) -> None:
    async with open_cloud() as world:
        card = await world.alice.types("buy", symbol="ZZZZ", quantity="1")

    assert _leads(card) == "-# Code SYMBOL_NOT_FOUND"


async def test_refused_access_is_made_good_from_the_card_that_tells_it(sqlite: Store) -> None:
    async with at_alpaca(sqlite.open(), **WITH_PAGES) as (world, sim):
        sim.revoke(KEY)

        refused = await world.alice.types("buy", symbol="AAPL", quantity="1")
        told_again = await world.alice.types("buy", symbol="AAPL", quantity="1")
        words = told_again.text
        page = await world.alice.clicks(told_again, "Link again")

        assert refused.title.endswith("Access refused")
        assert "Link again" in refused.buttons
        assert "no longer accepts the access stored" in words
        assert "Link Alpaca" in page.title
        assert page.buttons["Open the page"].startswith(f"{PAGE}/link/")


async def test_the_way_to_fresh_access_is_the_owners_alone(sqlite: Store) -> None:
    async with at_alpaca(sqlite.open(), **WITH_PAGES) as (world, sim):
        sim.revoke(KEY)
        refused = await world.alice.types("buy", symbol="AAPL", quantity="1")
        own = await world.bob.types("help")

        stolen = forged.click(world, world.bob, own, refused.buttons["Link again"])
        (answer,) = [Seen(message) for message in (await stolen.delivered()).followups]

        assert answer.title.endswith("No account")
