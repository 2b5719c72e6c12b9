"""A person has everything erased that is kept on them: seven days after they asked for it.

Until then the account is frozen: nothing opens a position, while closing and canceling work and
open orders are followed. The timer stands in the person's own settings, which go last of all. What
does the erasing is `services/eraser.py`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from floorbroker.domain.clock import Clock
from floorbroker.domain.errors import PolicyRefused
from floorbroker.domain.ids import UserId
from floorbroker.domain.order import Order
from floorbroker.domain.people import Leaving, Person
from floorbroker.services.accounts import Accounts
from floorbroker.services.audit import Audit
from floorbroker.services.listing import OrderList
from floorbroker.storage.personal import Personal

GRACE: Final = timedelta(days=7)
MOST_COUNTED: Final = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Foreseen:
    """What an erasing would do.

    Attributes:
        counts: How many documents of each kind would go, counted no further than `MOST_COUNTED`.
        open_orders: What stays at brokers and would no longer be followed, newest first.
        leaving: The timer, where it runs already.
    """

    counts: Mapping[str, int]
    open_orders: Sequence[Order]
    leaving: Leaving | None


class Erasing:
    """Starts and stops the timer of the person who asks."""

    def __init__(
        self,
        personal: Personal,
        accounts: Accounts,
        orders: OrderList,
        audit: Audit,
        clock: Clock,
    ) -> None:
        """See the module's first line."""
        self._personal = personal
        self._accounts = accounts
        self._orders = orders
        self._audit = audit
        self._clock = clock

    async def foreseen(self, user_id: UserId) -> Foreseen:
        """What would be erased; nothing changes."""
        return Foreseen(
            counts=await self._personal.counts(user_id, limit=MOST_COUNTED),
            open_orders=await self._orders.open(user_id),
            leaving=(await self._accounts.person(user_id)).leaving,
        )

    async def ask(self, user_id: UserId) -> Leaving:
        """Freezes the account and starts the timer; one that runs already stays as it is."""
        return await self._start(user_id, deauthorised=False)

    async def deauthorised(self, user_id: UserId) -> Leaving | None:
        """The person took the app away at Discord: the same timer; None if nothing is kept."""
        kept = await self._personal.counts(user_id, limit=1)
        if not any(kept.values()):
            return None
        return await self._start(user_id, deauthorised=True)

    async def keep(self, user_id: UserId) -> bool:
        """Stops the timer; whether it ran.

        Raises:
            PolicyRefused: The erasing has begun.
        """
        before = (await self._accounts.person(user_id)).leaving
        if before is None:
            return False
        await self._accounts.update(user_id, _stayed)
        await self._audit.write(user_id, "erase_stopped", {})
        return True

    async def _start(self, user_id: UserId, *, deauthorised: bool) -> Leaving:
        now = self._clock.now()
        fresh = Leaving(asked_at=now, erase_at=now + GRACE, deauthorised=deauthorised)
        before = (await self._accounts.person(user_id)).leaving
        person = await self._accounts.update(
            user_id, lambda one: one if one.leaving else replace(one, leaving=fresh)
        )
        if before is None:
            action = "deauthorised" if deauthorised else "erase_asked"
            await self._audit.write(user_id, action, {})
        return person.leaving or fresh


def _stayed(person: Person) -> Person:
    if person.leaving is not None and person.leaving.begun:
        raise PolicyRefused("It is being erased at this moment; that cannot be stopped any more.")
    return replace(person, leaving=None)
