"""Erases what is kept on people whose time has come: access first, then everything, the timer last.

It is said first that it begins, and from then on nothing is sent for the person. What had passed
its last check a moment before has that long to show, as an order that some process works on; then
it is waited for. Whoever stores the claim does the rest. A process that dies midway leaves the
timer, so another one goes on when the claim has lapsed; every step can be done twice.
"""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Final, Protocol

import structlog

from floorbroker.domain.clock import Clock
from floorbroker.domain.errors import FloorbrokerError, StoreUnavailable
from floorbroker.domain.ids import UserId
from floorbroker.domain.order_state import UNRESOLVED, WORKING, OrderState
from floorbroker.domain.people import Link, Person
from floorbroker.services.audit import Audit
from floorbroker.services.link_changes import LinkChanges
from floorbroker.services.sessions import Sessions
from floorbroker.storage.codec import UnreadableDocument
from floorbroker.storage.orders import Orders
from floorbroker.storage.people import People
from floorbroker.storage.personal import Personal

HOLD: Final = timedelta(minutes=5)
"""For so long nobody else erases the same person's data."""

ON_ITS_WAY: Final = timedelta(minutes=10)
"""No order is on its way for longer: the claim on one can be set to no more, see `Settings`."""

_REVOKING_SECONDS: Final = 15
_TELLING_SECONDS: Final = 15
_AT_ONCE: Final = 20
_MAY_BE_ASKED: Final = UNRESOLVED | WORKING | {OrderState.FILLED}
"""Where a request to a broker may be under way: an order, or what was asked about it."""

_log = structlog.get_logger(__name__)


class Farewell(Protocol):
    """The way to a person of whom nothing is kept any more."""

    async def tell_erased(self, user_id: UserId) -> bool:
        """Sends a direct message; False where that way is closed."""
        ...


class Eraser:
    """See the module's first line."""

    def __init__(  # each is a part that a person is in
        self,
        *,
        people: People,
        personal: Personal,
        orders: Orders,
        links: LinkChanges,
        sessions: Sessions,
        audit: Audit,
        farewell: Farewell,
        clock: Clock,
    ) -> None:
        """See the module's first line."""
        self._people = people
        self._personal = personal
        self._orders = orders
        self._links = links
        self._sessions = sessions
        self._audit = audit
        self._farewell = farewell
        self._clock = clock

    async def sweep(self) -> int:
        """Erases whoever's time has come; how many were erased."""
        due = await self._people.people_to_erase(self._clock.now(), limit=_AT_ONCE)
        erased = 0
        for person in due:
            try:
                erased += await self._erase(person)
            except StoreUnavailable:
                raise
            except Exception as error:  # noqa: BLE001  # the edge: the others have their turn
                _log.exception("erasing_failed", error=type(error).__name__)
        return erased

    async def _erase(self, person: Person) -> bool:
        if person.leaving is None:
            return False
        if not person.leaving.begun:
            await self._stored(person, ON_ITS_WAY)
            return False  # nothing new is sent from here on; what was, has until then to show
        if not await self._stored(person, HOLD):
            return False
        user_id = person.user_id
        if await self._something_is_sent(user_id):
            return False  # its outcome is stored first; the claim lapses, and it goes on
        await self._close_links(user_id)
        removed = await self._personal.erase(user_id)
        await self._audit.write(user_id, "erased", {"documents": str(removed)})
        await self._personal.erase(user_id)  # what was on its way when the first look was over
        await self._people.forget_person(user_id)
        await self._tell(user_id)
        _log.info("person_erased", documents=removed)
        return True

    async def _stored(self, person: Person, until_next: timedelta) -> bool:
        """Nothing is sent any more, nothing stops it, and nobody else does it until then."""
        if person.leaving is None:
            return False
        leaving = replace(person.leaving, begun=True, erase_at=self._clock.now() + until_next)
        return await self._people.save_person(replace(person, leaving=leaving)) is not None

    async def _something_is_sent(self, user_id: UserId) -> bool:
        """Whether a process waits at this moment for a broker's answer."""
        try:
            orders = await self._orders.recent(user_id, states=_MAY_BE_ASKED, limit=500)
        except UnreadableDocument:
            return False
        now = self._clock.now()
        return any(order.claim is not None and order.claim.until > now for order in orders)

    async def _close_links(self, user_id: UserId) -> None:
        try:
            links = await self._people.links(user_id)
        except UnreadableDocument:
            _log.error("links_not_withdrawn")
            return
        for link in links:
            await self._close(link)

    async def _close(self, link: Link) -> None:
        """Ends it here and, where it can, at the broker; whatever fails there, it goes here."""
        try:
            async with asyncio.timeout(_REVOKING_SECONDS):
                await self._links.remove(link.user_id, link.link_id)
        except StoreUnavailable:
            raise
        except (FloorbrokerError, TimeoutError) as error:
            _log.warning("link_not_withdrawn", broker=link.broker, error=type(error).__name__)
            await self._sessions.close_everywhere(link.link_id)

    async def _tell(self, user_id: UserId) -> None:
        """The last message; the erasing does not depend on it."""
        try:
            async with asyncio.timeout(_TELLING_SECONDS):
                told = await self._farewell.tell_erased(user_id)
        except Exception as error:  # noqa: BLE001  # the edge: Discord may fail in any way
            _log.warning("erased_not_told", error=type(error).__name__)
            return
        if not told:
            _log.info("erased_not_told")
