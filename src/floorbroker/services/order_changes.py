"""Cancel and modify: intents of their own, stored first, sent once, read back."""

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import replace
from typing import Final

import structlog

from floorbroker.brokers.port import BrokerAdapter
from floorbroker.brokers.registry import get_broker
from floorbroker.brokers.spec import Capability
from floorbroker.domain.errors import (
    NotLinked,
    NotSupported,
    NotYours,
    StoreUnavailable,
)
from floorbroker.domain.ids import OrderId
from floorbroker.domain.nothing_new import nothing_new
from floorbroker.domain.order import Claim, Intent, IntentKind, IntentState, Order, ReplyAddress
from floorbroker.domain.order_life import can_be_canceled, event
from floorbroker.domain.orders import (
    OrderChanges,
    Receipt,
)
from floorbroker.domain.people import AccountKey
from floorbroker.services import preflight
from floorbroker.services.asked_changes import (
    asked_already,
    changed,
    check_quantity,
    nothing_at_work,
)
from floorbroker.services.callers import Caller
from floorbroker.services.closable import at_work, closing_already, under_way
from floorbroker.services.desk import Desk
from floorbroker.services.notify import answering
from floorbroker.services.reachable import LinkedAccount
from floorbroker.services.sending import Outcome, Silent, after_asking, ask_in_time
from floorbroker.services.trading_hours import must_be_open
from floorbroker.services.valuation import check_currency, proposed, value

_TRIES: Final = 10
_log = structlog.get_logger(__name__)

_OUT_OF_REACH: Final = (
    "The account of this order was removed here. If the order still works, cancel it at "
    "your broker."
)
Ask = Callable[[BrokerAdapter, Order], Awaitable[Receipt | None]]


