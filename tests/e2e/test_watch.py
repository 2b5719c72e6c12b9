"""/watch: a list of one's own, and a card whose prices move while somebody looks at it."""

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from decimal import Decimal

import pytest
import pytest_asyncio

from floorbroker.services.choices import PersonalSwitch
from floorbroker.services.quote_streams import QuoteStreams
from floorbroker.services.quote_upstream import Patience
from tests.e2e.at_ibkr import at_ibkr
from tests.e2e.at_moomoo import at_moomoo
from tests.e2e.forged import click
from tests.e2e.people import Answer, Seen
from tests.e2e.world import World
from tests.services.following import APPLE, next_of
from tests.simulators.tws import TwsSimulator
from tests.simulators.tws_clients import until
from tests.stores import Store

QUOTES, QUOTES_CANCELED = "1", "2"
"""Numbers of messages to TWS: ib_insync's client.py."""


@pytest_asyncio.fixture
async def listed(cloud: World) -> AsyncIterator[World]:
    """Alice has two symbols on her list."""
    await cloud.alice.types("watch add", symbol="aapl")
    await cloud.alice.types("watch add", symbol="BTC/USD")
    yield cloud


async def moved(world: World, card: Answer, seconds: float = 60.0) -> str:
    """What the card shows once it was edited by itself."""
    before = card.text
    await world.env.advance_time(seconds)
    await until(lambda: card.text != before)
    return card.text


async def test_the_list_is_the_person_s_own_and_suggested_where_it_shrinks(listed: World) -> None:
    alice, bob = listed.alice, listed.bob

    assert await alice.typing("watch remove", "symbol", "") == ["AAPL", "BTC/USD"]
    assert await alice.typing("watch remove", "symbol", "bt") == ["BTC/USD"]
    assert await bob.typing("watch remove", "symbol", "") == []
    removed = await alice.types("watch remove", symbol="btc/usd")
    refused = await bob.types("watch remove", symbol="AAPL")
    empty = await bob.types("watch show")

    assert "AAPL" in removed.text and "1 of 25" in removed.text
    assert "not on your watch list" in refused.text
    assert "/watch add" in empty.text
    assert all(one.private for one in (removed, refused, empty))


async def test_its_prices_move_while_somebody_looks(listed: World) -> None:
    card = await listed.alice.types("watch show")

    assert card.private
    for word in ("AAPL $", "BTC/USD $", "Paper market", "PAPER", "Refreshed until"):
        assert word in card.text, card.text
    later = await moved(listed, card)
    assert "%" in later
    assert list(card.buttons) == ["Refresh", "Stop"]


async def test_stop_ends_it_and_refresh_goes_on(listed: World) -> None:
    card = await listed.alice.types("watch show")
    stopped = await listed.alice.clicks(card, "Stop")
    assert "Stopped. Press Refresh" in stopped.text
    assert list(stopped.buttons) == ["Refresh"]

    again = await listed.alice.clicks(stopped, "Refresh")

    assert "Refreshed until" in again.text
    assert await moved(listed, again)


async def test_a_card_that_was_ended_early_names_no_time_to_come(listed: World) -> None:
    first = await listed.alice.types("watch show")
    await listed.env.advance_time(60)
    await listed.alice.types("watch show")
    await until(lambda: "A newer card" in first.text)

    ended_at = int(listed.clock.now().timestamp())
    assert f"Was refreshed until <t:{ended_at}:t>" in first.raw


async def test_an_account_named_by_hand_keeps_the_buttons(listed: World) -> None:
    (linked,), _ = await listed.app.floor.accounts.accounts(listed.alice.user_id)

    card = await listed.alice.types("watch show", account=linked.title.upper())

    assert list(card.buttons) == ["Refresh", "Stop"]
    assert card.buttons["Refresh"].endswith(f".{linked.value}")
    assert "Refreshed until" in (await listed.alice.clicks(card, "Refresh")).text


async def test_the_end_of_the_process_is_told_on_the_card(listed: World) -> None:
    card = await listed.alice.types("watch show")

    await listed.app.supervisor.drain(timedelta(seconds=5))

    assert "The bot is restarting" in card.text
    assert list(card.buttons) == ["Refresh"]


async def test_a_second_card_stops_the_first_which_says_so(listed: World) -> None:
    first = await listed.alice.types("watch show")
    second = await listed.alice.types("watch show")

    await until(lambda: "A newer card" in first.text)
    assert list(first.buttons) == ["Refresh"]
    assert "Refreshed until" in second.text


