"""Where answers come from: a pipe, one a line; or a terminal that shows no secret."""

import asyncio
import io
import os
import pty
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import pytest

from floorbroker.cli.answers import Pipe
from floorbroker.cli.giving_up import MISCONFIGURED, GivenUp
from tests.cli.at_home import CANARY
from tests.environment import child_environment

PATIENCE_SECONDS: Final = 60

# Opening the device makes it the controlling terminal of the session that the child leads.
ON_A_TERMINAL: Final = """
import asyncio, os, sys
os.open(os.ttyname(0), os.O_RDWR)
from floorbroker.cli.answers import answers

async def main():
    source = answers()
    name = source.plain("Name")
    secret = source.secret("Secret")
    print(f"got {name} and {len(secret)} characters")

asyncio.run(main())
"""


def test_lines_answer_the_questions_in_their_order() -> None:
    pipe = Pipe(io.StringIO(" yes \r\nkey\n\nsecret"))

    answers = [pipe.plain("Accept"), pipe.plain("Key"), pipe.plain("May be empty")]

    assert answers == ["yes", "key", ""]
    assert pipe.secret("Secret") == "secret"
    pipe.complete()


def test_a_pipe_that_ends_too_early_names_the_question() -> None:
    pipe = Pipe(io.StringIO(f"{CANARY}\n"))
    pipe.plain("Key")

    with pytest.raises(GivenUp, match="ended before this: Secret") as reason:
        pipe.secret("Secret")

    assert reason.value.exit_code == MISCONFIGURED
    assert CANARY not in str(reason.value)


def test_a_pipe_with_a_line_too_many_is_refused_without_repeating_it() -> None:
    pipe = Pipe(io.StringIO(f"key\n\n{CANARY}\n"))
    pipe.plain("Key")

    with pytest.raises(GivenUp, match="more lines than there are questions") as reason:
        pipe.complete()

    assert CANARY not in str(reason.value)


def test_empty_lines_at_the_end_do_no_harm() -> None:
    pipe = Pipe(io.StringIO("key\n\n \n"))
    pipe.plain("Key")

    pipe.complete()


def test_what_is_no_text_is_refused_and_what_was_written_is_in_no_error() -> None:
    pipe = Pipe(io.TextIOWrapper(io.BytesIO(CANARY.encode() + b"\xff"), encoding="utf-8"))

    with pytest.raises(GivenUp, match="not text in UTF-8") as reason:
        pipe.plain("Key")

    assert reason.value.__cause__ is reason.value.__context__ is None


class OnATerminal:
    """A program in front of a terminal of its own; what the person sees is `shown`."""

    def __init__(self, process: asyncio.subprocess.Process, screen: int) -> None:
        self.process = process
        self.shown = ""
        self._screen = screen
        os.set_blocking(screen, False)

    async def until(self, text: str) -> None:
        """Reads the screen until `text` stands there."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while text not in self.shown:
                await asyncio.sleep(0.01)  # between two looks at the screen
                try:
                    self.shown += os.read(self._screen, 4096).decode()
                except BlockingIOError:
                    continue

    def types(self, text: str) -> None:
        os.write(self._screen, text.encode())

    async def ended(self) -> int:
        async with asyncio.timeout(PATIENCE_SECONDS):
            return await self.process.wait()


@asynccontextmanager
async def on_a_terminal(folder: Path) -> AsyncIterator[OnATerminal]:
    screen, keyboard = pty.openpty()
    try:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", ON_A_TERMINAL),
            cwd=folder,
            env=child_environment(TERM="dumb"),
            stdin=keyboard,
            stdout=keyboard,
            stderr=keyboard,
            start_new_session=True,
        )
    finally:
        os.close(keyboard)
    try:
        yield OnATerminal(process, screen)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
        os.close(screen)


async def test_a_secret_is_not_shown_while_it_is_typed(tmp_path: Path) -> None:
    async with on_a_terminal(tmp_path) as terminal:
        await terminal.until("Name: ")
        terminal.types("Anna\n")
        await terminal.until("Secret: ")
        terminal.types(f" {CANARY} \n")
        await terminal.until(f"got Anna and {len(CANARY)} characters")
        code = await terminal.ended()

    assert code == 0
    assert "Anna" in terminal.shown
    assert CANARY not in terminal.shown


async def test_ctrl_c_at_a_question_ends_it_at_once(tmp_path: Path) -> None:
    async with on_a_terminal(tmp_path) as terminal:
        await terminal.until("Name: ")
        terminal.process.send_signal(signal.SIGINT)
        code = await terminal.ended()

    assert code != 0
    assert "got " not in terminal.shown
