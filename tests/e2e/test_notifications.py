"""/settings, Notifications: each kind of news as loud as its person wants it."""

from datetime import timedelta

import pytest

from floorbroker.domain.digests import DigestChoice
from floorbroker.domain.modes import DeploymentMode
from floorbroker.domain.order_state import OrderState
from tests.e2e.forged import choice
from tests.e2e.market import bargain
from tests.e2e.people import Answer, Seen
from tests.e2e.world import World, opened
from tests.simulators.paper_faults import Silent
from tests.stores import Store

SIXTEEN_MINUTES = 16 * 60


async def shown(world: World) -> Answer:
    return await world.alice.clicks(await world.alice.types("settings"), "Notifications")


async def sets(world: World, kind: str, level: str) -> Answer:
    """What Alice sees once she has chosen a line of that kind's menu."""
    card = await shown(world)
    result = await world.alice.actor.select(  # type: ignore[union-attr] # she is in the server
        card.message, [level], custom_id=f"fb:news:{kind}"
    )
    return Answer(result)


async def fills_later(world: World) -> Answer:
    """Alice's card of an order that fills when its card can no longer be edited."""
    minute = timedelta(minutes=1)
    chosen = bargain(world.app.settings, world.clock.now(), after=14 * minute, within=16 * minute)
    review = await world.alice.types(
        "buy", symbol=chosen.symbol, quantity="10", limit=str(chosen.limit)
    )
    card = await world.alice.clicks(review, "Confirm")
    await world.later(SIXTEEN_MINUTES)
    return card


def silent(message: Seen) -> bool:
    return message.message.flags.suppress_notifications


async def test_the_card_shows_every_kind_with_its_level(world: World) -> None:
    card = await shown(world)

    text = card.text
    assert card.title == "Notifications"
    for name in ("Accepted", "Partly filled", "Cancels and changes", "Canceled or expired"):
        assert name in text
    assert text.count("(chosen)") == 6
    assert "Always told: an order whose outcome was unknown" in text
    assert card.private


async def test_what_is_chosen_stands_there_after_a_restart_and_is_in_the_audit_trail(
    sqlite: Store, mode: DeploymentMode
) -> None:
    async with opened(mode, sqlite.open()) as world:
        card = await shown(world)
        await world.restart(sqlite.open())

        result = await world.alice.actor.select(  # type: ignore[union-attr] # she is in the server
            card.message, ["silent"], custom_id="fb:news:filled"
        )
        later = await shown(world)
        person = await world.app.floor.accounts.person(world.alice.user_id)
        trail = await world.app.documents.find("audit", {"action": "news"}, limit=5)

    assert "Silent · A direct message without a sound (chosen)" in Answer(result).text
    assert later.text == Answer(result).text
    assert dict(person.levels) == {"filled": "silent"}
    assert [line["fields"] for line in trail] == [{"kind": "filled", "level": "silent"}]


async def test_silent_news_comes_without_a_sound(world: World) -> None:
    await sets(world, "filled", "silent")

    await fills_later(world)

    (message,) = world.messages_to(world.alice)
    assert "Filled" in message.title
    assert silent(message)


async def test_loud_news_comes_with_one(world: World) -> None:
    await fills_later(world)

    (message,) = world.messages_to(world.alice)
    assert not silent(message)


async def test_what_is_off_sends_no_message_and_is_shown_by_the_next_command(
    world: World,
) -> None:
    await sets(world, "filled", "off")

    await fills_later(world)

    assert world.messages_to(world.alice) == []
    assert "Filled" in (await world.alice.types("privacy")).title


async def test_the_end_of_an_unknown_outcome_is_told_whatever_is_off(
    sqlite: Store, mode: DeploymentMode
) -> None:
    broker = Silent()
    async with opened(mode, sqlite.open(), broker=broker) as world:
        await world.alice.wants_no_messages()
        review = await world.alice.types("buy", symbol="AAPL", quantity="1", limit="9")
        await world.alice.clicks(review, "Confirm")
        await world.later(SIXTEEN_MINUTES)
        (order,) = await world.orders(world.alice)
        messages = world.messages_to(world.alice)

    assert order.state is OrderState.ACCEPTED
    assert ["Accepted" in one.title for one in messages] == [True]


@pytest.mark.parametrize(
    ("kind", "level"),
    [
        ("critical", "off"),
        ("else", "off"),
        ("filled", "loud"),
        ("filled", ""),
        ("digest", "hourly"),
        ("digest", "on"),
    ],
)
async def test_a_forged_menu_changes_nothing(world: World, kind: str, level: str) -> None:
    card = await shown(world)

    await choice(world, world.alice, card, f"fb:news:{kind}", [level]).delivered()

    person = await world.app.floor.accounts.person(world.alice.user_id)
    assert dict(person.levels) == {}
    assert person.digest == DigestChoice()


async def test_a_daily_summary_comes_once_by_direct_message(world: World) -> None:
    await world.alice.clicks(await world.alice.types("buy", symbol="AAPL", quantity="1"), "Confirm")
    card = await sets(world, "digest", "close")
    person = await world.app.floor.accounts.person(world.alice.user_id)
    assert person.digest.due_at is not None
    assert "Next daily summary" in card.text

    await world.later((person.digest.due_at - world.clock.now()).total_seconds())
    for _ in range(2):
        with world.env.time_context():
            await world.app.digests.sweep()

    (message,) = world.messages_to(world.alice)
    assert "Your day" in message.title
    assert "Worth" in message.text
    assert "at the market's close, on trading days" in (await world.alice.types("settings")).text
    assert world.messages_to(world.bob) == []


@pytest.mark.parametrize(
    ("status", "code", "reads"),
    [
        (403, 50007, "since you take no direct messages from this bot"),
        (400, 50035, "could not be handed to Discord"),
        (401, 0, "could not be handed to Discord"),
    ],
)
async def test_a_daily_summary_that_did_not_arrive_says_why(
    world: World, status: int, code: int, reads: str
) -> None:
    await sets(world, "digest", "close")
    person = await world.app.floor.accounts.person(world.alice.user_id)
    assert person.digest.due_at is not None
    world.env.inject_error(
        "POST", "/channels/*/messages", status=status, code=code, message="no", times=None
    )

    await world.later((person.digest.due_at - world.clock.now()).total_seconds())
    with world.env.time_context():
        await world.app.digests.sweep()

    assert world.messages_to(world.alice) == []
    assert reads in (await shown(world)).text
