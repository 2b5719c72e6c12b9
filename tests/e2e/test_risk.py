"""/risk and the rules of /server policy as people meet them in Discord."""

from typing import Any

import pytest

from floorbroker.config import DiscordTransport
from tests.e2e import forged
from tests.e2e.conftest import Open
from tests.e2e.people import Answer, Seen
from tests.e2e.world import World
from tests.stores import Store

A_DAY = 24 * 3600


async def test_limits_and_what_is_at_stake_stand_on_one_private_card(world: World) -> None:
    await world.alice.clicks(await world.alice.types("buy", symbol="AAPL", quantity="5"), "Confirm")

    card = await world.alice.types("risk show")

    assert card.private
    assert card.title == "Risk PAPER"
    for words in (
        "Orders today 1 of 100",
        "One order up to $50,000.00 · the operator's",
        "At stake · PAPER",
        "Largest holding AAPL",
        "Margin in use $",
        "an estimate from 60 days",
        "by your broker's figure",
    ):
        assert words in card.text


async def test_a_newcomer_sees_that_nothing_is_at_stake(cloud: World) -> None:
    card = await cloud.bob.types("risk show")

    assert "Value at risk nothing is held" in card.text
    assert "Exposure $0.00 gross" in card.text


async def test_a_limit_that_is_set_holds_from_the_next_review_on(world: World) -> None:
    before = await world.alice.types("buy", symbol="AAPL", quantity="10")
    answer = await world.alice.types("risk set", order_value="$500", deny="TSLA")

    review = await world.alice.types("buy", symbol="AAPL", quantity="10")
    denied = await world.alice.types("buy", symbol="TSLA", quantity="1")
    confirmed = await world.alice.clicks(before, "Confirm")

    assert "One order up to $500.00 · your own" in answer.text
    assert answer.private
    for card in (review, confirmed.refusal):
        assert "exceeds limit ($500.00, your own)" in card.text
        assert "Nothing was sent to your broker." in card.text
        assert "/risk show has the limits" in card.text
    assert "TSLA is not on the list of symbols (your own)" in denied.text
    assert world.broker.orders_received == 0


async def test_a_raise_is_shown_with_its_moment_and_holds_a_day_later(
    world: World, sqlite: Store
) -> None:
    await world.alice.types("risk set", order_value="500")

    raised = await world.alice.types("risk set", order_value="none")
    refused = await world.alice.types("buy", symbol="AAPL", quantity="10")
    await world.later(A_DAY)
    await world.restart(sqlite.open())
    review = await world.alice.types("buy", symbol="AAPL", quantity="10")

    assert "still waiting" in raised.text
    assert "One order: removed" in raised.text
    assert "your own" in refused.text
    assert review.title.startswith("Review")


@pytest.mark.parametrize(
    ("option", "text", "words"),
    [
        ("order_value", "a lot", "Invalid amount"),
        ("order_value", "0", "above zero"),
        ("orders_a_day", "1e3", "Invalid number of orders"),
        ("collar", "100%", "below 100 %"),
        ("allow", "AAPL;MSFT", "Invalid symbol"),
    ],
)
async def test_what_is_no_limit_changes_nothing(
    cloud: World, option: str, text: str, words: str
) -> None:
    refused = await cloud.bob.types("risk set", **{option: text})

    assert words in refused.text
    assert "your own" not in (await cloud.bob.types("risk show")).text


async def test_the_settings_show_the_tightest_limits(world: World) -> None:
    await world.alice.types("risk set", orders_a_day="7")
    await world.alice.types("server policy", orders_a_day="5")

    here, alone = await world.alice.types("settings"), await world.alice.in_dms.types("settings")

    assert "Orders a day 5 · this server's" in here.text
    assert "Orders a day 7 · your own" in alone.text


async def test_a_day_that_lost_too_much_opens_nothing_and_closes_everything(
    open_cloud: Open,
) -> None:
    async with open_cloud() as world:
        anna = world.alice
        await anna.clicks(await anna.types("buy", symbol="TSLA", quantity="20"), "Confirm")
        lost = False
        for _ in range(200):
            await world.later(60)
            if "Today −$" in (await anna.types("balance")).text:
                lost = True
                break
        assert lost, "the simulated price never fell below the day's first"
        await anna.types("risk set", daily_loss="0.01")

        opening = await anna.types("buy", symbol="AAPL", quantity="1")
        shown = await anna.types("risk show")
        closed = await anna.clicks(await anna.types("close", symbol="TSLA"), "Confirm")

    assert opening.title.endswith("Daily loss limit reached")
    assert "by your broker's figure" in opening.text
    assert "limit −$0.01" in shown.text
    assert "Filled" in closed.title


# Servers


async def _buys(world: World, **options: str) -> Seen:
    return await world.bob.types("buy", symbol="AAPL", **{"quantity": "1", **options})


