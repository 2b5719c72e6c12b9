"""`floorbroker demo --script`: lines a person could type, and every card as text.

/buy symbol:AAPL quantity:10
click Confirm
choose paper
wait 5
"""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

import discord
from simcord.backend.errors import BackendError, SetupError
from simcord.results import InteractionResult

from floorbroker.cli import shown
from floorbroker.cli.shown import Component
from floorbroker.cli.simulated import World
from floorbroker.cli.typed_command import typed_command

LONGEST_WAIT_SECONDS: Final = 600.0


class LineFailed(Exception):
    """A line of the script could not be run; the message says why."""


class DemoScript:
    """Runs lines against a simulated world and prints what the person sees."""

    def __init__(self, world: World, print_line: Callable[[str], None]) -> None:
        """`print_line` gets each line of output."""
        self._world = world
        self._print = print_line
        self._shown: dict[int, list[str]] = {}

    async def run(self, lines: Iterable[str]) -> None:
        """Runs every line, in order.

        Raises:
            LineFailed: The first line that could not be run.
        """
        for number, line in enumerate(lines, 1):
            text = line.strip()
            if not text or text.startswith("#"):
                continue
            self._print(f"> {text}")
            try:
                await self._run(text)
            except (SetupError, BackendError, TimeoutError, ValueError) as error:
                raise LineFailed(f"Line {number} ({text}): {error}") from error

    async def _run(self, text: str) -> None:
        if text.startswith("/"):
            command = typed_command(self._world.app.bot.tree, text)
            slash = self._world.person.slash
            self._show(await slash(self._world.channel, command.name, **command.options))
            return
        verb, _, rest = text.partition(" ")
        match verb:
            case "click" | "press":
                self._show(await self._click(rest.strip()))
            case "choose":
                self._show(await self._choose(rest.strip()))
            case "wait":
                await self._wait(rest)
            case _:
                raise ValueError("a line is a /command, click …, choose … or wait …")

    async def _click(self, label: str) -> InteractionResult:
        """Clicks the newest button of that name, on whichever card it is."""
        known: dict[str, None] = {}
        for message, part in self._newest_first(shown.BUTTON):
            if part.get("label") == label and not part.get("disabled"):
                return await self._world.person.click(message, custom_id=part["custom_id"])
            known[part.get("label") or ""] = None
        raise ValueError(f"there is no button {label}; {_offered(known)}")

    async def _choose(self, value: str) -> InteractionResult:
        """Chooses in the newest menu that has the value."""
        known: dict[str, None] = {}
        for message, part in self._newest_first(shown.MENU):
            values = [option["value"] for option in part["options"]]
            if value in values:
                choose = self._world.person.select
                return await choose(message, [value], custom_id=part["custom_id"])
            known |= dict.fromkeys(values)
        raise ValueError(f"there is no choice {value}; {_offered(known)}")

    def _newest_first(self, kind: int) -> list[tuple[discord.Message, Component]]:
        return [
            (message, part)
            for message in reversed(self._messages())
            for part in reversed(list(shown.parts(_components(message))))
            if part["type"] == kind
        ]

    def _messages(self) -> list[discord.Message]:
        """What the person can see, the channel's messages and the direct ones, oldest first."""
        person = self._world.person
        direct = person.user.dm_channel.history()
        both = [*self._world.channel.history(viewer=person), *direct]
        return sorted(both, key=lambda message: message.id)

    async def _wait(self, text: str) -> None:
        """Lets real seconds pass, for the market too, and the bot's own work catch up."""
        try:
            seconds = float(text)
        except ValueError:
            seconds = -1.0
        if not 0 <= seconds <= LONGEST_WAIT_SECONDS:
            raise ValueError("wait takes seconds, up to 600")
        await asyncio.sleep(seconds)
        await self._world.env.advance_time(seconds)
        await self._world.app.reconciler.sweep()
        await self._world.app.notifier.sweep()
        self._show(None)

    def _show(self, result: InteractionResult | None) -> None:
        """Prints what answered, changed or not, and whatever else has changed by now."""
        answers = () if result is None else (result.response, *result.followups)
        answered = {message.id for message in answers if message is not None}
        for message in self._messages():
            lines = shown.message_lines(_components(message))
            if message.id in answered or lines != self._shown.get(message.id):
                for line in lines:
                    self._print(line)
            self._shown[message.id] = lines
        self._print("")


def _components(message: discord.Message) -> Sequence[dict[str, Any]]:
    return [dict(component.to_dict()) for component in message.components]


def _offered(known: Iterable[str]) -> str:
    return f"there are: {', '.join(known)}" if known else "there are none yet"
