"""/data export, /data erase, /data keep: what a person reads, clicks and gets."""

import json
from datetime import timedelta
from typing import Any

import pytest

from floorbroker.domain.modes import DeploymentMode
from floorbroker.services.eraser import ON_ITS_WAY
from floorbroker.services.erasing import GRACE
from tests.e2e.at_alpaca import KEY, SECRET, at_alpaca
from tests.e2e.people import Seen, Somebody
from tests.e2e.world import World, opened
from tests.services.kept import everything
from tests.stores import Store

_SWEEP_SECONDS = 61


async def file_of(card: Seen) -> dict[str, Any]:
    [attachment] = card.message.attachments
    found: dict[str, Any] = json.loads(await attachment.read())
    return found


async def traded(person: Somebody, quantity: str = "9") -> None:
    review = await person.types("buy", symbol="AAPL", quantity=quantity)
    await person.clicks(review, "Confirm")


async def asked(person: Somebody) -> Seen:
    card = await person.types("data erase")
    return await person.clicks(await person.clicks(card, "Erase …"), "Yes, erase in 7 days")


@pytest.mark.parametrize("place", ["in the server", "in direct messages"])
async def test_export_is_a_private_card_with_a_file(world: World, place: str) -> None:
    alice = world.alice if place == "in the server" else world.alice.in_dms
    await traded(alice)

    card = await alice.types("data export")

    found = await file_of(card)
    assert card.private
    assert "What is kept on you" in card.title
    assert found["discord_id"] == alice.user_id
    [order] = found["kept"]["orders"]
    assert order["request"]["instrument"]["symbol"] == "AAPL"
    assert order["fills"]
    assert "Orders 1" in card.text
    assert f"floorbroker-data-{world.clock.now():%Y-%m-%d}.json" in card.text
    assert world.public() == []


async def test_the_file_of_one_holds_nothing_of_the_other(cloud: World) -> None:
    await traded(cloud.alice)
    await traded(cloud.bob, "4")

    found = json.dumps(await file_of(await cloud.bob.types("data export")))

    assert cloud.bob.user_id in found
    assert cloud.alice.user_id not in found


async def test_no_key_is_in_the_file(sqlite: Store) -> None:
    async with at_alpaca(sqlite.open()) as (world, _):
        await traded(world.alice)

        found = json.dumps(await file_of(await world.alice.types("data export")))

    assert "Alpaca paper" in found
    assert "alpaca" in found
    assert KEY not in found
    assert SECRET not in found


async def test_erase_says_what_goes_what_stays_and_why_and_changes_nothing(world: World) -> None:
    await traded(world.alice)
    resting = await world.alice.types("buy", symbol="AAPL", quantity="3", limit="100")
    await world.alice.clicks(resting, "Confirm")

    card = await world.alice.types("data erase")

    assert card.private
    assert "Nothing happens yet." in card.text
    assert "Orders 2" in card.text
    assert "pseudonym instead of your Discord id" in card.text
    assert "1 on the paper account, which go with it." in card.text
    assert "They stay at your broker" not in card.text
    await traded(world.alice, "1")


async def test_open_orders_at_a_broker_are_named_and_said_to_stay(sqlite: Store) -> None:
    async with at_alpaca(sqlite.open()) as (world, _):
        resting = await world.alice.types("buy", symbol="AAPL", quantity="3", limit="100")
        await world.alice.clicks(resting, "Confirm")

        card = await world.alice.types("data erase")

    assert "They stay at your broker" in card.text
    assert "Buy 3 AAPL at Alpaca, PAPER" in card.text


async def test_cancel_stands_where_the_first_button_was(world: World) -> None:
    card = await world.alice.types("data erase")
    assert list(card.buttons) == ["Erase …", "Keep"]

    sure = await world.alice.clicks(card, "Erase …")

    assert list(sure.buttons) == ["Cancel", "Yes, erase in 7 days"]
    kept = await world.alice.clicks(sure, "Cancel")
    assert kept.title == "Kept"
    await traded(world.alice)
    assert world.broker.orders_received == 1


