"""Hundreds of orders, changes and cancels through everything that goes wrong, in any order.

However each of them ends, one request leaves for it, and what is read back in the end is what
stands in Coinbase's book.
"""

from dataclasses import replace
from decimal import Decimal
from random import Random
from typing import Final

import pytest

from floorbroker.brokers.coinbase.adapter import CoinbaseAdapter
from floorbroker.brokers.context import BrokerContext
from floorbroker.domain.errors import NotSent, OrderRejected, OutcomeUnknown
from floorbroker.domain.ids import LinkId
from floorbroker.domain.order import Order
from floorbroker.domain.order_life import with_receipt
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.orders import Absent, Found, LookUp, OrderChanges, Receipt
from tests.brokers.coinbase.at_coinbase import adapter_in, order_of, resting_request
from tests.fakes.clock import NOON, ManualClock
from tests.simulators.coinbase import CoinbaseSimulator, Fault, Person, Trouble

ROUNDS: Final = 150
FAULTS: Final = [
    fault
    for fault in Fault
    # The first two last until a deadline; the last one keeps the key away, as it should.
    if fault not in {Fault.FAR, Fault.HANG, Fault.DRIP, Fault.TOO_MANY_REQUESTS}
]
WORDS: Final = [
    (500, "INTERNAL"),
    (503, "UNAVAILABLE"),
    (504, "DEADLINE_EXCEEDED"),
    (409, "ABORTED"),
    (400, "INTERNAL"),
]
_S = OrderState
STATES: Final = {"OPEN": _S.ACCEPTED, "CANCELLED": _S.CANCELED}


class Campaign:
    """One order after another; what was asked, and what the book says."""

    def __init__(
        self, adapter: CoinbaseAdapter, simulator: CoinbaseSimulator, clock: ManualClock, seed: int
    ) -> None:
        self.adapter = adapter
        self._simulator = simulator
        self._clock = clock
        self._random = Random(seed)
        self.unknown = 0

    async def round(self, portfolio: str) -> None:
        """Places, changes and cancels one order, each perhaps under a fault."""
        now = self._clock.now()
        order = replace(order_of(resting_request(), portfolio), created_at=now, sent_at=now)
        order = await self._after("place", order)
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
        return self._checked(order, await self.adapter.find_order(order))

    def _trouble(self, kind: str) -> Trouble:
        carried_out = self._random.random() < 0.5
        if self._random.random() < 0.3:
            status, word = self._random.choice(WORDS)
            return self._simulator.refuse(
                kind, status=status, error=word, message="of its own", carried_out=carried_out
            )
        fault = self._random.choice(FAULTS)
        return self._simulator.fail(kind, fault, carried_out=carried_out, delay=0.001)

    async def _ask(self, kind: str, order: Order) -> Receipt | None:
        if kind == "place":
            return await self.adapter.place_order(order)
        if kind == "cancel":
            await self.adapter.cancel_order(order)
            return None
        price = Decimal(self._random.randint(40000, 49999)) + Decimal("0.01")
        return await self.adapter.modify_order(order, OrderChanges(limit_price=price))

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
        assert told.receipt.broker_order_id == known.id
        assert told.receipt.state is STATES[known.status]
        assert told.receipt.limit_price == known.limit_price
        assert told.receipt.quantity == known.base_size
        return with_receipt(order, told.receipt, NOON)


@pytest.mark.parametrize("seed", [1, 2])
async def test_one_request_each_and_the_truth_afterwards(
    context: BrokerContext,
    anna: Person,
    simulator: CoinbaseSimulator,
    clock: ManualClock,
    seed: int,
) -> None:
    simulator.give(anna, "USD", Decimal(10) ** 9)
    campaign = Campaign(adapter_in(context), simulator, clock, seed)

    for number in range(ROUNDS):
        if number % 2 == 0:  # what a key may ask in a second of this machine's is no matter here
            link = replace(context, link_id=LinkId(f"link-{number}"))
            campaign.adapter = adapter_in(link)
            await campaign.adapter.connect()
        await campaign.round(anna.portfolio.id)
        clock.advance(60)

    assert campaign.unknown > ROUNDS
    ids = [order.client_order_id for order in simulator.orders]
    assert len(ids) == len(set(ids))
