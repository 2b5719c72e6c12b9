"""Connecting: whose accounts, which of them, and what happens when access is refused."""

from collections.abc import Mapping

import pytest

from floorbroker.brokers.context import BrokerContext
from floorbroker.brokers.etrade.adapter import EtradeAdapter
from floorbroker.domain.connections import ConnectionState
from floorbroker.domain.errors import (
    ApiError,
    AuthenticationFailed,
    BrokerConnectionError,
    BrokerError,
    NotSent,
    NotSupported,
    OrderRejected,
    SessionExpired,
)
from floorbroker.domain.portfolio import BrokerAccount
from tests.brokers.etrade.at_etrade import adapter_in, credential, order_of, resting_request
from tests.fakes.clock import ManualClock
from tests.simulators.etrade import Account, App, EtradeSimulator, Fault, Person
from tests.simulators.etrade.faults import BALANCE, REVOKE


class Renewing:
    """Tokens as a service renews them: the next of these whenever one is refused."""

    def __init__(self, *given: Mapping[str, str]) -> None:
        self.given = list(given)
        self.refused = 0

    async def current(self) -> Mapping[str, str]:
        return self.given[0]

    async def instead_of(self, refused: Mapping[str, str]) -> Mapping[str, str]:
        self.refused += 1
        if self.given[0] == refused:
            self.given.pop(0)
        if not self.given:
            raise SessionExpired("E*TRADE ends each access after a while.")
        return self.given[0]


async def test_open_brokerage_accounts_are_told_by_their_numbers(
    context: BrokerContext, simulator: EtradeSimulator, app: App, clock: ManualClock
) -> None:
    accounts = [
        Account(id="840104290", mode="MARGIN", name="Growth"),
        Account(id="840104291", mode="CASH"),
        Account(id="840104292", status="CLOSED"),
    ]
    person = simulator.add_person("ben", accounts=accounts)
    adapter = adapter_in(context, credential(simulator.grant(person, app.key), clock.now()))

    await adapter.connect()
    found = await adapter.accounts()

    assert [one.account_id for one in found] == ["840104290", "840104291"]
    assert [one.number for one in found] == ["840104290", "840104291"]
    assert [one.may_short for one in found] == [True, False]
    assert found[0].name == "E*TRADE Growth"
    await adapter.close()


async def test_a_person_without_accounts_has_none(
    context: BrokerContext, simulator: EtradeSimulator, app: App, clock: ManualClock
) -> None:
    nobody = simulator.add_person("nobody", accounts=[])
    adapter = adapter_in(context, credential(simulator.grant(nobody, app.key), clock.now()))

    assert await adapter.accounts() == ()


async def test_an_account_that_the_sign_in_does_not_reach_is_not_asked_about(
    adapter: EtradeAdapter, simulator: EtradeSimulator
) -> None:
    foreign = simulator.add_person("ben").account
    asked = len(simulator.received)

    with pytest.raises(BrokerError):
        await adapter.balances(
            BrokerAccount(account_id=order_of(resting_request(), foreign).account_id, number="1")
        )
    with pytest.raises(BrokerError):
        await adapter.find_order(order_of(resting_request(), foreign))
    with pytest.raises(NotSent):
        await adapter.place_order(order_of(resting_request(), foreign))
    with pytest.raises(NotSent):
        await adapter.cancel_order(order_of(resting_request(), foreign))

    assert len(simulator.received) == asked


@pytest.mark.parametrize("key", ["../../x", "key/orders", "", "a b", "x" * 65, "kéy12345"])
async def test_an_account_key_that_is_none_never_becomes_a_path(
    context: BrokerContext, simulator: EtradeSimulator, app: App, clock: ManualClock, key: str
) -> None:
    person = simulator.add_person("odd", accounts=[Account(key=key)])
    adapter = adapter_in(context, credential(simulator.grant(person, app.key), clock.now()))

    with pytest.raises(ApiError):
        await adapter.connect()

    assert adapter.status().state is ConnectionState.FAILED


async def test_access_that_is_refused_is_renewed_and_the_read_asked_once_more(
    context: BrokerContext, simulator: EtradeSimulator, app: App, anna: Person, clock: ManualClock
) -> None:
    old, new = simulator.grant(anna, app.key), simulator.grant(anna, app.key)
    tokens = Renewing(credential(old, clock.now()), credential(new, clock.now()))
    adapter = adapter_in(context, tokens.given[0], tokens=tokens)
    await adapter.connect()
    simulator.revoke(old)
    asked = len(simulator.received)

    (account,) = await adapter.accounts()

    assert account.number == anna.account.id
    assert tokens.refused == 1
    assert len(simulator.received) == asked + 2


