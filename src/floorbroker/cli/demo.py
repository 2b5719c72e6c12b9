"""`floorbroker demo`."""

import importlib.util
import sys
from pathlib import Path

import typer

from floorbroker.observability.logging import configure_logging

NEEDS_EXTRA = 'The demo needs its extra: pip install "floorbroker[demo]"'


async def scripted(script: str, data_dir: Path) -> int:
    """Runs a script; 0 if every line could be run, else 1."""
    if not _ready():
        return 1
    from floorbroker.cli.demo_script import DemoScript, LineFailed
    from floorbroker.cli.simulated import simulated

    text = sys.stdin.read() if script == "-" else Path(script).read_text()  # noqa: ASYNC240
    async with simulated(data_dir) as world:
        try:
            await DemoScript(world, typer.echo).run(text.splitlines())
        except LineFailed as failure:
            typer.echo(str(failure), err=True)
            return 1
    return 0


def _ready() -> bool:
    configure_logging("WARNING", json=False)
    if importlib.util.find_spec("simcord") is None:
        typer.echo(NEEDS_EXTRA, err=True)
        return False
    return True
