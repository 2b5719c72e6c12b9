"""What brokers gave in a renewal, on its way into the store: kept in hand until it is there.

A refresh token that was used up must not be used again by anybody, and its successor exists here
only. So it is stored over the credential that it came from, and over nothing else.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

import structlog

from floorbroker.brokers.oauth import Grant
from floorbroker.domain.clock import Clock
from floorbroker.domain.errors import BrokerError, SessionExpired, StoreUnavailable
from floorbroker.domain.ids import LinkId
from floorbroker.domain.people import Link
from floorbroker.services.credentials import Credentials
from floorbroker.services.reminders import next_reminder
from floorbroker.services.supervisor import Supervisor
from floorbroker.storage.people import People

CLAIM: Final = timedelta(seconds=30)
"""Longer than a broker is asked; a process that dies is waited for no longer."""

_AGAIN_SECONDS: Final = 1.0
_TRIES: Final = 5
_log = structlog.get_logger(__name__)

Renewed = tuple[Link, Mapping[str, str]]
"""A link, and its credential by field."""

Access = tuple[LinkId, datetime | None]
"""A link, and when its owner gave what it has: none is mixed up with the one before."""

Pause = Callable[[float], Awaitable[object]]


def access_of(link: Link) -> Access:
    """See `Access`."""
    return link.link_id, link.linked_at


@dataclass(frozen=True, slots=True, kw_only=True)
class _InHand:
    """What a broker gave in exchange for `used`, which is what the store still has."""

    claimed: Link
    used: Mapping[str, str] = field(repr=False)
    grant: Grant


class FreshAccess:
    """Puts what brokers gave into the store."""

    def __init__(
        self,
        people: People,
        credentials: Credentials,
        supervisor: Supervisor,
        clock: Clock,
        pause: Pause = asyncio.sleep,
    ) -> None:
        """`pause` is how one waits."""
        self._people = people
        self._credentials = credentials
        self._supervisor = supervisor
        self._clock = clock
        self._pause = pause
        self._in_hand: dict[Access, _InHand] = {}

    async def present(self, link: Link) -> Link:
        """The link as it is stored.

        Raises:
            SessionExpired: It was removed, or its owner gave it other access since `link`.
        """
        present = await self._people.link(link.user_id, link.link_id)
        if present is None or present.removed:
            raise SessionExpired("This link was removed.", broker=link.broker)
        if present.linked_at != link.linked_at:
            raise SessionExpired("This link was given other access meanwhile.", broker=link.broker)
        return present

    async def keep(self, claimed: Link, used: Mapping[str, str], grant: Grant) -> Renewed:
        """Stores what came in exchange for `used`.

        Returns:
            The link as it is stored then, with what a faster process has put there if one has.

        Raises:
            SessionExpired: As `present`; nobody needs it any more.
            StoreUnavailable: It stays in hand; that is tried again, and by `settle`.
        """
        access = access_of(claimed)
        self._in_hand[access] = _InHand(claimed=claimed, used=used, grant=grant)
        try:
            return await self._store(access)
        except StoreUnavailable as error:
            _log.warning("renewed_not_stored", broker=claimed.broker, error=error.detail)
            self._supervisor.hand_over(self._store_again(access))
            raise

    async def settle(self, link: Link) -> None:
        """Stores what is in hand for the link; nothing may be asked of its broker before.

        Raises:
            FloorbrokerError: As `keep`.
        """
        if access_of(link) in self._in_hand:
            await self._store(access_of(link))

    async def _store(self, access: Access) -> Renewed:
        held = self._in_hand[access]
        for _ in range(_TRIES):
            try:
                present = await self.present(held.claimed)
            except SessionExpired:
                self._in_hand.pop(access, None)
                raise
            stored = self._credentials.opened(present)
            if stored != held.used:  # another process was faster, or only the answer was lost
                self._in_hand.pop(access, None)
                return present, stored
            given = held.grant.credentials
            fresh = self._credentials.sealed(self._renewed(present, held.grant), given)
            done = await self._people.save_link(fresh)
            if done is not None:
                self._in_hand.pop(access, None)
                return done, given
        raise StoreUnavailable(detail="link kept changing")

    async def _store_again(self, access: Access) -> None:
        """Tries until the claim lapses: then another process would use up what the store has."""
        for _ in range(int(CLAIM.total_seconds() / _AGAIN_SECONDS)):
            await self._pause(_AGAIN_SECONDS)
            if access not in self._in_hand:
                return
            try:
                await self._store(access)
            except StoreUnavailable:
                continue
            except BrokerError:
                return  # nobody needs it any more

    def _renewed(self, present: Link, grant: Grant) -> Link:
        """`present` with the times of `grant`; what a broker renews is not dead."""
        remind_at = present.remind_at
        if grant.ends_at != present.ends_at:
            now = self._clock.now()
            remind_at = next_reminder(grant.ends_at, linked_at=present.linked_at, after=now)
        return replace(
            present,
            renew_at=grant.renew_at,
            renewing_until=None,
            ends_at=grant.ends_at,
            remind_at=remind_at,
            dead_since=None,
            dead_code=None,
        )
