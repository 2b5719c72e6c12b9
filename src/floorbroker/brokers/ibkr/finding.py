"""Reading orders back: those at work, those that ended, executions. Ours are known by their mark.

TWS is asked for all three, of every client: the process that placed an order may have ended, and
the next one may be known to TWS under another number.
"""

import asyncio
from collections.abc import AsyncGenerator
from datetime import datetime
from typing import Any, Final

from floorbroker.brokers.ibkr import receipts
from floorbroker.brokers.ibkr.errors import BROKER
from floorbroker.brokers.ibkr.heard import LOSS, PROFIT, Known, leg_ref
from floorbroker.brokers.ibkr.line import IbkrLine
from floorbroker.brokers.port import BrokerOrder, OrderNews
from floorbroker.domain.clock import Clock
from floorbroker.domain.errors import ApiError, BrokerConnectionError, BrokerTimeout
from floorbroker.domain.ids import OrderId, is_order_id
from floorbroker.domain.order import Order
from floorbroker.domain.orders import Absent, Ambiguous, Found, LookUp, Receipt

LISTED_AT_MOST: Final = 500
WAITING_AT_MOST: Final = 1_000


class Finding:
    """Over what a line has heard."""

    def __init__(self, line: IbkrLine, clock: Clock) -> None:
        """Asks nothing yet."""
        self._line = line
        self._heard = line.heard
        self._clock = clock

    async def find(self, order: Order) -> LookUp:
        """`order` as it stands; absent only where TWS has answered all three questions.

        One that is at work is found without the list of ended orders, which TWS may leave open.

        Raises:
            ApiError: It is not there, and TWS's lists do not reach back to the day it was sent.
        """
        at_work = await self._line.open_orders()
        found = [one for one in self.known(order) if one.perm_id in at_work]
        if found:
            await self._line.executions()
        else:
            await self._read_the_rest()
            found = [one for one in self.known(order) if self._is_there(one, at_work)]
        if not found:
            if 0 in at_work:  # an order that has no number of TWS's yet may be this one
                raise BrokerTimeout(broker=BROKER, detail="an order without a number")
            if not self._within_reach(order):
                raise ApiError(_OF_TODAY, broker=BROKER)
            return Absent()
        made = [self.receipt(one, order) for one in found]
        return Found(receipt=made[0]) if len(made) == 1 else Ambiguous(candidates=tuple(made))

    async def present(self, order: Order) -> Known | None:
        """As `find`, the order itself; the last one where it is there more than once.

        One that is at work is found by the first question alone, so that it can be canceled while
        TWS is slow with its lists.
        """
        at_work = await self._line.open_orders()
        found = [one for one in self.known(order) if one.perm_id in at_work]
        if not found:
            at_work = await self._read()
            found = [one for one in self.known(order) if self._is_there(one, at_work)]
        return found[-1] if found else None

    async def working(self, account: str) -> list[BrokerOrder]:
        """Every order at work, closing orders of brackets too, latest first."""
        at_work = await self._read()
        listed = [one for one in self._heard.everything() if one.perm_id in at_work]
        return [line for line in self._lines(listed, account) if not line.receipt.state.final]

    async def ended(self, account: str, since: datetime, until: datetime) -> list[BrokerOrder]:
        """Orders that ended within the range, latest end first: of today, as TWS keeps them."""
        at_work = await self._read()
        listed = [one for one in self._heard.everything() if one.perm_id not in at_work]
        lines = [line for line in self._lines(listed, account) if line.receipt.state.final]
        return [line for line in lines if since <= line.at <= until][:LISTED_AT_MOST]

    async def events(self) -> AsyncGenerator[OrderNews, None]:
        """News of our orders from every message about them; ends with the connection."""
        changed: dict[OrderId, None] = {}
        rings = asyncio.Event()

        def hear(known: Known) -> None:
            ours, _, _ = known.ref.partition(":")
            if is_order_id(ours) and len(changed) < WAITING_AT_MOST:
                changed[OrderId(ours)] = None
                rings.set()

        lost = self._line.lost
        with self._heard.listening(hear):
            told: dict[OrderId, Receipt] = {}
            while True:
                waiting = asyncio.ensure_future(rings.wait())
                try:
                    ends: set[asyncio.Future[Any]] = {waiting, lost}
                    await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
                finally:
                    waiting.cancel()
                rings.clear()
                while changed:
                    ours = next(iter(changed))
                    del changed[ours]
                    news = self._news(ours)
                    if news is not None and told.get(ours) != news.receipt:
                        told.pop(ours, None)
                        told[ours] = news.receipt
                        if len(told) > WAITING_AT_MOST:
                            del told[next(iter(told))]
                        yield news
                if lost.done():
                    raise BrokerConnectionError(lost.result(), broker=BROKER)

    def known(self, order: Order) -> list[Known]:
        """What was heard of `order`: by its mark, or by TWS's number of it."""
        marked = self._heard.marked(order.order_id)
        if marked or not (order.broker_order_id or "").isdigit():
            return marked
        one = self._heard.by_perm_id(int(order.broker_order_id or 0))
        return [one] if one is not None else []

    def legs(self, ours: OrderId) -> list[Known]:
        """The closing orders of one of ours."""
        marks = (leg_ref(ours, role) for role in (PROFIT, LOSS))
        return [known for mark in marks for known in self._heard.marked(mark)]

    def receipt(self, known: Known, order: Order) -> Receipt:
        """What is known of it now."""
        return receipts.receipt(known, self.legs(order.order_id), order.fills, self._clock.now())

    async def _read(self) -> set[int]:
        """In this order: what leaves the first list meanwhile is in the second."""
        at_work = await self._line.open_orders()
        await self._read_the_rest()
        return at_work

    async def _read_the_rest(self) -> None:
        await self._line.completed_orders()
        await self._line.executions()

    def _within_reach(self, order: Order) -> bool:
        """Whether it was sent today: TWS lists no ended order and no execution of another day."""
        if order.sent_at is None:
            return True
        today = self._clock.now().astimezone().date()
        return order.sent_at.astimezone().date() == today

    def _is_there(self, known: Known, at_work: set[int]) -> bool:
        """Whether TWS says so now, or said how it ended."""
        if known.perm_id in at_work or known.ended is not None or known.executions.quantity:
            return True
        return receipts.state_of(known).final

    def _lines(self, listed: list[Known], account: str) -> list[BrokerOrder]:
        now, lines = self._clock.now(), []
        for known in listed:
            legs = self.legs(known.ours) if known.ours is not None else []
            line = receipts.broker_order(known, legs, now) if known.account == account else None
            lines += [line] if line is not None else []
        return sorted(lines, key=lambda line: line.at, reverse=True)

    def _news(self, ours: OrderId) -> OrderNews | None:
        known = self._heard.marked(ours)
        if not known:
            return None
        now = self._clock.now()
        made = receipts.receipt(known[-1], self.legs(ours), (), now)
        return OrderNews(order_id=ours, receipt=made)


_OF_TODAY: Final = (
    "TWS lists the orders of today only, and this one was sent before. Look for it in TWS."
)
