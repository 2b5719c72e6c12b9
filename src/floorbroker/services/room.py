"""How many commands are under way at once, so that nobody's crowd takes everybody's time.

A machine that is too slow for what comes would else take on ever more, and answer ever later.
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from floorbroker.domain.errors import Busy
from floorbroker.services.callers import Caller

OF_ALL: Final = 1_500
OF_A_SERVER: Final = 500
OF_A_PERSON: Final = 10


class Room:
    """Places for commands and clicks in this process; whoever finds none is told at once.

    What is urgent (it cancels, closes, pauses, or confirms what was reviewed) finds a place even
    when the room is full: only the person's own crowd, twice as large, keeps it out.
    """

    def __init__(
        self,
        *,
        of_all: int = OF_ALL,
        of_a_server: int = OF_A_SERVER,
        of_a_person: int = OF_A_PERSON,
    ) -> None:
        """How many at once, in all, from one server, and by one person."""
        self._of_all, self._of_a_server, self._of_a_person = of_all, of_a_server, of_a_person
        self._taken = 0
        self._servers: Counter[str] = Counter()
        self._people: Counter[str] = Counter()

    @property
    def taken(self) -> int:
        """How many are under way."""
        return self._taken

    @contextmanager
    def place(self, caller: Caller, *, urgent: bool) -> Iterator[None]:
        """A place for as long as the block runs.

        Raises:
            Busy: There is none. Nothing was begun.
        """
        self._check(caller, urgent=urgent)
        server = caller.guild_id
        self._taken += 1
        self._people[caller.user_id] += 1
        if server is not None:
            self._servers[server] += 1
        try:
            yield
        finally:
            self._taken -= 1
            _leave(self._people, caller.user_id)
            if server is not None:
                _leave(self._servers, server)

    def _check(self, caller: Caller, *, urgent: bool) -> None:
        own, server = self._people[caller.user_id], caller.guild_id
        if own >= self._of_a_person * (2 if urgent else 1):
            raise Busy(f"{own} of your commands are under way. Wait until they are answered.")
        if urgent:
            return
        if server is not None and self._servers[server] >= self._of_a_server:
            raise Busy("This server's members have too many commands under way.")
        if self._taken >= self._of_all:
            raise Busy("Too many commands are under way.")


def _leave(room: Counter[str], who: str) -> None:
    room[who] -= 1
    if not room[who]:
        del room[who]
