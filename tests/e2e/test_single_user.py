"""Single-user mode serves its owner and nobody else."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from floorbroker.domain.modes import DeploymentMode
from tests.e2e import forged
from tests.e2e.hostile import every_option, filled
from tests.e2e.people import Answer
from tests.e2e.world import World, opened
from tests.fakes.flaky_documents import FlakyDocuments
from tests.replicas.replicated import until
from tests.stores import Store

WORDS = "serves only its owner"
FIRST_ROUND_ENDS = [("delete", "alerts")] * 2


@pytest_asyncio.fixture
async def home(sqlite: Store) -> AsyncIterator[tuple[World, FlakyDocuments]]:
    """A world in single-user mode, and its store, which the background has left alone by now."""
    store = FlakyDocuments(sqlite.open())
    async with opened(DeploymentMode.SINGLE_USER, store) as world:
        await until(lambda: store.calls[-2:] == FIRST_ROUND_ENDS)
        yield world, store


async def test_every_command_is_refused_to_a_stranger(
    home: tuple[World, FlakyDocuments],
) -> None:
    world, store = home
    names = {name for name, _ in every_option(world.app.bot.tree, strings_only=False)}
    store.calls.clear()

    for name in sorted(names):
        options = filled(world.app.bot.tree, name)
        answer = Answer(await forged.command(world, world.bob, name, **options).delivered())
        assert WORDS in answer.text, name

    assert len(names) >= 17
    assert store.calls == []
    assert world.broker.operations == []


async def test_every_command_is_refused_to_a_stranger_in_direct_messages(
    home: tuple[World, FlakyDocuments],
) -> None:
    world, _ = home

    answer = await world.bob.in_dms.types("buy", symbol="AAPL", quantity="1")

    assert WORDS in answer.text
    assert world.broker.operations == []


@pytest.mark.parametrize(
    "custom_id",
    [
        "fb:confirm:{order}",
        "fb:discard:{order}",
        "fb:cancel:{order}",
        "fb:refresh:{order}",
        "fb:share:{order}",
        "fb:set:paused.on",
        "fb:set:live.on",
        "fb:remove:paper-{owner}",
        "fb:close:paper-{owner}/PAPER-1@AAPL",
        "fb:paper:open",
        "fb:keep:link",
    ],
)
async def test_every_button_is_refused_to_a_stranger(
    home: tuple[World, FlakyDocuments], custom_id: str
) -> None:
    world, store = home
    review = await world.alice.types("buy", symbol="AAPL", quantity="1")
    (order,) = await world.orders(world.alice)
    made = custom_id.format(order=order.order_id, owner=world.alice.user_id)
    store.calls.clear()

    answer = Answer(await forged.click(world, world.bob, review, made).delivered())

    assert WORDS in answer.refusal.text
    assert store.calls == []
    assert world.broker.orders_received == 0


async def test_the_menu_is_refused_to_a_stranger(home: tuple[World, FlakyDocuments]) -> None:
    world, _ = home
    menu = await world.alice.types("setup broker")

    answer = Answer(
        await forged.choice(world, world.bob, menu, "fb:brokers", ["paper"]).delivered()
    )

    assert WORDS in answer.refusal.text


async def test_a_stranger_is_suggested_nothing_and_leaves_no_trace(
    home: tuple[World, FlakyDocuments],
) -> None:
    world, store = home
    store.calls.clear()

    suggested = [
        await world.bob.typing("buy", "symbol", "aap"),
        await world.bob.typing("buy", "account", ""),
        await world.bob.typing("order status", "order", ""),
        await world.bob.typing("order cancel", "order", ""),
    ]

    assert suggested == [[], [], [], []]
    assert store.calls == []


async def test_the_owner_is_served(home: tuple[World, FlakyDocuments]) -> None:
    world, _ = home

    receipt = await world.alice.clicks(
        await world.alice.types("buy", symbol="AAPL", quantity="1"), "Confirm"
    )

    assert "Filled" in receipt.title
