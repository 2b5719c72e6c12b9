"""`floorbroker data`: backups, and what a restored store needs."""

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Annotated, Any

import typer

data = typer.Typer(no_args_is_help=True, help="Backups of everything that is stored.")

BackupFile = Annotated[Path, typer.Argument(metavar="FILE", help="The backup.")]


@data.command("backup")
def data_backup(file: BackupFile) -> None:
    """Write everything that is stored into one new file, while the bot goes on."""
    from floorbroker.cli import data as data_command
    from floorbroker.cli.settings import read_settings

    _carried_out(lambda: data_command.backup(read_settings(), file))


@data.command("check")
def data_check(file: BackupFile) -> None:
    """Read a backup to its end, and say whether it is whole and which master keys it needs."""
    from floorbroker.cli import data as data_command
    from floorbroker.cli.settings import read_settings

    _carried_out(lambda: data_command.check(read_settings(), file))


@data.command("restore")
def data_restore(file: BackupFile) -> None:
    """Put a backup into an empty store, with the bot stopped. Nothing of it is sent again."""
    from floorbroker.cli import data_restore as restore_command
    from floorbroker.cli.settings import read_settings

    _carried_out(lambda: restore_command.restore(read_settings(), file))


@data.command("restored")
def data_restored() -> None:
    """Make a store safe that was put back by other means, before the bot is started on it."""
    from floorbroker.cli import data_restore as restore_command
    from floorbroker.cli.settings import read_settings

    _carried_out(lambda: restore_command.restored(read_settings()))


def _carried_out(command: Callable[[], Coroutine[Any, Any, bool]]) -> None:
    """Ends with 1 where there is still something to be done."""
    from floorbroker.cli.giving_up import sentences_for_errors
    from floorbroker.observability.logging import configure_logging

    configure_logging("WARNING", json=False)
    with sentences_for_errors():
        complete = asyncio.run(command())
    if not complete:
        raise typer.Exit(1)
