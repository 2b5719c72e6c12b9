"""One-time links to the page on which an account is connected.

The token travels in the address and is stored nowhere: the store holds its digest. A browser must
prove whose it is before it sees a form, and only the browser that proved it can send one.
"""

import hashlib
import secrets
from dataclasses import replace
from datetime import timedelta
from typing import Final

from floorbroker.domain.clock import Clock
from floorbroker.domain.errors import Busy, NotYours
from floorbroker.domain.ids import BrokerId, LinkId, UserId
from floorbroker.domain.link_ticket import LinkExpired, LinkTicket, LinkUsed
from floorbroker.domain.modes import Environment
from floorbroker.domain.order import ReplyAddress
from floorbroker.services.audit import Audit
from floorbroker.storage.link_tickets import LinkTickets

TICKET_LIFE: Final = timedelta(minutes=5)
SIGN_IN_LIFE: Final = timedelta(minutes=10)
"""For a password, a second factor and a page of agreements at the broker."""

LONGEST_LIFE: Final = timedelta(minutes=20)
MOST_TRIES: Final = 5
"""Credentials that one link may try; whoever needs more asks for another link."""

MOST_TICKETS: Final = 5
PER: Final = timedelta(minutes=10)
KEPT_FOR: Final = timedelta(hours=1)
"""How long an ended ticket is remembered, to say that it was used rather than never there."""


class Tickets:
    """Makes one-time links and says whether one still holds."""

    def __init__(self, stored: LinkTickets, audit: Audit, clock: Clock) -> None:
        """See the module's first line."""
        self._stored = stored
        self._audit = audit
        self._clock = clock

    async def issue(
        self,
        user_id: UserId,
        broker: BrokerId,
        environment: Environment,
        *,
        relinks: LinkId | None = None,
        reply: ReplyAddress | None = None,
    ) -> str:
        """The token of a fresh link.

        Raises:
            Busy: The person asked for several already.
        """
        now = self._clock.now()
        if await self._stored.since(user_id, now - PER, limit=MOST_TICKETS) >= MOST_TICKETS:
            raise Busy("You asked for several links already. Wait ten minutes for the next one.")
        token = secrets.token_urlsafe(32)
        ticket = LinkTicket(
            ticket_id=digest(token),
            user_id=user_id,
            broker=broker,
            environment=environment,
            relinks=relinks,
            created_at=now,
            expires_at=now + TICKET_LIFE,
            reply=reply,
        )
        await self._stored.add(ticket)
        fields = {"broker": broker, "environment": environment.value}
        await self._audit.write(user_id, "link_asked", fields)
        return token

    async def open(self, token: str) -> LinkTicket:
        """The ticket of a token, while it holds.

        Raises:
            LinkExpired: It is over, or was never issued.
            LinkUsed: It has done its work.
        """
        ticket = await self._stored.get(digest(token))
        if ticket is None:
            raise LinkExpired
        if ticket.used_at is not None:
            raise LinkUsed
        if self._clock.now() >= ticket.expires_at:
            raise LinkExpired
        if ticket.tries >= MOST_TRIES:
            raise LinkUsed("This link was tried too often.")
        return ticket

    async def prove(self, token: str, user_id: UserId, browser: str) -> LinkTicket:
        """Binds the ticket to the browser whose person is proven to be `user_id`.

        The same person may go on in another browser; the last one that proved itself counts.

        Args:
            browser: A secret that only that browser has.

        Raises:
            NotYours: The link was made for somebody else.
        """
        for _ in range(3):
            ticket = await self.open(token)
            if ticket.user_id != user_id:
                await self._audit.write(ticket.user_id, "link_opened_by_another", {})
                raise NotYours("This link was made for another person.")
            stored = await self._stored.advance(ticket, replace(ticket, browser=digest(browser)))
            if stored is not None:
                return stored
        raise LinkUsed

    async def proven(self, token: str, browser: str) -> LinkTicket:
        """The ticket, for the browser that proved itself.

        Raises:
            NotYours: This browser did not.
        """
        ticket = await self.open(token)
        if not browser or not secrets.compare_digest(ticket.browser, digest(browser)):
            raise NotYours("This browser has not shown whose it is.")
        return ticket

    async def tried(self, ticket: LinkTicket) -> LinkTicket:
        """Counts one try, and takes the person back from the broker; two at the same moment are one
        too many.

        Raises:
            LinkUsed: Another try is under way, or there were enough.
        """
        if ticket.tries >= MOST_TRIES:
            raise LinkUsed("This link was tried too often.")
        stored = await self._stored.advance(
            ticket, replace(ticket, tries=ticket.tries + 1, away="")
        )
        if stored is None:
            raise LinkUsed("This link is being used in another window.")
        return stored

    async def left(self, ticket: LinkTicket, away: str) -> LinkTicket:
        """The person goes to sign in at the broker, which may take longer than a form.

        Args:
            away: What is needed when they come back, sealed.

        Raises:
            LinkUsed: They left in another window at the same moment.
        """
        latest = ticket.created_at + LONGEST_LIFE
        expires_at = max(ticket.expires_at, min(self._clock.now() + SIGN_IN_LIFE, latest))
        after = replace(ticket, away=away, expires_at=expires_at)
        stored = await self._stored.advance(ticket, after)
        if stored is None:
            raise LinkUsed("This link is being used in another window.")
        return stored

    async def used(self, ticket: LinkTicket) -> None:
        """Ends the ticket, before what it is for is stored: so it is for one account only.

        Raises:
            LinkUsed: Somebody else was faster.
        """
        now = self._clock.now()
        if await self._stored.advance(ticket, replace(ticket, used_at=now)) is None:
            raise LinkUsed

    async def sweep(self) -> None:
        """Forgets tickets that ended a while ago."""
        await self._stored.forget(self._clock.now() - KEPT_FOR)


def digest(secret: str) -> str:
    """What is stored of a token, and of a browser's secret."""
    return hashlib.sha256(secret.encode()).hexdigest()
