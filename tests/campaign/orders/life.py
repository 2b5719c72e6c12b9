"""Orders of one person at one broker, and everything that can happen to them."""

import asyncio
import tempfile
from collections.abc import Awaitable, Coroutine, Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any, ClassVar, Final, TypeVar

from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule

from floorbroker.domain.errors import FloorbrokerError, NotSent, OrderRejected, OutcomeUnknown
from floorbroker.domain.ids import OrderId
from floorbroker.domain.order import Order
from floorbroker.domain.order_state import TRANSITIONS, UNRESOLVED, OrderState
from floorbroker.domain.orders import OrderChanges
from tests.campaign.orders.exchange import Exchange
from tests.fakes.clock import ManualClock
from tests.floor import House, built, caller, opened

_T = TypeVar("_T")
_S = OrderState

FATES: Final = st.sampled_from(["well", "well", "lost", "ignored", "unsent", "refused", "defect"])
"""Of one request: "lost" is carried out and not answered, "ignored" is neither."""

SETTLES_SECONDS: Final = (2, 31, 31, 61, 61, 61)
_NOWHERE: Final = frozenset({_S.NOT_PLACED, _S.REJECTED})


def _reachable() -> dict[OrderState, frozenset[OrderState]]:
    found = {state: {state, *after} for state, after in TRANSITIONS.items()}
    for _ in TRANSITIONS:
        for state, after in found.items():
            found[state] = after.union(*(found[one] for one in after))
    return {state: frozenset(after) for state, after in found.items()}


REACHABLE: Final = _reachable()


