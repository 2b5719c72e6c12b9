"""Hundreds of orders, changes and cancels through everything that goes wrong, in any order.

However each of them ends, one request leaves for it, and what is read back in the end is what
stands in Webull's book.
"""

from dataclasses import replace
from decimal import Decimal
from random import Random
from typing import Final

import pytest

from floorbroker.brokers.webull.adapter import WebullAdapter
from floorbroker.domain.errors import NotSent, OrderRejected, OutcomeUnknown
from floorbroker.domain.order import Order
from floorbroker.domain.order_life import with_receipt
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.orders import Absent, Found, LookUp, OrderChanges, Receipt
from tests.brokers.webull.at_webull import bracket_request, order_of, resting_request
from tests.fakes.clock import NOON, ManualClock
from tests.simulators.webull import Fault, Person, WebullSimulator

ROUNDS: Final = 120
FAULTS: Final = [fault for fault in Fault if fault not in {Fault.FAR, Fault.HANG, Fault.DRIP}]
"""Without the two that last until a deadline."""

A_WHILE: Final = 11
"""So long after a 429 requests of that kind are sent again."""

_S = OrderState
STATES: Final = {"SUBMITTED": _S.ACCEPTED, "CANCELLED": _S.CANCELED}


class Campaign:
    """One order after another; what was asked, and what the book says."""

    def __init__(
        self,
        adapter: WebullAdapter,
        simulator: WebullSimulator,
        person: Person,
        clock: ManualClock,
        seed: int,
    ) -> None:
        self._adapter = adapter
        self._simulator = simulator
        self._person = person
        self._clock = clock
        self._random = Random(seed)
        self.unknown = 0

    async def round(self) -> None:
        """Places, changes and cancels one order, each perhaps under a fault."""
        price = Decimal(self._random.randint(95, 110))
        kind = self._random.choice([resting_request, resting_request, bracket_request])
        order = order_of(kind(limit_price=price), self._person.account.id)
        order = await self._after("place", order)
        for step in ("modify", "cancel"):
            if order.state is _S.ACCEPTED:
                order = await self._after(step, order)
        if order.state is _S.ACCEPTED:
            await self._adapter.cancel_order(order)

    async def _after(self, kind: str, order: Order) -> Order:
        before = self._asked(kind)
        trouble = None
        if self._random.random() < 0.8:
            carried_out = self._random.random() < 0.5
            fault = self._random.choice(FAULTS)
            trouble = self._simulator.fail(kind, fault, carried_out=carried_out, delay=0.001)
        try:
            receipt = await self._ask(kind, order)
        except OutcomeUnknown:
            self.unknown += 1
        except (NotSent, OrderRejected) as error:
            raise AssertionError(f"{kind} was told as {error!r}") from error
        else:
            order = with_receipt(order, receipt, NOON) if receipt is not None else order
        if trouble is not None:
            trouble.lift()
        assert self._asked(kind) == before + 1
        self._clock.advance(A_WHILE)
        return self._checked(order, await self._adapter.find_order(order))

    async def _ask(self, kind: str, order: Order) -> Receipt | None:
        if kind == "place":
            return await self._adapter.place_order(order)
        if kind == "modify":
            price = Decimal(self._random.randint(95, 110))
            return await self._adapter.modify_order(order, OrderChanges(limit_price=price))
        await self._adapter.cancel_order(order)
        return None

    def _asked(self, kind: str) -> int:
        counts = {
            "place": self._simulator.orders_received,
            "modify": self._simulator.modifies_received,
            "cancel": self._simulator.cancels_received,
        }
        return counts[kind]

    def _checked(self, order: Order, told: LookUp) -> Order:
        """What was read back is what stands in the book."""
        try:
            known = self._simulator.order(order.order_id)
        except KeyError:
            assert told == Absent()
            return replace(order, state=_S.UNKNOWN)
        assert isinstance(told, Found)
        assert told.receipt.broker_order_id == (known.group.id if known.group else known.id)
        assert told.receipt.state is STATES[known.status]
        assert told.receipt.limit_price == known.limit_price
        return with_receipt(order, told.receipt, NOON)


@pytest.mark.parametrize("seed", [1, 2])
async def test_one_request_each_and_the_truth_afterwards(
    adapter: WebullAdapter,
    anna: Person,
    simulator: WebullSimulator,
    clock: ManualClock,
    seed: int,
) -> None:
    campaign = Campaign(adapter, simulator, anna, clock, seed)

    for _ in range(ROUNDS):
        await campaign.round()

    assert campaign.unknown > ROUNDS // 2
    ids = [order.client_order_id for order in simulator.orders]
    assert len(ids) == len(set(ids))
    assert simulator.orders_received == ROUNDS
    assert {order.status for order in simulator.orders} == {"CANCELLED"}
