"""Symbols while they are typed: from the account's own broker, and always in time."""

import asyncio
from collections.abc import Sequence
from typing import Final

from floorbroker.domain.errors import FloorbrokerError
from floorbroker.domain.ids import UserId
from floorbroker.domain.instruments import Instrument
from floorbroker.services.accounts import Accounts
from floorbroker.services.sessions import Sessions
from floorbroker.services.supervisor import Supervisor

SECONDS: Final = 2.0
"""Discord takes suggestions for three seconds."""

_MOST: Final = 200


class SymbolSearch:
    """Searches at brokers. Where a list must be loaded first, the next letter finds it there."""

    def __init__(
        self,
        accounts: Accounts,
        sessions: Sessions,
        supervisor: Supervisor,
        seconds: float = SECONDS,
    ) -> None:
        """`supervisor` owns what is not waited for any more."""
        self._accounts = accounts
        self._sessions = sessions
        self._supervisor = supervisor
        self._seconds = seconds
        self._under_way = 0

    async def search(self, user_id: UserId, text: str) -> Sequence[Instrument]:
        """Instruments of the person's default account, best first; none where it takes too long."""
        if self._under_way >= _MOST or self._supervisor.draining:
            return ()
        # Not canceled at the end of the time: else a long list would never be there.
        task = self._supervisor.hand_over(self._found(user_id, text))
        await asyncio.wait((task,), timeout=self._seconds)
        return task.result() if task.done() else ()

    async def _found(self, user_id: UserId, text: str) -> Sequence[Instrument]:
        self._under_way += 1
        try:
            account = await self._accounts.choose(user_id, None)
            async with self._sessions.lease(account.link) as adapter:
                return await adapter.search_instruments(text)
        except FloorbrokerError:
            return ()
        finally:
            self._under_way -= 1
