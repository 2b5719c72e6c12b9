"""/server policy and /service pause: who may use them, and what they change."""

import pytest

from tests.e2e import forged
from tests.e2e.conftest import Open
from tests.e2e.people import Answer
from tests.e2e.world import World
from tests.stores import Store


async def test_a_manager_sees_and_changes_the_rules_of_the_server(world: World) -> None:
    before = await world.alice.types("server policy")
    after = await world.alice.types("server policy", live="on", public_results="on")

    assert "not allowed" in before.text
    assert "private" in before.text
    assert "posted by themselves, redacted" in after.text
    assert after.private


async def test_whoever_does_not_manage_the_server_is_refused_by_the_bot_itself(
    cloud: World,
) -> None:
    forged_command = forged.command(cloud, cloud.bob, "server policy", live="on")

    answer = Answer(await forged_command.delivered())

    assert "Only members who may manage this server" in answer.text
    assert "not allowed" in (await cloud.alice.types("server policy")).text


async def test_the_rules_of_a_server_cannot_be_changed_from_a_direct_message(
    world: World,
) -> None:
    forged_command = forged.command(world, world.alice.in_dms, "server policy", live="on")

    answer = Answer(await forged_command.delivered())

    assert answer.title.endswith("Not allowed here")


async def test_live_trading_stays_off_whatever_a_server_allows(world: World) -> None:
    await world.alice.types("server policy", live="on")

    settings = await world.alice.types("settings")

    assert "the operator has not switched it on" in settings.text
    assert "Live on" not in settings.buttons


async def test_live_is_offered_once_the_operator_switched_it_on(open_cloud: Open) -> None:
    async with open_cloud(live_trading="on") as world:
        card = await world.alice.types("settings")
        assert "you have not switched it on" in card.text

        turned = await world.alice.clicks(card, "Live on")

        assert "on, but not in this server" in turned.text
        assert "Live off" in turned.buttons


async def test_an_operator_pauses_and_resumes_everybody(world: World) -> None:
    operator = world.alice.in_dms
    review = await world.alice.types("buy", symbol="AAPL", quantity="1")

    paused = await operator.types("service pause", state="on")
    refused = await world.alice.types("buy", symbol="AAPL", quantity="1")
    too_late = await world.alice.clicks(review, "Confirm")
    resumed = await operator.types("service pause", state="off")
    receipt = await world.alice.clicks(review, "Confirm")

    assert "paused for everybody" in paused.title
    assert "The operator has paused trading for everybody." in refused.text
    assert "The operator has paused trading for everybody." in too_late.refusal.text
    assert "open again" in resumed.title
    assert "Filled" in receipt.title
    assert world.broker.orders_received == 1


async def test_a_pause_of_the_service_lets_positions_be_closed(world: World) -> None:
    await world.alice.clicks(await world.alice.types("buy", symbol="AAPL", quantity="5"), "Confirm")
    await world.alice.in_dms.types("service pause", state="on")

    closed = await world.alice.clicks(await world.alice.types("close", symbol="AAPL"), "Confirm")

    assert "Filled · Sell 5 AAPL" in closed.title


async def test_a_pause_survives_a_restart(world: World, sqlite: Store) -> None:
    await world.alice.in_dms.types("service pause", state="on")

    await world.restart(sqlite.open())
    refused = await world.alice.types("buy", symbol="AAPL", quantity="1")

    assert "The operator has paused trading for everybody." in refused.text


async def test_nobody_but_an_operator_pauses_the_service(cloud: World) -> None:
    refused = await cloud.bob.in_dms.types("service pause", state="on")

    assert "Only the operators of this bot can do that." in refused.text
    assert "Review" in (await cloud.bob.types("buy", symbol="AAPL", quantity="1")).title


@pytest.mark.parametrize("command", ["server policy", "service pause"])
async def test_discord_is_asked_to_hide_rules_from_ordinary_members(
    cloud: World, command: str
) -> None:
    assert command not in cloud.bob.actor.available_commands(cloud.channel)
