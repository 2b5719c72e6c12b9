"""Hundreds of orders, changes and cancels through everything that goes wrong, in any order.

However each of them ends, one request leaves for it, and what is read back in the end is what
stands in Kraken's book.
"""

from dataclasses import replace
from decimal import Decimal
from random import Random
from typing import Final

import pytest

from floorbroker.brokers.kraken.adapter import KrakenAdapter
from floorbroker.domain.errors import NotSent, OrderRejected, OutcomeUnknown
from floorbroker.domain.order import Order
from floorbroker.domain.order_life import with_receipt
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.orders import Absent, Found, LookUp, OrderChanges, Receipt
from tests.brokers.kraken.at_kraken import order_of, resting_request
from tests.fakes.clock import NOON, ManualClock
from tests.simulators.kraken import Fault, KrakenSimulator, Person, Trouble

ROUNDS: Final = 150
FAULTS: Final = [
    fault
    for fault in Fault
    # The first two last until a deadline; the last one keeps the key away, as it should.
    if fault not in {Fault.FAR, Fault.HANG, Fault.DRIP, Fault.TOO_MANY_REQUESTS}
]
WORDS: Final = [
    "EService:Unavailable",
    "EService:Busy",
    "EService:Deadline elapsed",
    "EGeneral:Internal error",
    "EGeneral:Internal error:42",
    "ETrade:Something new",
]
_S = OrderState
STATES: Final = {"open": _S.ACCEPTED, "canceled": _S.CANCELED}


class Campaign:
    """One order after another; what was asked, and what the book says."""

    def __init__(self, adapter: KrakenAdapter, simulator: KrakenSimulator, seed: int) -> None:
        self._adapter = adapter
        self._simulator = simulator
        self._random = Random(seed)
        self.unknown = 0

    async def round(self) -> None:
        """Places, changes and cancels one order, each perhaps under a fault."""
        order = await self._after("place", order_of(resting_request()))
        if order.state is not _S.ACCEPTED:
            return
        order = await self._after("modify", order)
        await self._after("cancel", order)

    async def _after(self, kind: str, order: Order) -> Order:
        before = self._asked(kind)
        trouble = self._trouble(kind) if self._random.random() < 0.8 else None
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
        return self._checked(order, await self._adapter.find_order(order))

    def _trouble(self, kind: str) -> Trouble:
        carried_out = self._random.random() < 0.5
        if self._random.random() < 0.3:
            words = self._random.choice(WORDS)
            return self._simulator.refuse(kind, words, carried_out=carried_out)
        fault = self._random.choice(FAULTS)
        return self._simulator.fail(kind, fault, carried_out=carried_out, delay=0.001)

    async def _ask(self, kind: str, order: Order) -> Receipt | None:
        if kind == "place":
            return await self._adapter.place_order(order)
        if kind == "cancel":
            return await self._adapter.cancel_order(order)
        price = Decimal(self._random.randint(40000, 50000)) + Decimal("0.1")
        return await self._adapter.modify_order(order, OrderChanges(limit_price=price))

    def _asked(self, kind: str) -> int:
        counts = {
            "place": self._simulator.orders_received,
            "cancel": self._simulator.cancels_received,
            "modify": self._simulator.modifies_received,
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
        assert told.receipt.broker_order_id == known.txid
        assert told.receipt.state is STATES[known.status]
        assert told.receipt.limit_price == known.limit
        return with_receipt(order, told.receipt, NOON)


@pytest.mark.parametrize("seed", [1, 2])
async def test_one_request_each_and_the_truth_afterwards(
    adapter: KrakenAdapter,
    anna: Person,
    simulator: KrakenSimulator,
    clock: ManualClock,
    seed: int,
) -> None:
    anna.balances["ZUSD"] = Decimal(10) ** 9
    campaign = Campaign(adapter, simulator, seed)

    for _ in range(ROUNDS):
        await campaign.round()
        clock.advance(60)

    assert campaign.unknown > ROUNDS
    ids = [order.cl_ord_id for order in simulator.orders]
    assert len(ids) == len(set(ids))
