"""Tells people what became of their orders: on the card, else by DM, else at the next command.

The card is edited while its token lives. After that a direct message tells what the person wants
to be told, as loudly as they want it; one that told of an order is kept true from then on.
"""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final, Protocol

import structlog

from floorbroker.domain.clock import Clock
from floorbroker.domain.ids import UserId
from floorbroker.domain.news import NewsKind, NewsLevel, news_of
from floorbroker.domain.order import Order, ReplyAddress, Telling
from floorbroker.domain.people import Person
from floorbroker.storage.codec import time_text
from floorbroker.storage.notices import Notices
from floorbroker.storage.orders import Orders
from floorbroker.storage.people import People
from floorbroker.vault.seal import Unsealable, Vault

TOKEN_LIFE: Final = timedelta(minutes=14)
"""Discord's own 15 minutes, less what an edit may take."""

APART: Final = timedelta(seconds=30)
"""A working order that fills bit by bit changes its direct message no more often than this."""

TOLD_WITHIN: Final = timedelta(seconds=15)
"""Whoever clicked is told on the card by then, or the news goes another way."""

_HOLD: Final = timedelta(seconds=60)
"""For so long nobody else delivers the same news."""

_IN_PASSING: Final = frozenset({None, NewsKind.ACCEPTED, NewsKind.PARTIAL})
"""News of an order that goes on: where a message tells of it already, that one is edited."""

_MATTERS_LATER: Final = frozenset({NewsKind.ENDED, NewsKind.FILLED})
"""What the next command shows to a person who wants no message about it."""

_AT_ONCE: Final = 100
_log = structlog.get_logger(__name__)


class Messenger(Protocol):
    """The ways to a person; each shows the order's present state."""

    async def edit_card(self, order: Order, token: str) -> bool:
        """Shows it on the card that the token belongs to; False where that way is closed."""
        ...

    async def edit_message(self, order: Order, message_id: str) -> bool:
        """Shows it in a direct message that was sent before; False where that one is gone."""
        ...

    async def direct_message(self, order: Order, *, silent: bool) -> str | None:
        """Sends it as a direct message, without a sound if `silent`; its id, None if closed."""
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
        now, kind = self._clock.now(), news_of(order)
        until = _too_soon(order, kind, now)
        held = await self._orders.advance(order, replace(order, news_at=until or now + _HOLD))
        if held is None or until is not None:
            return
        telling = await self._told(held, kind, now)
        if await self._orders.get(held.user_id, held.order_id) is None:
            return  # erased while a way to the person was looked for
        await self._orders.change(held, lambda order: _noted(order, held, telling, now))

    async def _told(self, order: Order, kind: NewsKind | None, now: datetime) -> Telling:
        told = order.told or Telling()
        token = self._addresses.token(order.user_id, order.reply)
        on_card = token is not None and await self._messenger.edit_card(order, token)
        if not on_card:
            told = replace(told, answer_by=None)  # nothing stands where an answer may come
        if told.message_id is not None:
            kept = await self._messenger.edit_message(order, told.message_id)
            told = replace(told, at=now) if kept else replace(told, message_id=None)
        if on_card or kind is None or (told.message_id is not None and kind in _IN_PASSING):
            return told
        person = await self._people.person(order.user_id) or Person(user_id=order.user_id)
        level = person.level(kind)
        sent = None
        if level is not NewsLevel.OFF:
            silent = level is NewsLevel.SILENT
            sent = await self._messenger.direct_message(order, silent=silent)
        if sent is not None:
            return replace(told, message_id=sent, at=now)
        if level is not NewsLevel.OFF or kind in _MATTERS_LATER:
            if await self._orders.get(order.user_id, order.order_id) is None:
                return told  # erased while a way to the person was looked for
            await self._notices.add(order.user_id, order.order_id, time_text(now))
            _log.info("news_kept_for_next_command", state=order.state, kind=kind)
        return told


def answering(order: Order, now: datetime) -> Order:
    """`order` while the answer to its person's click is under way to the card."""
    by = now + TOLD_WITHIN
    return replace(order, told=replace(order.told or Telling(), answer_by=by), news_at=by)


def seen(order: Order, shown: Order) -> Order:
    """`order` once its person has seen it as `shown`; itself if that is nothing new.

    What came after that is due: also where somebody is telling it, or has told it, since an answer
    that took long may have put the older state in its place on the card.
    """
    known = order.told or Telling()
    told = replace(known, events=max(known.events, len(shown.events)), answer_by=None)
    current = len(shown.events) >= len(order.events)
    news_at = None if current else order.events[-1].at
    if (told, news_at) == (known, order.news_at):
        return order
    return replace(order, told=told, news_at=news_at)


def _too_soon(order: Order, kind: NewsKind | None, now: datetime) -> datetime | None:
    """Until when it waits, so that many small fills are no flood; None: it is told now."""
    if kind not in _IN_PASSING or order.told is None or order.told.at is None:
        return None
    until = order.told.at + APART
    return until if now < until else None


def _noted(order: Order, held: Order, telling: Telling, now: datetime) -> Order:
    """Without the news that was held; a change in between has set its own time, which stays.

    What was told on a card whose answer was still under way is told once more when that has come,
    or never will: whoever sent it may have died before it could say so.
    """
    known, before = order.told or Telling(), held.told or Telling()
    again = known.answer_by
    nowhere = again == before.answer_by and telling.answer_by is None
    if again is not None and (nowhere or again <= now):
        again = None
    events = max(known.events, len(held.events))
    telling = replace(telling, events=events, answer_by=again)
    news_at = again if order.news_at == held.news_at else order.news_at
    return replace(order, told=telling, news_at=news_at)


def _belongs_to(user_id: UserId) -> dict[str, str]:
    return {"what": "interaction token", "user": user_id}
