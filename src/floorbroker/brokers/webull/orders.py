"""Orders at Webull: each asked for once, and read back by the id that we gave it."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Final

from floorbroker.brokers.port import BrokerOrder
from floorbroker.brokers.shared.known_orders import the_one_that_lives
from floorbroker.brokers.shared.strange_states import StrangeStates
from floorbroker.brokers.shared.wire import Failure, Unreadable
from floorbroker.brokers.webull import brackets, executions, receipts
from floorbroker.brokers.webull.client import WebullClient
from floorbroker.brokers.webull.errors import BROKER, asking_once, reading
from floorbroker.brokers.webull.order_answers import Cover, Covers
from floorbroker.brokers.webull.order_answers import Order as Told
from floorbroker.brokers.webull.order_fields import group_of, order_body
from floorbroker.brokers.webull.refusals import Refusal
from floorbroker.domain.clock import Clock
from floorbroker.domain.ids import AccountId, OrderId, is_order_id
from floorbroker.domain.order import IntentKind, Order
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.orders import (
    Absent,
    Fill,
    Found,
    Leg,
    LookUp,
    PositionEffect,
    Receipt,
)

LISTED_AT_MOST: Final = 500
REMEMBERED_AT_MOST: Final = 500
_PAGES_AT_MOST: Final = 10
_Page = Callable[[str | None], Awaitable[Covers]]


class Orders:
    """One person's orders."""

    __slots__ = ("_client", "_clock", "_fills", "_strange")

    def __init__(self, client: WebullClient, clock: Clock) -> None:
        """See the module's first line."""
        self._client = client
        self._clock = clock
        self._fills: dict[OrderId, tuple[Fill, ...]] = {}
        self._strange = StrangeStates(BROKER)

    async def place(self, order: Order) -> Receipt:
        """Sends `order` once. An id that Webull knows already is an order of ours that lives."""
        body = order_body(order)
        urgent = order.request.effect is PositionEffect.CLOSE
        with asking_once():
            try:
                taken = await self._client.post_order(body, urgent=urgent)
            except Refusal as refusal:
                if not refusal.of_a_known_id:
                    raise
                return await the_one_that_lives(self.find(order), BROKER, "known id")
            if order.request.bracket:
                ours = taken.client_combo_order_id == group_of(order)
                broker_order_id = taken.combo_order_id
            else:
                ours = taken.client_order_id == order.order_id
                broker_order_id = taken.order_id
            if not ours or not broker_order_id:
                raise Unreadable(200)
        return Receipt(
            broker_order_id=broker_order_id,
            state=OrderState.ACCEPTED,
            legs=brackets.waiting(order),
        )

    async def find(self, order: Order) -> LookUp:
        """By our id, whatever became of it; a filled one for its exits only."""
        with reading():
            if not is_order_id(order.order_id):
                raise Unreadable(200)
            if brackets.only_exits_are_left(order):
                return Found(receipt=brackets.filled(order, await self._legs(order)))
            try:
                cover = await self._client.get_order(order.account_id, order.order_id)
            except Refusal as refusal:
                if not refusal.of_no_such_order:
                    raise
                return Absent()
            return Found(receipt=await self._told(cover, order))

    async def working(self, account_id: AccountId) -> Sequence[BrokerOrder]:
        """Every order at work, exits too, latest first."""

        async def page(key: str | None) -> Covers:
            return await self._client.get_open_orders(account_id, key)

        with reading():
            lines = await self._listed(page)
        return sorted(lines, key=lambda line: line.at, reverse=True)

    async def ended(
        self, account_id: AccountId, since: datetime, until: datetime
    ) -> Sequence[BrokerOrder]:
        """Ended orders that were placed within the range, latest first."""

        async def page(key: str | None) -> Covers:
            return await self._client.get_history(account_id, since, until, key)

        with reading():
            lines = await self._listed(page)
        ended = [line for line in lines if line.receipt.state.final]
        return sorted(ended, key=lambda line: line.at, reverse=True)[:LISTED_AT_MOST]

    async def told(self, order: Order) -> Receipt:
        """The order as it is now, exits aside, for whoever just asked for a change.

        Raises:
            Failure: It cannot be read.
        """
        cover = await self._client.get_order(order.account_id, order.order_id)
        return self._receipt(cover, _ours(cover, order), order, order.legs)

    async def _told(self, cover: Cover, order: Order) -> Receipt:
        told = _ours(cover, order)
        self._strange.note(told.status, known=receipts.known_word(told))
        if not order.request.bracket:
            legs: tuple[Leg, ...] = ()
        elif not receipts.state_of(told).final:
            legs = brackets.waiting(order)
        elif not told.filled_quantity:
            legs = brackets.gone(order)
        else:
            legs = await self._legs_if_told(order, receipts.state_of(told))
        return self._receipt(cover, told, order, legs)

    def _receipt(self, cover: Cover, told: Told, order: Order, legs: tuple[Leg, ...]) -> Receipt:
        cancel = order.intent is not None and order.intent.kind is IntentKind.CANCEL
        return receipts.receipt(
            told,
            # Webull's ids stay, whatever is changed.
            order.broker_order_id or receipts.id_of(told, cover),
            self._filled(told, order),
            legs=legs,
            asked_to_cancel=cancel,
        )

    async def _legs_if_told(self, order: Order, state: OrderState) -> tuple[Leg, ...]:
        """That an order is filled is told also while its exits, which are looked at again, are not.

        Raises:
            Failure: They are not told, and the order would not be looked at again.
        """
        try:
            return await self._legs(order)
        except Failure:
            if state is not OrderState.FILLED:
                raise
        return brackets.waiting(order)

    async def _legs(self, order: Order) -> tuple[Leg, ...]:
        """The exits of an order that has bought, each asked for by its own id until it ends."""
        found = []
        for leg, client_id in brackets.legs_of(order):
            if leg.state.final:
                found.append(leg)
                continue
            try:
                cover = await self._client.get_order(order.account_id, client_id)
            except Refusal as refusal:
                if not refusal.of_no_such_order:
                    raise
                found.append(leg)
                continue
            told = _named(cover, client_id)
            self._strange.note(told.status, known=receipts.known_word(told))
            found.append(brackets.leg(leg, told))
        return tuple(found)

    async def _listed(self, page: _Page) -> list[BrokerOrder]:
        """All pages.

        Raises:
            Unreadable: There are too many: a part would look like the whole.
        """
        lines: list[BrokerOrder] = []
        key: str | None = None
        for _ in range(_PAGES_AT_MOST):
            found = await page(key)
            for cover in found.data:
                lines += receipts.broker_orders(cover)
            key = found.pagination_key
            if not key:
                return lines
        raise Unreadable(200)

    def _filled(self, told: Told, order: Order) -> tuple[Fill, ...]:
        """All fills; those that this connection told before its orders were stored are kept."""
        kept = self._fills.get(order.order_id, ())
        known = kept if executions.begins_with(kept, order.fills) else order.fills
        fills = executions.fills_of(told, known, self._clock.now())
        self._fills.pop(order.order_id, None)
        if fills:
            self._fills[order.order_id] = fills
        if len(self._fills) > REMEMBERED_AT_MOST:
            del self._fills[next(iter(self._fills))]
        return fills


def _ours(cover: Cover, order: Order) -> Told:
    return _named(cover, order.order_id)


def _named(cover: Cover, client_id: str) -> Told:
    """The one of `cover` that was asked for.

    Raises:
        Unreadable: It is not there: what is there says nothing about it.
    """
    for one in cover.orders:
        if one.client_order_id == client_id:
            return one
    raise Unreadable(200)
