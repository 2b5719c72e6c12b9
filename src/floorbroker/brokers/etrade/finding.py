"""Reading an order back: by E*TRADE's id of it, else among all that may be it.

A change makes another order. `replacedByOrderId` leads to it; should it be missing, a change whose
outcome is not known is looked for by its terms, as an order is.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from floorbroker.brokers.etrade import executions, matching, receipts
from floorbroker.brokers.etrade.calls import EtradeCalls
from floorbroker.brokers.etrade.errors import BROKER, Refusal
from floorbroker.brokers.etrade.order_answers import Order as Told
from floorbroker.brokers.etrade.order_fields import Terms, changed, terms
from floorbroker.brokers.shared.strange_states import StrangeStates
from floorbroker.brokers.shared.wire import Unreadable
from floorbroker.domain.clock import Clock
from floorbroker.domain.errors import NotSent
from floorbroker.domain.ids import OrderId
from floorbroker.domain.order import IntentKind, Order
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.orders import Absent, Ambiguous, Fill, Found, LookUp, Receipt

PAGES_AT_MOST: Final = 20
SHOWS_UP_WITHIN: Final = timedelta(minutes=2)
"""How long a changed order may be missing before the old one's end is believed."""

_CHANGES_AT_MOST: Final = 50
_KEPT_AT_MOST: Final = 2_000


@dataclass(frozen=True, slots=True)
class _Chain:
    """The orders that ours became, oldest first; one, mostly."""

    orders: tuple[Told, ...]

    @property
    def newest(self) -> Told:
        return self.orders[-1]


