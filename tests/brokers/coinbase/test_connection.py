"""Connecting, what a key may do, whose portfolio it is, and letting go."""

from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from floorbroker.brokers.coinbase.adapter import CoinbaseAdapter
from floorbroker.brokers.context import BrokerContext
from floorbroker.brokers.registry import get_broker
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
    PolicyRefused,
)
from floorbroker.domain.ids import AccountId, LinkId
from floorbroker.domain.order import Order
from floorbroker.domain.portfolio import BrokerAccount
from floorbroker.services.key_lint import refuse_dangerous
from tests.brokers.coinbase.at_coinbase import (
    EC_SECRET,
    KEY,
    SECRET,
    adapter_in,
    asked_for,
    context_at,
    resting_request,
)
from tests.brokers.coinbase.conftest import Ordering
from tests.brokers.shared.certificates import self_signed
from tests.fakes.clock import ManualClock
from tests.simulators.coinbase import EDDSA, CoinbaseSimulator, Fault, Person
from tests.simulators.coinbase.keys import new_api_key, new_secret


@pytest.mark.parametrize(
    ("key", "secret"),
    [(new_api_key(), SECRET), (KEY, new_secret(EDDSA)), (KEY, EC_SECRET)],
    ids=["another key", "another secret", "another algorithm"],
)
async def test_a_wrong_key_and_a_wrong_secret_are_told_as_refused_access(
    context: BrokerContext, key: str, secret: str
) -> None:
    adapter = adapter_in(context, key, secret)

    with pytest.raises(AuthenticationFailed, match="does not accept this key"):
        await adapter.connect()

    assert adapter.status().state is ConnectionState.FAILED


async def test_a_key_of_each_algorithm_connects(
    context: BrokerContext, anna: Person, simulator: CoinbaseSimulator
) -> None:
    of_ecdsa = simulator.add_key(anna, api_secret=EC_SECRET)

    for key in (anna.key, of_ecdsa):
        adapter = adapter_in(context, key.api_key, key.api_secret)
        await adapter.connect()
        assert adapter.status().healthy
        await adapter.close()


async def test_a_key_that_could_not_read_its_orders_back_is_refused_by_name(
    context: BrokerContext, anna: Person
) -> None:
    anna.key.can_view = False
    adapter = adapter_in(context)

    with pytest.raises(AuthenticationFailed, match="needs: View"):
        await adapter.connect()

    assert not adapter.status().healthy


async def test_a_key_that_may_trade_only_is_taken_and_one_that_may_transfer_is_not(
    adapter: CoinbaseAdapter, anna: Person, clock: ManualClock
) -> None:
    careful = await adapter.key_rights()
    anna.key.can_transfer = True
    clock.advance(60)
    dangerous = await adapter.key_rights()

    assert (careful.trade, careful.withdraw) == (True, False)
    assert (careful.ip_restricted, careful.expires_at) == (None, None)
    refuse_dangerous(careful, get_broker("coinbase"))
    with pytest.raises(PolicyRefused, match="may withdraw or transfer money"):
        refuse_dangerous(dangerous, get_broker("coinbase"))


async def test_a_key_that_may_only_look_is_told_as_such(
    adapter: CoinbaseAdapter, anna: Person, clock: ManualClock
) -> None:
    anna.key.can_trade = False
    clock.advance(60)

    with pytest.raises(PolicyRefused, match="may not trade"):
        refuse_dangerous(await adapter.key_rights(), get_broker("coinbase"))


async def test_rights_that_are_not_told_are_never_taken_for_harmless(
    adapter: CoinbaseAdapter, simulator: CoinbaseSimulator, clock: ManualClock
) -> None:
    simulator.fail("/api/v3/brokerage/key_permissions", Fault.EMPTY_OBJECT)
    clock.advance(60)

    with pytest.raises(ApiError):
        await adapter.key_rights()


async def test_the_account_is_the_portfolio_of_the_key_by_its_name(
    account: BrokerAccount, context: BrokerContext, anna: Person, simulator: CoinbaseSimulator
) -> None:
    savings = simulator.add_portfolio(anna, "Savings *bold*")
    key = simulator.add_key(anna, portfolio=savings)
    adapter = adapter_in(replace(context, link_id=LinkId("link-2")), key.api_key, key.api_secret)

    (other,) = await adapter.accounts()

    assert (account.account_id, account.number) == (anna.portfolio.id, anna.portfolio.id)
    assert (account.name, account.currency, account.may_short) == ("Default", "USD", False)
    assert (other.account_id, other.name) == (savings.id, "Savings *bold*")


async def test_another_key_of_the_same_portfolio_opens_the_same_account(
    account: BrokerAccount, context: BrokerContext, anna: Person, simulator: CoinbaseSimulator
) -> None:
    key = simulator.add_key(anna)
    adapter = adapter_in(replace(context, link_id=LinkId("link-2")), key.api_key, key.api_secret)

    assert await adapter.accounts() == (account,)


