"""Writes a backup: every document as it is stored, sealed texts sealed."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import floorbroker
from floorbroker.domain.clock import Clock
from floorbroker.storage.backup_file import End, Header, written
from floorbroker.storage.documents import Document, Documents
from floorbroker.storage.whole import whole_store
from floorbroker.vault.seal import key_of

_SEALED: Final = {"links", "secrets"}
"""What a master key that is gone makes useless. The addresses of cards are sealed too, for
minutes."""


async def back_up(documents: Documents, path: Path, clock: Clock, *, engine: str) -> End:
    """Writes the file and says what is in it.

    Raises:
        StoreUnavailable: The store stopped answering; no file is left.
        OSError: The file cannot be written; no file is left.
    """
    header = Header(version=floorbroker.__version__, engine=engine, at=clock.now())
    keys: set[str] = set()
    with written(path, header) as file:
        async for collection, page in whole_store(documents):
            file.add(collection, page)
            if collection in _SEALED:
                keys.update(_keys_of(page))
        return file.end(keys)


def _keys_of(page: Sequence[Document]) -> Iterator[str]:
    for document in page:
        key_id = key_of(str(document.get("sealed", "")))
        if key_id:
            yield key_id
