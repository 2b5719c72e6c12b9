"""The slash commands and the console's, from the bot's own tree and the console's own parser."""

import asyncio
from collections.abc import Iterator
from typing import Any, cast

import typer.main
from discord import AppCommandOptionType, app_commands

from floorbroker.bot.app import FloorbrokerBot
from floorbroker.cli.app import app as console_app

AnyCommand = app_commands.Command[Any, ..., Any]


class _OfflineBot(FloorbrokerBot):
    """Puts its commands in place and tells nobody of them."""

    async def sync_if_changed(self, *, force: bool = False) -> bool:
        return False


def slash_commands() -> list[AnyCommand]:
    """Every command that a person can type, subcommands one by one."""

    async def built() -> list[AnyCommand]:
        # Nothing is looked up while the tree is put together, so no services are needed.
        bot = _OfflineBot(cast(Any, None), cast(Any, None), shard_count=1)
        await bot.setup_hook()
        return [one for one in bot.tree.walk_commands() if isinstance(one, app_commands.Command)]

    return asyncio.run(built())


def console_commands() -> dict[str, Any]:
    """`floorbroker …` commands by name, those of groups as `group command`."""
    return dict(_walked(typer.main.get_command(console_app), ""))


def commands() -> str:
    """A heading and a table of options for each slash command."""
    return "\n".join(_section(command) for command in slash_commands())


def console() -> str:
    """One row a console command."""
    lines = ["| Command | What it does | Options |", "| --- | --- | --- |"]
    for name, command in console_commands().items():
        told = (command.help or "").split("\n\n")[0].replace("\n", " ")
        lines.append(f"| `floorbroker {name}` | {_cell(told)} | {_console_options(command)} |")
    return "\n".join(lines) + "\n"


def _walked(command: Any, prefix: str) -> Iterator[tuple[str, Any]]:
    inner = getattr(command, "commands", None)
    if inner is None:
        yield prefix, command
        return
    for name, one in inner.items():
        yield from _walked(one, f"{prefix} {name}".strip())


def _console_options(command: Any) -> str:
    shown = []
    for parameter in command.params:
        names = [*parameter.opts, *parameter.secondary_opts]
        if "--help" not in names:
            name = names[0] if parameter.param_type_name == "option" else parameter.name.upper()
            shown.append(f"`{name}` {_cell(getattr(parameter, 'help', None) or '')}".strip())
    return "<br>".join(shown) or "–"


def _section(command: AnyCommand) -> str:
    lines = [f"### /{command.qualified_name}", "", f"{command.description}."]
    if command.parameters:
        lines += ["", "| Option | | Value | What it means |", "| --- | --- | --- | --- |"]
        lines += [_option(parameter) for parameter in command.parameters]
    return "\n".join([*lines, ""])


def _option(parameter: app_commands.Parameter) -> str:
    needed = "required" if parameter.required else "optional"
    told = str(parameter.description)
    told = "" if told == "…" else told
    return f"| `{parameter.name}` | {needed} | {_value(parameter)} | {_cell(told)} |"


def _value(parameter: app_commands.Parameter) -> str:
    if parameter.choices:
        return ", ".join(f"`{choice.name}`" for choice in parameter.choices)
    if parameter.type is AppCommandOptionType.boolean:
        return "`True`, `False`"
    if parameter.type in {AppCommandOptionType.role, AppCommandOptionType.channel}:
        return f"a {parameter.type.name}"
    if parameter.type is AppCommandOptionType.user:
        return "a person"
    return "text, with suggestions" if parameter.autocomplete else "text"


def _cell(text: str) -> str:
    return text.replace("|", r"\|")
