"""The `floorbroker` command."""

import asyncio
import sys
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_show_locals=False,
    help="Trade in your own brokerage accounts from Discord.",
)
commands = typer.Typer(no_args_is_help=True, help="The slash commands that Discord knows.")
app.add_typer(commands, name="commands")

Json = Annotated[bool, typer.Option("--json", help="Print JSON for other programs.")]


@app.command()
def demo(
    script: Annotated[
        str, typer.Option(help="Run the lines of this file (- reads standard input) and exit.")
    ] = "",
    data_dir: Annotated[Path, typer.Option(help="Where the demo keeps its paper account.")] = Path(
        "demo-data"
    ),
    port: Annotated[int, typer.Option(help="Port of the page; 0 takes a free one.")] = 0,
    open_browser: Annotated[bool, typer.Option(help="Open the page in a browser.")] = True,
) -> None:
    """The real bot on a simulated Discord: no token, no key, no internet."""
    from floorbroker.cli import demo as demo_command

    raise typer.Exit(
        asyncio.run(
            demo_command.scripted(script, data_dir)
            if script
            else demo_command.page(data_dir, port=port, open_browser=open_browser)
        )
    )


def main() -> None:
    """The entry point of the installed command."""
    sys.exit(app())
