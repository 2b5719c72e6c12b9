"""A round that looks out for people's alerts: one process at a time makes it."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Final

from floorbroker.domain.clock import Clock
from floorbroker.storage.turns import Turns

PRICES: Final = timedelta(seconds=15)
FILLS: Final = timedelta(seconds=30)
EXPIRIES: Final = timedelta(minutes=15)
TELLING: Final = timedelta(seconds=5)
"""How often each is made."""

_SHORTEST: Final = timedelta(seconds=60)


class AlertRound:
    """One kind of look, in turns."""

    def __init__(
        self,
        turns: Turns,
        name: str,
        every: timedelta,
        look: Callable[[], Awaitable[object]],
        clock: Clock,
    ) -> None:
        """A process that has died is followed by another after two of its rounds, or a minute."""
        self._turns = turns
        self._name = name
        self._lasts = max(2 * every, _SHORTEST)
        self._look = look
        self._clock = clock

    async def sweep(self) -> bool:
        """One round; False where it is another process's turn."""
        if not await self._turns.take(self._name, self._clock.now(), self._lasts):
            return False
        await self._look()
        return True
