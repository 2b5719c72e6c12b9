"""The contract: connecting and letting go."""

import pytest

from floorbroker.brokers.port import BrokerAdapter
from floorbroker.domain.connections import ConnectionState
from floorbroker.domain.errors import (
    BrokerError,
)
from tests.contract.fixtures import BrokerFixtures, Sabotage


class ConnectionContract(BrokerFixtures):
    """Status tells the truth, and closing never fails."""

    async def test_a_connected_adapter_is_healthy_and_a_closed_one_is_not(
        self, adapter: BrokerAdapter
    ) -> None:
        before = adapter.status()
        await adapter.connect()
        connected = adapter.status()
        await adapter.close()

        assert before.state is ConnectionState.DISCONNECTED
        assert connected.state is ConnectionState.CONNECTED
        assert connected.healthy
        assert adapter.status().state is ConnectionState.DISCONNECTED
        assert not adapter.status().healthy

    async def test_closing_twice_or_unconnected_does_no_harm(self, adapter: BrokerAdapter) -> None:
        await adapter.close()
        await adapter.close()

        assert adapter.status().state is ConnectionState.DISCONNECTED

    async def test_a_failed_connection_is_told_and_leaves_no_connection(
        self, adapter: BrokerAdapter, sabotage: Sabotage
    ) -> None:
        sabotage.be_unreachable()

        with pytest.raises(BrokerError):
            await adapter.connect()

        assert adapter.status().state is not ConnectionState.CONNECTED
        assert not adapter.status().healthy

    async def test_a_broker_that_comes_back_can_be_connected(
        self, adapter: BrokerAdapter, sabotage: Sabotage
    ) -> None:
        sabotage.be_unreachable()
        with pytest.raises(BrokerError):
            await adapter.connect()

        sabotage.work()
        await adapter.connect()

        assert adapter.status().state is ConnectionState.CONNECTED
