"""Ideas: posted by one, traded by others, each in an account of their own.

An idea carries what to trade and why. Quantity, account and the decision are the reader's, whose
review card comes from the same drafts as every other: its author has no part in it.
"""

import secrets
from datetime import timedelta
from typing import Final

from floorbroker.domain.clock import Clock
from floorbroker.domain.error_codes import ErrorCode
from floorbroker.domain.errors import DraftExpired, LimitExceeded, PolicyRefused
from floorbroker.domain.ideas import Idea
from floorbroker.domain.money import parse_price
from floorbroker.domain.order import Order
from floorbroker.domain.orders import Side
from floorbroker.services.accounts import Accounts
from floorbroker.services.callers import Caller
from floorbroker.services.chosen import choose
from floorbroker.services.drafts import Drafts
from floorbroker.services.sessions import Sessions
from floorbroker.services.ticket import Ticket
from floorbroker.storage.ideas import Ideas

MOST: Final = 5
WITHIN: Final = timedelta(hours=1)
"""So many ideas a person may post in that time."""


class IdeaBoard:
    """Posts ideas and makes a reader's own draft of one."""

    def __init__(
        self, ideas: Ideas, accounts: Accounts, sessions: Sessions, drafts: Drafts, clock: Clock
    ) -> None:
        """See the module's first lines."""
        self._ideas = ideas
        self._accounts = accounts
        self._sessions = sessions
        self._drafts = drafts
        self._clock = clock

    async def post(
        self,
        caller: Caller,
        *,
        symbol: str,
        side: Side,
        reason: str,
        limit: str | None = None,
        target: str | None = None,
        stop: str | None = None,
    ) -> Idea:
        """A stored idea about something that the author's own broker knows.

        Raises:
            PolicyRefused: This is no server.
            LimitExceeded: Too many ideas in a short time.
            FloorbrokerError: A value cannot be used, or nobody knows the symbol.
        """
        if caller.guild_id is None:
            raise PolicyRefused("Ideas are for others: post them in a server.")
        now = self._clock.now()
        if await self._ideas.count_since(caller.user_id, now - WITHIN, limit=MOST) >= MOST:
            raise LimitExceeded(
                ErrorCode.RATE_LIMIT_EXCEEDED, f"{MOST} ideas an hour are the most."
            )
        chosen = await choose(self._accounts, self._sessions, caller.user_id, symbol, None)
        instrument = chosen.instrument
        idea = Idea(
            idea_id=secrets.token_hex(8),
            user_id=caller.user_id,
            guild_id=caller.guild_id,
            symbol=instrument.symbol,
            name=instrument.name,
            currency=instrument.currency,
            side=side,
            reason=reason,
            created_at=now,
            limit=None if limit is None else parse_price(limit, "limit price"),
            target=None if target is None else parse_price(target, "target"),
            stop=None if stop is None else parse_price(stop, "stop"),
        )
        person = await self._accounts.person(caller.user_id)
        if person.leaving is not None:  # looked at last: nothing may be stored after an erasing
            raise PolicyRefused("Your data is to be erased, so nothing new is posted. /data keep.")
        await self._ideas.add(idea)
        return idea

    async def take_back(self, idea: Idea) -> None:
        """Forgets what did not reach the channel: it no longer counts."""
        await self._ideas.remove(idea)

    async def idea(self, idea_id: str) -> Idea:
        """The idea behind a card.

        Raises:
            DraftExpired: It is too old, or not there any more.
        """
        idea = await self._ideas.get(idea_id)
        if idea is None or idea.over(self._clock.now()):
            raise DraftExpired("This idea is over. /buy or /sell does the same with your own eyes.")
        return idea

    async def draft(
        self, caller: Caller, idea_id: str, quantity: str, limit: str | None, account: str | None
    ) -> Order:
        """The reader's own draft; a market order where they named no limit price.

        Raises:
            DraftExpired: The idea is over.
            FloorbrokerError: As for any other draft.
        """
        idea = await self.idea(idea_id)
        ticket = Ticket(
            symbol=idea.symbol, side=idea.side, quantity=quantity, limit=limit, account=account
        )
        return await self._drafts.draft(caller, ticket)
