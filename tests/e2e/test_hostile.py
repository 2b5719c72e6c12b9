"""Text that means harm, in every option that takes text: always a card, and nothing gets through.

The options are found by walking the commands, so a new one is attacked without a change here.
"""

import re
from collections.abc import Iterator
from typing import Any, Final

import pytest

from floorbroker.domain.instruments import parse_symbol
from floorbroker.domain.modes import DeploymentMode
from floorbroker.domain.order_state import OrderState
from tests.e2e import forged
from tests.e2e.conftest import Open
from tests.e2e.hostile import VALUES, commands, every_option, filled
from tests.e2e.people import Answer, Seen
from tests.e2e.world import World, opened
from tests.stores import Store

ATTACKED_AT_LEAST: Final = 35
ORDER_CALLS: Final = ("place_order", "cancel_order", "modify_order")
_OWN_TIME: Final = re.compile(r"<t:\d{10}:R>")
_LIVE_MARKUP: Final = re.compile(r"@everyone|@here|<[@#/:t]|(?<!\\)```|\]\(http")
_LEAK: Final = re.compile(r"Traceback|File \"|\bError\b|Exception|0x[0-9a-f]{6,}|NoneType")


def _assert_harmless(card: Seen, what: object) -> None:
    """A card of ours, private, that pings nobody, shows no inside and stays within bounds."""
    assert card.private, what
    assert card.text, what
    assert _LIVE_MARKUP.search(_OWN_TIME.sub("", card.raw)) is None, (what, card.raw)
    assert _LEAK.search(card.raw) is None, (what, card.raw)
    assert len(card.raw) <= 4_000, what
    assert "Code UNKNOWN" not in card.text, (what, card.text)


def _assert_no_pings(world: World) -> None:
    bodies = [one.json for one in world.env.http_requests if isinstance(one.json, dict)]
    sent = [body.get("data", body) for body in bodies]
    with_text = [body for body in sent if isinstance(body, dict) and body.get("components")]
    assert with_text
    assert all(body.get("allowed_mentions", {}).get("parse") == [] for body in with_text)


async def _assert_only_what_is_valid_got_through(world: World) -> None:
    for order in await world.orders(world.alice):
        request = order.request
        assert order.state is OrderState.DRAFT
        assert parse_symbol(request.instrument.symbol) == request.instrument.symbol
        size = request.quantity if request.quantity is not None else request.notional
        assert size is not None
        assert size.is_finite()
        assert size > 0
    assert not set(ORDER_CALLS) & set(world.broker.operations)


def _options(tree: Any) -> Iterator[tuple[str, str]]:
    found = list(every_option(tree))
    assert len(found) >= ATTACKED_AT_LEAST
    yield from found


@pytest.mark.parametrize("value", VALUES.values(), ids=VALUES.keys())
async def test_every_option_answers_a_hostile_value_with_a_card(
    open_cloud: Open, value: str
) -> None:
    async with open_cloud() as world:
        tree = world.app.bot.tree
        for name, option in _options(tree):
            options = {**filled(tree, name), option: value}

            result = await forged.command(world, world.alice, name, **options).delivered()

            _assert_harmless(Answer(result), (name, option))
        _assert_no_pings(world)
        await _assert_only_what_is_valid_got_through(world)
        world.env.raise_errors()


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
        world.env.raise_errors()


@pytest.mark.parametrize("value", VALUES.values(), ids=VALUES.keys())
async def test_hostile_text_in_single_user_mode_is_harmless_too(sqlite: Store, value: str) -> None:
    async with opened(DeploymentMode.SINGLE_USER, sqlite.open()) as world:
        for option in ("symbol", "quantity", "account"):
            options = {**filled(world.app.bot.tree, "buy"), option: value}

            result = await forged.command(world, world.alice, "buy", **options).delivered()

            _assert_harmless(Answer(result), option)
        await _assert_only_what_is_valid_got_through(world)


async def test_hostile_values_for_a_working_order_never_reach_the_broker(open_cloud: Open) -> None:
    async with open_cloud() as world:
        review = await world.alice.types("buy", symbol="AAPL", quantity="10", limit="100")
        await world.alice.clicks(review, "Confirm")
        (order,) = await world.orders(world.alice)

        for value in VALUES.values():
            for option in ("quantity", "limit", "stop"):
                options = {"order": order.order_id, option: value}
                modify = forged.command(world, world.alice, "order modify", **options)
                _assert_harmless(Answer(await modify.delivered()), (option, value))

        assert "modify_order" not in world.broker.operations
        assert await world.orders(world.alice) == [order]
