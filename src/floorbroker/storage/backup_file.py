"""One file with every document of a store: made whole or not at all, read whole or refused.

JSON a line, packed with gzip (`zcat` shows it): a header, `[collection, document]` for each
document, and an end with the number of documents and the SHA-256 of all the lines before it. That
finds a file that was cut or damaged. It does not find one that somebody rewrote on purpose.
"""

import gzip
import hashlib
import json
import os
import tempfile
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, Final, Literal, NoReturn

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from floorbroker.storage.codec import NEWEST_SCHEMA
from floorbroker.storage.documents import Document
from floorbroker.storage.whole import COLLECTIONS

FORMAT: Final = 1
_LONGEST_LINE: Final = 64 * 1024 * 1024
"""Bytes; a document of MongoDB has 16 MiB at most."""

_LEVEL: Final = 3
"""Of gzip's nine: a third of the time of its default, and little larger."""


class BackupUnusable(Exception):
    """A file that cannot be restored; the message is a sentence that says why."""


class Header(BaseModel):
    """The first line.

    Attributes:
        schema_version: The newest version of a stored document that its maker wrote.
        version: The release that made it.
        engine: Where it was taken from, for people.
    """

    model_config = ConfigDict(frozen=True, strict=True)

    floorbroker: Literal["backup"] = "backup"
    format: int = FORMAT
    schema_version: int = NEWEST_SCHEMA
    version: str
    engine: str
    at: Annotated[AwareDatetime, Field(strict=False)]


class End(BaseModel):
    """The last line.

    Attributes:
        counts: Documents by collection.
        keys: The ids of the master keys that sealed something in it.
        digest: SHA-256 of all lines before, in hexadecimal.
    """

    model_config = ConfigDict(frozen=True, strict=True)

    counts: Mapping[str, int]
    keys: Annotated[tuple[str, ...], Field(strict=False)]
    digest: str


class BackupWriter:
    """Writes line after line; made by `written`."""

    def __init__(self, file: gzip.GzipFile, header: Header) -> None:
        """Begins with the header."""
        self._file = file
        self._digest = hashlib.sha256()
        self._counts: Counter[str] = Counter()
        self._line(header.model_dump(mode="json"))

    def add(self, collection: str, documents: Iterable[Document]) -> None:
        """Some documents of one collection."""
        for document in documents:
            self._line([collection, document])
            self._counts[collection] += 1

    def end(self, keys: Iterable[str]) -> End:
        """Without which the file is not whole."""
        end = End(
            counts=dict(self._counts), keys=tuple(sorted(keys)), digest=self._digest.hexdigest()
        )
        self._line(end.model_dump(mode="json"))
        return end

    def _line(self, value: object) -> None:
        line = json.dumps(value, separators=(",", ":"), allow_nan=False).encode() + b"\n"
        self._digest.update(line)
        self._file.write(line)


@contextmanager
def written(path: Path, header: Header) -> Iterator[BackupWriter]:
    """A file for its owner alone, which is there under its name only once it is whole.

    Raises:
        OSError: It cannot be written; nothing is left of it, and a file of that name is unharmed.
    """
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    made = Path(name)
    try:
        with os.fdopen(handle, "wb") as raw:
            with gzip.GzipFile(filename="", fileobj=raw, mode="wb", compresslevel=_LEVEL) as file:
                yield BackupWriter(file, header)
            raw.flush()
            os.fsync(raw.fileno())
        made.replace(path)
    except BaseException:
        made.unlink(missing_ok=True)
        raise


def checked(path: Path) -> tuple[Header, End]:
    """Reads all of it once.

    Raises:
        BackupUnusable: It is damaged, of a newer version, or something else.
        OSError: It cannot be read.
    """
    with gzip.open(path) as file, _in_our_words():
        reading = _Reading(file)
        for _ in reading.documents():
            pass
        return reading.header, reading.end


def documents_in(path: Path) -> Iterator[tuple[str, Document]]:
    """What it holds. Whether that was all of it, and undamaged, is certain at the end only.

    Raises:
        BackupUnusable: As `checked`.
        OSError: It cannot be read.
    """
    with gzip.open(path) as file, _in_our_words():
        yield from _Reading(file).documents()


class _Reading:
    """One way through the file; `end` is there when `documents` is through."""

    end: End

    def __init__(self, file: gzip.GzipFile) -> None:
        self._file = file
        self._digest = hashlib.sha256()
        self.header = _header(self._next())

    def documents(self) -> Iterator[tuple[str, Document]]:
        counts: Counter[str] = Counter()
        while True:
            before = self._digest.hexdigest()
            value = self._next()
            if isinstance(value, dict):
                break
            collection, document = _entry(value)
            counts[collection] += 1
            yield collection, document
        self.end = End.model_validate(value)
        if self.end.digest != before or self.end.counts != counts or self._file.read(1):
            raise ValueError

    def _next(self) -> Any:
        line = self._file.readline(_LONGEST_LINE)
        if not line.endswith(b"\n"):
            raise EOFError
        self._digest.update(line)
        return json.loads(line, parse_float=_no_number, parse_constant=_no_number)


def _header(value: Any) -> Header:
    if not isinstance(value, dict) or value.get("floorbroker") != "backup":
        raise BackupUnusable("This is not a backup that floorbroker made.")
    # Looked at first: a later format may have a header that this release cannot read.
    if value.get("format") != FORMAT or value.get("schema_version", 0) > NEWEST_SCHEMA:
        raise BackupUnusable(
            "A newer version of floorbroker made this backup. Restore it with that version."
        )
    return Header.model_validate(value)


def _entry(value: Any) -> tuple[str, Document]:
    collection, document = value
    if collection not in COLLECTIONS:
        raise BackupUnusable("This backup holds something that this version does not know.")
    if not isinstance(document["_id"], str):
        raise TypeError
    if document.get("schema_version", 0) > NEWEST_SCHEMA:
        raise BackupUnusable("This backup holds documents of a newer version of floorbroker.")
    return collection, document


def _no_number(text: str) -> NoReturn:
    raise ValueError(text)


_DAMAGED: Final[tuple[type[Exception], ...]] = (
    EOFError,
    KeyError,
    TypeError,
    AttributeError,
    ValueError,  # pydantic's, json's and Unicode's too
    RecursionError,
    zlib.error,
)


@contextmanager
def _in_our_words() -> Iterator[None]:
    try:
        yield
    except gzip.BadGzipFile:
        raise BackupUnusable("This is not a backup, or it is damaged.") from None
    except _DAMAGED:
        # What they say may repeat what stands in the file.
        raise BackupUnusable("This backup was cut short or is damaged.") from None
