"""Text that means harm, in every option that takes text: always a card, and nothing gets through.

The options are found by walking the commands, so a new one is attacked without a change here.
"""

from collections.abc import Iterator
from typing import Any, Final

import pytest
from discord.app_commands import TransformerError

from floorbroker.domain.modes import DeploymentMode
from tests.e2e import forged
from tests.e2e.conftest import Open
from tests.e2e.harmless import (
    assert_harmless,
    assert_no_pings,
    assert_only_what_is_valid_got_through,
)
from tests.e2e.hostile import VALUES, commands, every_option, filled
from tests.e2e.people import Answer
from tests.e2e.world import opened
from tests.stores import Store

ATTACKED_AT_LEAST: Final = 35


def _options(tree: Any) -> Iterator[tuple[str, str]]:
    found = list(every_option(tree))
    assert len(found) >= ATTACKED_AT_LEAST
    yield from found


@pytest.mark.parametrize("value", VALUES.values(), ids=VALUES.keys())
async def test_every_option_answers_a_hostile_value_with_a_card(
    open_cloud: Open, value: str
) -> None:
    async with open_cloud() as world:
        world.expected = (TransformerError,)  # discord.py's own word for a choice that is not there
        tree = world.app.bot.tree
        for name, option in _options(tree):
            options = {**filled(tree, name), option: value}

            result = await forged.command(world, world.alice, name, **options).delivered()

            assert_harmless(Answer(result), (name, option))
        assert_no_pings(world)
        await assert_only_what_is_valid_got_through(world)


@pytest.mark.parametrize("value", VALUES.values(), ids=VALUES.keys())
async def test_every_suggestion_survives_hostile_typing(open_cloud: Open, value: str) -> None:
    async with open_cloud() as world:
        tree = world.app.bot.tree
        typed = 0
        for command in commands(tree):
            for option in (one for one in command.parameters if one.autocomplete):
                name = command.qualified_name
                typing = forged.typing(world, world.alice, name, option.display_name, value)

                result = await typing.delivered()

                assert result.autocomplete_choices is not None, (name, option.display_name)
                assert len(result.autocomplete_choices) <= 25
                typed += 1
        assert typed >= 10


@pytest.mark.parametrize("value", VALUES.values(), ids=VALUES.keys())
async def test_hostile_text_in_single_user_mode_is_harmless_too(sqlite: Store, value: str) -> None:
    async with opened(DeploymentMode.SINGLE_USER, sqlite.open()) as world:
        for option in ("symbol", "quantity", "account"):
            options = {**filled(world.app.bot.tree, "buy"), option: value}

            result = await forged.command(world, world.alice, "buy", **options).delivered()

            assert_harmless(Answer(result), option)
        await assert_only_what_is_valid_got_through(world)


async def test_hostile_values_for_a_working_order_never_reach_the_broker(open_cloud: Open) -> None:
    async with open_cloud() as world:
        review = await world.alice.types("buy", symbol="AAPL", quantity="10", limit="100")
        await world.alice.clicks(review, "Confirm")
        (order,) = await world.orders(world.alice)

        for value in VALUES.values():
            for option in ("quantity", "limit", "stop"):
                options = {"order": order.order_id, option: value}
                modify = forged.command(world, world.alice, "order modify", **options)
                assert_harmless(Answer(await modify.delivered()), (option, value))

        assert "modify_order" not in world.broker.operations
        assert await world.orders(world.alice) == [order]