async def test_a_server_lets_only_a_role_open_positions(cloud: World) -> None:
    role = cloud.guild.create_role("Traders")
    await cloud.bob.clicks(await _buys(cloud), "Confirm")
    card = await cloud.alice.types("server policy", add_role=role)

    refused = await _buys(cloud)
    close = await cloud.bob.clicks(await cloud.bob.types("close", symbol="AAPL"), "Confirm")
    in_dms = await cloud.bob.in_dms.types("buy", symbol="AAPL", quantity="1")
    cloud.env.backend.add_member_role(cloud.guild.id, int(cloud.bob.user_id), role.id)
    allowed = await _buys(cloud)

    assert f"Who <@&{role.id}>" in card.text
    assert "only members with certain roles" in refused.text
    assert "Nothing was sent" in refused.text
    assert "Filled" in close.title
    assert in_dms.title.startswith("Review")
    assert allowed.title.startswith("Review")


async def test_a_role_is_called_deleted_only_where_that_is_known(
    cloud: World, transport: DiscordTransport
) -> None:
    there, gone = cloud.guild.create_role("Traders"), cloud.guild.create_role("Gone")
    for role in (there, gone):
        await cloud.alice.types("server policy", add_role=role)
    cloud.env.backend.delete_role(cloud.guild.id, gone.id)

    card = await cloud.alice.types("server policy")

    known = transport is DiscordTransport.GATEWAY
    assert f"<@&{there.id}>" in card.text
    assert ("1 deleted" in card.text) is known
    assert (f"<@&{gone.id}>" in card.text) is not known


async def test_everyone_is_a_role_that_everybody_has(cloud: World) -> None:
    await cloud.alice.types("server policy", add_role=cloud.guild.default_role)

    assert (await _buys(cloud)).title.startswith("Review")


async def test_a_server_lets_positions_be_opened_in_one_channel_only(cloud: World) -> None:
    desk = cloud.guild.create_text_channel("desk")
    review = await _buys(cloud)
    card = await cloud.alice.types("server policy", add_channel=desk)

    refused = await _buys(cloud)
    confirmed = await cloud.bob.clicks(review, "Confirm")
    await cloud.alice.types("server policy", add_channel=cloud.channel)
    allowed = await _buys(cloud)

    assert f"Where <#{desk.id}>" in card.text
    assert "in other channels" in refused.text
    assert "in other channels" in confirmed.refusal.text
    assert allowed.title.startswith("Review")


async def test_a_thread_counts_as_the_channel_that_it_is_in(cloud: World) -> None:
    desk = cloud.guild.create_text_channel("desk")
    await cloud.alice.types("server policy", add_channel=desk)
    answers = []
    for channel in (cloud.channel, desk):
        typed = forged.command(cloud, cloud.bob, "buy", symbol="AAPL", quantity="1")
        typed.payload.update(_thread_in(channel.id, cloud.guild.id))
        answers.append(Answer(await typed.delivered()))

    elsewhere, there = answers

    assert "in other channels" in elsewhere.text
    assert there.title.startswith("Review")


def _thread_in(channel_id: int, guild_id: int) -> dict[str, Any]:
    """What an interaction says of its place where that is a thread."""
    thread_id = "800000000000000001"
    metadata = {
        "archived": False,
        "auto_archive_duration": 1440,
        "archive_timestamp": "2026-01-01T00:00:00+00:00",
        "locked": False,
    }
    channel = {
        "id": thread_id,
        "type": 11,
        "name": "today",
        "guild_id": str(guild_id),
        "parent_id": str(channel_id),
        "owner_id": "1",
        "message_count": 0,
        "member_count": 1,
        "thread_metadata": metadata,
        "permissions": "0",
    }
    return {"channel_id": thread_id, "channel": channel}


async def test_a_server_allows_some_brokers_only(cloud: World) -> None:
    card = await cloud.alice.types("server policy", brokers="alpaca,kraken")
    refused = await _buys(cloud)
    await cloud.alice.types("server policy", brokers="all")

    assert "Brokers Alpaca, Kraken" in card.text
    assert "does not allow orders at Paper trading" in refused.text
    assert (await _buys(cloud)).title.startswith("Review")


async def test_brokers_that_are_none_are_refused_by_name(cloud: World) -> None:
    refused = await cloud.alice.types("server policy", brokers="robinhood")

    assert "There are: alpaca, binance" in refused.text


async def test_a_servers_caps_hold_in_it_alone(cloud: World) -> None:
    card = await cloud.alice.types("server policy", order_value="500", market_hours="on")

    refused = await _buys(cloud, quantity="10")

    assert "Limits on each order that is given here" in card.text
    assert "One order up to $500.00" in card.text
    assert "exceeds limit ($500.00, this server's)" in refused.text
    alone = await cloud.bob.in_dms.types("buy", symbol="AAPL", quantity="10")
    assert alone.title.startswith("Review")


async def test_the_last_role_goes_only_if_that_is_said(cloud: World) -> None:
    role = cloud.guild.create_role("Traders")
    await cloud.alice.types("server policy", add_role=role)

    refused = await cloud.alice.types("server policy", remove_role=role)
    opened = await cloud.alice.types("server policy", open_again="roles")

    assert "would let everybody in" in refused.text
    assert "Who everybody" in opened.text


async def test_a_member_changes_no_caps_of_the_server(cloud: World) -> None:
    forged_command = forged.command(cloud, cloud.bob, "server policy", order_value="1")

    answer = Answer(await forged_command.delivered())

    assert "Only members who may manage this server" in answer.text
    assert (await _buys(cloud)).title.startswith("Review")
