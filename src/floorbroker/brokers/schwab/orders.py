"""Orders at Schwab: each asked for once. Reading them back is `finding.py`'s."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from time import monotonic
from typing import Final

from floorbroker.brokers.port import BrokerOrder
from floorbroker.brokers.schwab import answers, receipts
from floorbroker.brokers.schwab.accounts import Named
from floorbroker.brokers.schwab.calls import SchwabCalls
from floorbroker.brokers.schwab.changes import Changes
from floorbroker.brokers.schwab.errors import BROKER, asking_once, for_order, reading
from floorbroker.brokers.schwab.finding import Finding
from floorbroker.brokers.schwab.looks import Looks, Pause
from floorbroker.brokers.schwab.order_fields import order_fields
from floorbroker.brokers.schwab.sent import Sent
from floorbroker.brokers.shared.known_orders import the_one_that_lives
from floorbroker.brokers.shared.wire import Failure
from floorbroker.domain.clock import Clock
from floorbroker.domain.errors import NotSent
from floorbroker.domain.order import Order
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.orders import LookUp, OrderChanges, PositionEffect, Receipt

LISTED_AT_MOST: Final = 500
OLDEST: Final = timedelta(days=190)
"""Good til canceled lasts 180 days at Schwab, as its customer pages say (unverified)."""

LONGEST_RANGE: Final = timedelta(days=365)
_A_MINUTE: Final = timedelta(minutes=1)


class Orders:
    """One person's orders."""

    __slots__ = ("_calls", "_changes", "_clock", "_finding", "_looks", "_sent")

    def __init__(self, calls: SchwabCalls, clock: Clock, pause: Pause = asyncio.sleep) -> None:
        """`pause` is how it waits between two looks."""
        self._calls = calls
        self._clock = clock
        self._sent = Sent()
        self._looks = Looks(calls, self._sent, clock, pause)
        self._changes = Changes(calls, self._sent, self._looks, clock)
        self._finding = Finding(calls, self._sent, clock)

    async def place(self, account: Named, order: Order) -> Receipt:
        """Sends `order` once. One that may have left before is looked for instead."""
        if self._sent.begun(order.order_id):
            return await the_one_that_lives(
                self._finding.find(account, order), BROKER, "sent before"
            )
        fields = order_fields(order.request)
        urgent, began = order.request.effect is PositionEffect.CLOSE, monotonic()
        self._sent.begin(order.order_id)
        try:
            schwabs = await self._calls.post_order(account, fields, urgent=urgent)
        except Failure as failure:
            error = for_order(failure)
            if isinstance(error, NotSent):
                self._sent.never_left(order.order_id)
            raise error from failure
        self._sent.became(order.order_id, schwabs)
        told = await self._looks.first(account, schwabs, began)
        if told is None:
            return Receipt(broker_order_id=schwabs, state=OrderState.ACCEPTED)
        if receipts.state_of(told) is OrderState.REJECTED:
            raise self._looks.rejected(told)
        return receipts.receipt(told, order.fills, self._clock.now())

    async def cancel(self, account: Named, order: Order) -> None:
        """Asks once for a cancel. One closing order's end is the end of both."""
        target = await self._looks.target(account, order)
        with asking_once():
            await self._calls.delete_order(account, target)

    async def modify(self, account: Named, order: Order, changes: OrderChanges) -> Receipt:
        """See `Changes`."""
        return await self._changes.ask(account, order, changes)

    async def find(self, account: Named, order: Order) -> LookUp:
        """See `Finding`."""
        return await self._finding.find(account, order)

    async def working(self, account: Named) -> Sequence[BrokerOrder]:
        """Every order at work, closing orders of brackets too, latest first."""
        now = self._clock.now()
        with reading():
            listed = await self._calls.get_orders(account, now - OLDEST, now + _A_MINUTE)
        return [line for line in self._lines(listed) if not line.receipt.state.final]

    async def ended(
        self, account: Named, since: datetime, until: datetime
    ) -> Sequence[BrokerOrder]:
        """Orders that ended within the range, latest end first."""
        until = min(until, self._clock.now() + _A_MINUTE)
        oldest = max(since - OLDEST, until - LONGEST_RANGE)
        if until <= oldest:
            return []
        with reading():
            listed = await self._calls.get_orders(account, oldest, until)
        ended = [line for line in self._lines(listed) if line.receipt.state.final]
        return [line for line in ended if since <= line.at <= until][:LISTED_AT_MOST]

    def _lines(self, listed: Sequence[answers.Order]) -> list[BrokerOrder]:
        now, lines = self._clock.now(), []
        for root in listed:
            for told in receipts.everything(root):
                line = receipts.broker_order(told, self._sent.whose(str(told.id)), now)
                lines += [line] if line is not None else []
        return sorted(lines, key=lambda line: line.at, reverse=True)
