"""/settings: each button, and what it changes."""

import pytest

from tests.e2e.people import Somebody
from tests.e2e.world import World


@pytest.fixture(params=["in the server", "in direct messages"])
def alice(world: World, request: pytest.FixtureRequest) -> Somebody:
    """Alice, once at each place."""
    return world.alice if request.param == "in the server" else world.alice.in_dms


@pytest.mark.parametrize(
    ("button", "back", "words"),
    [
        ("Pause trading", "Resume trading", "paused by you"),
        ("Keep private", "Allow sharing", "never by themselves"),
    ],
)
async def test_each_switch_turns_and_turns_back(
    world: World, alice: Somebody, button: str, back: str, words: str
) -> None:
    card = await alice.types("settings")
    assert words not in card.text

    turned = await alice.clicks(card, button)
    assert words in turned.text
    assert back in turned.buttons
    assert turned.private
    assert words in (await alice.types("settings")).text

    again = await alice.clicks(turned, back)
    assert words not in again.text
    assert button in again.buttons


async def test_a_pause_stops_opening_orders_and_lets_closing_ones_through(
    world: World, alice: Somebody
) -> None:
    await alice.clicks(await alice.types("buy", symbol="AAPL", quantity="5"), "Confirm")
    review = await alice.types("buy", symbol="AAPL", quantity="1")
    paused = await alice.clicks(await alice.types("settings"), "Pause trading")
    assert "PAUSED" in paused.title

    refused = await alice.types("buy", symbol="AAPL", quantity="1")
    too_late = await alice.clicks(review, "Confirm")
    closed = await alice.clicks(await alice.types("close", symbol="AAPL"), "Confirm")

    assert "You have paused trading." in refused.text
    assert "You have paused trading." in too_late.refusal.text
    assert "Filled · Sell 5 AAPL" in closed.title
    assert world.broker.orders_received == 2


async def test_after_the_pause_the_same_review_can_be_confirmed(world: World) -> None:
    review = await world.alice.types("buy", symbol="AAPL", quantity="1")
    settings = await world.alice.types("settings")
    paused = await world.alice.clicks(settings, "Pause trading")
    await world.alice.clicks(review, "Confirm")
    await world.alice.clicks(paused, "Resume trading")

    receipt = await world.alice.clicks(review, "Confirm")

    assert "Filled" in receipt.title
    assert world.broker.orders_received == 1


async def test_the_limits_that_apply_are_shown(world: World) -> None:
    card = await world.alice.types("settings")

    assert "$50,000.00" in card.text
    assert "$100,000.00" in card.text
    assert "5 %" in card.text


async def test_a_pause_is_ones_own(cloud: World) -> None:
    await cloud.alice.clicks(await cloud.alice.types("settings"), "Pause trading")

    receipt = await cloud.bob.clicks(
        await cloud.bob.types("buy", symbol="AAPL", quantity="1"), "Confirm"
    )

    assert "Filled" in receipt.title
