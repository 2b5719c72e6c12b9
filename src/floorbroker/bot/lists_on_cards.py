"""/orders, and the buttons that turn its pages: each page is read anew."""

import asyncio

from floorbroker.bot.replies.card import Card
from floorbroker.bot.replies.list_cards import Listed, orders_card
from floorbroker.domain.errors import InvalidInput
from floorbroker.services.callers import Caller
from floorbroker.services.floor import Floor

_MOST_OPEN = 100


class ListCards:
    """Lists the clicker's own orders only."""

    def __init__(self, floor: Floor) -> None:
        """See the module's first line."""
        self._floor = floor

    async def orders(self, caller: Caller, page: int = 1) -> Card:
        """Everything that is open, here and elsewhere, and the last orders that ended."""
        floor, user_id = self._floor, caller.user_id
        working, recent, unreadable, others = await asyncio.gather(
            floor.list.open(user_id, most=_MOST_OPEN),
            floor.list.recent(user_id),
            floor.list.unreadable(user_id),
            floor.elsewhere.open(user_id),
        )
        listed = Listed(working=working, recent=recent, others=others, unreadable=unreadable)
        return orders_card(listed, page)

    async def step(self, caller: Caller, what: str) -> Card:
        """Another page."""
        if not (what.isascii() and what.isdigit() and len(what) < 4):
            raise InvalidInput("That button is out of date. Send /orders again.")
        return await self.orders(caller, int(what))
