"""Orders, changes and cancels through everything that goes wrong at TWS, in any order.

However each of them ends, one request leaves for it, and what is read back in the end is what
stands in TWS's book.
"""

from collections.abc import AsyncIterator
from dataclasses import replace
from decimal import Decimal
from random import Random
from typing import Final

import pytest

from floorbroker.brokers.ibkr.adapter import IbkrAdapter
from floorbroker.brokers.ibkr.questions import Patience
from floorbroker.domain.errors import NotSent, OrderRejected, OutcomeUnknown
from floorbroker.domain.order import Order
from floorbroker.domain.order_life import with_receipt
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.orders import Absent, Found, OrderChanges, Receipt
from tests.brokers.ibkr.at_ibkr import NOON, order_of, resting_request
from tests.simulators.tws import Fault, SimOrder, TwsSimulator

FAULTS: Final = {
    Fault.DROP_BEFORE: False,
    Fault.SILENCE: False,
    Fault.ERROR(504, "Not connected"): False,
    Fault.ERROR(777, "Something that nobody knows"): False,
    Fault.DROP_AFTER: True,
    Fault.SILENCE_AFTER: True,
    Fault.RUBBISH: True,
}
"""And whether what was asked for is carried out."""

STATES: Final = {
    "PreSubmitted": OrderState.ACCEPTED,
    "Submitted": OrderState.ACCEPTED,
    "Cancelled": OrderState.CANCELED,
}
KINDS: Final = {"place": "order", "modify": "change", "cancel": "cancel"}
every_fault = pytest.mark.parametrize(
    "fault", FAULTS, ids=lambda fault: f"{fault.name} {fault.code}"
)


@pytest.fixture
def patience() -> Patience:
    return Patience(read=2, order=0.25, start=2, profit=0.1, cancel=0.1, settle=0.02)


@every_fault
async def test_a_place_ends_as_it_stands_in_the_book(
    simulator: TwsSimulator, adapter: IbkrAdapter, resting: Order, fault: Fault
) -> None:
    simulator.fail("order", fault)

    with pytest.raises(OutcomeUnknown):
        await adapter.place_order(resting)

    found = await adapter.find_order(resting)
    assert simulator.orders_received == 1
    assert isinstance(found, Found) == FAULTS[fault] == bool(simulator.orders)


@every_fault
async def test_a_cancel_ends_as_it_stands_in_the_book(
    simulator: TwsSimulator, adapter: IbkrAdapter, placed: Order, fault: Fault
) -> None:
    simulator.fail("cancel", fault)

    with pytest.raises(OutcomeUnknown):
        await adapter.cancel_order(placed)

    found = await adapter.find_order(placed)
    assert isinstance(found, Found)
    assert (found.receipt.state is OrderState.CANCELED) == FAULTS[fault]
    assert (simulator.orders_received, simulator.cancels_received) == (1, 1)


@every_fault
async def test_a_change_ends_as_it_stands_in_the_book(
    simulator: TwsSimulator, adapter: IbkrAdapter, placed: Order, fault: Fault
) -> None:
    simulator.fail("change", fault)

    with pytest.raises(OutcomeUnknown):
        await adapter.modify_order(placed, OrderChanges(limit_price=Decimal(151)))

    found = await adapter.find_order(placed)
    assert isinstance(found, Found)
    assert found.receipt.limit_price == (151 if FAULTS[fault] else 150)
    assert found.receipt.state is OrderState.ACCEPTED
    assert (simulator.orders_received, simulator.changes_received) == (1, 1)


class Campaign:
    """One order after another; what was asked, and what the book says."""

    def __init__(self, simulator: TwsSimulator, adapter: IbkrAdapter, seed: int) -> None:
        self._simulator = simulator
        self._adapter = adapter
        self._random = Random(seed)
        self._cents = 0
        self.unknown = 0

    async def round(self) -> None:
        """Places, changes and cancels one order, each perhaps under a fault."""
        order = await self._after("place", order_of(resting_request(str(self._price()))))
        if order.state is not OrderState.ACCEPTED:
            return
        order = await self._after("modify", order)
        await self._after("cancel", order)

    def _price(self) -> Decimal:
        self._cents += 1
        return Decimal(100) + Decimal(self._cents) / 100

    async def _after(self, kind: str, order: Order) -> Order:
        before = self._asked(kind)
        fault = self._random.choice([None, *FAULTS])
        trouble = self._simulator.fail(KINDS[kind], fault) if fault is not None else None
        try:
            receipt = await self._ask(kind, order)
        except OutcomeUnknown:
            self.unknown += 1
        except (NotSent, OrderRejected) as error:
            raise AssertionError(f"{kind} under {fault} was told as {error!r}") from error
        else:
            order = order if receipt is None else with_receipt(order, receipt, NOON)
        if trouble is not None:
            trouble.release()
        assert self._asked(kind) == before + 1
        return await self._checked(order)

    async def _ask(self, kind: str, order: Order) -> Receipt | None:
        if kind == "place":
            return await self._adapter.place_order(order)
        if kind == "cancel":
            return await self._adapter.cancel_order(order)
        return await self._adapter.modify_order(order, OrderChanges(limit_price=self._price()))

    def _asked(self, kind: str) -> int:
        counts = {
            "place": self._simulator.orders_received,
            "cancel": self._simulator.cancels_received,
            "modify": self._simulator.changes_received,
        }
        return counts[kind]

    async def _checked(self, order: Order) -> Order:
        """What is read back is what stands in the book."""
        found = await self._adapter.find_order(order)
        known = [one for one in self._simulator.orders if one.order_ref == order.order_id]
        if not known:
            assert found == Absent()
            return order
        (one,) = known
        assert isinstance(found, Found)
        assert self._same(found.receipt, one), (found, one)
        return with_receipt(replace(order, broker_order_id=None), found.receipt, NOON)

    @staticmethod
    def _same(receipt: Receipt, known: SimOrder) -> bool:
        told = (receipt.broker_order_id, receipt.state, receipt.limit_price)
        return told == (str(known.perm_id), STATES[known.status], known.limit_price)


@pytest.fixture
async def campaign(simulator: TwsSimulator, adapter: IbkrAdapter) -> AsyncIterator[Campaign]:
    yield Campaign(simulator, adapter, seed=7)


async def test_a_few_orders_through_everything(campaign: Campaign) -> None:
    for _ in range(6):
        await campaign.round()


@pytest.mark.long
@pytest.mark.timeout(300)
async def test_many_orders_through_everything(campaign: Campaign, simulator: TwsSimulator) -> None:
    for _ in range(40):
        await campaign.round()

    assert campaign.unknown > 20
    assert simulator.orders_received == 40
