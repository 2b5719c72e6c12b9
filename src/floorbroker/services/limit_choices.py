"""People set limits for themselves, and see which hold: at once if tighter, later if not."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from floorbroker.config import Settings
from floorbroker.domain.clock import Clock
from floorbroker.domain.own_limits import StandingLimits
from floorbroker.domain.people import Person, ServerPolicy
from floorbroker.domain.risk import Limits
from floorbroker.services.accounts import Accounts
from floorbroker.services.audit import Audit
from floorbroker.services.callers import Caller
from floorbroker.services.gates import Gates
from floorbroker.services.limit_words import OPTIONS, written
from floorbroker.storage.people import People


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitsView:
    """Which limits hold for a person where they asked.

    Attributes:
        servers: What the server's managers set; None in a direct message.
    """

    limits: Limits
    orders_today: int
    own: StandingLimits
    servers: StandingLimits | None


class LimitChoices:
    """Each person's own limits."""

    def __init__(
        self,
        settings: Settings,
        people: People,
        accounts: Accounts,
        gates: Gates,
        audit: Audit,
        clock: Clock,
    ) -> None:
        """`settings` say how long a raise waits."""
        self._wait = timedelta(hours=settings.limit_raise_hours)
        self._people = people
        self._accounts = accounts
        self._gates = gates
        self._audit = audit
        self._clock = clock

    async def view(self, caller: Caller) -> LimitsView:
        """What holds for the caller where they are."""
        person, policy, today = await asyncio.gather(
            self._accounts.person(caller.user_id),
            self._policy(caller.guild_id),
            self._gates.orders_today(caller.user_id),
        )
        return LimitsView(
            limits=self._gates.limits_of(person, policy),
            orders_today=today,
            own=person.limits,
            servers=None if policy is None else policy.limits,
        )

    async def set_own(self, caller: Caller, wanted: Mapping[str, Any]) -> LimitsView:
        """Changes the caller's own limits; None takes one away.

        Raises:
            InvalidInput: A value is none that a limit can have.
        """
        if wanted:
            now = self._clock.now()

            def change(person: Person) -> Person:
                return replace(person, limits=person.limits.changed(wanted, now, self._wait))

            person = await self._accounts.update(caller.user_id, change)
            fields = {OPTIONS[name]: written(value) for name, value in wanted.items()}
            waits = {
                f"{OPTIONS[name]}_from": since.isoformat()
                for name, since in person.limits.waiting(now).items()
                if name in wanted
            }
            await self._audit.write(caller.user_id, "limits", {**fields, **waits})
        return await self.view(caller)

    async def _policy(self, guild_id: str | None) -> ServerPolicy | None:
        return None if guild_id is None else await self._people.policy(guild_id)
