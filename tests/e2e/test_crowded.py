"""More commands at once than one person, or one server, may have under way."""

import pytest
from simcord import InteractionResult

from floorbroker.domain.modes import DeploymentMode
from floorbroker.services.room import OF_A_PERSON
from tests.e2e import forged
from tests.e2e.people import Answer
from tests.e2e.world import World, opened
from tests.stores import Store


async def _all_at_once(world: World, *interactions: forged.Forged) -> list[Answer]:
    for one in interactions[:-1]:
        world.env.backend.emit("INTERACTION_CREATE", one.payload)
    await interactions[-1].delivered()
    return [Answer(InteractionResult(world.env, one.record)) for one in interactions]


async def test_whoever_types_too_much_at_once_is_told_so(world: World) -> None:
    crowd = [
        forged.command(world, world.alice, "quote", symbol="AAPL") for _ in range(OF_A_PERSON + 2)
    ]

    answers = await _all_at_once(world, *crowd)

    refused = [answer for answer in answers if "Busy" in answer.title]
    assert len(refused) == 2
    for answer in refused:
        assert f"{OF_A_PERSON} of your commands are under way" in answer.text
        assert "Nothing was sent to your broker." in answer.text
        assert answer.private
    assert "AAPL" in (await world.alice.types("quote", symbol="AAPL")).title


async def test_one_persons_crowd_keeps_nobody_else_out(sqlite: Store) -> None:
    async with opened(DeploymentMode.MULTI_USER, sqlite.open()) as world:
        crowd = [
            forged.command(world, world.alice, "quote", symbol="AAPL")
            for _ in range(OF_A_PERSON + 1)
        ]
        other = forged.command(world, world.bob, "quote", symbol="AAPL")

        *answers, others = await _all_at_once(world, *crowd, other)

        assert any("Busy" in answer.title for answer in answers)
        assert "AAPL" in others.title


async def test_what_cancels_and_confirms_comes_through_a_crowd(world: World) -> None:
    review = await world.alice.types("buy", symbol="AAPL", quantity="1", limit="1")
    crowd = [forged.command(world, world.alice, "quote", symbol="AAPL") for _ in range(OF_A_PERSON)]
    confirm = forged.click(world, world.alice, review, review.buttons["Confirm"])

    *_, answer = await _all_at_once(world, *crowd, confirm)

    assert "Working" in answer.title or "Accepted" in answer.title
    assert world.broker.orders_received == 1


@pytest.mark.parametrize(
    ("name", "options", "title"),
    [
        ("service pause", {"state": "on"}, "paused"),
        ("server policy", {"paused": "on"}, "rules"),
        ("panic", {}, "paused"),
    ],
)
async def test_every_kill_switch_comes_through_a_crowd(
    world: World, name: str, options: dict[str, str], title: str
) -> None:
    crowd = [forged.command(world, world.alice, "quote", symbol="AAPL") for _ in range(OF_A_PERSON)]
    switch = forged.command(world, world.alice, name, **options)

    *_, answer = await _all_at_once(world, *crowd, switch)

    assert title in answer.title.casefold()
    after = await world.alice.types("settings")
    assert "paused by" in after.text


async def test_the_pause_of_the_settings_comes_through_a_crowd_and_the_others_do_not(
    world: World,
) -> None:
    card = await world.alice.types("settings")
    crowd = [forged.command(world, world.alice, "quote", symbol="AAPL") for _ in range(OF_A_PERSON)]
    share = forged.click(world, world.alice, card, "fb:set:always_private.on")
    pause = forged.click(world, world.alice, card, card.buttons["Pause trading"])

    *_, refused, paused = await _all_at_once(world, *crowd, share, pause)

    assert "Busy" in refused.title
    assert "paused by you" in paused.text