class OrderChangeService:
    """Asks a broker to cancel or change a working order. A pause never stands in a cancel's way."""

    def __init__(self, desk: Desk) -> None:
        """See `Desk`."""
        self._desk = desk

    async def cancel(
        self, caller: Caller, order_id: OrderId, reply: ReplyAddress | None = None
    ) -> Order:
        """Asks once for a cancel; the same interaction, or a second click, asks no more.

        Raises:
            NotYours: It is somebody else's.
            InvalidInput: The order is at its end, or not yet known to be at the broker.
        """
        with nothing_new():
            order = await self._get(caller, order_id)
            intent = self._intent(caller, IntentKind.CANCEL, None)
            if asked_already(order, intent, self._desk.settle):
                return order
            if not can_be_canceled(order):
                raise nothing_at_work(order)

            async def as_asked() -> Intent:
                return intent

            work = self._carry_out(order, as_asked, nullcontext(), reply, _cancel)
            return await self._desk.supervisor.carry_out(work)

    async def modify(
        self,
        caller: Caller,
        order_id: OrderId,
        changes: OrderChanges,
        reply: ReplyAddress | None = None,
    ) -> Order:
        """Asks once for other terms, after the same checks as a new order.

        Raises:
            NotYours: It is somebody else's.
            NotSupported: The broker cannot change orders.
            InvalidInput: The order is at its end, or the new terms do not fit it.
            LimitExceeded: The changed order would break a limit.
        """
        with nothing_new():
            return await self._modify(caller, order_id, changes, reply)

    async def _modify(
        self, caller: Caller, order_id: OrderId, changes: OrderChanges, reply: ReplyAddress | None
    ) -> Order:
        order = await self._get(caller, order_id)
        if asked_already(
            order, self._intent(caller, IntentKind.MODIFY, changes), self._desk.settle
        ):
            return order
        if not order.state.working:
            raise nothing_at_work(order)
        if Capability.MODIFY not in get_broker(order.broker).capabilities:
            raise NotSupported("This broker cannot change an order. Cancel it and place another.")
        key = AccountKey(link_id=order.link_id, account_id=order.account_id)
        account = await self._desk.accounts.of_order(caller.user_id, key)

        async def checked() -> Intent:
            fitting = await self._checked(caller, account, order, changes)
            # The look before took its time: a pause that was set meanwhile holds.
            await self._desk.gates.check(
                caller, order.broker, order.environment, order.request.effect
            )
            return self._intent(caller, IntentKind.MODIFY, fitting)

        turn = self._desk.one_at_a_time.of(order)
        work = self._carry_out(order, checked, turn, reply, _modify)
        return await self._desk.supervisor.carry_out(work)

    async def _get(self, caller: Caller, order_id: OrderId) -> Order:
        order = await self._desk.orders.get(caller.user_id, order_id)
        if order is None:
            raise NotYours
        return order

    def _intent(self, caller: Caller, kind: IntentKind, changes: OrderChanges | None) -> Intent:
        return Intent(
            kind=kind,
            origin_key=caller.origin_key,
            state=IntentState.SENDING,
            at=self._desk.clock.now(),
            changes=changes,
        )

    async def _checked(
        self, caller: Caller, account: LinkedAccount, order: Order, changes: OrderChanges
    ) -> OrderChanges:
        """The changes on the broker's steps, if the changed order may stand."""
        wanted = changed(order.request, changes)
        limits = await self._desk.gates.check(
            caller, order.broker, order.environment, wanted.effect
        )
        async with self._desk.sessions.lease(account.link) as adapter:
            working = await at_work(self._desk.orders, account, caller.user_id, wanted.instrument)
            around = await preflight.look(
                adapter, account.spec, account.account, wanted, self._desk.hours
            )
            check_currency(wanted)
            preflight.check_seen(wanted, around)
            if around.market_open is None and must_be_open(wanted, limits):
                is_open = await self._desk.hours.open_now(adapter, account.spec, wanted)
                around = replace(around, market_open=is_open)
        wanted, _ = preflight.rounded(wanted, around.rules)
        if changes.quantity is not None:
            tied = closing_already(working, wanted, but=order.order_id)
            check_quantity(wanted, order.filled_quantity, around.held, tied)
        # What is filled of it is held already.
        adding = under_way(working, wanted, but=order.order_id) - order.filled_quantity
        figures = value(wanted, around, limits, adding)
        loss = None
        if limits.max_daily_loss is not None and around.balances is not None:
            loss = await self._desk.day_losses.of(caller.user_id, account.key, around.balances)
        # The order is counted already; only its new size is judged.
        self._desk.gates.check_limits(proposed(wanted, figures, around, 0, loss), limits)
        return OrderChanges(
            quantity=wanted.quantity if changes.quantity is not None else None,
            limit_price=wanted.limit_price if changes.limit_price is not None else None,
            stop_price=wanted.stop_price if changes.stop_price is not None else None,
        )

    async def _carry_out(
        self,
        order: Order,
        checked: Callable[[], Awaitable[Intent]],
        turn: AbstractAsyncContextManager[object],
        reply: ReplyAddress | None,
        ask: Ask,
    ) -> Order:
        """Asks for what `checked` lets through, in the person's `turn`."""
        try:
            link = await self._desk.accounts.link(order.user_id, order.link_id)
        except NotLinked:
            raise NotLinked(_OUT_OF_REACH) from None
        async with self._desk.sessions.lease(link) as adapter:
            async with turn:
                asking = await self._claimed(order, await checked(), reply)
            if asking is None:
                # Somebody else changed it first: whatever that was, nothing was asked here.
                return await self._latest(order)
            outcome = await self._send(adapter, asking, ask)
        return await self._store(asking, outcome)

    async def _send(self, adapter: BrokerAdapter, asking: Order, ask: Ask) -> Outcome:
        assert asking.intent is not None  # noqa: S101  # it was just stored
        return await ask_in_time(
            self._desk,
            lambda: ask(adapter, asking),
            since=asking.intent.at,
            broker=asking.broker,
            operation=f"{asking.intent.kind}_order",
            held_up="The bot was held up and did not ask your broker.",
        )

    async def _claimed(
        self, order: Order, intent: Intent, reply: ReplyAddress | None
    ) -> Order | None:
        """The order with the intent; None if it is no more what the person asked about.

        A mere look at the broker, or news of a fill, must not be what a cancel gets lost in.
        """
        for _ in range(_TRIES):
            asking = await self._desk.orders.advance(order, self._asking(order, intent, reply))
            if asking is not None:
                return asking
            latest = await self._latest(order)
            if not _still(order, latest, intent):
                return None
            order = latest
        return None

    def _asking(self, order: Order, intent: Intent, reply: ReplyAddress | None) -> Order:
        now = self._desk.clock.now()
        until = now + self._desk.claim
        return replace(
            order,
            intent=replace(intent, at=now),
            claim=Claim(owner=self._desk.process, until=until),
            check_at=until,
            reply=reply or order.reply,
            events=(*order.events, event(order.state, f"{intent.kind}:asked", now)),
        )

    async def _store(self, asking: Order, outcome: Outcome) -> Order:
        now = self._desk.clock.now()
        origin_key = asking.intent.origin_key if asking.intent is not None else ""

        def step(order: Order) -> Order:
            if order.intent is None or order.intent.origin_key != origin_key:
                return order  # another request has taken its place
            after = after_asking(order, outcome, now)
            return after if after is order else answering(after, now)

        try:
            stored = await self._desk.orders.change(asking, step)
        except StoreUnavailable:
            # As for a place: it was asked, the claim lapses, and read-back finds what it did.
            _log.error("outcome_not_stored", broker=asking.broker)
            return after_asking(asking, Silent(), now)
        self._desk.metrics.order_outcome(stored.broker, stored.state)
        self._desk.supervisor.hand_over(self._desk.audit.order(stored))
        return stored

    async def _latest(self, order: Order) -> Order:
        return await self._desk.orders.get(order.user_id, order.order_id) or order


def _still(order: Order, latest: Order, intent: Intent) -> bool:
    """Whether what was asked about `order` may be asked about what it has become."""
    if latest.intent != order.intent:
        return False
    if intent.kind is IntentKind.CANCEL:
        return can_be_canceled(latest)
    unchanged = (latest.state, latest.request, latest.fills)
    return unchanged == (order.state, order.request, order.fills)


async def _cancel(adapter: BrokerAdapter, order: Order) -> Receipt | None:
    return await adapter.cancel_order(order)


async def _modify(adapter: BrokerAdapter, order: Order) -> Receipt | None:
    assert order.intent is not None and order.intent.changes is not None  # noqa: S101
    return await adapter.modify_order(order, order.intent.changes)
