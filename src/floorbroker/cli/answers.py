"""What a person types into a terminal, or a program writes into a pipe.

Nothing that is secret is an option of a command: options stand in the shell's history and in the
list of processes.
"""

import getpass
import signal
import sys
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol, TextIO

import typer

from floorbroker.cli.giving_up import MISCONFIGURED, GivenUp

_LONGEST = 100_000
"""Characters of a pipe: no credential is longer, and a mistake ends early."""


class Answers(Protocol):
    """Where answers come from.

    Attributes:
        tries: How often the same may be asked anew.
    """

    tries: int

    def plain(self, question: str) -> str:
        """An answer that may be seen, without the space around it; may be empty."""
        ...

    def secret(self, question: str) -> str:
        """The same for one that nobody may see."""
        ...

    def complete(self) -> None:
        """Called when everything was asked.

        Raises:
            GivenUp: There are answers to questions that were not asked.
        """
        ...


def answers() -> Answers:
    """Asks a person if there is one, else reads the pipe."""
    return Terminal() if sys.stdin.isatty() else Pipe(sys.stdin)


class Terminal:
    """Asks a person; what is secret is not shown while it is typed."""

    tries = 3

    def plain(self, question: str) -> str:
        """See `Answers`.

        Raises:
            typer.Abort: Ctrl-C, or the end of the input.
        """
        with _ctrl_c_ends_it():
            return str(typer.prompt(question, default="", show_default=False)).strip()

    def secret(self, question: str) -> str:
        """See `Answers`.

        Raises:
            typer.Abort: Ctrl-C, or the end of the input.
            GivenUp: This terminal shows whatever is typed.
        """
        with _ctrl_c_ends_it(), warnings.catch_warnings():
            warnings.simplefilter("error", getpass.GetPassWarning)
            try:
                shown_nowhere = typer.prompt(
                    question, default="", show_default=False, hide_input=True
                )
            except getpass.GetPassWarning:
                raise GivenUp(
                    "This terminal cannot hide what is typed. Write the answers into a pipe.",
                    MISCONFIGURED,
                ) from None
            return str(shown_nowhere).strip()

    def complete(self) -> None:
        """See `Answers`; a person answers what is asked."""


class Pipe:
    """One answer a line, in the order of the questions; nothing is printed for a question."""

    tries = 1

    def __init__(self, source: TextIO) -> None:
        """`source` is read to its end at the first question."""
        self._source = source
        self._lines: list[str] | None = None

    def plain(self, question: str) -> str:
        """See `Answers`.

        Raises:
            GivenUp: There are fewer lines than questions.
        """
        lines = self._read()
        if not lines:
            raise GivenUp(
                f"Standard input ended before this: {question}. One answer a line.", MISCONFIGURED
            )
        return lines.pop(0).strip()

    def secret(self, question: str) -> str:
        """As `plain`."""
        return self.plain(question)

    def complete(self) -> None:
        """See `Answers`."""
        if any(line.strip() for line in self._read()):
            raise GivenUp("Standard input has more lines than there are questions.", MISCONFIGURED)

    def _read(self) -> list[str]:
        if self._lines is None:
            text = self._text()
            if text is None:
                # Raised out here: the error that told it holds what was written.
                raise GivenUp("Standard input is not text in UTF-8.", MISCONFIGURED)
            self._lines = text.splitlines()
        return self._lines

    def _text(self) -> str | None:
        try:
            return self._source.read(_LONGEST)
        except UnicodeDecodeError:
            return None


@contextmanager
def _ctrl_c_ends_it() -> Iterator[None]:
    """A loop that runs would only take note of Ctrl-C, and the question would stay open."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before or signal.SIG_DFL)
