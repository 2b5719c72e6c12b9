"""Operators are told on Discord: in their channel, or directly where it cannot be reached."""

from collections.abc import AsyncIterator, Sequence
from typing import Final

import pytest
import pytest_asyncio

from floorbroker.domain.modes import DeploymentMode
from tests.e2e.people import Seen
from tests.e2e.world import SimulatedClock, World, opened, process, settings
from tests.observability.captured import captured_stderr
from tests.simulators.paper_faults import Down
from tests.stores import Store

TITLE: Final = "Many commands fail"
SYMBOL: Final = "AAPL"


@pytest.fixture
def broker() -> Down:
    """A broker that can be taken away."""
    broker = Down()
    broker.up = True
    return broker


@pytest_asyncio.fixture
async def floor(mode: DeploymentMode, sqlite: Store, broker: Down) -> AsyncIterator[World]:
    """A world whose operators have no channel."""
    async with opened(mode, sqlite.open(), broker=broker) as world:
        yield world


@pytest_asyncio.fixture
async def with_channel(floor: World, sqlite: Store) -> World:
    """The same with the channel as the operators'."""
    await floor.restart(sqlite.open(), ops_channel_id=str(floor.channel.id))
    return floor


async def minutes(world: World, number: int) -> None:
    for _ in range(number * 4):
        await world.env.advance_time(15)
        with world.env.time_context():
            await world.app.alerting.sweep()


async def commands_fail(world: World, broker: Down) -> None:
    """As many as it takes, and two minutes more."""
    await minutes(world, 1)
    broker.up = False
    for _ in range(12):
        answer = await world.alice.types("quote", symbol=SYMBOL)
        assert "No connection" in answer.title
    await minutes(world, 2)


def alerts(messages: Sequence[Seen]) -> list[Seen]:
    return [one for one in messages if TITLE in one.title]


async def test_in_the_channel_it_is_told_once_and_its_end_too(
    with_channel: World, broker: Down
) -> None:
    world = with_channel
    await commands_fail(world, broker)
    (told,) = alerts(world.public())
    assert told.title.endswith(TITLE)
    assert "12 of 12 commands within five minutes." in told.text
    assert "docs/runbook.md, “Many commands fail”" in told.text
    await minutes(world, 2)
    assert len(alerts(world.public())) == 1

    broker.up = True
    await minutes(world, 15)

    first, over = alerts(world.public())
    assert over.title.endswith(f"Over: {TITLE}")
    assert "It lasted" in over.text
    assert first.title.endswith(f"Over: {TITLE}")
    assert world.messages_to(world.alice) == []


async def test_nothing_in_it_is_anybodys(with_channel: World, broker: Down) -> None:
    await commands_fail(with_channel, broker)

    (told,) = alerts(with_channel.public())
    for private in (with_channel.alice.user_id, with_channel.alice.name, SYMBOL, "PAPER-1"):
        assert private not in told.raw


async def test_without_a_channel_operators_get_it_directly_and_nobody_else(
    floor: World, broker: Down
) -> None:
    await commands_fail(floor, broker)
    broker.up = True
    await minutes(floor, 15)

    first, over = alerts(floor.messages_to(floor.alice))
    assert (first.title.endswith(f"Over: {TITLE}"), "It lasted" in over.text) == (True, True)
    assert floor.messages_to(floor.bob) == []
    assert alerts(floor.public()) == []


async def test_a_channel_that_refuses_is_no_reason_to_be_silent(
    with_channel: World, broker: Down
) -> None:
    world = with_channel
    world.env.inject_error(
        "POST",
        f"/channels/{world.channel.id}/messages",
        status=403,
        code=50013,
        message="Missing Permissions",
        times=None,
    )

    await commands_fail(world, broker)

    assert alerts(world.public()) == []
    assert len(alerts(world.messages_to(world.alice))) == 1


async def test_what_reaches_nobody_is_an_error_in_the_log_and_is_told_once_somebody_can_be_reached(
    floor: World, broker: Down
) -> None:
    floor.env.inject_error(
        "POST", "/channels/*/messages", status=403, code=50007, message="no", times=2
    )
    with captured_stderr() as log:
        await commands_fail(floor, broker)
        await minutes(floor, 4)

    lines = [line for line in log.records() if line["event"] == "alert_not_delivered"]
    assert {line["level"] for line in lines} == {"error"}
    assert len({line["alert"] for line in lines}) == len(lines) == 2
    assert len(alerts(floor.messages_to(floor.alice))) == 1


async def test_before_discord_knows_the_bot_it_is_told_in_the_log_and_nothing_breaks(
    mode: DeploymentMode, sqlite: Store, broker: Down
) -> None:
    with captured_stderr() as log:
        async with process(settings(mode), sqlite.open(), SimulatedClock(), broker) as app:
            app.metrics.limit_used("kraken", "orders", 0.9)
            await app.alerting.sweep()

    events = [line["event"] for line in log.records() if line.get("alert")]
    assert events == ["alert", "alert_not_delivered"]
