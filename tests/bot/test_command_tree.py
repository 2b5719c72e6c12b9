"""The commands as Discord is told of them."""

import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import discord
import pytest_asyncio
from discord import app_commands

from floorbroker.bot.answering import URGENT, URGENT_IDS
from floorbroker.bot.app import FloorbrokerBot
from floorbroker.bot.replies import custom_ids
from floorbroker.domain.modes import DeploymentMode
from tests.e2e.hostile import commands
from tests.e2e.world import process, settings
from tests.fakes.clock import ManualClock
from tests.simulators.paper_faults import Counting
from tests.stores import Store

_NAME = re.compile(r"[a-z][a-z_-]{0,31}")
_SECRET = re.compile(r"secret|passw|token|credential|api.?key|private.?key|pin\b|2fa|otp", re.I)
_STOPS = re.compile(r"\b(?:pause[ds]?|cancels?|closes?|disarms?)\b", re.IGNORECASE)
_OPENS_AGAIN = {"resume"}
_WHOLE_DAYS = {"days", "ends"}
EXPECTED = {
    "buy", "sell", "close", "orders", "order status", "order cancel", "order modify",
    "panic", "resume", "quote", "chart", "hours", "options chain", "options contract", "volatility",
    "idea", "history", "positions", "portfolio", "balance",
    "setup broker", "setup accounts", "setup default",
    "setup exclude", "setup include", "setup renew",
    "setup status", "setup remove", "settings", "help", "privacy", "server policy",
    "service pause", "service status", "service people", "risk show", "risk set",
    "data export", "data erase", "data keep",
    "watch show", "watch add", "watch remove",
    "alert price", "alert percent", "alert fill", "alert expiry",
    "alert list", "alert remove", "alert quiet",
}  # fmt: skip


@pytest_asyncio.fixture
async def bot(tmp_path: Path) -> AsyncIterator[FloorbrokerBot]:
    """The bot with its commands in place, never connected."""
    store = Store("sqlite", str(tmp_path / "floor.db"))
    chosen = settings(DeploymentMode.MULTI_USER)
    async with process(chosen, store.open(), ManualClock(), Counting()) as app:
        await app.bot.add_commands()
        yield app.bot


def _roots(bot: FloorbrokerBot) -> dict[str, dict[str, Any]]:
    return {one.name: one.to_dict(bot.tree) for one in bot.tree.get_commands()}


def _described(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for child in node.get("options", []):
        yield from _described(child)


async def test_every_command_of_the_product_is_there(bot: FloorbrokerBot) -> None:
    assert {one.qualified_name for one in commands(bot.tree)} == EXPECTED


async def test_names_are_lower_case_and_everything_is_described(bot: FloorbrokerBot) -> None:
    for root in _roots(bot).values():
        for node in _described(root):
            assert _NAME.fullmatch(node["name"]), node["name"]
            description = node["description"]
            assert 1 < len(description) <= 100, node["name"]
            assert description != "…", node["name"]


async def test_discords_bounds_are_kept(bot: FloorbrokerBot) -> None:
    roots = _roots(bot)

    assert len(roots) <= 100
    for root in roots.values():
        for node in _described(root):
            assert len(node.get("options", [])) <= 25
            assert len(node.get("choices", [])) <= 25


async def test_required_options_come_before_the_others(bot: FloorbrokerBot) -> None:
    for one in commands(bot.tree):
        required = [option.required for option in one.parameters]
        assert required == sorted(required, reverse=True), one.qualified_name


async def test_people_may_bring_the_bot_along_and_use_it_anywhere(bot: FloorbrokerBot) -> None:
    for name, root in _roots(bot).items():
        assert root["integration_types"] == [0, 1], name
        assert root["contexts"] == ([0] if name == "server" else [0, 1, 2]), name


async def test_rules_over_others_are_hidden_from_ordinary_members(bot: FloorbrokerBot) -> None:
    roots = _roots(bot)
    manage = discord.Permissions(manage_guild=True).value
    administer = discord.Permissions(administrator=True).value

    assert roots["server"]["default_member_permissions"] == manage
    assert roots["service"]["default_member_permissions"] == administer
    for name, root in roots.items():
        if name not in {"server", "service"}:
            assert root["default_member_permissions"] is None, name


async def test_no_command_asks_for_a_secret(bot: FloorbrokerBot) -> None:
    for one in commands(bot.tree):
        for option in one.parameters:
            assert _SECRET.search(option.display_name) is None, one.qualified_name
            assert _SECRET.search(str(option.description)) is None, one.qualified_name


async def test_money_and_quantities_are_typed_as_text_and_never_as_floats(
    bot: FloorbrokerBot,
) -> None:
    types = {
        option.type
        for one in commands(bot.tree)
        for option in one.parameters
        if option.display_name not in _WHOLE_DAYS
    }

    assert types <= {
        discord.AppCommandOptionType.string,
        discord.AppCommandOptionType.boolean,
        discord.AppCommandOptionType.role,
        discord.AppCommandOptionType.channel,
        discord.AppCommandOptionType.user,
    }


async def test_every_symbol_account_and_order_is_suggested(bot: FloorbrokerBot) -> None:
    for one in commands(bot.tree):
        for option in one.parameters:
            if option.display_name in {"symbol", "account", "order"}:
                assert option.autocomplete, (one.qualified_name, option.display_name)


async def test_the_bot_needs_no_privileged_intent(bot: FloorbrokerBot) -> None:
    intents = bot.intents

    assert not intents.message_content
    assert not intents.members
    assert not intents.presences
    assert intents == discord.Intents(guilds=True)


async def test_the_bot_notifies_nobody(bot: FloorbrokerBot) -> None:
    assert bot.allowed_mentions is not None
    assert bot.allowed_mentions.to_dict() == discord.AllowedMentions.none().to_dict()


async def test_there_is_nothing_but_slash_commands(bot: FloorbrokerBot) -> None:
    assert not list(bot.commands)
    assert not bot.tree.get_commands(type=discord.AppCommandType.message)
    assert not bot.tree.get_commands(type=discord.AppCommandType.user)
    assert all(
        isinstance(one, app_commands.Command | app_commands.Group)
        for one in bot.tree.get_commands()
    )


async def test_whatever_pauses_cancels_or_closes_is_let_into_a_full_room(
    bot: FloorbrokerBot,
) -> None:
    stopping = {
        one.qualified_name
        for one in commands(bot.tree)
        if _STOPS.search(f"{one.name} {one.description}")
        or any(_STOPS.fullmatch(option.display_name) for option in one.parameters)
    }

    assert stopping >= {"close", "order cancel", "panic", "service pause", "server policy"}
    assert stopping - _OPENS_AGAIN <= URGENT


async def test_what_is_let_into_a_full_room_exists(bot: FloorbrokerBot) -> None:
    names = {one.qualified_name for one in commands(bot.tree)}
    order, choice = custom_ids.ORDER.pattern, custom_ids.CHOICE.pattern
    actions = set(re.findall(r"[a-z]+", f"{order} {choice}"))

    assert {name.removeprefix("click ") for name in URGENT if "click" in name} <= actions
    assert {name for name in URGENT if "click" not in name} <= names
    for begins in URGENT_IDS:
        custom_id = f"{begins}0a" if begins.endswith(":") else begins
        assert custom_ids.ALERT.fullmatch(custom_id) or custom_ids.CHOICE.fullmatch(custom_id)
