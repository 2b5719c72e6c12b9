"""Tells people what became of their orders: on the card, else by DM, else at the next command."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Final, Protocol

import structlog

from floorbroker.domain.clock import Clock
from floorbroker.domain.ids import UserId
from floorbroker.domain.order import Order, ReplyAddress
from floorbroker.storage.codec import time_text
from floorbroker.storage.notices import Notices
from floorbroker.storage.orders import Orders
from floorbroker.storage.people import People
from floorbroker.vault.seal import Unsealable, Vault

TOKEN_LIFE: Final = timedelta(minutes=14)
"""Discord's own 15 minutes, less what an edit may take."""

_HOLD: Final = timedelta(seconds=60)
"""For so long nobody else delivers the same news."""

_AT_ONCE: Final = 100
_log = structlog.get_logger(__name__)


class Messenger(Protocol):
    """The ways to a person. Each returns False where that way is closed."""

    async def edit_card(self, order: Order, token: str) -> bool:
        """Shows the order's present state on the card that the token belongs to."""
        ...

    async def direct_message(self, order: Order) -> bool:
        """Sends the order's present state as a direct message."""
        ...


class Addresses:
    """Seals interaction tokens, bound to the person, so that a store alone cannot edit cards."""

    def __init__(self, vault: Vault, clock: Clock) -> None:
        """See the class's first line."""
        self._vault = vault
        self._clock = clock

    def seal(self, user_id: UserId, channel_id: str, message_id: str, token: str) -> ReplyAddress:
        """The address of a card that was just acknowledged."""
        return ReplyAddress(
            channel_id=channel_id,
            message_id=message_id,
            sealed_token=self._vault.seal(token, _belongs_to(user_id)),
            token_expires_at=self._clock.now() + TOKEN_LIFE,
        )

    def token(self, user_id: UserId, reply: ReplyAddress | None) -> str | None:
        """The token, while Discord still honours it."""
        if reply is None or self._clock.now() >= reply.token_expires_at:
            return None
        try:
            return self._vault.open(reply.sealed_token, _belongs_to(user_id))
        except Unsealable:
            return None


class Notifier:
    """Delivers the news that is due, each to one place."""

    def __init__(  # each is a part that telling people needs
        self,
        *,
        orders: Orders,
        people: People,
        notices: Notices,
        addresses: Addresses,
        messenger: Messenger,
        clock: Clock,
    ) -> None:
        """See the module's first line."""
        self._orders = orders
        self._people = people
        self._notices = notices
        self._addresses = addresses
        self._messenger = messenger
        self._clock = clock

    async def sweep(self) -> int:
        """Delivers all news that is due; how many there were."""
        due = await self._orders.with_news(self._clock.now(), limit=_AT_ONCE)
        if due:
            await asyncio.gather(*(self._deliver(order) for order in due))
        return len(due)

    async def _deliver(self, order: Order) -> None:
        now = self._clock.now()
        held = await self._orders.advance(order, replace(order, news_at=now + _HOLD))
        if held is None:
            return
        if not await self._told(held):
            if await self._orders.get(held.user_id, held.order_id) is None:
                return  # erased while a way to the person was looked for
            await self._notices.add(held.user_id, held.order_id, time_text(now))
            _log.info("news_kept_for_next_command", state=held.state)
        await self._orders.change(held, lambda order: _told(order, held))

    async def _told(self, order: Order) -> bool:
        token = self._addresses.token(order.user_id, order.reply)
        if token is not None and await self._messenger.edit_card(order, token):
            return True
        person = await self._people.person(order.user_id)
        if person is not None and not person.notify:
            return False
        return await self._messenger.direct_message(order)


def _told(order: Order, held: Order) -> Order:
    """Without the news that was held; a change in between has set its own time, which stays."""
    return replace(order, news_at=None) if order.news_at == held.news_at else order


def _belongs_to(user_id: UserId) -> dict[str, str]:
    return {"what": "interaction token", "user": user_id}
