"""/panic from the command to the last position; every card says PAUSED until /resume."""

import pytest

from tests.e2e.people import Answer, Somebody
from tests.e2e.world import World


@pytest.fixture(params=["in the server", "in direct messages"])
def alice(world: World, request: pytest.FixtureRequest) -> Somebody:
    return world.alice if request.param == "in the server" else world.alice.in_dms


async def bought(alice: Somebody, symbol: str = "AAPL", **options: str) -> Answer:
    review = await alice.types("buy", symbol=symbol, quantity="10", **options)
    return await alice.clicks(review, "Confirm")


async def test_panic_pauses_at_once_and_says_what_is_open(world: World, alice: Somebody) -> None:
    await bought(alice)
    await bought(alice, limit="1")

    card = await alice.types("panic")
    refused = await alice.types("buy", symbol="AAPL", quantity="10")

    assert card.private
    assert "PAUSED" in card.text
    assert {"Cancel 1 order", "Close 1 position …", "Resume trading"} == set(card.buttons)
    assert "You have paused trading. /resume opens it again." in refused.text


async def test_every_card_says_that_trading_is_paused_until_it_is_resumed(
    world: World, alice: Somebody
) -> None:
    await alice.types("panic")
    paused = [await alice.types(name) for name in ("balance", "positions", "help", "orders")]

    await alice.types("resume")
    open_again = [await alice.types(name) for name in ("balance", "positions", "help", "orders")]

    assert all("PAUSED" in card.text for card in paused)
    assert not any("PAUSED" in card.text for card in open_again)


async def test_all_orders_are_canceled_by_one_button(world: World, alice: Somebody) -> None:
    for _ in range(3):
        await bought(alice, limit="1")

    done = await alice.clicks(await alice.types("panic"), "Cancel 3 orders")
    orders = await alice.types("orders")

    assert done.text.count("✓ Buy 10 AAPL") == 3
    assert "Open" not in orders.text


async def test_positions_are_closed_only_after_two_more_buttons(
    world: World, alice: Somebody
) -> None:
    await bought(alice)
    await bought(alice, "MSFT")
    panic = await alice.types("panic")

    listed = await alice.clicks(panic, "Close 2 positions …")
    list_text = listed.text
    sure = await alice.clicks(listed, "Close 2 positions …")
    sure_text = sure.text
    still = await alice.types("positions")
    done = await alice.clicks(sure, "Yes, close 2 positions")
    after = await alice.types("positions")

    assert "Nothing is sent yet." in list_text
    assert all("10 AAPL" in text and "10 MSFT" in text for text in (list_text, sure_text))
    assert "AAPL" in still.text
    assert done.text.count("✓") == 2
    assert "No open positions." in after.text


async def test_keeping_them_sends_nothing(world: World, alice: Somebody) -> None:
    await bought(alice)
    listed = await alice.clicks(await alice.types("panic"), "Close 1 position …")

    kept = await alice.clicks(listed, "Keep them")

    assert "Nothing was sent." in kept.text
    assert "AAPL" in (await alice.types("positions")).text


async def test_a_server_is_paused_by_its_managers_and_only_there(world: World) -> None:
    await world.alice.types("server policy", paused="on")

    here = await world.alice.types("buy", symbol="AAPL", quantity="1")
    elsewhere = await world.alice.in_dms.types("buy", symbol="AAPL", quantity="1")

    assert "This server's managers have paused trading here." in here.text
    assert "Confirm" in elsewhere.buttons
    assert "PAUSED" not in elsewhere.text


async def test_a_yes_of_long_ago_shows_the_list_again_and_sends_nothing(
    world: World, alice: Somebody
) -> None:
    await bought(alice)
    listed = await alice.clicks(await alice.types("panic"), "Close 1 position …")
    sure = await alice.clicks(listed, "Close 1 position …")
    await world.later(61)

    again = await alice.clicks(sure, "Yes, close 1 position")

    assert "Nothing is sent yet." in again.text
    assert "AAPL" in (await alice.types("positions")).text
