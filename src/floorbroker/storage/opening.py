"""The store that the settings name."""

from typing import Final

from floorbroker.config import Settings, SettingsProblem
from floorbroker.domain.errors import StoreUnavailable
from floorbroker.storage.documents import Documents
from floorbroker.storage.mongo import MongoDocuments, motor_database
from floorbroker.storage.sqlite import SqliteDocuments

SQLITE_FILE: Final = "floorbroker.sqlite3"
"""Below `DATA_DIR`."""


def open_documents(settings: Settings) -> Documents:
    """MongoDB where it is configured, else SQLite, which multi-user mode does not accept.

    Raises:
        SettingsProblem: Multi-user mode without `MONGODB_URI`.
    """
    if settings.mongodb_uri is not None:
        uri = settings.mongodb_uri.get_secret_value()
        return MongoDocuments(motor_database(uri, settings.mongodb_database))
    if not settings.single_user:
        raise SettingsProblem("Set MONGODB_URI: multi-user mode keeps its data in MongoDB.")
    settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    return SqliteDocuments(settings.data_dir / SQLITE_FILE)


async def answers(documents: Documents) -> bool:
    """Whether the store gives a sign of life."""
    try:
        await documents.ping()
    except StoreUnavailable:
        return False
    return True