class Finder:
    """One person's orders as E*TRADE shows them."""

    __slots__ = ("_calls", "_clock", "_known", "_strange")

    def __init__(self, calls: EtradeCalls, clock: Clock) -> None:
        """Knows no order yet."""
        self._calls = calls
        self._clock = clock
        # By account and E*TRADE's id: an order that is certain to be one of ours is no other one.
        self._known: dict[tuple[str, str], OrderId] = {}
        self._strange = StrangeStates(BROKER)

    def note(self, key: str, broker_order_id: str, order: Order) -> None:
        """Remembers whose it is."""
        while len(self._known) >= _KEPT_AT_MOST:
            del self._known[next(iter(self._known))]
        self._known[key, broker_order_id] = order.order_id

    async def find(self, key: str, order: Order) -> LookUp:
        """What became of `order`; `key` is its account's."""
        candidates = await self.candidates(key, order)
        told = [await self._told(key, one, order) for one in candidates]
        if len(told) > 1:
            return Ambiguous(candidates=tuple(told))
        if not told:
            return Absent()
        certain = order.broker_order_id is not None or _tells_our_id(candidates[0], order)
        return Found(receipt=told[0], by_terms=not certain)

    async def candidates(self, key: str, order: Order) -> list[Told]:
        """The order itself, or all that may be it."""
        if order.broker_order_id is not None:
            told = await self._by_id(key, _number(order.broker_order_id))
            self.note(key, order.broker_order_id, order)
            return [told]
        try:
            wanted = terms(order.request)
        except NotSent:
            return []  # such an order never leaves
        return await self._alike(key, order, wanted, order.sent_at or order.created_at)

    async def every_page(
        self,
        key: str,
        *,
        status: str | None = None,
        days: tuple[date, date] | None = None,
        most: int | None = None,
        urgent: bool = False,
    ) -> list[Told]:
        """A whole list, or its first orders.

        Raises:
            Unreadable: It has no end. What is not read could be what is looked for.
        """
        found: dict[int, Told] = {}
        marker: str | None = None
        for _ in range(PAGES_AT_MOST):
            page = await self._calls.get_orders(
                key, status=status, days=days, marker=marker, urgent=urgent
            )
            new = {one.order_id: one for one in page.orders if one.order_id not in found}
            found |= new
            marker = page.marker or None
            if marker is None or (most is not None and len(found) >= most):
                return list(found.values())
            if not new:
                break  # it leads round in a circle
        raise Unreadable(200)

    async def _alike(self, key: str, order: Order, wanted: Terms, sent_at: datetime) -> list[Told]:
        days = matching.days_of(sent_at, self._clock.now())
        listed = await self.every_page(key, days=days, urgent=True)
        others = [
            told
            for (account, told), order_id in self._known.items()
            if account == key and order_id != order.order_id
        ]
        fits = matching.of_these_terms(wanted, sent_at)
        return matching.ours(listed, order.order_id, fits, others)

    async def _by_id(self, key: str, order_id: int) -> Told:
        """With its events; from a list without them, should E*TRADE not show it by itself.

        Raises:
            Refusal: It is in no list either.
        """
        try:
            return await self._calls.get_order(key, order_id)
        except Refusal as refusal:
            if refusal.status not in {400, 404} or refusal.of_the_limit:
                raise
            told = refusal
        for one in await self.every_page(key, urgent=True):
            if one.order_id == order_id:
                return one
        raise told

    async def _told(self, key: str, first: Told, order: Order) -> Receipt:
        chain = await self._chain(key, first, order)
        newest, now = chain.newest, self._clock.now()
        self._strange.note(newest.detail.status, known=receipts.known_word(newest))
        fills: tuple[Fill, ...] = ()
        for told in chain.orders:
            fills += await self._fills(key, told, order, now)
        own = executions.of_order(newest.order_id, fills)
        whole = executions.missing(newest, own) <= 0 and not self._about_to_be_another(chain, order)
        return receipts.receipt(newest, fills, whole=whole)

    async def _fills(self, key: str, told: Told, order: Order, now: datetime) -> tuple[Fill, ...]:
        """Of one of the orders that ours became."""
        known = executions.of_order(told.order_id, order.fills)
        if executions.missing(told, known) > 0 and told.history is None:
            told = await self._by_id(key, told.order_id)
        fills = executions.fills_of(told, known)
        rest = executions.rest(told, fills, now) if receipts.state_of(told).final else None
        return fills if rest is None else (*fills, rest)

    async def _chain(self, key: str, first: Told, order: Order) -> _Chain:
        chain = [first]
        while (successor := chain[-1].detail.replaced_by_order_id) is not None:
            if len(chain) > _CHANGES_AT_MOST:
                raise Unreadable(200)
            chain.append(await self._by_id(key, successor))
        if _may_be_changing(chain[-1], order):
            chain += await self._changed(key, chain[-1], order)
        return _Chain(tuple(chain))

    async def _changed(self, key: str, old: Told, order: Order) -> Sequence[Told]:
        """The order that took the place of `old`, which does not say so."""
        intent = order.intent
        assert intent is not None  # noqa: S101  # asked before
        assert intent.changes is not None  # noqa: S101  # likewise
        wanted = terms(changed(order.request, intent.changes))
        fits = matching.of_these_terms(wanted, intent.at)
        days = matching.days_of(intent.at, self._clock.now())
        listed = await self.every_page(key, days=days, urgent=True)
        found = [
            one
            for one in listed
            if one.detail.replaces_order_id == old.order_id
            or (one.detail.replaces_order_id is None and one.order_id > old.order_id and fits(one))
        ]
        return found if len(found) == 1 else []

    def _about_to_be_another(self, chain: _Chain, order: Order) -> bool:
        """Whether what looks like an end may be the beginning of a change that shows up later."""
        intent = order.intent
        if intent is None or not _may_be_changing(chain.newest, order):
            return False
        return self._clock.now() - intent.at < SHOWS_UP_WITHIN


def _tells_our_id(told: Told, order: Order) -> bool:
    return told.detail.client_order_id == order.order_id


def _number(broker_order_id: str) -> int:
    """E*TRADE's id.

    Raises:
        Unreadable: It is none of E*TRADE's.
    """
    fits = broker_order_id.isascii() and broker_order_id.isdecimal() and len(broker_order_id) < 19
    if not fits:
        raise Unreadable(200)
    return int(broker_order_id)


def _may_be_changing(told: Told, order: Order) -> bool:
    """Whether a change was asked for whose outcome is not known, and its order seems canceled."""
    intent = order.intent
    asked = intent is not None and intent.kind is IntentKind.MODIFY and intent.state.open
    has_terms = intent is not None and intent.changes is not None
    return asked and has_terms and receipts.state_of(told) is OrderState.CANCELED
