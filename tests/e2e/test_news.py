"""What became of an order reaches its person: on the card, by direct message, at the next command.

Discord lets a private card be edited for 15 minutes.
"""

from datetime import timedelta
from typing import Final

import pytest

from floorbroker.domain.modes import DeploymentMode
from floorbroker.domain.order_state import OrderState
from tests.e2e.conftest import Open
from tests.e2e.market import bargain
from tests.e2e.people import Answer
from tests.e2e.world import World, opened
from tests.simulators.paper_faults import Silent
from tests.stores import Store

SIXTEEN_MINUTES: Final = 16 * 60
DM_ROUTE: Final = "/channels/*/messages"


async def _resting(world: World, *, after: int, within: int) -> Answer:
    """Alice's card of an order that fills between so many minutes from now."""
    minute = timedelta(minutes=1)
    chosen = bargain(
        world.app.settings, world.clock.now(), after=after * minute, within=within * minute
    )
    review = await world.alice.types(
        "buy", symbol=chosen.symbol, quantity="10", limit=str(chosen.limit)
    )
    card = await world.alice.clicks(review, "Confirm")
    assert "Accepted" in card.title
    return card


def _dms_are_closed(world: World) -> None:
    world.env.inject_error(
        "POST", DM_ROUTE, status=403, code=50007, message="Cannot send messages", times=None
    )


async def test_within_a_quarter_of_an_hour_the_card_itself_tells(world: World) -> None:
    card = await _resting(world, after=1, within=13)

    await world.later(13 * 60)

    assert "Filled" in card.title
    assert world.messages_to(world.alice) == []


async def test_sixteen_minutes_later_the_outcome_comes_by_direct_message(anywhere: World) -> None:
    card = await _resting(anywhere, after=14, within=16)

    await anywhere.later(SIXTEEN_MINUTES)

    (message,) = anywhere.messages_to(anywhere.alice)
    assert "Filled" in message.title
    assert "PAPER" in message.title
    assert "Accepted" in card.title  # nobody can change it any more
    (order,) = await anywhere.orders(anywhere.alice)
    assert order.state is OrderState.FILLED
    assert order.news_at is None


async def test_the_news_is_told_once(world: World) -> None:
    await _resting(world, after=14, within=16)
    await world.later(SIXTEEN_MINUTES)

    await world.later(60)
    await world.later(3600)

    assert len(world.messages_to(world.alice)) == 1
    assert "Filled · " not in (await world.alice.types("help")).text


async def test_with_direct_messages_closed_the_next_command_tells_first_and_once(
    world: World,
) -> None:
    await _resting(world, after=14, within=16)
    _dms_are_closed(world)
    await world.later(SIXTEEN_MINUTES)
    assert world.messages_to(world.alice) == []

    next_command = await world.alice.types("privacy")
    one_after = await world.alice.types("privacy")

    assert "Filled" in next_command.title
    assert "Privacy" in next_command.text
    assert next_command.private
    assert "Filled" not in one_after.text
    assert "Privacy" in one_after.title


async def test_nobody_else_is_shown_the_news(open_cloud: Open) -> None:
    async with open_cloud() as world:
        await _resting(world, after=14, within=16)
        _dms_are_closed(world)
        await world.later(SIXTEEN_MINUTES)

        his = await world.bob.types("privacy")
        hers = await world.alice.types("privacy")

    assert "Filled" not in his.text
    assert "Filled" in hers.title


async def test_whoever_wants_no_direct_messages_is_told_at_the_next_command(world: World) -> None:
    await world.alice.wants_no_messages()
    await _resting(world, after=14, within=16)

    await world.later(SIXTEEN_MINUTES)

    assert world.messages_to(world.alice) == []
    assert "Filled" in (await world.alice.types("privacy")).title