@pytest.mark.parametrize("fault", [Fault.BAD_GATEWAY, Fault.EMPTY_OBJECT])
async def test_nobody_waits_for_the_name_of_a_portfolio(
    adapter: CoinbaseAdapter, anna: Person, simulator: CoinbaseSimulator, fault: Fault
) -> None:
    simulator.fail("/api/v3/brokerage/portfolios", fault)

    (account,) = await adapter.accounts()

    assert (account.account_id, account.name) == (anna.portfolio.id, "Coinbase")


@pytest.mark.parametrize("fault", [Fault.BAD_GATEWAY, Fault.INVALID_JSON, Fault.EMPTY_OBJECT])
async def test_a_page_of_somebody_elses_proves_no_connection(
    adapter: CoinbaseAdapter, simulator: CoinbaseSimulator, clock: ManualClock, fault: Fault
) -> None:
    simulator.fail("/api/v3/brokerage/key_permissions", fault)
    clock.advance(60)

    with pytest.raises(ApiError):
        await adapter.connect()

    assert not adapter.status().healthy


async def test_a_revoked_key_is_refused_for_orders_too(
    adapter: CoinbaseAdapter, simulator: CoinbaseSimulator, resting: Order
) -> None:
    simulator.revoke(KEY)

    with pytest.raises(OrderRejected) as refused:
        await adapter.place_order(resting)

    assert refused.value.reason is ErrorCode.AUTHENTICATION_FAILED
    assert simulator.orders == []


async def test_nothing_is_asked_for_another_portfolio_than_the_key_opens(
    adapter: CoinbaseAdapter,
    account: BrokerAccount,
    simulator: CoinbaseSimulator,
    anna: Person,
    resting: Order,
) -> None:
    savings = AccountId(simulator.add_portfolio(anna, "Savings", cash="1000").id)
    order, other = replace(resting, account_id=savings), replace(account, account_id=savings)
    before = len(simulator.received)

    for asking in (
        adapter.place_order(order),
        adapter.cancel_order(order),
        adapter.preview_order(order),
    ):
        with pytest.raises(NotSent):
            await asking
    # Absence in another portfolio would prove nothing about ours.
    with pytest.raises(BrokerError):
        await adapter.find_order(order)
    for reading in (adapter.balances, adapter.positions, adapter.open_orders):
        with pytest.raises(BrokerError):
            await reading(other)

    assert len(simulator.received) == before


async def test_before_connecting_it_is_not_known_whose_account_it_is(
    context: BrokerContext, simulator: CoinbaseSimulator, resting: Order
) -> None:
    with pytest.raises(NotSent):
        await adapter_in(context).place_order(resting)

    assert simulator.received == []


async def test_a_closed_adapter_asks_nothing_and_has_forgotten_the_key(
    adapter: CoinbaseAdapter, simulator: CoinbaseSimulator, resting: Order
) -> None:
    asked = len(simulator.received)

    await adapter.close()

    with pytest.raises(NotSent):
        await adapter.place_order(resting)
    with pytest.raises(BrokerConnectionError):
        await adapter.connect()
    with pytest.raises(BrokerConnectionError):
        await adapter.search_instruments("BTC")
    assert len(simulator.received) == asked
    sdk = adapter._client._sdk
    assert not any(secret in f"{vars(sdk)} {vars(adapter)}" for secret in (KEY, SECRET))


async def test_a_request_that_comes_after_the_key_is_gone_never_leaves(
    adapter: CoinbaseAdapter, simulator: CoinbaseSimulator, ordered: Ordering
) -> None:
    await adapter.search_instruments("BTC")
    asked = len(simulator.received)
    adapter._client.forget()  # as close does while a request waits for its thread

    with pytest.raises(NotSent):
        await adapter.place_order(ordered(resting_request()))

    assert len(simulator.received) == asked


async def test_linking_costs_two_requests(
    context: BrokerContext, simulator: CoinbaseSimulator
) -> None:
    adapter = adapter_in(context)

    await adapter.connect()
    await adapter.accounts()
    await adapter.key_rights()

    assert asked_for(simulator, "/key_permissions") == 1
    assert asked_for(simulator, "/portfolios") == 1
    assert len(simulator.received) == 2


async def test_fifty_people_share_one_pool_of_connections(
    clock: ManualClock, tmp_path: Path
) -> None:
    certificate = self_signed(tmp_path)
    with closing(Transport(certificate.for_client())) as transport:
        server = certificate.for_server()
        async with CoinbaseSimulator(now=clock.now, ssl_context=server) as simulator:
            for number in range(50):
                key = simulator.add_person().key
                context = context_at(simulator.url, transport, clock)
                linked = replace(context, link_id=LinkId(f"link-{number}"))
                adapter = adapter_in(linked, key.api_key, key.api_secret)
                await adapter.connect()
                await adapter.close()

            assert len(simulator.received) == 50
            assert simulator.handshakes == 1
