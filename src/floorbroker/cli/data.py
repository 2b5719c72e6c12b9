"""`floorbroker data backup` and `floorbroker data check`."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import typer

from floorbroker.cli.giving_up import FAILED, MISCONFIGURED, GivenUp
from floorbroker.cli.opening import sentences_for_trouble
from floorbroker.config import Settings, SettingsProblem
from floorbroker.domain.clock import SystemClock
from floorbroker.services.backup import back_up
from floorbroker.services.servable import expect_servable
from floorbroker.storage.backup_file import BackupUnusable, End, Header, checked
from floorbroker.storage.documents import Documents
from floorbroker.storage.marks import Marks
from floorbroker.storage.opening import SQLITE_FILE, open_documents
from floorbroker.storage.sqlite import SqliteDocuments
from floorbroker.storage.whole import COLLECTIONS, is_empty
from floorbroker.vault.opening import KEY_FILE, keys_place, open_keyring

_AS_IT_GOES = (
    "MongoDB was read document by document: each is whole, and what was written meanwhile may be "
    "in it or not. For one moment of everything stop the bot first, or use MongoDB's own snapshots."
)


async def backup(settings: Settings, file: Path) -> bool:
    """Writes the file, and prints what is in it.

    Raises:
        GivenUp: There is nothing to back up, the file is there already or cannot be written, or
            the store does not answer. No file is left then.
    """
    _expect_new(file)
    on_mongo = settings.mongodb_uri is not None
    async with present_store(settings) as documents:
        if isinstance(documents, SqliteDocuments):
            await documents.hold_still(COLLECTIONS)
        if await is_empty(documents):
            raise GivenUp(f"{place_of(settings)} holds nothing to back up.", MISCONFIGURED)
        try:
            engine = "MongoDB" if on_mongo else "SQLite"
            end = await back_up(documents, file, SystemClock(), engine=engine)
        except OSError as error:
            raise GivenUp(
                f"{file} cannot be written: {error.strerror}. Nothing is left of it.", FAILED
            ) from None
    typer.echo(f"{file} is written: {counted(end)}.")
    if on_mongo:
        typer.echo(_AS_IT_GOES)
    typer.echo(_keys_needed(end))
    return True


async def check(settings: Settings, file: Path) -> bool:
    """Whether the file is whole, and this installation has the master keys that it needs.

    Raises:
        GivenUp: It is not a whole backup.
    """
    header, end = whole(file)
    typer.echo(f"{file} is whole: {about(header)}, {counted(end)}.")
    typer.echo(_keys_needed(end))
    missing = missing_keys(settings, end)
    if missing:
        typer.echo(f"Not here: {', '.join(missing)}. Add them to {keys_place(settings)}.")
    return not missing


@asynccontextmanager
async def present_store(settings: Settings) -> AsyncIterator[Documents]:
    """The store as it is: nothing is made that is not there, and no half restored one is taken.

    Raises:
        GivenUp: There is none, it cannot be used, or a setting cannot.
    """
    at_home = settings.mongodb_uri is None and settings.single_user
    if at_home and not (settings.data_dir / SQLITE_FILE).exists():
        raise GivenUp(f"There is no store in {settings.data_dir}.", MISCONFIGURED)
    with sentences_for_trouble(settings):
        documents = open_documents(settings)
        try:
            await documents.start(())
            await expect_servable(Marks(documents))
            yield documents
        finally:
            await documents.close()


def whole(file: Path) -> tuple[Header, End]:
    """What a file says of itself, once all of it was read.

    Raises:
        GivenUp: It is not a whole backup.
    """
    try:
        return checked(file)
    except BackupUnusable as why:
        raise GivenUp(f"{file}: {why}", MISCONFIGURED) from None
    except OSError as error:
        raise GivenUp(f"{file} cannot be read: {error.strerror}.", MISCONFIGURED) from None


def about(header: Header) -> str:
    """When it was made and of what."""
    made = f"{header.at:%Y-%m-%d %H:%M:%S} UTC"
    return f"made {made} by version {header.version} from {header.engine}"


def counted(end: End) -> str:
    """How much it is, of what the operator knows by name."""
    total = sum(end.counts.values())
    named = [
        f"{end.counts.get(collection, 0):,} {collection}"
        for collection in ("users", "links", "orders")
    ]
    return f"{total:,} document{'' if total == 1 else 's'} ({', '.join(named)})"


def place_of(settings: Settings) -> str:
    """Where the data is, for a sentence; never a part of the URI."""
    if settings.mongodb_uri is not None:
        return f"The database {settings.mongodb_database} in MongoDB"
    return str(settings.data_dir / SQLITE_FILE)


def missing_keys(settings: Settings, end: End) -> list[str]:
    """The ids of keys that the backup needs and that are not here. Makes no key."""
    made_at_start = settings.credential_master_keys is None and settings.single_user
    if made_at_start and not (settings.data_dir / KEY_FILE).exists():
        return list(end.keys)
    try:
        return sorted(set(end.keys) - open_keyring(settings).keys.keys())
    except SettingsProblem:
        return list(end.keys)


def _expect_new(file: Path) -> None:
    if os.path.lexists(file):
        raise GivenUp(f"{file} is there already. Name a new file.", MISCONFIGURED)


def _keys_needed(end: End) -> str:
    if not end.keys:
        return "Nothing in it is sealed."
    return f"Sealed texts in it need these master keys, which are not in it: {', '.join(end.keys)}."
