"""Connecting, what a key may do, whose account it is, and letting go."""

from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from floorbroker.brokers.context import BrokerContext
from floorbroker.brokers.kraken.adapter import KrakenAdapter
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
from floorbroker.domain.ids import AccountId, LinkId
from floorbroker.domain.portfolio import BrokerAccount
from tests.brokers.kraken.at_kraken import ACCOUNT, adapter_in, context_at, order_of, request
from tests.brokers.shared.certificates import self_signed
from tests.fakes.clock import NOON, ManualClock
from tests.simulators.kraken import Fault, KrakenSimulator, Person
from tests.simulators.kraken_clients import KEY, OTHER_KEY, OTHER_SECRET, SECRET


@pytest.mark.parametrize(("key", "secret"), [(OTHER_KEY, SECRET), (KEY, OTHER_SECRET)])
async def test_a_wrong_key_and_a_wrong_secret_are_told_as_refused_access(
    context: BrokerContext, key: str, secret: str
) -> None:
    adapter = adapter_in(context, key, secret)

    with pytest.raises(AuthenticationFailed, match="does not accept this key"):
        await adapter.connect()

    assert adapter.status().state is ConnectionState.FAILED


async def test_a_key_that_could_not_read_its_orders_back_is_refused_by_name(
    context: BrokerContext, simulator: KrakenSimulator
) -> None:
    simulator.key(KEY).permissions -= {"query-closed-trades"}
    adapter = adapter_in(context)

    with pytest.raises(AuthenticationFailed, match="query closed orders & trades"):
        await adapter.connect()

    assert not adapter.status().healthy


@pytest.mark.parametrize("snake", [True, False])
async def test_what_a_key_may_do_is_told_in_either_spelling(
    adapter: KrakenAdapter, simulator: KrakenSimulator, clock: ManualClock, snake: bool
) -> None:
    if snake:
        simulator.show_key_info_in_snake_case()
    clock.advance(60)
    key = simulator.key(KEY)

    careful = await adapter.key_rights()
    key.permissions |= {"withdraw-funds"}
    key.permissions -= {"modify-trades"}
    key.ip_allowlist = ["192.0.2.1"]
    key.valid_until = NOON + timedelta(days=7)
    clock.advance(60)
    other = await adapter.key_rights()

    assert (careful.trade, careful.withdraw, careful.ip_restricted) == (True, False, False)
    assert careful.expires_at is None
    assert (other.trade, other.withdraw, other.ip_restricted) == (False, True, True)
    assert other.expires_at == NOON + timedelta(days=7)


@pytest.mark.parametrize("right", ["withdraw-funds", "add-withdraw-address"])
async def test_every_way_out_for_money_counts_as_one(
    adapter: KrakenAdapter, simulator: KrakenSimulator, clock: ManualClock, right: str
) -> None:
    simulator.key(KEY).permissions |= {right}
    clock.advance(60)

    assert (await adapter.key_rights()).withdraw


async def test_the_account_is_krakens_own_id_and_stays_with_another_key(
    adapter: KrakenAdapter,
    account: BrokerAccount,
    context: BrokerContext,
    anna: Person,
    simulator: KrakenSimulator,
) -> None:
    simulator.add_key(anna, OTHER_KEY, OTHER_SECRET)
    other = adapter_in(replace(context, link_id=LinkId("link-2")), OTHER_KEY, OTHER_SECRET)

    (same,) = await other.accounts()

    assert same == account
    assert (account.account_id, account.number) == (ACCOUNT, "AA00 N00G 0000 0000")
    assert (account.currency, account.may_short) == ("USD", False)


@pytest.mark.parametrize("fault", [Fault.BAD_GATEWAY, Fault.INVALID_JSON, Fault.EMPTY_OBJECT])
async def test_a_page_of_somebody_elses_proves_no_connection(
    adapter: KrakenAdapter, simulator: KrakenSimulator, clock: ManualClock, fault: Fault
) -> None:
    simulator.fail("/0/private/GetApiKeyInfo", fault)
    clock.advance(60)

    with pytest.raises(ApiError):
        await adapter.connect()

    assert not adapter.status().healthy


async def test_a_revoked_key_is_refused_for_orders_too(
    adapter: KrakenAdapter, simulator: KrakenSimulator
) -> None:
    simulator.revoke(KEY)

    with pytest.raises(OrderRejected) as refused:
        await adapter.place_order(order_of(request()))

    assert refused.value.reason is ErrorCode.AUTHENTICATION_FAILED
    assert simulator.orders == []


async def test_nothing_is_asked_for_another_account_than_the_key_opens(
    adapter: KrakenAdapter, account: BrokerAccount, simulator: KrakenSimulator
) -> None:
    order = order_of(request(), "AA99N99G99999999")
    other = replace(account, account_id=AccountId("AA99N99G99999999"))

    for asking in (
        adapter.place_order(order),
        adapter.cancel_order(order),
        adapter.preview_order(order),
    ):
        with pytest.raises(NotSent):
            await asking
    # Absence in another account would prove nothing about ours.
    with pytest.raises(BrokerError):
        await adapter.find_order(order)
    for reading in (adapter.balances, adapter.positions, adapter.open_orders):
        with pytest.raises(BrokerError):
            await reading(other)

    assert {one.path for one in simulator.received} == {"/0/private/GetApiKeyInfo"}


async def test_before_connecting_it_is_not_known_whose_account_it_is(
    context: BrokerContext, simulator: KrakenSimulator
) -> None:
    with pytest.raises(NotSent):
        await adapter_in(context).place_order(order_of(request()))

    assert simulator.received == []


async def test_a_closed_adapter_asks_nothing_and_has_forgotten_the_key(
    adapter: KrakenAdapter, simulator: KrakenSimulator
) -> None:
    asked = len(simulator.received)

    await adapter.close()

    with pytest.raises(NotSent):
        await adapter.place_order(order_of(request()))
    with pytest.raises(BrokerConnectionError):
        await adapter.connect()
    with pytest.raises(BrokerConnectionError):
        await adapter.search_instruments("BTC")
    assert len(simulator.received) == asked
    sdk = adapter._client._sdk
    assert not any(secret in f"{vars(sdk)} {vars(adapter)}" for secret in (KEY, SECRET))


async def test_linking_costs_one_of_the_few_requests(
    adapter: KrakenAdapter, simulator: KrakenSimulator
) -> None:
    await adapter.accounts()
    await adapter.key_rights()

    assert len(simulator.received) == 1


async def test_fifty_people_share_one_pool_of_connections(
    clock: ManualClock, tmp_path: Path
) -> None:
    certificate = self_signed(tmp_path)
    with closing(Transport(certificate.for_client())) as transport:
        server = certificate.for_server()
        async with KrakenSimulator(now=clock.now, ssl_context=server) as simulator:
            for number in range(50):
                key = f"kraken-key-{number}"
                simulator.add_person(key, SECRET)
                context = context_at(simulator.url, transport, clock)
                adapter = adapter_in(replace(context, link_id=LinkId(key)), key)
                await adapter.connect()
                await adapter.close()

            assert len(simulator.received) == 50
            assert simulator.handshakes == 1
