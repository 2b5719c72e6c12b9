"""What TWS has told of orders so far: the memory of one line, fed by every message that comes."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from floorbroker.brokers.ibkr.errors import is_refusal
from floorbroker.brokers.ibkr.executions import Executions
from floorbroker.brokers.ibkr.told import (
    CommissionTold,
    ErrorTold,
    ExecutionTold,
    OrderNews,
    OrderTold,
    StatusTold,
)
from floorbroker.domain.clock import Clock
from floorbroker.domain.ids import OrderId, is_order_id

MOST_KEPT: Final = 5_000
PROFIT: Final = "tp"
LOSS: Final = "sl"


def leg_ref(order_id: OrderId, role: str) -> str:
    """How a closing order of a bracket is marked at TWS."""
    return f"{order_id}:{role}"


@dataclass(slots=True, kw_only=True)
class Known:
    """One order, as far as TWS has told.

    Attributes:
        perm_id: TWS's own number of it.
        told: Its terms as they are now; None where only executions of it were told.
        status: What was heard last while it worked, or of its end.
        ended: It in TWS's list of ended orders.
        refused: The error that TWS answered it with.
        changed: A change of it was asked for: errors are about that from then on.
        since: When it was first heard of.
    """

    perm_id: int
    since: datetime
    told: OrderTold | None = None
    status: StatusTold | None = None
    ended: OrderTold | None = None
    refused: ErrorTold | None = None
    changed: bool = False
    executions: Executions = field(default_factory=Executions)

    @property
    def ref(self) -> str:
        """What it is marked with: for one of ours, our id."""
        return self.told.ref if self.told is not None else self.executions.ref

    @property
    def account(self) -> str:
        """Whose it is."""
        return self.told.account if self.told is not None else self.executions.account

    @property
    def ours(self) -> OrderId | None:
        """Our id of it; None for closing orders of brackets and for others."""
        return OrderId(self.ref) if is_order_id(self.ref) else None


Number = tuple[int, int]
"""A client's id and its number of an order."""


class Heard:
    """See the module's first line."""

    def __init__(self, clock: Clock) -> None:
        """Nothing was told yet."""
        self._clock = clock
        self._known: dict[int, Known] = {}
        self._perm_ids: dict[Number, int] = {}
        self._had_it_before: dict[Number, set[int]] = {}
        self._refused: dict[Number, ErrorTold] = {}
        self._executed: dict[str, int] = {}
        self._watches: dict[Number, list[asyncio.Queue[OrderNews]]] = {}
        self._listeners: list[Callable[[Known], object]] = []
        self.client_id = 0

    # What comes in

    def hear(self, news: OrderNews) -> None:
        """Takes in one message."""
        match news:
            case OrderTold():
                self._order(news)
            case StatusTold():
                known = self._of(news.perm_id, (news.client_id, news.order_id))
                over = known is not None and known.status is not None and known.status.over
                if known is not None and (news.over or not over):
                    known.status = news
                self._tell(known, (news.client_id, news.order_id), news)
            case ExecutionTold():
                self._executed[news.exec_id] = news.perm_id
                known = self._of(news.perm_id, (news.client_id, news.order_id))
                if known is not None:
                    known.executions.add(news)
                self._tell(known, (news.client_id, news.order_id), news)
            case CommissionTold():
                known = self._known.get(self._executed.get(news.exec_id, 0))
                if known is not None:
                    known.executions.cost(news)
                    told = known.told
                    self._tell(known, (told.client_id, told.order_id) if told else None, news)
            case ErrorTold():
                self._error(news)

    def _order(self, news: OrderTold) -> None:
        number = (news.client_id, news.order_id)
        known = self._of(news.perm_id, number)
        if known is not None and news.filled is None:
            known.told, known.ended = news, None
        elif known is not None:
            known.ended = news
            known.told = known.told or news
        self._tell(known, number, news)

    def _error(self, news: ErrorTold) -> None:
        number = (self.client_id, news.about)
        if number not in self._watches and number not in self._perm_ids:
            return
        known = self._known.get(self._perm_ids.get(number, 0))
        if is_refusal(news.code) and not (known is not None and known.changed):
            self._refused[number] = news
            if known is not None:
                known.refused = news
        self._tell(known, number, news)

    def _of(self, perm_id: int, number: Number) -> Known | None:
        if not perm_id:
            return None
        known = self._known.get(perm_id)
        if known is None:
            known = self._known[perm_id] = Known(perm_id=perm_id, since=self._clock.now())
            self._forget_the_oldest()
        if number[1] > 0 and perm_id not in self._had_it_before.get(number, ()):
            self._perm_ids[number] = perm_id
            known.refused = known.refused or self._refused.get(number)
        return known

    def _tell(self, known: Known | None, number: Number | None, news: OrderNews) -> None:
        for queue in self._watches.get(number, ()) if number else ():
            queue.put_nowait(news)
        if known is not None:
            for listener in tuple(self._listeners):
                listener(known)

    def _forget_the_oldest(self) -> None:
        if len(self._known) <= MOST_KEPT:
            return
        gone = next(iter(self._known))
        del self._known[gone]
        self._perm_ids = {at: known for at, known in self._perm_ids.items() if known != gone}
        self._executed = {at: known for at, known in self._executed.items() if known != gone}
        self._refused = {at: why for at, why in self._refused.items() if at in self._perm_ids}
        self._had_it_before = {
            at: known - {gone} for at, known in self._had_it_before.items() if known - {gone}
        }

    # What is asked

    def marked(self, ref: str) -> list[Known]:
        """The orders with that mark, oldest first; more than one where it was sent twice."""
        return [known for known in self._known.values() if known.ref == ref]

    def numbered(self, number: Number) -> Known | None:
        """The order to which a client gave that number."""
        return self._known.get(self._perm_ids.get(number, 0))

    def refusal(self, number: Number) -> ErrorTold | None:
        """The error with which TWS refused what a client gave that number."""
        return self._refused.get(number)

    def by_perm_id(self, perm_id: int) -> Known | None:
        """The order with TWS's number."""
        return self._known.get(perm_id)

    def everything(self) -> list[Known]:
        """All that is known, oldest first."""
        return list(self._known.values())

    @contextmanager
    def watching(self, *numbers: int, fresh: bool = False) -> Iterator[asyncio.Queue[OrderNews]]:
        """What is told of orders with these numbers of this client, from now on.

        Args:
            fresh: No order has them yet. One that had them before ("Reset API order ID sequence"
                in TWS begins anew) says nothing about the one that gets them now.
        """
        queue: asyncio.Queue[OrderNews] = asyncio.Queue()
        keys = [(self.client_id, number) for number in numbers]
        for key in keys:
            self._watches.setdefault(key, []).append(queue)
            if fresh and key in self._perm_ids:
                self._had_it_before.setdefault(key, set()).add(self._perm_ids.pop(key))
            if key not in self._perm_ids:
                self._refused.pop(key, None)
        try:
            yield queue
        finally:
            for key in keys:
                self._watches[key].remove(queue)
                if not self._watches[key]:
                    del self._watches[key]

    @contextmanager
    def listening(self, listener: Callable[[Known], object]) -> Iterator[None]:
        """Calls `listener` after every message about an order."""
        self._listeners.append(listener)
        try:
            yield
        finally:
            self._listeners.remove(listener)
