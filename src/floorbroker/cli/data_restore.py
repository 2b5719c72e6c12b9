"""`floorbroker data restore` and `floorbroker data restored`."""

from pathlib import Path
from typing import Final

import typer

from floorbroker.cli.data import about, counted, missing_keys, present_store, whole
from floorbroker.cli.giving_up import FAILED, MISCONFIGURED, GivenUp
from floorbroker.cli.opened_keys import opened_keys
from floorbroker.cli.opening import sentences_for_trouble
from floorbroker.config import Settings
from floorbroker.domain.clock import SystemClock
from floorbroker.domain.ids import UserId
from floorbroker.services.restore import CannotRestore, Restore, Settled
from floorbroker.storage.backup_file import BackupUnusable
from floorbroker.storage.indexes import INDEXES
from floorbroker.storage.opening import open_documents
from floorbroker.vault.opening import keys_place

_SERVICE: Final = UserId("service")
"""The chain of what concerns nobody in particular."""

_AFTERWARDS: Final = (
    "Everybody is paused: look it over, then /service pause state:off.",
    "Orders sent after the backup are at the brokers and not in the store: they count as placed "
    "elsewhere, and none is sent again.",
    "Access that a broker has renewed since no longer works: those people link again.",
    "`floorbroker audit verify --ends FILE`, with a file from after the backup, reports ends that "
    "are cut off. That is this restore: start a new file.",
)


async def restore(settings: Settings, file: Path) -> bool:
    """Puts the backup into the empty store of the settings, and prints what is to be known.

    Returns:
        Whether a bot can be started on it at once.

    Raises:
        GivenUp: The file is not whole, the store is not empty or does not answer. What it says
            tells whether something was written.
    """
    header, end = whole(file)
    with sentences_for_trouble(settings):
        documents = open_documents(settings)
        try:
            await documents.start(INDEXES)
            settled = await Restore(documents, SystemClock()).put_back(file)
        except CannotRestore as why:
            raise GivenUp(str(why), MISCONFIGURED) from None
        except BackupUnusable as why:
            raise GivenUp(f"{file} was changed meanwhile: {why}", FAILED) from None
        finally:
            await documents.close()
    typer.echo(f"Restored: {about(header)}, {counted(end)}.")
    missing = missing_keys(settings, end)
    if end.keys and not missing:
        return await _look_back(settings, settled)
    _tell(settled)
    if not missing:
        return True
    typer.echo(
        f"Sealed with master keys that are not here: {', '.join(missing)}. Add them to "
        f"{keys_place(settings)}, or no bot starts on this store."
    )
    return False


async def restored(settings: Settings) -> bool:
    """Does to a store that was put back by other means what `restore` does after its own.

    Raises:
        GivenUp: There is no store, or it does not answer; the same again does the rest.
    """
    async with present_store(settings) as documents:
        settled = await Restore(documents, SystemClock()).settle()
    return await _look_back(settings, settled)


async def _look_back(settings: Settings, settled: Settled) -> bool:
    """Leaves word in the audit trail, and says what is to be known; whether the keys open it."""
    _tell(settled)
    try:
        async with opened_keys(settings) as opened:
            trouble = await opened.keys.trouble()
            if trouble is None:
                fields = {"reviews_ended": str(settled.lapsed)}
                await opened.audit.write(_SERVICE, "store_restored", fields)
                return True
    except GivenUp as reason:  # the store is restored all the same
        typer.echo(str(reason))
        return False
    typer.echo(f"{trouble.what} {trouble.todo} Until then no bot starts on this store.")
    return False


def _tell(settled: Settled) -> None:
    reviews = f"{settled.lapsed:,} open review{'' if settled.lapsed == 1 else 's'}"
    links = f"{settled.links:,} one-time link{'' if settled.links == 1 else 's'}"
    typer.echo(f"Ended, as nobody knows whether they were used: {reviews}, {links}.")
    if settled.alerts:
        alerts = f"{settled.alerts:,} alert{'' if settled.alerts == 1 else 's'}"
        typer.echo(f"Begin anew, so that none rings twice: {alerts} of people.")
    if settled.unreadable:
        typer.echo(f"{settled.unreadable:,} orders could not be read; the log names them.")
    for sentence in _AFTERWARDS:
        typer.echo(f"- {sentence}")
