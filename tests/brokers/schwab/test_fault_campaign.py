"""Hundreds of orders, changes and cancels through everything that goes wrong, in any order.

However each of them ends, one request leaves for it, and what is read back in the end is what
stands in Schwab's book. No two orders are alike, so that each can be found again.
"""

from dataclasses import replace
from decimal import Decimal
from random import Random
from typing import Final

import pytest

from floorbroker.brokers.context import BrokerContext
from floorbroker.brokers.schwab.adapter import SchwabAdapter
from floorbroker.brokers.shared.allowances import Allowances
from floorbroker.domain.errors import NotSent, OrderRejected, OutcomeUnknown
from floorbroker.domain.order import Intent, IntentKind, IntentState, Order
from floorbroker.domain.order_life import with_receipt
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.orders import Absent, Found, LookUp, OrderChanges, Receipt
from floorbroker.observability.metrics import Metrics
from tests.brokers.schwab.at_schwab import adapter_in, order_of, resting_request
from tests.fakes.clock import ManualClock
from tests.simulators.schwab import Fault, SchwabSimulator, Trouble
from tests.simulators.schwab import Order as Known

ROUNDS: Final = 120
A_CONNECTION: Final = 20
FAULTS: Final = [
    fault
    for fault in Fault
    # The first two last until a deadline; the next keeps the account away, as it should; the last
    # is how a cancel is answered that went well.
    if fault not in {Fault.FAR, Fault.HANG, Fault.DRIP, Fault.TOO_MANY_REQUESTS, Fault.EMPTY_BODY}
]
NO_PROOF: Final = [409, 422, 500, 503]
_S = OrderState
STATES: Final = {"WORKING": _S.ACCEPTED, "CANCELED": _S.CANCELED}


class Campaign:
    """One order after another; what was asked, and what the book says."""

    adapter: SchwabAdapter

    def __init__(self, simulator: SchwabSimulator, clock: ManualClock, seed: int) -> None:
        self._simulator = simulator
        self._clock = clock
        self._random = Random(seed)
        self._cents = 0
        self.unknown = 0

    async def round(self) -> None:
        """Places, changes and cancels one order, each perhaps under a fault."""
        asked = resting_request(limit_price=self._price())
        order = order_of(asked)
        order = await self._after("place", replace(order, sent_at=self._clock.now()))
        if order.state is not _S.ACCEPTED:
            return
        self._clock.advance(1)
        order = await self._after("modify", order)
        self._clock.advance(1)
        await self._after("cancel", order)

    def _price(self) -> Decimal:
        self._cents += 1
        return Decimal(50) + Decimal(self._cents) / 100

    async def _after(self, kind: str, order: Order) -> Order:
        if kind == "modify":
            order = replace(order, intent=self._intent())
        before = self._asked(kind)
        trouble = self._trouble(kind) if self._random.random() < 0.8 else None
        try:
            receipt = await self._ask(kind, order)
        except OutcomeUnknown:
            self.unknown += 1
        except (NotSent, OrderRejected) as error:
            raise AssertionError(f"{kind} was told as {error!r}") from error
        else:
            order = order if receipt is None else with_receipt(order, receipt, self._clock.now())
        if trouble is not None:
            trouble.lift()
        assert self._asked(kind) == before + 1
        return self._checked(order, await self.adapter.find_order(order))

    def _intent(self) -> Intent:
        return Intent(
            kind=IntentKind.MODIFY,
            origin_key="click",
            state=IntentState.SENDING,
            at=self._clock.now(),
            changes=OrderChanges(limit_price=self._price()),
        )

    def _trouble(self, kind: str) -> Trouble:
        carried_out = self._random.random() < 0.5
        if self._random.random() < 0.3:
            status = self._random.choice(NO_PROOF)
            return self._simulator.refuse(kind, status=status, carried_out=carried_out)
        fault = self._random.choice(FAULTS)
        return self._simulator.fail(kind, fault, carried_out=carried_out, delay=0.001)

    async def _ask(self, kind: str, order: Order) -> Receipt | None:
        if kind == "place":
            return await self.adapter.place_order(order)
        if kind == "cancel":
            await self.adapter.cancel_order(order)
            return None
        assert order.intent is not None
        assert order.intent.changes is not None
        return await self.adapter.modify_order(order, order.intent.changes)

    def _asked(self, kind: str) -> int:
        counts = {
            "place": self._simulator.orders_received,
            "cancel": self._simulator.cancels_received,
            "modify": self._simulator.replacements_received,
        }
        return counts[kind]

    def _checked(self, order: Order, told: LookUp) -> Order:
        """What was read back is what stands in the book."""
        known = self._in_the_book(order)
        if known is None:
            assert told == Absent()
            return replace(order, state=_S.UNKNOWN)
        assert isinstance(told, Found)
        assert told.receipt.broker_order_id == str(known.id)
        assert told.receipt.state is STATES[known.status]
        assert told.receipt.limit_price == known.ticket.price
        return with_receipt(order, told.receipt, self._clock.now())

    def _in_the_book(self, order: Order) -> Known | None:
        """By its price, or the one that a change has put in its place: each is there once."""
        prices = {order.request.limit_price}
        if order.intent is not None and order.intent.changes is not None:
            prices.add(order.intent.changes.limit_price)
        found = [one for one in self._simulator.orders if one.ticket.price in prices]
        return max(found, key=lambda one: one.id, default=None)


@pytest.mark.parametrize("seed", [1, 2])
async def test_one_request_each_and_the_truth_afterwards(
    context: BrokerContext, simulator: SchwabSimulator, clock: ManualClock, seed: int
) -> None:
    simulator.set_cash(simulator.people[0].account, "1000000000")
    campaign = Campaign(simulator, clock, seed)

    for number in range(ROUNDS):
        if number % A_CONNECTION == 0:
            # Also the memory of one connection ends; and what it may ask in a real minute.
            fresh = replace(context, allowances=Allowances(clock, Metrics()))
            campaign.adapter = adapter_in(fresh)
            await campaign.adapter.connect()
        await campaign.round()
        clock.advance(60)

    assert campaign.unknown > ROUNDS
    prices = [one.ticket.price for one in simulator.orders]
    assert len(prices) == len(set(prices))
