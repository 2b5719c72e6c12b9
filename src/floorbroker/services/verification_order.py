"""The one order of a verification: placed once, found, canceled once, and watched until it is gone.

It is nobody's trade and never enters the store, so its id is logged and told before it is sent.
From then on one cancel is asked for whatever happens, also when the person gives up waiting.
"""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

import structlog

from floorbroker.brokers.port import BrokerAdapter, BrokerOrder
from floorbroker.brokers.spec import BrokerSpec
from floorbroker.domain.clock import Clock
from floorbroker.domain.errors import OrderRejected, OutcomeUnknown
from floorbroker.domain.order import Order
from floorbroker.domain.order_life import with_receipt
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.orders import Ambiguous, Found, LookUp, OrderRequest, Receipt
from floorbroker.domain.people import Link
from floorbroker.domain.portfolio import BrokerAccount
from floorbroker.observability.metrics import Metrics
from floorbroker.services.far_order import about_to_be_sent
from floorbroker.services.sending import (
    Answered,
    NeverLeft,
    Outcome,
    Refused,
    Silent,
    after_placing,
    ask_once,
)
from floorbroker.services.verification_steps import (
    ABOUT_THE_ORDER,
    LeftOut,
    Listener,
    NotProven,
    Pace,
    StepFailed,
    StepName,
    Steps,
)

