"""A slash command written as one line of text: `/buy symbol:AAPL quantity:10` or `/buy AAPL 10`."""

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from discord import AppCommandOptionType, app_commands

Tree = app_commands.CommandTree[Any]
Found = app_commands.Command[Any, ..., Any]

_SWITCH: Final = {"true": True, "on": True, "yes": True, "false": False, "off": False, "no": False}


@dataclass(frozen=True, slots=True)
class TypedCommand:
    """A command that exists, with values for options that it has."""

    name: str
    options: Mapping[str, str | bool | int]


def typed_command(tree: Tree, text: str) -> TypedCommand:
    """Reads `text`; a value without a name goes to the first option that has none yet.

    Raises:
        ValueError: There is no such command or option, or one is missing; the message is for
            the person who typed it.
    """
    words = shlex.split(text.removeprefix("/"))
    command, rest = _command(tree, words)
    options = {option.display_name: option for option in command.parameters}
    values: dict[str, str | bool | int] = {}
    for word in rest:
        name, value = _named(word, options, values, command)
        values[name] = _value(options[name], value)
    for name, option in options.items():
        if option.required and name not in values:
            raise ValueError(f"/{command.qualified_name} needs {name}:…")
    return TypedCommand(command.qualified_name, values)


def _command(tree: Tree, words: Sequence[str]) -> tuple[Found, Sequence[str]]:
    for length in (2, 1):
        name = " ".join(words[:length])
        for command in tree.walk_commands():
            if isinstance(command, app_commands.Command) and command.qualified_name == name:
                return command, words[length:]
    raise ValueError(f"there is no command /{' '.join(words[:1])}; /help lists them")


def _named(
    word: str,
    options: Mapping[str, app_commands.Parameter],
    taken: Mapping[str, str | bool | int],
    command: Found,
) -> tuple[str, str]:
    name, colon, value = word.partition(":")
    if colon and name in options:
        return name, value
    free = [option for option in options if option not in taken]
    if colon or not free:
        what = f"option {name}" if colon else f"place for {word!r}"
        offered = ", ".join(options) or "none"
        raise ValueError(f"/{command.qualified_name} has no {what}; its options: {offered}")
    return free[0], word


def _value(option: app_commands.Parameter, text: str) -> str | bool | int:
    if option.type is AppCommandOptionType.integer:
        if not (text.isascii() and text.isdigit()):
            raise ValueError(f"{option.display_name} takes a whole number")
        return int(text)
    if option.type is AppCommandOptionType.boolean:
        if text.casefold() not in _SWITCH:
            raise ValueError(f"{option.display_name} takes true or false")
        return _SWITCH[text.casefold()]
    if option.choices:
        for choice in option.choices:
            if text.casefold() in {choice.name.casefold(), str(choice.value).casefold()}:
                return str(choice.value)
        offered = ", ".join(str(choice.value) for choice in option.choices)
        raise ValueError(f"{option.display_name} takes one of {offered}")
    return text
