"""Daily summaries: each is due once a day and person, whatever restarts and however many run."""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final, Protocol

import structlog

from floorbroker.domain.clock import Clock
from floorbroker.domain.digests import DigestChoice
from floorbroker.domain.errors import Busy, StoreUnavailable
from floorbroker.domain.ids import UserId
from floorbroker.domain.people import Person
from floorbroker.domain.trading_calendar import TradingCalendar
from floorbroker.services.day_digest import DayDigest, DayDigests
from floorbroker.services.digest_times import day_after, needless, next_digest
from floorbroker.services.supervisor import Supervisor
from floorbroker.services.trading_hours import TradingHours
from floorbroker.storage.people import People

LATE: Final = timedelta(hours=2)
"""What could not be sent by then is skipped: a summary of yesterday helps nobody."""

HOLD: Final = timedelta(minutes=5)
"""For so long one process alone works on it; one that died there is followed by another."""

AT_ONCE: Final = 4
"""So many people's brokers are read at the same time: at the close, many are due together."""

_READ: Final = 100
_ROUNDS: Final = 50
_TRIES: Final = 5
_log = structlog.get_logger(__name__)


class DigestMessenger(Protocol):
    """The way to a person with a summary."""

    async def tell_digest(self, person: Person, digest: DayDigest, due_at: datetime) -> bool:
        """Sends a direct message; False where that way is closed.

        Raises:
            Exception: Anything else; whether the message arrived is not known then.
        """
        ...


class Digests:
    """Sends those that are due."""

    def __init__(
        self,
        people: People,
        days: DayDigests,
        hours: TradingHours,
        messenger: DigestMessenger,
        clock: Clock,
        supervisor: Supervisor,
    ) -> None:
        """See the module's first line."""
        self._people = people
        self._days = days
        self._hours = hours
        self._messenger = messenger
        self._clock = clock
        self._supervisor = supervisor

    async def sweep(self) -> int:
        """Sends all that are due; how many people that were."""
        count = 0
        for _ in range(_ROUNDS):
            due = await self._people.people_with_digest(self._clock.now(), limit=_READ)
            if not due or self._supervisor.draining:
                break
            calendar = await self._hours.calendar()
            turn = asyncio.Semaphore(AT_ONCE)
            await asyncio.gather(*(self._in_turn(turn, one, calendar) for one in due))
            count += len(due)
            if len(due) < _READ:
                break
        return count

    async def _in_turn(
        self, turn: asyncio.Semaphore, person: Person, calendar: TradingCalendar | None
    ) -> None:
        async with turn:
            if self._supervisor.draining:
                return  # of the next process, which finds it unclaimed
            try:
                await self._send(person, calendar)
            except StoreUnavailable:
                _log.warning("digest_waits_for_the_store")
            except Busy:
                _log.info("digest_left_to_another_process")
            except Exception as error:  # noqa: BLE001  # the edge: the others get theirs
                _log.exception("digest_failed", error=type(error).__name__)

    async def _send(self, person: Person, calendar: TradingCalendar | None) -> None:
        now, choice = self._clock.now(), person.digest
        # One a day, also where the calendar moved the hour or cannot be had any more.
        after = now if choice.due_at is None else max(now, day_after(choice.due_at))
        following = next_digest(choice, calendar, after)
        done = replace(choice, due_at=following, look_at=following)
        late = choice.due_at is None or now - choice.due_at > LATE
        unwanted = not person.notify or person.leaving is not None
        if late or unwanted or needless(choice, calendar):
            if await self._people.save_person(replace(person, digest=done)) is not None:
                _log.info("digest_skipped", late=late)
            return
        held = replace(choice, look_at=now + HOLD)
        if await self._people.save_person(replace(person, digest=held)) is None:
            return  # another process was faster, or the person changed something: next time
        digest = await self._days.of(person.user_id)
        # A process that is about to end leaves Discord only when this has come to its end.
        await self._supervisor.carry_out(self._tell(person.user_id, held, done, digest))

    async def _tell(
        self, user_id: UserId, held: DigestChoice, done: DigestChoice, digest: DayDigest
    ) -> None:
        # Whoever stores the next one sends this one, and nobody else ever does.
        present = await self._stored(user_id, held, done)
        if present is None or held.due_at is None:
            return
        closed = False
        try:
            told = await self._messenger.tell_digest(present, digest, held.due_at)
            closed = not told
        except Exception as error:  # noqa: BLE001  # the edge: the person reads that it is missing
            told = False
            _log.exception("digest_not_told", error=type(error).__name__)
        after = replace(done, missed_at=None if told else self._clock.now(), closed=closed)
        if after != done:
            await self._stored(user_id, done, after)
        _log.info("digest_sent", told=told, closed=closed)

    async def _stored(
        self, user_id: UserId, before: DigestChoice, after: DigestChoice
    ) -> Person | None:
        """The person with the new choice; None where it is not the old one any more."""
        for _ in range(_TRIES):
            person = await self._people.person(user_id)
            if person is None or person.digest != before or person.leaving is not None:
                return None
            stored = await self._people.save_person(replace(person, digest=after))
            if stored is not None:
                return stored
        return None