class OrderLife(RuleBasedStateMachine):
    """One house after another on one store."""

    orders = Bundle("orders")
    steps: ClassVar[int] = 0

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.folder = tempfile.TemporaryDirectory()
        self.clock, self.venue = ManualClock(), Exchange()
        self.seen: dict[OrderId, Order] = {}
        self.dead: list[House] = []

    def run(self, work: Coroutine[Any, Any, _T]) -> _T:
        return self.runner.run(work)

    @initialize()
    def a_linked_person(self) -> None:
        async def begin() -> None:
            self.documents = await opened(Path(self.folder.name) / "life.db")
            self.house = built(self.documents, self.clock, venue=self.venue)
            await self.house.link()

        self.run(begin())

    # What the person does

    @rule(target=orders, quantity=st.integers(2, 20))
    def draft(self, quantity: int) -> OrderId:
        order = self.run(self.house.draft(quantity=str(quantity), limit="90.00"))
        return order.order_id

    @rule(order_id=orders, fate=FATES, clicks=st.integers(1, 3))
    def confirm(self, order_id: OrderId, fate: str, clicks: int) -> None:
        confirm = self.house.orders.confirm
        with self._fate("place_order", fate):
            self._all(*(confirm(caller(), order_id, None) for _ in range(clicks)))

    @rule(order_id=orders, fate=FATES, at_once=st.booleans())
    def cancel(self, order_id: OrderId, fate: str, at_once: bool) -> None:
        self.venue.cancels_at_once = at_once
        with self._fate("cancel_order", fate):
            self._all(self.house.changes.cancel(caller(), order_id))

    @rule(order_id=orders, fate=FATES, price=st.integers(80, 95), renumbers=st.booleans())
    def modify(self, order_id: OrderId, fate: str, price: int, renumbers: bool) -> None:
        self.venue.new_id_on_modify = renumbers
        changes = OrderChanges(limit_price=Decimal(price))
        with self._fate("modify_order", fate):
            self._all(self.house.changes.modify(caller(), order_id, changes))

    @rule(order_id=orders)
    def discard(self, order_id: OrderId) -> None:
        self._all(self.house.orders.discard(caller(), order_id))

    # What the broker does

    @rule(order_id=orders, share=st.sampled_from([Decimal("0.3"), Decimal(1)]))
    def fills(self, order_id: OrderId, share: Decimal) -> None:
        if self._at_work(order_id):
            self.venue.fill(order_id, share, self.clock.now())

    @rule(order_id=orders, state=st.sampled_from([_S.CANCELED, _S.EXPIRED, _S.REJECTED]))
    def ends(self, order_id: OrderId, state: OrderState) -> None:
        known = self.venue.book.get(order_id)
        if self._at_work(order_id) and not (state is _S.REJECTED and known and known.fills):
            self.venue.become(order_id, state)

    @rule(hides=st.booleans())
    def books_are_late(self, hides: bool) -> None:
        self.venue.hides = hides

    # What happens anyway

    @rule(seconds=st.sampled_from([1, 5, 20]))
    def time_passes(self, seconds: int) -> None:
        self._later(seconds)

    @rule()
    def the_process_dies(self) -> None:
        """Another one goes on from the store; nothing of the old one's memory is left."""
        self.dead.append(self.house)
        self.house = built(self.documents, self.clock, venue=self.venue)

    @rule()
    def everything_is_read_back(self) -> None:
        self.venue.hidden.clear()
        for seconds in SETTLES_SECONDS:
            self._later(seconds)
        for order_id, order in self._stored().items():
            known = self.venue.book.get(order_id)
            assert order.state not in UNRESOLVED
            if known is None:
                assert order.state in _NOWHERE | {_S.DRAFT, _S.DISCARDED, _S.LAPSED}
                continue
            assert order.state is known.state
            assert order.fills == known.fills
            assert order.request.limit_price == known.limit_price
            assert order.broker_order_id == known.broker_order_id

    # What always holds

    @invariant()
    def sent_once_never_backwards_and_nothing_lost(self) -> None:
        type(self).steps += 1
        if not hasattr(self, "house"):
            return
        assert all(times == 1 for times in self.venue.placed.values())
        sent = [one for one in self._stored().values() if one.sent_at is not None]
        assert self.venue.count("place_order") == len(sent)
        for order_id, order in self._stored().items():
            before, known = self.seen.get(order_id, order), self.venue.book.get(order_id)
            assert order.state in REACHABLE[before.state], (before.state, order.state)
            assert order.fills[: len(before.fills)] == before.fills
            assert order.events[: len(before.events)] == before.events
            self.seen[order_id] = order
            if known is None:
                assert not order.fills
                assert not order.state.working
                continue
            assert set(order.fills) <= set(known.fills)
            if order.state.final and order.state is not _S.REPLACED:
                assert order.state is known.state, (order.state, known.state)

    def teardown(self) -> None:
        async def end() -> None:
            for house in (*self.dead, self.house):
                await house.stop()
            await self.documents.close()

        if hasattr(self, "house"):
            self.everything_is_read_back()
            self.run(end())
        self.runner.close()
        self.folder.cleanup()

    # How

    @contextmanager
    def _fate(self, request: str, fate: str) -> Iterator[None]:
        before: dict[str, BaseException] = {
            "ignored": OutcomeUnknown(broker="alpaca"),
            "unsent": NotSent(broker="alpaca"),
            "refused": OrderRejected("No.", broker="alpaca"),
        }
        after = {"lost": OutcomeUnknown(broker="alpaca"), "defect": RuntimeError("a defect")}
        if fate in before:
            self.venue.failing[request] = before[fate]
        if fate in after:
            self.venue.failing_after[request] = after[fate]
        yield
        self.venue.failing.clear()
        self.venue.failing_after.clear()

    def _all(self, *work: Awaitable[Order]) -> None:
        async def done() -> None:
            for one in await asyncio.gather(*work, return_exceptions=True):
                if isinstance(one, BaseException) and not isinstance(one, FloorbrokerError):
                    raise one

        self.run(done())

    def _later(self, seconds: int) -> None:
        self.clock.advance(seconds)

        async def swept() -> None:
            while await self.house.reconciler.sweep():
                pass

        self.run(swept())

    def _at_work(self, order_id: OrderId) -> bool:
        known = self.venue.book.get(order_id)
        return known is not None and known.state.working

    def _stored(self) -> dict[OrderId, Order]:
        every = self.house.stored_orders.recent(
            caller().user_id, states=frozenset(OrderState), limit=200
        )
        return {order.order_id: order for order in self.run(_listed(every))}


async def _listed(every: Awaitable[Any]) -> list[Order]:
    return list(await every)
