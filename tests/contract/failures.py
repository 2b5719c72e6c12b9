"""The contract: silence, refusals and a broker out of reach."""

import pytest

from floorbroker.brokers.port import BrokerAdapter
from floorbroker.domain.errors import (
    BrokerError,
    NotSent,
    OrderRejected,
    OutcomeUnknown,
)
from floorbroker.domain.order import Order
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.orders import (
    Absent,
)
from floorbroker.domain.portfolio import BrokerAccount
from tests.contract.fixtures import BrokerFixtures, Sabotage


class FailureContract(BrokerFixtures):
    """Only proof is a rejection, and only silence after sending is unknown."""

    async def test_an_accepted_order_without_an_answer_is_unknown_and_found_by_reading_back(
        self, adapter: BrokerAdapter, resting: Order, sabotage: Sabotage
    ) -> None:
        sabotage.accept_and_stay_silent()

        with pytest.raises(OutcomeUnknown):
            await adapter.place_order(resting)

        sabotage.work()
        receipt = await self.read_back(adapter, resting)
        assert sabotage.orders_received == 1
        assert receipt.state is OrderState.ACCEPTED

    async def test_a_refusal_is_proof_and_leaves_no_order(
        self, adapter: BrokerAdapter, account: BrokerAccount, resting: Order, sabotage: Sabotage
    ) -> None:
        sabotage.refuse_orders()

        with pytest.raises(OrderRejected) as refusal:
            await adapter.place_order(resting)

        sabotage.work()
        assert refusal.value.message
        assert sabotage.orders_received == 1
        assert resting.order_id not in {o.order_id for o in await adapter.open_orders(account)}

    async def test_an_unreachable_broker_means_that_nothing_was_sent(
        self, adapter: BrokerAdapter, resting: Order, sabotage: Sabotage
    ) -> None:
        sabotage.be_unreachable()

        with pytest.raises(NotSent):
            await adapter.place_order(resting)

        sabotage.work()
        assert await adapter.find_order(resting) == Absent()

    async def test_a_failing_read_is_never_told_as_an_order_error(
        self, adapter: BrokerAdapter, account: BrokerAccount, sabotage: Sabotage
    ) -> None:
        sabotage.be_unreachable()

        with pytest.raises(BrokerError) as failure:
            await adapter.balances(account)

        assert not isinstance(failure.value, (NotSent, OutcomeUnknown, OrderRejected))