async def test_access_that_is_refused_for_good_ends_the_link(
    context: BrokerContext, simulator: EtradeSimulator, app: App, anna: Person, clock: ManualClock
) -> None:
    one, other = simulator.grant(anna, app.key), simulator.grant(anna, app.key)
    simulator.revoke(one)
    simulator.revoke(other)
    given = [credential(token, clock.now()) for token in (one, other)]

    lasting = adapter_in(context, given[0])
    with pytest.raises(SessionExpired):
        await lasting.connect()
    renewed = adapter_in(context, given[0], tokens=Renewing(*given))
    with pytest.raises(AuthenticationFailed):
        await renewed.connect()

    assert len(simulator.received) == 3


async def test_a_wrong_clock_is_no_dead_access_and_asks_for_no_other(
    context: BrokerContext, simulator: EtradeSimulator, app: App, anna: Person, clock: ManualClock
) -> None:
    tokens = Renewing(credential(simulator.grant(anna, app.key), clock.now()))
    adapter = adapter_in(context, tokens.given[0], tokens=tokens)
    simulator.refuse(
        "read", code=None, message="oauth_problem=timestamp_refused", status=401, times=1
    )

    with pytest.raises(ApiError):
        await adapter.connect()

    assert tokens.refused == 0


async def test_a_dead_link_sends_no_order(
    context: BrokerContext, simulator: EtradeSimulator, app: App, anna: Person, clock: ManualClock
) -> None:
    tokens = Renewing(credential(simulator.grant(anna, app.key), clock.now()))
    adapter = adapter_in(context, tokens.given[0], tokens=tokens)
    await adapter.connect()
    clock.advance(24 * 3600)

    with pytest.raises(NotSent, match="Nothing was sent"):
        await adapter.place_order(order_of(resting_request(), anna.account))

    assert simulator.orders_received == 0
    assert simulator.previews_received == 1


async def test_access_that_is_refused_at_the_place_itself_is_a_refusal_and_not_repeated(
    adapter: EtradeAdapter, simulator: EtradeSimulator, anna: Person
) -> None:
    simulator.refuse("place", code=None, message="oauth_problem=token_rejected", status=401)

    with pytest.raises(OrderRejected):
        await adapter.place_order(order_of(resting_request(), anna.account))

    assert simulator.orders_received == 1
    assert simulator.orders == []


async def test_unlinking_revokes_the_access_and_says_so_only_if_etrade_does(
    adapter: EtradeAdapter, simulator: EtradeSimulator
) -> None:
    (token,) = simulator.office.access.values()
    trouble = simulator.fail(REVOKE, Fault.EMPTY_BODY, carried_out=False)
    with pytest.raises(ApiError):
        await adapter.revoke()
    trouble.lift()

    await adapter.revoke()

    assert token.revoked


async def test_a_closed_adapter_asks_nobody(
    adapter: EtradeAdapter, account: BrokerAccount, simulator: EtradeSimulator, anna: Person
) -> None:
    await adapter.close()
    asked = len(simulator.received)

    with pytest.raises(BrokerConnectionError):
        await adapter.balances(account)
    with pytest.raises(BrokerConnectionError):
        await adapter.revoke()
    with pytest.raises(NotSent):
        await adapter.place_order(order_of(resting_request(), anna.account))

    assert len(simulator.received) == asked


async def test_requests_go_to_the_operators_addresses_and_nowhere_else(
    context: BrokerContext, simulator: EtradeSimulator, app: App, anna: Person, clock: ManualClock
) -> None:
    endpoints = {**context.endpoints, "live": "http://127.0.0.1:1"}
    given = credential(simulator.grant(anna, app.key), clock.now())
    adapter = adapter_in(context, given, endpoints=endpoints)

    with pytest.raises(BrokerConnectionError):
        await adapter.connect()

    assert simulator.received == []


async def test_reads_are_not_repeated_here(
    adapter: EtradeAdapter, account: BrokerAccount, simulator: EtradeSimulator
) -> None:
    trouble = simulator.fail(BALANCE, Fault.UNAVAILABLE)

    with pytest.raises(ApiError):
        await adapter.balances(account)

    assert trouble.hits == 1


@pytest.mark.parametrize(
    "missing", [{"etrade_consumer_key": ""}, {"etrade_consumer_secret": None}], ids=str
)
def test_without_the_operators_key_there_is_no_adapter(
    context: BrokerContext,
    simulator: EtradeSimulator,
    app: App,
    anna: Person,
    clock: ManualClock,
    missing: dict[str, object],
) -> None:
    given = credential(simulator.grant(anna, app.key), clock.now())

    with pytest.raises(NotSupported, match="has not registered"):
        adapter_in(context, given, options={**context.options, **missing})
