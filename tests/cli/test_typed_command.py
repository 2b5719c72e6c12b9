"""Commands written as a line of text."""

from collections.abc import Iterator

import discord
import pytest
from discord import app_commands

from floorbroker.cli.typed_command import Tree, TypedCommand, typed_command

Interaction = discord.Interaction[discord.Client]


@pytest.fixture
def tree() -> Iterator[Tree]:
    tree: Tree = app_commands.CommandTree(discord.Client(intents=discord.Intents(guilds=True)))
    kinds = [app_commands.Choice(name="At the limit", value="limit")]

    @tree.command(description="One")
    @app_commands.choices(kind=kinds)
    async def buy(
        interaction: Interaction,
        symbol: str,
        quantity: str | None = None,
        kind: app_commands.Choice[str] | None = None,
        late: bool = False,
    ) -> None: ...

    group = app_commands.Group(name="setup", description="Two")

    @group.command(description="Three")
    async def broker(interaction: Interaction) -> None: ...

    tree.add_command(group)
    return tree


@pytest.mark.parametrize(
    ("text", "name", "options"),
    [
        ("/buy symbol:AAPL quantity:10", "buy", {"symbol": "AAPL", "quantity": "10"}),
        ("/buy AAPL 10", "buy", {"symbol": "AAPL", "quantity": "10"}),
        ("/buy quantity:10 AAPL", "buy", {"symbol": "AAPL", "quantity": "10"}),
        ("/buy symbol:'BRK B'", "buy", {"symbol": "BRK B"}),
        ("/buy symbol:TRUE late:True", "buy", {"symbol": "TRUE", "late": True}),
        ("/buy AAPL kind:limit", "buy", {"symbol": "AAPL", "kind": "limit"}),
        ("/buy AAPL kind:'at the limit'", "buy", {"symbol": "AAPL", "kind": "limit"}),
        ("/setup broker", "setup broker", {}),
    ],
)
def test_a_command_is_read_with_its_options(
    tree: Tree, text: str, name: str, options: dict[str, str | bool]
) -> None:
    assert typed_command(tree, text) == TypedCommand(name, options)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("/", "there is no command /; "),
        ("/sell AAPL", "there is no command /sell; "),
        ("/setup", "there is no command /setup; "),
        ("/buy", "/buy needs symbol:"),
        ("/buy AAPL size:1", "/buy has no option size; its options: symbol, quantity, kind, late"),
        ("/setup broker ibkr", "/setup broker has no place for 'ibkr'; its options: none"),
        ("/buy AAPL kind:market", "kind takes one of limit"),
        ("/buy AAPL late:maybe", "late takes true or false"),
    ],
)
def test_what_cannot_be_read_says_why(tree: Tree, text: str, sentence: str) -> None:
    with pytest.raises(ValueError, match="^" + sentence.replace("?", r"\?")):
        typed_command(tree, text)
