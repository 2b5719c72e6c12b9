"""Brokers that push news of orders: a push wakes the look at that order, and proves nothing itself.

Polling stands behind it: a push that is lost costs seconds, not the truth.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Final

import structlog

from floorbroker.brokers.port import BrokerAdapter
from floorbroker.brokers.registry import get_broker
from floorbroker.brokers.spec import Capability
from floorbroker.domain.clock import Clock
from floorbroker.domain.errors import BrokerError, FloorbrokerError
from floorbroker.domain.ids import OrderId
from floorbroker.domain.order_life import followed
from floorbroker.domain.people import Link
from floorbroker.services.reconcile import Reconciler
from floorbroker.services.supervisor import Supervisor
from floorbroker.storage.orders import Orders

PAUSES: Final[Sequence[float]] = (0.2, 0.5, 1.0, 2.0, 4.0, 8.0)
"""Seconds between looks at an order of which somebody else still awaits an answer."""

ANEW: Final = 5.0
"""Seconds before a broken stream is listened to again; twice as long each time, up to `LONGEST`."""

LONGEST: Final = 300.0
MOST: Final = 500
"""Links that are listened to at once: at Alpaca each is a connection of its own, and one over TLS
takes a third of a megabyte. The others' orders are polled until a place is free."""

_STOOD: Final = timedelta(minutes=1)
"""A stream that stood for so long, or told something, is listened to again soon."""

_log = structlog.get_logger(__name__)


class PushedNews:
    """Listens for as long as a session is open."""

    def __init__(
        self,
        orders: Orders,
        reconciler: Reconciler,
        supervisor: Supervisor,
        clock: Clock,
        *,
        pauses: Sequence[float] = PAUSES,
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
        most: int = MOST,
    ) -> None:
        """`pauses` stands in for the usual patience; `pause` is how a broken stream is let rest.

        Args:
            most: How many links are listened to at once.
        """
        self._orders = orders
        self._reconciler = reconciler
        self._supervisor = supervisor
        self._clock = clock
        self._pauses = pauses
        self._pause = pause
        self._places = asyncio.Semaphore(most)
        self._heard_again: dict[OrderId, bool] = {}

    def listen(self, link: Link, adapter: BrokerAdapter) -> "asyncio.Task[None] | None":
        """Begins to listen; whoever closes the session ends it. None: nothing is pushed there."""
        if Capability.ORDER_EVENTS not in get_broker(link.broker).capabilities:
            return None
        return self._supervisor.keep(f"order news {link.broker}", self._follow(link, adapter))

    async def _follow(self, link: Link, adapter: BrokerAdapter) -> None:
        rest = ANEW
        while True:
            async with self._places:
                since = self._clock.now()
                if await self._heard(link, adapter) or self._clock.now() - since >= _STOOD:
                    rest = ANEW
            await self._pause(rest)
            rest = min(rest * 2, LONGEST)

    async def _heard(self, link: Link, adapter: BrokerAdapter) -> bool:
        """Listens until the stream ends; whether it told something."""
        told = False
        try:
            async for news in adapter.order_events():
                told = True
                self._wake(link, news.order_id)
        except BrokerError as error:
            _log.info("order_news_broke", broker=link.broker, code=error.code)
        except Exception as error:  # noqa: BLE001  # the edge: listening goes on
            _log.exception("order_news_failed", broker=link.broker, error=type(error).__name__)
        return told

    def _wake(self, link: Link, order_id: OrderId) -> None:
        """One look at a time: what comes during it leads to one more."""
        if order_id in self._heard_again:
            self._heard_again[order_id] = True
            return
        self._heard_again[order_id] = False
        self._supervisor.hand_over(self._look(link, order_id))

    async def _look(self, link: Link, order_id: OrderId) -> None:
        try:
            while True:
                self._heard_again[order_id] = False
                with suppress(FloorbrokerError):  # the next poll looks again
                    await self._once(link, order_id)
                if not self._heard_again[order_id]:
                    return
        finally:
            del self._heard_again[order_id]

    async def _once(self, link: Link, order_id: OrderId) -> None:
        for pause in (*self._pauses, 0.0):
            order = await self._orders.get(link.user_id, order_id)
            if order is None or order.link_id != link.link_id or not followed(order):
                return
            if order.claim is None or order.claim.until <= self._clock.now():
                await self._reconciler.check(order)
                return
            await asyncio.sleep(pause)
