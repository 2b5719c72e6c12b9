"""Connecting, whose account it is, and letting go."""

from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from floorbroker.brokers.alpaca.adapter import AlpacaAdapter
from floorbroker.brokers.shared.transport import Transport
from floorbroker.domain.connections import ConnectionState
from floorbroker.domain.error_codes import ErrorCode
from floorbroker.domain.errors import (
    ApiError,
    AuthenticationFailed,
    BrokerConnectionError,
    BrokerError,
    NotSent,
    OrderRejected,
)
from floorbroker.domain.ids import AccountId
from floorbroker.domain.modes import Environment
from tests.brokers.alpaca.at_alpaca import KEY, SECRET, adapter_at, order_of, request
from tests.brokers.shared.certificates import self_signed
from tests.fakes.clock import ManualClock
from tests.simulators.alpaca import AlpacaSimulator, Fault, Person


async def test_a_wrong_secret_is_told_as_refused_access(
    simulator: AlpacaSimulator, anna: Person, transport: Transport, clock: ManualClock
) -> None:
    url, data = simulator.url, simulator.data_url
    adapter = adapter_at(url, data, transport, clock, secret=f"{SECRET}x")

    with pytest.raises(AuthenticationFailed):
        await adapter.connect()

    assert adapter.status().state is ConnectionState.FAILED


@pytest.mark.parametrize(
    ("environment", "key", "words"),
    [
        (Environment.PAPER, "AKANNA00000000000001", "not for paper trading"),
        (Environment.LIVE, "PKANNA00000000000001", "for paper trading only"),
        (Environment.PAPER, "ZZANNA00000000000001", "does not accept these keys"),
    ],
)
async def test_keys_of_the_other_environment_are_told_as_such(
    transport: Transport,
    clock: ManualClock,
    environment: Environment,
    key: str,
    words: str,
) -> None:
    async with AlpacaSimulator(environment=environment.value, now=clock.now) as simulator:
        other = "live" if environment is Environment.PAPER else "paper"
        simulator.add_person(key, SECRET, environment=other)
        adapter = adapter_at(
            simulator.url,
            simulator.data_url,
            transport,
            clock,
            key=key,
            environment=environment,
        )

        with pytest.raises(AuthenticationFailed, match=words):
            await adapter.connect()


@pytest.mark.parametrize("fault", [Fault.BAD_GATEWAY, Fault.INVALID_JSON, Fault.EMPTY_OBJECT])
async def test_a_page_of_somebody_elses_proves_no_connection(
    adapter: AlpacaAdapter, simulator: AlpacaSimulator, fault: Fault
) -> None:
    simulator.fail("/v2/account", fault)

    with pytest.raises(ApiError):
        await adapter.connect()

    assert not adapter.status().healthy


async def test_a_revoked_key_is_refused_for_orders_too(
    adapter: AlpacaAdapter, anna: Person, simulator: AlpacaSimulator
) -> None:
    simulator.revoke(KEY)

    with pytest.raises(OrderRejected) as refused:
        await adapter.place_order(order_of(request(), anna.account_id))

    assert refused.value.reason is ErrorCode.AUTHENTICATION_FAILED
    assert simulator.orders == []


async def test_what_alpaca_keeps_the_account_from_is_told_on_connecting(
    adapter: AlpacaAdapter, anna: Person
) -> None:
    anna.overrides = {"trading_blocked": True}
    anna.settings["fractional_trading"] = False

    await adapter.connect()

    assert adapter.status().healthy
    assert adapter.status().detail == (
        "Alpaca has blocked its orders. Parts of shares are switched off in its settings at Alpaca."
    )


async def test_short_sales_follow_the_persons_own_settings(
    adapter: AlpacaAdapter, anna: Person
) -> None:
    (before,) = await adapter.accounts()
    anna.settings["no_shorting"] = True
    (after,) = await adapter.accounts()

    assert before.may_short
    assert not after.may_short
    assert before.number == anna.account_number


async def test_nothing_is_asked_for_another_account_than_the_keys_open(
    adapter: AlpacaAdapter, anna: Person, simulator: AlpacaSimulator
) -> None:
    order = order_of(request(), "00000000-0000-4000-8000-000000000000")
    (account,) = await adapter.accounts()
    other = replace(account, account_id=AccountId("00000000-0000-4000-8000-000000000000"))

    with pytest.raises(NotSent):
        await adapter.place_order(order)
    with pytest.raises(NotSent):
        await adapter.cancel_order(order)
    # Absence in another account would prove nothing about ours.
    with pytest.raises(BrokerError):
        await adapter.find_order(order)
    for reading in (adapter.balances, adapter.positions, adapter.open_orders):
        with pytest.raises(BrokerError):
            await reading(other)

    assert simulator.orders_received + simulator.cancels_received == 0


async def test_before_connecting_it_is_not_known_whose_account_it_is(
    simulator: AlpacaSimulator, anna: Person, transport: Transport, clock: ManualClock
) -> None:
    adapter = adapter_at(simulator.url, simulator.data_url, transport, clock)

    with pytest.raises(NotSent):
        await adapter.place_order(order_of(request(), anna.account_id))

    assert simulator.received == []


async def test_a_closed_adapter_asks_nothing_and_has_forgotten_the_keys(
    adapter: AlpacaAdapter, anna: Person, simulator: AlpacaSimulator
) -> None:
    asked = len(simulator.received)

    await adapter.close()

    with pytest.raises(NotSent):
        await adapter.place_order(order_of(request(), anna.account_id))
    with pytest.raises(BrokerConnectionError):
        await adapter.connect()
    with pytest.raises(BrokerConnectionError):
        await adapter.search_instruments("AAPL")
    assert len(simulator.received) == asked
    assert SECRET not in str(vars(adapter._client._sdk))


async def test_fifty_people_share_one_pool_of_connections(
    clock: ManualClock, tmp_path: Path
) -> None:
    certificate = self_signed(tmp_path)
    with closing(Transport(certificate.for_client())) as transport:
        server = certificate.for_server()
        async with AlpacaSimulator(now=clock.now, ssl_context=server) as simulator:
            for number in range(50):
                key = f"PKPERSON{number:012d}"
                simulator.add_person(key, SECRET)
                adapter = adapter_at(simulator.url, simulator.data_url, transport, clock, key=key)
                await adapter.connect()
                await adapter.close()

            assert len(simulator.received) == 100
            assert simulator.handshakes <= 2  # an account and its settings are read at once
