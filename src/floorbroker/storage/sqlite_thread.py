"""The one thread that works on an SQLite file: what waits is done together.

A crowd's changes share one commit, so one wait for the disk, and nobody hears of a change before it
is there. Each statement still stands or falls by itself.
"""

import asyncio
import sqlite3
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, TypeVar

from floorbroker.domain.errors import StoreUnavailable
from floorbroker.storage.sqlite_file import Done, SqliteFile

_T = TypeVar("_T")

_Outcome = Done | Exception

_AT_ONCE: Final = 64
"""So many at most share a commit: nobody waits for more than a few milliseconds of others' work."""


@dataclass(frozen=True, slots=True, eq=False)
class _Asked:
    """A statement on a collection, and who waits for it."""

    collection: str
    sql: str
    values: Sequence[Any]
    changes: bool
    told: "asyncio.Future[Done]"


class SqliteThread:
    """Carries out statements one after the other, reads first, then changes in one transaction.

    Whatever waits at the same moment was asked by callers who do not know of each other, so its
    order is free.
    """

    def __init__(self, file: SqliteFile) -> None:
        """`file` is this thread's alone from here on."""
        self._file = file
        self._waiting: deque[_Asked] = deque()
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="sqlite")

    async def ask(self, collection: str, sql: str, values: Sequence[Any], *, changes: bool) -> Done:
        """What came of one statement.

        Raises:
            sqlite3.Error, OSError, StoreUnavailable: What kept it from being carried out.
        """
        told: asyncio.Future[Done] = asyncio.get_running_loop().create_future()
        self._waiting.append(
            _Asked(collection=collection, sql=sql, values=values, changes=changes, told=told)
        )
        self._thread.submit(self._work_off)
        return await told

    async def run(self, work: Callable[[], _T]) -> _T:
        """Anything else, after all that was asked before."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    def end(self) -> None:
        """Nothing may be asked from here on."""
        self._thread.shutdown(wait=False)

    # From here on, everything runs in the thread.

    def _work_off(self) -> None:
        asked = [self._waiting.popleft() for _ in range(min(_AT_ONCE, len(self._waiting)))]
        asked = [one for one in asked if not one.told.cancelled()]
        _tell([(one, self._outcome(one)) for one in asked if not one.changes])
        changes = [one for one in asked if one.changes]
        _tell(list(zip(changes, self._changed(changes), strict=True)))

    def _changed(self, changes: Sequence[_Asked]) -> Sequence[_Outcome]:
        if len(changes) > 1:
            try:
                begun = self._file.begin()
            except (sqlite3.Error, OSError, StoreUnavailable) as error:
                return [error] * len(changes)  # none of them could have begun
            if begun and (outcomes := self._together(changes)) is not None:
                return outcomes
        return [self._outcome(one) for one in changes]

    def _together(self, changes: Sequence[_Asked]) -> Sequence[_Outcome] | None:
        """In the transaction that has begun; None if that failed and left nothing."""
        try:
            outcomes = [self._outcome(one, only=sqlite3.IntegrityError) for one in changes]
            self._file.commit()
        except Exception:  # noqa: BLE001  # whatever it was comes again where each goes by itself
            self._file.take_back()
            return None
        return outcomes

    def _outcome(self, asked: _Asked, *, only: type[Exception] = Exception) -> _Outcome:
        """An error of a kind that leaves nothing of its statement, and a transaction as it was."""
        try:
            return self._file.carry_out(asked.collection, asked.sql, asked.values)
        except only as error:
            return error


def _tell(outcomes: Sequence[tuple[_Asked, _Outcome]]) -> None:
    """Hands over what came of each, with one call for all of a loop."""
    if outcomes:
        outcomes[0][0].told.get_loop().call_soon_threadsafe(partial(_told, outcomes))


def _told(outcomes: Sequence[tuple[_Asked, _Outcome]]) -> None:
    for asked, outcome in outcomes:
        if asked.told.done():
            continue
        if isinstance(outcome, Exception):
            asked.told.set_exception(outcome)
        else:
            asked.told.set_result(outcome)
