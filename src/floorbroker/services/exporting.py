"""Everything that is kept on a person, as files for them to keep.

What is stored is written as it is, but for what would give somebody power: sealed texts, tokens and
digests of secrets are named and not shown. Documents are read a page at a time, and a file is never
larger than Discord takes.
"""

import asyncio
import json
import re
import zipfile
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any, Final

from floorbroker.domain.clock import Clock
from floorbroker.domain.errors import Busy
from floorbroker.domain.ids import UserId
from floorbroker.services.audit import Audit
from floorbroker.storage.codec import time_text
from floorbroker.storage.documents import Document
from floorbroker.storage.personal import Holding, Personal

FILE_BYTES: Final = 8 * 1024 * 1024
"""A file is ended when it has reached this: Discord takes at least 10 MiB for each file
(docs.discord.com/developers/reference, "Uploading Files"; later copies of it say 20)."""

MOST_FILES: Final = 10
MOST_BYTES: Final = 20 * 1024 * 1024
"""Of all files together: one message carries ten, and no more than 25 MB (discord.js,
`MessageLimits.MaximumRequestSize`)."""

NOT_SHOWN: Final = "kept, and not in this file"
_LEFT_OUT: Final = frozenset({"sealed", "sealed_by", "sealed_token", "away", "browser"})
"""Fields that hold a sealed text, the name of the key that sealed it, or a secret's digest."""

_SEALED: Final = re.compile(r"[0-9]+\.[a-z0-9-]+(?:\.[A-Za-z0-9_=-]{8,}){3}")
"""The shape of a sealed text (see `vault.seal`), wherever it may stand."""

_AT_ONCE: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportFile:
    """One file."""

    name: str
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """What a person gets.

    Attributes:
        counts: How many documents of each kind the files hold.
        complete: Nothing was left out for want of room.
    """

    files: tuple[ExportFile, ...]
    counts: Mapping[str, int]
    complete: bool


class Exporting:
    """Makes the files of the person who asks."""

    def __init__(
        self, personal: Personal, audit: Audit, clock: Clock, *, file_bytes: int = FILE_BYTES
    ) -> None:
        """`file_bytes` is where a file ends, so that a test need not fill eight megabytes."""
        self._personal = personal
        self._audit = audit
        self._clock = clock
        self._file_bytes = file_bytes
        self._turn = asyncio.Semaphore(_AT_ONCE)
        self._under_way: set[UserId] = set()

    async def export(self, user_id: UserId) -> Export:
        """All of it at this moment, one JSON file, or several that are zipped.

        Raises:
            Busy: The person's files are being made already.
        """
        if user_id in self._under_way:
            raise Busy("Your file is being made already. Wait for it.")
        self._under_way.add(user_id)
        try:
            async with self._turn:  # a crowd that asks must not hold everybody's data in memory
                made = await self._made(user_id)
        finally:
            self._under_way.discard(user_id)
        await self._audit.write(user_id, "exported", {"files": str(len(made.files))})
        return made

    async def _made(self, user_id: UserId) -> Export:
        files: list[ExportFile] = []
        counts: Counter[str] = Counter()
        part = _Part(user_id, time_text(self._clock.now()), 1)
        pseudonym = await self._audit.pseudonym(user_id)
        async for holding, page in self._personal.pages(user_id, pseudonym):
            for document in page:
                if part.size >= self._file_bytes:
                    files.append(await asyncio.to_thread(part.zipped, more=True))
                    if _full(files):
                        return Export(files=tuple(files), counts=dict(counts), complete=False)
                    part = part.following()
                part.add(holding, document)
                counts[holding.called] += 1
        last = await asyncio.to_thread(part.zipped) if files else part.plain()
        return Export(files=(*files, last), counts=dict(counts), complete=True)


def _full(files: list[ExportFile]) -> bool:
    """Whether another file of the largest size might not fit any more."""
    room = MOST_BYTES - sum(len(file.data) for file in files)
    return len(files) >= MOST_FILES or room < max(len(file.data) for file in files)


class _Part:
    """One file while it grows.

    Attributes:
        size: Bytes of the documents so far.
    """

    def __init__(self, user_id: UserId, made_at: str, number: int) -> None:
        self._user_id = user_id
        self._made_at = made_at
        self._number = number
        self._kept: dict[str, list[str]] = {}
        self.size = 0

    def following(self) -> "_Part":
        return _Part(self._user_id, self._made_at, self._number + 1)

    def add(self, holding: Holding, document: Document) -> None:
        shown = _shown(document)
        if holding.secret_id:
            shown["_id"] = NOT_SHOWN
        text = json.dumps(shown, ensure_ascii=False, sort_keys=True)
        self._kept.setdefault(holding.called, []).append(text)
        self.size += len(text.encode())

    def plain(self, *, more: bool = False) -> ExportFile:
        """JSON, a line for each document."""
        head = {
            "format": "floorbroker export 1",
            "discord_id": self._user_id,
            "made_at": self._made_at,
            "part": self._number,
            "more_parts_follow": more,
        }
        kept = ",\n".join(
            f"{json.dumps(called)}: [\n{_lines(texts)}\n]" for called, texts in self._kept.items()
        )
        text = f'{json.dumps(head, indent=1)[:-2]},\n "kept": {{\n{kept}\n}}\n}}\n'
        name = f"floorbroker-data-{self._made_at[:10]}"
        return ExportFile(name=f"{name}.json", data=text.encode())

    def zipped(self, *, more: bool = False) -> ExportFile:
        plain = self.plain(more=more)
        name = plain.name.replace(".json", f"-{self._number}.json")
        packed = BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(name, plain.data)
        return ExportFile(name=f"{name}.zip", data=packed.getvalue())


def _lines(texts: list[str]) -> str:
    return ",\n".join(texts)


def _shown(value: Any) -> Any:
    """The value without what gives power over the person's cards and accounts."""
    if isinstance(value, dict):
        return {
            name: NOT_SHOWN if name in _LEFT_OUT and part else _shown(part)
            for name, part in value.items()
        }
    if isinstance(value, list):
        return [_shown(part) for part in value]
    return NOT_SHOWN if isinstance(value, str) and _SEALED.fullmatch(value) else value
