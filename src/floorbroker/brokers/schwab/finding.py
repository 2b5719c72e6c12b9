"""Reading orders back: by Schwab's id where it is known, else by what was asked for."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from floorbroker.brokers.schwab import answers, receipts
from floorbroker.brokers.schwab.accounts import Named
from floorbroker.brokers.schwab.calls import ORDER_ID, SchwabCalls
from floorbroker.brokers.schwab.changes import changed
from floorbroker.brokers.schwab.errors import BROKER, Refusal, reading
from floorbroker.brokers.schwab.executions import fills_of
from floorbroker.brokers.schwab.matching import ARRIVES_WITHIN, CLOCKS_APART, fitting
from floorbroker.brokers.schwab.sent import Sent
from floorbroker.brokers.shared.strange_states import StrangeStates
from floorbroker.domain.clock import Clock
from floorbroker.domain.errors import BrokerError
from floorbroker.domain.order import Intent, IntentKind, Order
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.orders import (
    Absent,
    Ambiguous,
    Found,
    LookUp,
    OrderChanges,
    OrderRequest,
    Receipt,
)

GIVEN_UP: Final = timedelta(minutes=10)
"""So long after a change whose answer got lost, the order that took the place is looked for."""

_WITH_FILLS: Final = {
    OrderState.ACCEPTED: OrderState.PARTIALLY_FILLED,
    OrderState.REJECTED: OrderState.CANCELED,
}
"""What an order is called when one of those before it has filled something."""

_A_SECOND: Final = timedelta(seconds=1)
_NOT_FOUND: Final = 404
_BEING_REPLACED: Final = "PENDING_REPLACE"


class Finding:
    """One person's orders, read back."""

    __slots__ = ("_calls", "_clock", "_sent", "_strange")

    def __init__(self, calls: SchwabCalls, sent: Sent, clock: Clock) -> None:
        """See the module's first line."""
        self._calls = calls
        self._sent = sent
        self._clock = clock
        self._strange = StrangeStates(BROKER)

    async def find(self, account: Named, order: Order) -> LookUp:
        """What became of `order`; two that may be it are two.

        Raises:
            BrokerError: It cannot be told now.
        """
        with reading():
            chain = self._chain(order)
            if not chain:
                return await self._by_terms(account, order)
            return await self._by_id(account, order, chain)

    def _chain(self, order: Order) -> list[str]:
        """Schwab's ids of it, oldest first: the stored ones, and those that this connection saw.

        Either may know of a change that the other has not heard of.
        """
        stored = [*order.replaced, *([order.broker_order_id] if order.broker_order_id else [])]
        own = self._sent.chain(order.order_id)
        newer, older = (own, stored) if not stored or stored[-1] in own else (stored, own)
        known = [*(one for one in older if one not in newer), *newer]
        return [one for one in known if ORDER_ID.fullmatch(one)]

    async def _by_terms(self, account: Named, order: Order) -> LookUp:
        sent_at = order.sent_at or order.created_at
        found = await self._fitting(account, order, order.request, sent_at)
        told = tuple(self._told(one, order) for one in found)
        if len(told) > 1:
            return Ambiguous(candidates=told)
        return Found(receipt=told[0], by_terms=True) if told else Absent()

    async def _by_id(self, account: Named, order: Order, known: Sequence[str]) -> Found:
        told = await self._read(account, known[-1])
        # The order whose place it took may have filled on its last way.
        before = [await self._read(account, one) for one in known[-2:-1]]
        if told.status == "REJECTED" and before and before[-1].status != "REPLACED":
            # A change that was refused after all: the order that it was for is the one that counts.
            counts = replace(self._told(before[-1], order), broker_order_id=str(told.id))
            return Found(receipt=counts)
        if told.status in {"REPLACED", _BEING_REPLACED}:
            return await self._replaced(account, order, [*before, told])
        return Found(receipt=self._chained([*before, told], order))

    async def _read(self, account: Named, order_id: str) -> answers.Order:
        """Schwab took it, so an answer that it is not there is none."""
        try:
            return await self._calls.get_order(account, order_id)
        except Refusal as refusal:
            if refusal.status != _NOT_FOUND:
                raise
        raise BrokerError("Schwab does not show this order at the moment.", broker=BROKER)

    async def _replaced(
        self, account: Named, order: Order, chain: Sequence[answers.Order]
    ) -> Found:
        """What took the place of an order of ours, if that was a change of ours."""
        intent, now = order.intent, self._clock.now()
        if intent is None or intent.kind is not IntentKind.MODIFY or intent.changes is None:
            return Found(receipt=self._ended_elsewhere(chain, order))
        found = await self._successors(account, order, intent, intent.changes, chain)
        if len(found) == 1:
            return Found(receipt=self._chained([*chain, found[0]], order), by_terms=True)
        if now - intent.at < GIVEN_UP:
            raise BrokerError("Schwab is still changing this order.", broker=BROKER)
        return Found(receipt=self._ended_elsewhere(chain, order))

    async def _successors(
        self,
        account: Named,
        order: Order,
        intent: Intent,
        changes: OrderChanges,
        chain: Sequence[answers.Order],
    ) -> Sequence[answers.Order]:
        wanted = changed(order.request, changes)
        found = await self._fitting(account, order, wanted, intent.at)
        own = {one.id for one in chain}
        return [one for one in found if one.id not in own]

    async def _fitting(
        self, account: Named, order: Order, asked: OrderRequest, sent_at: datetime
    ) -> Sequence[answers.Order]:
        # A second more, since times are cut to seconds on their way; not far into the future.
        latest = self._clock.now() + CLOCKS_APART
        since, until = sent_at - CLOCKS_APART, sent_at + ARRIVES_WITHIN + _A_SECOND
        until = max(min(until, latest), since)
        listed = await self._calls.get_orders(account, since, until, urgent=True)
        others = self._sent.besides(order.order_id)
        return fitting(listed, asked, sent_at, others=others)

    def _chained(self, chain: Sequence[answers.Order], order: Order) -> Receipt:
        """The newest order's receipt with the fills of those whose place it took."""
        now, fills = self._clock.now(), order.fills
        for earlier in chain[:-1]:
            fills, _ = fills_of(earlier, fills, now)
        newest = self._told(chain[-1], replace(order, fills=fills))
        filled = sum(one.filled for one in chain[:-1])
        if not filled or newest.quantity is None:
            return newest
        state = _WITH_FILLS.get(newest.state, newest.state)
        return replace(newest, state=state, quantity=newest.quantity + filled)

    def _ended_elsewhere(self, chain: Sequence[answers.Order], order: Order) -> Receipt:
        told = self._chained(chain, order)
        if told.state is not OrderState.REPLACED:
            return told
        return replace(told, reason="Another order took its place at Schwab. Look there.")

    def _told(self, told: answers.Order, order: Order) -> Receipt:
        self._strange.note(told.status, known=receipts.known_word(told))
        return receipts.receipt(told, order.fills, self._clock.now())