async def test_after_the_second_confirmation_nothing_opens_and_closing_works(world: World) -> None:
    await traded(world.alice)

    leaving = await asked(world.alice)

    assert "Your data will be erased" in leaving.title
    assert f"Erased {world.clock.now() + GRACE:%Y-%m-%d %H:%M:%S} UTC" in leaving.text
    refused = await world.alice.types("buy", symbol="AAPL", quantity="1")
    assert "/data keep ends that" in refused.text
    closed = await world.alice.clicks(await world.alice.types("close", symbol="AAPL"), "Confirm")
    assert "Filled · Sell 9 AAPL" in closed.title
    assert "PAUSED" in (await world.alice.types("balance")).title
    assert world.broker.orders_received == 2


@pytest.mark.parametrize("way", ["button", "command"])
async def test_keeping_the_data_opens_trading_again(world: World, way: str) -> None:
    leaving = await asked(world.alice)

    if way == "button":
        kept = await world.alice.clicks(leaving, "Keep my data")
    else:
        kept = await world.alice.types("data keep")

    assert "Your data is kept" in kept.title
    await traded(world.alice)
    await world.later(GRACE.total_seconds() + _SWEEP_SECONDS)
    assert world.messages_to(world.alice) == []
    assert len(await world.orders(world.alice)) == 1


async def test_erase_again_shows_the_timer(world: World) -> None:
    await asked(world.alice)
    await world.later(3_600)

    again = await world.alice.types("data erase")

    assert "Your data will be erased" in again.title
    assert list(again.buttons) == ["Keep my data"]


async def test_keep_without_a_timer_says_that_none_runs(world: World) -> None:
    assert "No erasing was asked for." in (await world.alice.types("data keep")).text


async def test_seven_days_later_nothing_is_kept_and_the_person_was_told(
    mode: DeploymentMode, either_store: Store
) -> None:
    async with opened(mode, either_store.open()) as world:
        await traded(world.alice)
        await asked(world.alice)
        await world.later((GRACE - timedelta(hours=1)).total_seconds())
        [order] = await world.orders(world.alice)

        await world.later(3_600 + _SWEEP_SECONDS)
        await world.later(ON_ITS_WAY.total_seconds())

        [told] = world.messages_to(world.alice)
        assert "Your data is erased" in told.title
        stored = await everything(world.app.documents)
        assert world.alice.user_id not in json.dumps(stored)
        left = {name for name, documents in stored.items() if documents}
        assert left == {"audit", "secrets", "switches"}
        assert order.order_id not in (await world.alice.types("orders")).text
        await traded(world.alice)


async def test_the_other_persons_data_outlives_it(cloud: World) -> None:
    await traded(cloud.alice)
    await traded(cloud.bob)
    await asked(cloud.alice)

    await cloud.later(GRACE.total_seconds() + _SWEEP_SECONDS)
    await cloud.later(ON_ITS_WAY.total_seconds())

    assert await cloud.orders(cloud.alice) == []
    assert len(await cloud.orders(cloud.bob)) == 1
    assert cloud.messages_to(cloud.bob) == []


async def test_somebody_elses_buttons_start_nothing(cloud: World) -> None:
    """Each click is about the clicker's own data, whatever card it comes from."""
    await traded(cloud.bob)
    await asked(cloud.alice)

    assert (await cloud.app.floor.erasing.foreseen(cloud.bob.user_id)).leaving is None
    await traded(cloud.bob)


async def test_only_the_owner_gets_a_file_at_home(world: World) -> None:
    card = await world.bob.types("data export")

    if world.single_user:
        assert "serves only its owner" in card.text
        assert card.message.attachments == []
    else:
        assert (await file_of(card))["discord_id"] == world.bob.user_id
