"""`floorbroker init` in the current folder, and what it left there."""

import asyncio
from pathlib import Path
from typing import Final

from dotenv import dotenv_values
from typer.testing import CliRunner, Result

from floorbroker.cli.app import app
from tests.observability.captured import captured_stderr

NOWHERE: Final = "http://127.0.0.1:1/api"
"""Where no Discord answers."""


def run(*words: str, typed: str = "") -> Result:
    with captured_stderr():
        return CliRunner().invoke(app, ["init", *words], input=typed)


async def apart(*words: str, typed: str = "") -> Result:
    """In a thread: the command runs a loop of its own, and this one serves the stand-in."""
    return await asyncio.to_thread(run, *words, typed=typed)


def names_in(folder: Path) -> list[str]:
    return sorted(one.name for one in folder.iterdir())


def read(path: Path) -> dict[str, str | None]:
    return dict(dotenv_values(path))
