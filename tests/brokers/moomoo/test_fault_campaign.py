"""Hundreds of orders, changes and cancels through everything that goes wrong, in any order.

However each of them ends, one request leaves for it, and what is read back in the end is what
stands in moomoo's book.
"""

from dataclasses import replace
from decimal import Decimal
from random import Random
from typing import Final

import pytest

from floorbroker.brokers.moomoo.adapter import MoomooAdapter
from floorbroker.domain.errors import NotSent, OrderRejected, OutcomeUnknown
from floorbroker.domain.modes import Environment
from floorbroker.domain.order import Intent, IntentKind, IntentState, Order
from floorbroker.domain.order_life import with_receipt
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.orders import Absent, Found, LookUp, OrderChanges, Receipt
from tests.brokers.moomoo.at_moomoo import order_of, resting_request
from tests.fakes.clock import NOON
from tests.simulators.opend import Error, Fault, OpenDSimulator

ROUNDS: Final = 100
FAULTS: Final = [
    fault
    for fault in Fault
    # These last until a deadline; `test_faults.py` has them.
    if fault not in {Fault.SILENCE, Fault.SILENCE_AFTER, Fault.LATE}
]
WORDS: Final = ["Request timeout", "Network interruption", "系统繁忙", "Unknown error", ""]
_S = OrderState
STATES: Final = {"SUBMITTED": _S.ACCEPTED, "CANCELLED_ALL": _S.CANCELED}


class Campaign:
    """One order after another; what was asked, and what the book says."""

    def __init__(
        self,
        adapter: MoomooAdapter,
        simulator: OpenDSimulator,
        environment: Environment,
        seed: int,
    ) -> None:
        self._adapter = adapter
        self._simulator = simulator
        self._environment = environment
        self._random = Random(seed)
        self.unknown = 0

    async def round(self) -> None:
        """Places, changes and cancels one order, each perhaps under a fault."""
        order = order_of(resting_request(quantity=Decimal(1)), self._environment)
        order = await self._after("order", order)
        if order.state is not _S.ACCEPTED:
            return
        order = await self._after("change", order)
        await self._after("cancel", order)

    async def _after(self, kind: str, order: Order) -> Order:
        before = self._asked(kind)
        trouble = None
        if self._random.random() < 0.8:
            trouble = self._simulator.fail(kind, self._fault(), times=None)
        doubted = False
        try:
            receipt = await self._ask(kind, order)
        except OutcomeUnknown:
            self.unknown += 1
            doubted = True
        except (NotSent, OrderRejected) as error:
            raise AssertionError(f"{kind} was told as {error!r}") from error
        else:
            order = with_receipt(order, receipt, NOON) if receipt is not None else order
        if trouble is not None:
            trouble.times = 0
        assert self._asked(kind) == before + 1
        asked = _doubted(order, kind) if doubted else order
        return self._checked(order, await self._adapter.find_order(asked))

    def _fault(self) -> Fault | Error:
        if self._random.random() < 0.4:
            return Error(
                self._random.choice(WORDS),
                ret_type=self._random.choice([-1, -100, -200, -400, -500]),
                carried_out=self._random.random() < 0.5,
            )
        return self._random.choice(FAULTS)

    async def _ask(self, kind: str, order: Order) -> Receipt | None:
        if kind == "order":
            return await self._adapter.place_order(order)
        if kind == "cancel":
            await self._adapter.cancel_order(order)
            return None
        price = Decimal(self._random.randint(50, 150)) + Decimal("0.05")
        return await self._adapter.modify_order(order, OrderChanges(limit_price=price))

    def _asked(self, kind: str) -> int:
        counts = {
            "order": self._simulator.orders_received,
            "cancel": self._simulator.cancels_received,
            "change": self._simulator.changes_received,
        }
        return counts[kind]

    def _checked(self, order: Order, told: LookUp) -> Order:
        """What was read back is what stands in the book."""
        try:
            known = self._simulator.order(str(order.order_id))
        except KeyError:
            assert told == Absent()
            return replace(order, state=_S.UNKNOWN)
        assert isinstance(told, Found)
        assert told.receipt.broker_order_id == known.order_id_ex
        assert told.receipt.state is STATES[known.status]
        assert told.receipt.limit_price == known.price
        return with_receipt(order, told.receipt, NOON)


def _doubted(order: Order, kind: str) -> Order:
    """As the service asks about it: unknown itself, or with an intent that is."""
    if kind == "order":
        return replace(order, state=_S.UNKNOWN)
    intent = Intent(
        kind=IntentKind.CANCEL if kind == "cancel" else IntentKind.MODIFY,
        origin_key="interaction-2",
        state=IntentState.UNKNOWN,
        at=NOON,
        changes=None,
    )
    return replace(order, intent=intent)


@pytest.mark.parametrize("environment", list(Environment))
@pytest.mark.parametrize("seed", [1, 2])
async def test_one_request_each_and_the_truth_afterwards(
    adapter: MoomooAdapter,
    live: MoomooAdapter,
    simulator: OpenDSimulator,
    environment: Environment,
    seed: int,
) -> None:
    simulator.locked = False
    mine = adapter if environment is Environment.PAPER else live
    for account_id in simulator.accounts:
        simulator.set_cash(account_id, 10_000_000)
    campaign = Campaign(mine, simulator, environment, seed)

    for _ in range(ROUNDS):
        await campaign.round()

    assert campaign.unknown > ROUNDS / 2
    remarks = [order.remark for order in simulator.orders]
    assert len(remarks) == len(set(remarks))
