"""Values that somebody means harm with, and every place where a person can type one."""

from collections.abc import Iterator
from typing import Any, Final

import discord
from discord import app_commands

Tree = app_commands.CommandTree[Any]
Command = app_commands.Command[Any, ..., Any]

VALUES: Final[dict[str, str]] = {
    "fullwidth digits": "１０",
    "underscores in a number": "1_000",
    "an exponent": "1e3",
    "not a number": "NaN",
    "infinity": "Infinity",
    "a giant exponent": "1e400000000",
    "a plus": "+5",
    "a minus": "-5",
    "zero": "0",
    "a trailing newline": "10\n",
    "thirteen digits": "1" * 13,
    "a path": "../orders",
    "an encoded path": "%2e%2e%2forders",
    "a query string": "AAPL?x=1&qty=5",
    "a null byte": "AAPL\0",
    "right-to-left override": "\u202eLPAA",
    "zero-width space": "AA\u200bPL",
    "a surrogate's neighbour": "\U0010ffff",
    "six thousand characters": "A" * 6_000,
    "markdown": "**bold** __under__ ~~gone~~ ||spoiler|| `code` [x](https://example.com)",
    "a heading": "# AAPL\n> quoted\n- listed",
    "everyone": "@everyone @here",
    "a person": "<@1> <@!1> <@&1> <#1>",
    "a command": "</buy:1> <t:0:R> <:a:1>",
    "backticks": "```\nAAPL\n```",
    "SQL": "'; DROP TABLE orders; --",
    "a Mongo operator": '{"$gt": ""}',
    "a Mongo field": "$where",
    "a template": "{order.order_id} %s {{7*7}}",
    "nothing": "",
    "blanks": "   ",
    "a long symbol": "A" * 16,
}

VALID: Final[dict[str, str | bool | int]] = {
    "side": "buy",
    "reason": "New phones sell well.",
    "symbol": "AAPL",
    "quantity": "1",
    "account": "Paper",
    "order": "0" * 18,
    "state": "off",
    "direction": "up",
    "price": "240",
    "percent": "5",
    "days": 3,
    "alert": "0" * 16,
}
"""What the required options get while another one is under attack; others get `AAPL`."""


def commands(tree: Tree) -> Iterator[Command]:
    """Every command that can be typed, those in groups included."""
    for one in tree.walk_commands():
        if isinstance(one, app_commands.Command):
            yield one


def every_option(tree: Tree, *, strings_only: bool = True) -> Iterator[tuple[str, str]]:
    """Command and option, for every option that takes text (or, if asked, also without any)."""
    for one in commands(tree):
        texts = [
            option.display_name
            for option in one.parameters
            if option.type is discord.AppCommandOptionType.string
        ]
        if not texts and not strings_only:
            yield one.qualified_name, ""
        for option in texts:
            yield one.qualified_name, option


def filled(tree: Tree, name: str) -> dict[str, str | bool | int]:
    """Values for the options that the command cannot do without."""
    (command,) = (one for one in commands(tree) if one.qualified_name == name)
    required = [option.display_name for option in command.parameters if option.required]
    if name in {"buy", "sell"}:
        required.append("quantity")
    return {option: VALID.get(option, "AAPL") for option in required}
