"""A person sets when their daily summary comes."""

from dataclasses import replace

from floorbroker.domain.clock import Clock
from floorbroker.domain.digests import DigestChoice, DigestTime
from floorbroker.domain.ids import UserId
from floorbroker.domain.people import Person
from floorbroker.services.accounts import Accounts
from floorbroker.services.audit import Audit
from floorbroker.services.digest_times import next_digest
from floorbroker.services.trading_hours import TradingHours


class DigestChoices:
    """Sets it; the first one comes at the next such moment."""

    def __init__(self, accounts: Accounts, hours: TradingHours, audit: Audit, clock: Clock) -> None:
        """See the module's first line."""
        self._accounts = accounts
        self._hours = hours
        self._audit = audit
        self._clock = clock

    async def choose(self, user_id: UserId, at: DigestTime, *, every_day: bool) -> Person:
        """Sets when it comes, or with `OFF` that it does not."""
        choice = DigestChoice(at=at, every_day=every_day and at is not DigestTime.OFF)
        calendar = None if at is DigestTime.OFF else await self._hours.calendar()
        due = next_digest(choice, calendar, self._clock.now())
        choice = replace(choice, due_at=due, look_at=due)
        person = await self._accounts.update(user_id, lambda p: p.with_digest(choice))
        fields = {"at": at.value, "every_day": str(choice.every_day)}
        await self._audit.write(user_id, "digest", fields)
        return person