async def test_seven_unseen_outcomes_are_shown_in_two_turns(world: World) -> None:
    await world.alice.wants_no_messages()
    for _ in range(7):
        await _resting(world, after=14, within=16)
    await world.later(SIXTEEN_MINUTES)

    first = await world.alice.types("positions")
    second = await world.alice.types("positions")
    third = await world.alice.types("positions")

    assert first.text.count("Filled · ") == 5
    assert second.text.count("Filled · ") == 2
    assert third.text.count("Filled · ") == 0
    assert all("Positions" in card.text for card in (first, second, third))


@pytest.mark.parametrize("status", [500, 404])
async def test_a_card_that_cannot_be_edited_is_followed_by_a_direct_message(
    world: World, status: int
) -> None:
    await _resting(world, after=1, within=13)
    world.env.inject_error("PATCH", "/webhooks/*", status=status, times=1)

    await world.later(13 * 60)

    (message,) = world.messages_to(world.alice)
    assert "Filled" in message.title


async def test_an_order_given_in_a_direct_message_is_told_there(world: World) -> None:
    minute = timedelta(minutes=1)
    chosen = bargain(world.app.settings, world.clock.now(), after=14 * minute, within=16 * minute)
    person = world.alice.in_dms
    review = await person.types("buy", symbol=chosen.symbol, quantity="5", limit=str(chosen.limit))
    card = await person.clicks(review, "Confirm")

    await world.later(SIXTEEN_MINUTES)

    newest = world.messages_to(world.alice)[-1]
    assert "Accepted" in card.title
    assert "Filled" in newest.title
    assert newest.message.id != card.message.id


async def test_a_day_order_that_never_filled_is_told_as_expired(world: World) -> None:
    review = await world.alice.types("buy", symbol="AAPL", quantity="1", limit="1")
    await world.alice.clicks(review, "Confirm")

    await world.later(86_400)

    (message,) = world.messages_to(world.alice)
    assert "Expired" in message.title


@pytest.mark.parametrize("command", ["order status", "order cancel", "order modify"])
async def test_an_unseen_outcome_is_not_shown_twice_when_its_own_order_is_asked_for(
    sqlite: Store, mode: DeploymentMode, command: str
) -> None:
    """Discord refuses a message in which two buttons have the same id."""
    broker = Silent()
    async with opened(mode, sqlite.open(), broker=broker) as world:
        alice = world.alice
        _dms_are_closed(world)
        review = await alice.types("buy", symbol="AAPL", quantity="1", limit="9")
        await alice.clicks(review, "Confirm")
        await world.later(16 * 60)
        (order,) = await world.orders(alice)
        assert order.state is OrderState.ACCEPTED

        extra = {"limit": "8"} if command == "order modify" else {}
        card = await alice.types(command, order=order.order_id, **extra)
        after = await alice.types("privacy")

        assert card.text.count(" · Buy 1 AAPL") == 1
        assert "Privacy" in after.title


async def _missed_and_watching(world: World) -> None:
    """Alice has a watch list, and an outcome that nothing could tell."""
    await world.alice.types("watch add", symbol="AAPL")
    await world.alice.wants_no_messages()
    await _resting(world, after=14, within=16)
    await world.later(SIXTEEN_MINUTES)


async def test_beside_a_card_that_is_edited_by_itself_the_news_has_a_message_of_its_own(
    world: World,
) -> None:
    await _missed_and_watching(world)

    card = await world.alice.types("watch show")
    again = await world.alice.types("watch show")

    (missed,) = card.beside
    assert missed.private
    assert "Filled" in missed.title
    assert "Filled" not in card.text
    assert again.beside == []


async def test_news_whose_own_message_is_refused_comes_with_the_next_answer(world: World) -> None:
    await _missed_and_watching(world)
    world.env.inject_error("POST", "/webhooks/*", status=400, times=1)

    card = await world.alice.types("watch show")

    assert "Watch list" in card.title
    assert "Filled" in (await world.alice.types("privacy")).title
