"""`floorbroker demo --script`: lines a person could type, and every card as text.

/buy symbol:AAPL quantity:10
click Confirm
choose paper
wait 5
"""

import shlex
from collections.abc import Callable, Iterable
from typing import Final

from simcord.backend.errors import BackendError, SetupError
from simcord.results import InteractionResult, ResponseMessage

from floorbroker.cli.shown import message_lines
from floorbroker.cli.simulated import World

LONGEST_WAIT_SECONDS: Final = 86_400.0


class LineFailed(Exception):
    """A line of the script could not be run; the message says why."""


class DemoScript:
    """Runs lines against a simulated world and prints what the person sees."""

    def __init__(self, world: World, print_line: Callable[[str], None]) -> None:
        """`print_line` gets each line of output."""
        self._world = world
        self._print = print_line
        self._last: ResponseMessage | None = None

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
                raise LineFailed(f"line {number}: {text}: {error}") from error

    async def _run(self, text: str) -> None:
        if text.startswith("/"):
            await self._command(text[1:])
            return
        verb, _, rest = text.partition(" ")
        match verb:
            case "click":
                self._show(await self._world.person.click(self._seen(), label=rest))
            case "choose":
                self._show(await self._world.person.select(self._seen(), [rest]))
            case "wait":
                await self._wait(float(rest))
            case _:
                raise ValueError("a line is a /command, click …, choose … or wait …")

    async def _command(self, text: str) -> None:
        words = shlex.split(text)
        name = [word for word in words if ":" not in word]
        options = dict(word.split(":", 1) for word in words if ":" in word)
        typed = {key: _typed(value) for key, value in options.items()}
        self._show(await self._world.person.slash(self._world.channel, " ".join(name), **typed))

    async def _wait(self, seconds: float) -> None:
        """Lets the bot's own work catch up; the market moves on the machine's clock."""
        if not 0 <= seconds <= LONGEST_WAIT_SECONDS:
            raise ValueError("wait takes seconds, up to a day")
        await self._world.env.advance_time(seconds)
        await self._world.app.reconciler.sweep()
        await self._world.app.notifier.sweep()
        self._print("")

    def _seen(self) -> ResponseMessage:
        if self._last is None:
            raise ValueError("there is no card yet")
        return self._last

    def _show(self, result: InteractionResult) -> None:
        for message in (result.response, *result.followups):
            if message is not None:
                for line in message_lines(message.components):
                    self._print(line)
        self._last = result.response or self._last
        self._print("")


def _typed(value: str) -> str | bool:
    return {"true": True, "false": False}.get(value.casefold(), value)
