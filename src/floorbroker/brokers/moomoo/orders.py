"""Orders at Moomoo: each asked for once, and read back by the remark that it carries."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from floorbroker.brokers.moomoo import receipts
from floorbroker.brokers.moomoo.calls import MoomooCalls
from floorbroker.brokers.moomoo.errors import BROKER, asking_once, not_sent, reading
from floorbroker.brokers.moomoo.filling import Filling
from floorbroker.brokers.moomoo.order_fields import cancel_terms, change_terms, order_terms
from floorbroker.brokers.moomoo.refusals import Garbled
from floorbroker.brokers.moomoo.sent import Sent
from floorbroker.brokers.port import BrokerOrder
from floorbroker.brokers.shared.strange_states import StrangeStates
from floorbroker.brokers.shared.wire import Failure
from floorbroker.domain.clock import Clock
from floorbroker.domain.errors import BrokerError, NotSent, OrderRejected, OutcomeUnknown
from floorbroker.domain.ids import AccountId
from floorbroker.domain.modes import Environment
from floorbroker.domain.order import IntentKind, Order
from floorbroker.domain.order_state import UNRESOLVED, OrderState
from floorbroker.domain.orders import (
    Absent,
    Ambiguous,
    Found,
    LookUp,
    OrderChanges,
    PositionEffect,
    Receipt,
)

LISTED_AT_MOST: Final = 500
_A_DAY: Final = timedelta(days=1)


class Orders:
    """One person's orders in one environment."""

    __slots__ = ("_calls", "_clock", "_environment", "_filling", "_sent", "_strange")

    def __init__(self, calls: MoomooCalls, clock: Clock, environment: Environment) -> None:
        """See the module's first line."""
        self._calls = calls
        self._clock = clock
        self._environment = environment
        self._filling = Filling(calls, clock, environment)
        self._sent = Sent()
        self._strange = StrangeStates(BROKER)

    async def place(self, order: Order) -> Receipt:
        """Sends `order` once."""
        terms = order_terms(order, self._environment)
        if self._sent.begun(order.order_id):
            raise OutcomeUnknown(broker=BROKER, detail="this id left before")
        self._sent.begin(order.order_id)
        urgent = order.request.effect is PositionEffect.CLOSE
        try:
            with asking_once():
                moomoos_id = await self._calls.place(order.account_id, terms, urgent=urgent)
                if not moomoos_id:
                    raise Garbled("no id")
        except (NotSent, OrderRejected):
            self._sent.never_left(order.order_id)
            raise
        return Receipt(broker_order_id=moomoos_id, state=OrderState.ACCEPTED)

    async def cancel(self, order: Order) -> None:
        """Asks once."""
        moomoos_id = order.broker_order_id or (await self._present(order)).orderIDEx
        with asking_once():
            done = await self._calls.change(order.account_id, cancel_terms(moomoos_id), urgent=True)
            _must_be(done, moomoos_id)

    async def modify(self, order: Order, changes: OrderChanges) -> Receipt:
        """Asks once for other numbers; the id stays. What they are then is read back."""
        terms = change_terms(await self._present(order), changes)
        with asking_once():
            _must_be(await self._calls.change(order.account_id, terms), terms["orderIDEx"])
        try:
            return await self._receipt(await self._only(order, anew=True), order)
        except (Failure, BrokerError):
            return Receipt(broker_order_id=terms["orderIDEx"], state=order.state)

    async def find(self, order: Order) -> LookUp:
        """By our remark or moomoo's id, whatever became of it."""
        asked = order.intent is not None and order.intent.state.open
        doubted = asked or order.state in UNRESOLVED
        with reading():
            found = [] if doubted else await self._matches(order)
            found = found or await self._matches(order, anew=True)
            found = found or await self._past_matches(order)
            if not found:
                return Absent()
            if len(found) > 1:
                return Ambiguous(candidates=tuple(receipts.line(one).receipt for one in found))
            return Found(receipt=await self._receipt(found[0], order))

    async def working(self, account_id: AccountId) -> Sequence[BrokerOrder]:
        """Every order at work, latest first."""
        with reading():
            lines = [receipts.line(one) for one in await self._calls.get_orders(account_id)]
        at_work = [line for line in lines if line.receipt.state.working]
        return sorted(at_work, key=lambda line: line.at, reverse=True)

    async def ended(
        self, account_id: AccountId, since: datetime, until: datetime
    ) -> Sequence[BrokerOrder]:
        """Ended orders that were placed within the range, latest first."""
        with reading():
            told = await self._calls.get_past_orders(account_id, since, until)
            lines = [receipts.line(one) for one in told]
        ended = [line for line in lines if line.receipt.state.final]
        return sorted(ended, key=lambda line: line.at, reverse=True)[:LISTED_AT_MOST]

    async def told(self, account_id: AccountId, told: Any) -> Receipt:
        """What a push says of an order.

        Raises:
            Failure: Its deals cannot be read.
        """
        fills = await self._filling.of(account_id, told)
        return receipts.receipt(told, fills, asked_to_cancel=True)

    async def _receipt(self, told: Any, order: Order) -> Receipt:
        self._strange.note(str(told.orderStatus), known=receipts.known_number(told))
        cancel = order.intent is not None and order.intent.kind is IntentKind.CANCEL
        fills = await self._filling.of(order.account_id, told, order.fills)
        return receipts.receipt(told, fills, asked_to_cancel=cancel)

    async def _present(self, order: Order) -> Any:
        """The order as it stands, before something is asked about it.

        Raises:
            NotSent: It cannot be read, or is not there, so nothing was asked.
        """
        try:
            return await self._only(order)
        except Failure as error:
            raise not_sent(
                "OpenD does not tell of this order now, so nothing was asked."
            ) from error
        except BrokerError as error:
            raise not_sent(f"{error.message} Nothing was asked.") from error

    async def _only(self, order: Order, *, anew: bool = False) -> Any:
        found = await self._matches(order, anew=anew)
        found = found or await self._matches(order, anew=True)
        found = found or await self._past_matches(order)
        if len(found) != 1:
            raise Garbled("none or several")
        return found[0]

    async def _matches(self, order: Order, *, anew: bool = False) -> list[Any]:
        return _those_of(order, await self._calls.get_orders(order.account_id, anew=anew))

    async def _past_matches(self, order: Order) -> list[Any]:
        since, until = order.created_at - _A_DAY, self._clock.now() + _A_DAY
        told = await self._calls.get_past_orders(order.account_id, since, until, urgent=True)
        return _those_of(order, told)


def _those_of(order: Order, told: Sequence[Any]) -> list[Any]:
    """Those with moomoo's id of it, or else with our remark; more than one is one too many."""
    same = {one.orderIDEx: one for one in told if one.orderIDEx == order.broker_order_id}
    return list(
        (same or {one.orderIDEx: one for one in told if one.remark == order.order_id}).values()
    )


def _must_be(done: str, moomoos_id: str) -> None:
    """An answer about another order than ours says nothing about ours.

    Raises:
        Garbled: It is about another one.
    """
    if done != moomoos_id:
        raise Garbled("another order")