async def test_it_ends_after_ten_minutes(listed: World) -> None:
    card = await listed.alice.types("watch show")

    await listed.env.advance_time(601)
    await until(lambda: "no longer refreshed" in card.text)

    assert list(card.buttons) == ["Refresh"]


async def test_after_a_restart_refresh_and_stop_still_work(listed: World, sqlite: Store) -> None:
    card = await listed.alice.types("watch show", account="Paper")
    await listed.restart(sqlite.open())

    stopped = await listed.alice.clicks(card, "Stop")
    assert "had stopped already" in stopped.text
    again = await listed.alice.clicks(stopped, "Refresh")

    assert "AAPL $" in again.text
    assert "Refreshed until" in again.text


async def test_somebody_else_s_click_shows_their_own_list(listed: World) -> None:
    card = await listed.alice.types("watch show")
    shown = await listed.bob.types("watch add", symbol="KO")
    alices = listed.app.floor.watching

    assert (await alices.watched(listed.bob.user_id)).symbols == ("KO",)
    bobs = await listed.bob.clicks(shown, "Show the list")
    assert "KO $" in bobs.text and "AAPL" not in bobs.text
    assert "AAPL $" in card.text


async def test_a_pause_stands_on_the_card_while_it_is_refreshed(listed: World) -> None:
    card = await listed.alice.types("watch show")
    await listed.app.floor.choices.switch(listed.alice.user_id, PersonalSwitch.PAUSED, True)

    assert "PAUSED" in await moved(listed, card)


@pytest.mark.parametrize("what", ["refresh", "stop.", "other.0a1b2c3d", "refresh..x"])
async def test_a_forged_button_is_out_of_date(listed: World, what: str) -> None:
    card = await listed.alice.types("watch show")

    answer = await click(listed, listed.alice, card, f"fb:watch:{what}").delivered()

    (refusal,) = [Seen(one) for one in answer.followups]
    assert "out of date" in refusal.text


async def test_what_is_watched_is_exported(listed: World) -> None:
    card = await listed.alice.types("data export")

    [attachment] = card.message.attachments
    [watched] = json.loads(await attachment.read())["kept"]["watch lists"]
    assert watched["symbols"] == ["AAPL", "BTC/USD"]


def hub_in(world: World) -> QuoteStreams:
    """Another one beside the product's, whose pauses are the simulated clock's."""
    app = world.app
    return QuoteStreams(
        app.floor.accounts,
        app.floor.sessions,
        app.supervisor,
        app.metrics,
        world.clock,
        patience=Patience(pause=world.env.advance_time),
    )


def asked(sim: TwsSimulator, message: str) -> int:
    return sum(fields[0] == message for fields in sim.received)


async def test_at_tws_two_subscribers_make_one_subscription_that_outlives_a_drop(
    sqlite: Store,
) -> None:
    async with at_ibkr(sqlite.open()) as (world, sim):
        (link,) = await world.app.floor.accounts.links(world.alice.user_id)
        hub = hub_in(world)
        async with hub.subscribe(link, APPLE) as first, hub.subscribe(link, APPLE) as second:
            assert (await next_of(first)).pushed
            await next_of(second)
            assert asked(sim, QUOTES) == 1

            sim.drop()
            await until(lambda: asked(sim, QUOTES) == 2)
            sim.set_price("AAPL", bid="191", ask="191.10", last="191.05")
            while (await next_of(first)).event.bid != 191:
                pass
        await until(lambda: asked(sim, QUOTES_CANCELED) == 1)


async def test_at_opend_two_subscribers_make_one_subscription_that_outlives_a_drop(
    sqlite: Store,
) -> None:
    async with at_moomoo(sqlite.open()) as (world, sim):
        (link,) = await world.app.floor.accounts.links(world.alice.user_id)
        hub = hub_in(world)
        async with hub.subscribe(link, APPLE) as first, hub.subscribe(link, APPLE) as second:
            await next_of(first)
            await next_of(second)
            assert sim.names().count("Qot_Sub") == 1

            sim.drop()
            await until(lambda: sim.names().count("Qot_Sub") == 2)
            sim.set_price("US.AAPL", bid="191", ask="191.20", last="191.10")
            while (await next_of(first)).event.last != Decimal("191.10"):
                pass
