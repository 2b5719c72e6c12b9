"""How a command that cannot go on ends: a sentence and an exit code, never a traceback."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import typer

FAILED: Final = 1
"""Something outside did not answer; the same may succeed later, so a platform may try again."""

MISCONFIGURED: Final = 2
"""A setting must be changed first."""


class GivenUp(Exception):
    """The command cannot go on.

    Attributes:
        exit_code: `FAILED` or `MISCONFIGURED`.
    """

    def __init__(self, message: str, exit_code: int = FAILED) -> None:
        """`message` is for the operator, one sentence a line, and holds no secret."""
        super().__init__(message)
        self.exit_code = exit_code


@contextmanager
def sentences_for_errors() -> Iterator[None]:
    """For a command's whole body.

    Raises:
        typer.Exit: It gave up; the sentences are on standard error by then.
    """
    try:
        yield
    except GivenUp as reason:
        typer.echo(str(reason), err=True)
        raise typer.Exit(reason.exit_code) from None
