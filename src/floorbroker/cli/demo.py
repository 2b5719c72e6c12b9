"""`floorbroker demo`."""

import importlib.util
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from floorbroker.config import SettingsProblem
from floorbroker.domain.errors import StoreUnavailable
from floorbroker.observability.logging import configure_logging
from floorbroker.vault.keyring import KeyringProblem

if TYPE_CHECKING:
    from floorbroker.cli.simulated import World

NEEDS_EXTRA = 'The demo needs its extra: pip install "floorbroker[demo]"'


async def scripted(script: str, data_dir: Path) -> int:
    """Runs a script; 0 if every line could be run, else 1."""
    try:
        text = sys.stdin.read() if script == "-" else Path(script).read_text()  # noqa: ASYNC240  # nothing else runs yet
    except (OSError, UnicodeDecodeError) as error:
        return _failed(f"The script cannot be read: {error}")

    async def run(world: "World") -> int:
        from floorbroker.cli.demo_script import DemoScript, LineFailed

        try:
            await DemoScript(world, typer.echo).run(text.splitlines())
        except LineFailed as failure:
            return _failed(str(failure))
        return 0

    return await _in_world(data_dir, run)


async def page(data_dir: Path, *, port: int, open_browser: bool) -> int:
    """Serves the page until Ctrl-C or "End preview session"; 0 unless it could not start."""

    async def run(world: "World") -> int:
        from simcord.backend.errors import SetupError

        from floorbroker.cli.demo_page import demo_page, open_in_browser, until_ended

        try:
            async with demo_page(world, port=port) as preview:
                typer.echo("Paper trading on a simulated Discord; nothing leaves this machine.")
                typer.echo(f"\n  {preview.url}\n")
                typer.echo(f"Ctrl-C ends it. The paper account stays in {data_dir}.")
                if open_browser:
                    open_in_browser(preview.url)
                await until_ended(preview)
        except SetupError as error:
            return _failed(f"The page could not start: {error}")
        typer.echo("Ended.")
        return 0

    return await _in_world(data_dir, run)


async def _in_world(data_dir: Path, run: "Callable[[World], Awaitable[int]]") -> int:
    configure_logging("WARNING", json=False)
    if importlib.util.find_spec("simcord") is None:
        return _failed(NEEDS_EXTRA)
    from floorbroker.cli.simulated import simulated

    try:
        async with simulated(data_dir) as world:
            return await run(world)
    except (KeyringProblem, OSError, SettingsProblem, StoreUnavailable) as error:
        return _failed(f"The demo cannot use {data_dir}: {error}")


def _failed(sentence: str) -> int:
    typer.echo(sentence, err=True)
    return 1
