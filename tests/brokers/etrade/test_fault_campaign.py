"""Hundreds of orders, changes and cancels through everything that goes wrong, in any order.

However each of them ends, one request leaves for it, and what is read back in the end is what
stands in E*TRADE's book.
"""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from random import Random
from typing import Final

import pytest

from floorbroker.brokers.etrade.adapter import EtradeAdapter
from floorbroker.domain.errors import NotSent, OrderRejected, OutcomeUnknown
from floorbroker.domain.order import Intent, IntentKind, IntentState, Order
from floorbroker.domain.order_life import with_receipt
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.orders import Absent, Found, LookUp, OrderChanges, Receipt
from tests.brokers.etrade.at_etrade import order_of, resting_request
from tests.fakes.clock import ManualClock
from tests.simulators.etrade import EtradeSimulator, Fault, Person, Trouble
from tests.simulators.etrade.orders import Order as Simulated
from tests.simulators.etrade.refusals import TIMED_OUT

ROUNDS: Final = 150
FAULTS: Final = [fault for fault in Fault if fault not in {Fault.FAR, Fault.HANG, Fault.DRIP}]
CODES: Final = [
    (100, "The requested service is not currently available.", 500),
    (101, TIMED_OUT, 400),
    (9999, "Something that nobody has published.", 400),
]
_S = OrderState
STATES: Final = {"OPEN": _S.ACCEPTED, "CANCELLED": _S.CANCELED}


class Campaign:
    """One order after another; what was asked, and what the book says."""

    def __init__(
        self,
        adapter: EtradeAdapter,
        simulator: EtradeSimulator,
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
        order = replace(
            order_of(resting_request(), self._person.account), sent_at=self._clock.now()
        )
        order = await self._after("place", order)
        if order.state is not _S.ACCEPTED:
            return
        order = await self._after("modify", order)
        await self._after("cancel", order)

    async def _after(self, kind: str, order: Order) -> Order:
        now, before = self._clock.now(), self._asked(kind)
        trouble = self._trouble(kind) if self._random.random() < 0.8 else None
        changes = OrderChanges(limit_price=Decimal(self._random.randint(100, 150)))
        try:
            receipt = await self._ask(kind, order, changes)
        except OutcomeUnknown:
            self.unknown += 1
            if kind == "modify":
                order = replace(order, intent=_unheard(changes, self._clock))
        except (NotSent, OrderRejected) as error:
            raise AssertionError(f"{kind} was told as {error!r}") from error
        else:
            order = with_receipt(order, receipt, now) if receipt is not None else order
        if trouble is not None:
            trouble.lift()
        assert self._asked(kind) == before + 1
        self._clock.advance(5)
        return self._checked(order, await self._adapter.find_order(order))

    def _trouble(self, kind: str) -> Trouble:
        carried_out = self._random.random() < 0.5
        if self._random.random() < 0.3:
            code, words, status = self._random.choice(CODES)
            return self._simulator.refuse(
                kind, code=code, message=words, status=status, carried_out=carried_out
            )
        fault = self._random.choice(FAULTS)
        return self._simulator.fail(kind, fault, carried_out=carried_out, delay=0.001)

    async def _ask(self, kind: str, order: Order, changes: OrderChanges) -> Receipt | None:
        if kind == "place":
            return await self._adapter.place_order(order)
        if kind == "modify":
            return await self._adapter.modify_order(order, changes)
        await self._adapter.cancel_order(order)
        return None

    def _asked(self, kind: str) -> int:
        counts = {
            "place": self._simulator.orders_received,
            "cancel": self._simulator.cancels_received,
            "modify": self._simulator.modifies_received,
        }
        return counts[kind]

    def _checked(self, order: Order, told: LookUp) -> Order:
        """What was read back is what stands in the book."""
        known = self._present(order)
        if known is None:
            assert told == Absent()
            return replace(order, state=_S.UNKNOWN)
        assert isinstance(told, Found)
        assert told.receipt.broker_order_id == str(known.id)
        assert told.receipt.state is STATES[known.status]
        assert told.receipt.limit_price == known.ticket.limit
        return replace(with_receipt(order, told.receipt, self._clock.now()), intent=None)

    def _present(self, order: Order) -> Simulated | None:
        """The newest that the order became; our ids of its changes begin with its own."""
        ours = [
            one for one in self._simulator.orders if one.client_order_id.startswith(order.order_id)
        ]
        return ours[-1] if ours else None


def _unheard(changes: OrderChanges, clock: ManualClock) -> Intent:
    return Intent(
        kind=IntentKind.MODIFY,
        origin_key="click",
        state=IntentState.UNKNOWN,
        at=clock.now(),
        changes=changes,
    )


@pytest.mark.parametrize("seed", [1, 2])
async def test_one_request_each_and_the_truth_afterwards(
    adapter: EtradeAdapter,
    anna: Person,
    simulator: EtradeSimulator,
    clock: ManualClock,
    seed: int,
) -> None:
    anna.account.cash = Decimal(10) ** 9
    for token in simulator.office.access.values():
        token.dies_at = clock.now() + timedelta(days=30)  # midnights are no part of this
    campaign = Campaign(adapter, simulator, anna, clock, seed)

    for _ in range(ROUNDS):
        await campaign.round()
        clock.advance(400)

    assert campaign.unknown > ROUNDS
    ids = [order.client_order_id for order in simulator.orders]
    assert len(ids) == len(set(ids))