_NEVER_THERE = frozenset({OrderState.REJECTED, OrderState.NOT_PLACED})
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What a verification works with."""

    adapter: BrokerAdapter
    spec: BrokerSpec
    link: Link
    clock: Clock
    metrics: Metrics
    pace: Pace
    listener: Listener


class OneOrder:
    """Its whole life. Everything in here happens at most once."""

    def __init__(self, around: Surroundings, steps: Steps) -> None:
        """Nothing is sent yet."""
        self._around = around
        self._adapter = around.adapter
        self._steps = steps
        self._sent: Order | None = None
        self._now: Order | None = None
        self._cancel_asked = False
        self._listed = False

    @property
    def order(self) -> Order | None:
        """As far as it is known; None if it was never sent."""
        return self._now

    async def live(self, account: BrokerAccount, make: Callable[[], OrderRequest]) -> None:
        """From place to nothing left; each step is written down, and none raises.

        Args:
            make: What to ask for; whatever it raises, nothing is sent.
        """
        try:
            with suppress(StepFailed):
                await self._steps.do(
                    StepName.PLACE, lambda: self._place(account, make()), self._state
                )
            if self._now is None or self._now.state in _NEVER_THERE:
                self._steps.leave_out(ABOUT_THE_ORDER, "there is no order")
            else:
                await self._follow(account)
        except BaseException:  # the person gave up waiting: the order is still looked after
            await self._let_go()
            raise

    def left(self) -> str:
        """What may be left at the broker, fit to be published; empty if it is nothing."""
        order = self._now
        if order is None or order.state in _NEVER_THERE:
            return ""
        told = []
        where, symbol = self._around.spec.name, order.request.instrument.symbol
        if _filled(order):
            units = order.filled_quantity or order.request.quantity
            told.append(f"It bought {units:f} {symbol}: the account holds that now.")
        if order.state.working or self._listed:
            told.append(f"Order {order.order_id} may still be open at {where}. Cancel it there.")
        elif not order.state.final:
            told.append(
                f"Whether {where} has order {order.order_id} is not certain. Look for it there, "
                "and cancel it if it is open."
            )
        return " ".join(told)

    async def _place(self, account: BrokerAccount, request: OrderRequest) -> None:
        around = self._around
        order = self._sent = self._now = about_to_be_sent(
            request, around.link, account, around.clock.now()
        )
        # Not in the store: without these two a process that dies here would leave no trace.
        _log.warning("verification_sends", broker=order.broker, order_id=order.order_id)
        around.listener.sends(order)
        outcome = await self._once(self._adapter.place_order(order), "place_order")
        after = self._now = after_placing(order, outcome, around.clock.now())
        _raise_unless_answered(outcome)
        if after.state is OrderState.REJECTED:
            raise OrderRejected(after.reason)

    async def _follow(self, account: BrokerAccount) -> None:
        steps: tuple[tuple[StepName, Callable[[], Awaitable[None]]], ...] = (
            (StepName.FIND, self._find),
            (StepName.CANCEL, self._cancel),
            (StepName.READ_BACK, self._read_back),
            (StepName.NOTHING_LEFT, lambda: self._nothing_left(account)),
        )
        for name, work in steps:
            with suppress(StepFailed):
                await self._steps.do(name, work, self._state)
        self._tell_what_is_left()

    async def _find(self) -> None:
        """By our own id alone, as an order is found whose answer got lost."""
        sent = self._sent_order()
        found = await self._steps.until(
            lambda: self._adapter.find_order(sent), lambda answer: isinstance(answer, Found)
        )
        if isinstance(found, Ambiguous):
            raise NotProven("several orders fit")
        if not isinstance(found, Found):
            raise NotProven("the broker does not know the id")
        if not self._take(found.receipt):
            raise NotProven("another order was found than the one that was placed")

    async def _cancel(self) -> None:
        order = self._order()
        if order.state.final:
            raise LeftOut(f"it was {order.state.value} already")
        self._cancel_asked = True
        outcome = await self._once(self._adapter.cancel_order(order), "cancel_order")
        if isinstance(outcome, Answered) and outcome.receipt is not None:
            self._take(outcome.receipt)
        _raise_unless_answered(outcome)

    async def _read_back(self) -> None:
        async def look() -> LookUp:
            found = await self._adapter.find_order(self._order())
            if isinstance(found, Found):
                self._take(found.receipt)
            return found

        await self._steps.until(
            look, lambda _: self._order().state.final, seconds=self._long_enough()
        )
        if not self._order().state.final:
            raise NotProven(f"it stays {self._order().state.value}")

    def _long_enough(self) -> float:
        """An order whose answer got lost may turn up as late as the broker's settle time."""
        pace = self._around.pace
        if self._order().state.working:
            return pace.patience_seconds
        late = 2 * pace.order_seconds + self._around.spec.settle_seconds
        return max(pace.patience_seconds, late)

    async def _nothing_left(self, account: BrokerAccount) -> None:
        def gone(listed: Sequence[BrokerOrder]) -> bool:
            return self._sent_order().order_id not in {one.order_id for one in listed}

        listed = await self._steps.until(lambda: self._adapter.open_orders(account), gone)
        self._listed = not gone(listed)
        if self._listed:
            raise NotProven("the broker still lists it as open")
        order = self._order()
        if _filled(order):
            raise NotProven("it was filled, so the account holds something now")
        if not order.state.final:
            raise NotProven("its end is not proven")

    async def _let_go(self) -> None:
        """Nobody waits any more: one cancel if none was asked for, and what may be left."""
        order = self._now
        if order is None or order.state in _NEVER_THERE:
            return
        try:
            if not self._cancel_asked:
                with suppress(StepFailed):
                    await self._steps.do(StepName.CANCEL, self._cancel)
        finally:
            self._tell_what_is_left()

    def _tell_what_is_left(self) -> None:
        sentence = self.left()
        if sentence:
            self._around.listener.leaves(sentence, self._order())

    async def _once(self, request: Awaitable[Receipt | None], operation: str) -> Outcome:
        around = self._around
        return await ask_once(
            request,
            deadline_seconds=around.pace.order_seconds,
            metrics=around.metrics,
            broker=around.spec.id,
            operation=operation,
        )

    def _take(self, receipt: Receipt) -> bool:
        """Learns from the broker; not from what is told of some other order."""
        order = self._order()
        ours = order.broker_order_id in {None, receipt.broker_order_id}
        if ours:
            self._now = with_receipt(order, receipt, self._around.clock.now())
        return ours

    def _state(self, _done: None) -> str:
        return self._order().state.value

    def _order(self) -> Order:
        assert self._now is not None  # noqa: S101  # it was sent
        return self._now

    def _sent_order(self) -> Order:
        assert self._sent is not None  # noqa: S101  # it was sent
        return self._sent


def _filled(order: Order) -> bool:
    """In whole or in part, also where the broker does not list the fills yet."""
    filled = order.state in {OrderState.FILLED, OrderState.PARTIALLY_FILLED}
    return filled or bool(order.filled_quantity)


def _raise_unless_answered(outcome: Outcome) -> None:
    """For the step that asked.

    Raises:
        OrderRejected: The broker's own refusal.
        NotSent: Nothing left this process.
        OutcomeUnknown: Nothing proves what became of it.
    """
    match outcome:
        case Refused(error=refusal):
            raise refusal
        case NeverLeft(error=not_sent):
            raise not_sent
        case Silent():
            raise OutcomeUnknown
