"""From Confirm to receipt: the order document is the fence, and an order is sent once."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import replace
from typing import Final

import structlog

from floorbroker.brokers.port import BrokerAdapter
from floorbroker.domain.errors import (
    DraftExpired,
    NotSent,
    NotYours,
    StoreUnavailable,
)
from floorbroker.domain.ids import OrderId
from floorbroker.domain.nothing_new import nothing_new
from floorbroker.domain.order import Claim, Order, ReplyAddress
from floorbroker.domain.order_life import event, moved
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.orders import PositionEffect
from floorbroker.services.callers import Caller
from floorbroker.services.desk import Desk
from floorbroker.services.last_checks import LastChecks
from floorbroker.services.notify import answering, seen
from floorbroker.services.sending import NeverLeft, Outcome, Silent, after_placing, ask_in_time
from floorbroker.services.still_valid import expired

_log = structlog.get_logger(__name__)

_CROWDED: Final = (
    "Another order began to close the same holding at this moment. /positions shows what is left."
)
READ_AT_ONCE: Final = 50
"""So many clicks are looked up at once: a crowd at the open does not stall the event loop."""

LastLook = Callable[[Order, BrokerAdapter], Awaitable[None]]
"""What else must hold at the last moment; raises where it does not, and nothing is sent."""


class OrderService:
    """Confirms and discards drafts. Foreign drafts do not exist here."""

    def __init__(self, desk: Desk) -> None:
        """See `Desk`."""
        self._desk = desk
        self._door = asyncio.Semaphore(READ_AT_ONCE)
        self._checks = LastChecks(desk)

    async def get(self, caller: Caller, order_id: OrderId) -> Order:
        """The caller's order.

        Raises:
            NotYours: It is somebody else's, or there is none.
        """
        order = await self._desk.orders.get(caller.user_id, order_id)
        if order is None:
            raise NotYours
        return order

    async def confirm(
        self,
        caller: Caller,
        order_id: OrderId,
        reply: ReplyAddress | None,
        *,
        anyway: bool = False,
        last: LastLook | None = None,
    ) -> Order:
        """Sends a draft, once. A second click, here or in another process, changes nothing.

        Args:
            anyway: The answer to what is asked where the review has a doubt: confirming such a
                draft the first time only asks.
            last: Judged after everything else, for an order that nobody clicked for.

        Returns:
            The order in whatever state it has reached; UNKNOWN is one of them.

        Raises:
            NotYours: It is somebody else's.
            DraftExpired: The review is too old, or the price moved beyond the collar.
            FloorbrokerError: Any other reason; nothing was sent.
        """
        async with self._door:
            # A second click may be about an order that the first one has sent.
            with nothing_new():
                order = await self.get(caller, order_id)
            if order.state is not OrderState.DRAFT:
                return self._already(order)
        try:
            if order.review.doubt and not (anyway and order.asked_again):
                return await self._ask_again(order)
            return await self._desk.supervisor.carry_out(
                self._carry_out(caller, order, reply, last)
            )
        except DraftExpired:
            lapsed = moved(order, OrderState.LAPSED, "lapsed", self._desk.clock.now())
            if await self._desk.orders.advance(order, lapsed) is None:
                # Another click was faster: what became of that one is the truth.
                return self._already(await self.get(caller, order_id))
            raise

    async def _ask_again(self, order: Order) -> Order:
        """The draft, from now on with the question that `anyway` answers."""
        now = self._desk.clock.now()
        if expired(order, now):
            raise DraftExpired
        if order.asked_again:
            return order
        events = (*order.events, event(order.state, "asked again", now))
        asked = await self._desk.orders.advance(
            order, replace(order, asked_again=True, events=events)
        )
        if asked is not None:
            return asked
        present = await self._desk.orders.get(order.user_id, order.order_id)
        return self._already(present or order)

    async def discard(self, caller: Caller, order_id: OrderId) -> Order:
        """Ends a draft that the person does not want; anything later stays as it is."""
        order = await self.get(caller, order_id)
        if order.state is not OrderState.DRAFT:
            return order
        gone = moved(order, OrderState.DISCARDED, "discarded", self._desk.clock.now())
        return await self._desk.orders.advance(order, gone) or await self.get(caller, order_id)

    async def told(self, order: Order) -> None:
        """The person has seen this state on the card; what came after it is told all the same."""
        await self._desk.orders.change(order, lambda one: seen(one, order))

    def _already(self, order: Order) -> Order:
        if order.state is OrderState.LAPSED:
            raise DraftExpired
        if order.state is OrderState.DISCARDED:
            raise DraftExpired("You have canceled this review.")
        return order

    async def _carry_out(
        self, caller: Caller, order: Order, reply: ReplyAddress | None, last: LastLook | None
    ) -> Order:
        async with self._turn(order):
            # Once it is its turn: the account may have been removed while it waited.
            link = await self._desk.accounts.link(caller.user_id, order.link_id)
            async with self._desk.sessions.lease(link) as adapter:
                async with self._desk.one_at_a_time.of(order):
                    held = await self._checks.check(caller, order, adapter)
                    if last is not None:
                        await last(order, adapter)
                    sending = await self._desk.orders.advance(order, self._sending(order, reply))
                if sending is None:
                    return self._already(await self.get(caller, order.order_id))
                if await self._checks.crowded(sending, held):
                    outcome: Outcome = NeverLeft(error=NotSent(_CROWDED))
                else:
                    outcome = await self._send(adapter, sending)
        return await self._store(sending, outcome)

    def _turn(self, order: Order) -> AbstractAsyncContextManager[None]:
        """Orders that open a position wait for their turn; closing ones go ahead."""
        if order.request.effect is PositionEffect.CLOSE:
            return nullcontext()
        return self._desk.lanes.lane(order.broker)

    async def _send(self, adapter: BrokerAdapter, sending: Order) -> Outcome:
        return await ask_in_time(
            self._desk,
            lambda: adapter.place_order(sending),
            since=sending.sent_at,
            broker=sending.broker,
            operation="place_order",
            held_up="The bot was held up and did not send the order.",
        )

    def _sending(self, order: Order, reply: ReplyAddress | None) -> Order:
        now = self._desk.clock.now()
        until = now + self._desk.claim
        return replace(
            moved(order, OrderState.SENDING, "confirmed", now),
            sent_at=now,
            claim=Claim(owner=self._desk.process, until=until),
            check_at=until,
            reply=reply,
        )

    async def _store(self, sending: Order, outcome: Outcome) -> Order:
        now = self._desk.clock.now()

        def step(order: Order) -> Order:
            after = after_placing(order, outcome, now)
            return after if after is order else answering(after, now)

        try:
            stored = await self._desk.orders.change(sending, step)
        except StoreUnavailable:
            # What the broker said could not be kept. The claim lapses and read-back finds the
            # order; until then the card says what is certain: it was sent.
            _log.error("outcome_not_stored", broker=sending.broker)
            return after_placing(sending, Silent(), now)
        self._desk.metrics.order_outcome(stored.broker, stored.state)
        self._desk.supervisor.hand_over(self._desk.audit.order(stored))
        return stored
