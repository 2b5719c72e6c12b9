"""The contract of brokers on a wire: whatever goes wrong, a request that moves money is sent once.

The tries that reads get are switched on here as they are in service, and so is everything else
that stands between a command and the wire.
"""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from itertools import product
from typing import Final

import pytest
import stamina

from floorbroker.brokers.port import BrokerAdapter
from floorbroker.brokers.shared.breaker import Breaker
from floorbroker.brokers.shared.watched import TRIES, WatchedAdapter
from floorbroker.brokers.spec import BrokerSpec, Capability
from floorbroker.domain.errors import NotSupported, OrderRejected, OutcomeUnknown
from floorbroker.domain.order import Order
from floorbroker.domain.order_life import with_receipt
from floorbroker.domain.order_state import WORKING
from floorbroker.domain.orders import Found, OrderChanges
from floorbroker.domain.portfolio import BrokerAccount
from floorbroker.observability.metrics import Metrics
from tests.contract.at_simulator import AtSimulator
from tests.contract.contract import BrokerContract
from tests.fakes.clock import ManualClock
from tests.simulators.serving import Fault

FAULTS: Final = (
    Fault.INTERNAL_ERROR,
    Fault.BAD_GATEWAY,
    Fault.UNAVAILABLE,
    Fault.GATEWAY_TIMEOUT,
    Fault.TOO_MANY_REQUESTS,
    Fault.RESET,
    Fault.CLOSE,
    Fault.INVALID_JSON,
    Fault.EMPTY_BODY,
)
A_MINUTE: Final = 61
"""So long after a fault, every broker's demand to be left alone is over."""


class WireContract(BrokerContract):
    """All of the contract, and no request of an order's is ever repeated."""

    @pytest.mark.parametrize("kind", ["place", "cancel", "modify"])
    async def test_no_request_about_an_order_is_repeated(
        self,
        adapter: BrokerAdapter,
        account: BrokerAccount,
        resting: Order,
        sabotage: AtSimulator,
        spec: BrokerSpec,
        clock: ManualClock,
        pass_time: Callable[[], Awaitable[None]],
        kind: str,
    ) -> None:
        if kind == "modify" and Capability.MODIFY not in spec.capabilities:
            with pytest.raises(NotSupported):
                await _asked(adapter, kind, resting)
            return
        for fault, carried_out in product(FAULTS, (True, False)):
            order = self.order(account, resting.request)
            if kind != "place":
                order = with_receipt(order, await adapter.place_order(order), clock.now())
            watched = WatchedAdapter(adapter, spec.id, Metrics(), breaker=Breaker(clock))
            before = sabotage.received(kind)
            trouble = sabotage.fail(kind, fault, carried_out=carried_out)

            with stamina.set_testing(True, attempts=TRIES):
                await _asked(watched, kind, order)

            trouble.lift()
            assert sabotage.received(kind) == before + 1, (fault, carried_out)
            clock.advance(A_MINUTE)
            await _canceled(adapter, order)
            await pass_time()


async def _asked(adapter: BrokerAdapter, kind: str, order: Order) -> None:
    price = order.request.limit_price
    assert price is not None
    try:
        if kind == "place":
            await adapter.place_order(order)
        elif kind == "cancel":
            await adapter.cancel_order(order)
        else:
            await adapter.modify_order(order, OrderChanges(limit_price=price + 1))
    except (OutcomeUnknown, OrderRejected):
        pass


async def _canceled(adapter: BrokerAdapter, order: Order) -> None:
    """Makes room for the next one."""
    found = await adapter.find_order(order)
    if isinstance(found, Found) and found.receipt.state in WORKING:
        await adapter.cancel_order(replace(order, broker_order_id=found.receipt.broker_order_id))
