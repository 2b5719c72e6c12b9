"""The access of each request: taken anew, replaced once for a read, never for an order."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace

import pytest

from floorbroker.brokers.context import BrokerContext
from floorbroker.brokers.schwab.adapter import SchwabAdapter
from floorbroker.domain.error_codes import ErrorCode
from floorbroker.domain.errors import (
    AuthenticationFailed,
    BrokerError,
    NotSent,
    NotSupported,
    OrderRejected,
    SessionExpired,
)
from floorbroker.domain.order import Order
from floorbroker.domain.order_life import with_receipt
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.orders import OrderChanges
from floorbroker.domain.portfolio import BrokerAccount
from tests.brokers.schwab.at_schwab import (
    APPLE,
    Access,
    Canned,
    adapter_in,
    order_of,
    request,
    resting_request,
)
from tests.fakes.clock import NOON
from tests.simulators.schwab import Fault, Person, SchwabSimulator


@pytest.fixture
async def placed(adapter: SchwabAdapter, resting: Order) -> Order:
    return with_receipt(resting, await adapter.place_order(resting), NOON)


async def test_each_request_takes_the_access_of_that_moment(
    adapter: SchwabAdapter,
    account: BrokerAccount,
    access: Access,
    simulator: SchwabSimulator,
    anna: Person,
) -> None:
    simulator.end_access(anna)
    access.given = Access(simulator, anna).given

    await adapter.balances(account)
    await adapter.place_order(order_of(resting_request()))

    assert access.asked == 0


async def test_a_read_whose_access_is_refused_is_asked_once_more_with_another(
    adapter: SchwabAdapter,
    account: BrokerAccount,
    access: Access,
    simulator: SchwabSimulator,
    anna: Person,
) -> None:
    simulator.end_access(anna)
    before = len(simulator.received)

    balances = await adapter.balances(account)

    assert balances.cash.amount > 0
    assert access.asked == 1
    assert len(simulator.received) == before + 2


async def test_reads_at_once_ask_for_other_access_once(
    adapter: SchwabAdapter,
    account: BrokerAccount,
    access: Access,
    simulator: SchwabSimulator,
    anna: Person,
) -> None:
    simulator.end_access(anna)

    await asyncio.gather(*(adapter.balances(account) for _ in range(5)))

    assert access.asked == 1


async def test_a_read_is_not_asked_a_third_time(
    adapter: SchwabAdapter, account: BrokerAccount, access: Access, simulator: SchwabSimulator
) -> None:
    simulator.refuse("read", status=401, message="no")
    before = len(simulator.received)

    with pytest.raises(AuthenticationFailed):
        await adapter.balances(account)

    assert len(simulator.received) == before + 2
    assert access.asked == 1


@pytest.mark.parametrize("fault", [Fault.BAD_GATEWAY, Fault.CLOSE, Fault.INVALID_JSON])
async def test_a_read_that_fails_otherwise_is_asked_once(
    adapter: SchwabAdapter,
    account: BrokerAccount,
    access: Access,
    simulator: SchwabSimulator,
    fault: Fault,
) -> None:
    simulator.fail("read", fault)
    before = len(simulator.received)

    with pytest.raises(BrokerError):
        await adapter.balances(account)

    assert len(simulator.received) == before + 1
    assert access.asked == 0


async def test_who_has_to_sign_in_again_hears_it(
    adapter: SchwabAdapter,
    account: BrokerAccount,
    access: Access,
    simulator: SchwabSimulator,
    anna: Person,
) -> None:
    access.renews = False
    simulator.end_access(anna)

    with pytest.raises(SessionExpired):
        await adapter.balances(account)


async def test_an_application_without_market_data_ends_nobodys_link_and_renews_nothing_twice(
    adapter: SchwabAdapter, account: BrokerAccount, access: Access, simulator: SchwabSimulator
) -> None:
    simulator.refuse("data", status=401, message="no")

    for _ in range(3):
        with pytest.raises(NotSupported, match="no market data"):
            await adapter.quote(APPLE)

    assert access.asked == 1
    assert (await adapter.balances(account)).cash.amount > 0


# Orders


@pytest.mark.parametrize("kind", ["place", "cancel", "modify"])
async def test_an_order_whose_access_is_refused_is_rejected_and_the_next_one_works(
    adapter: SchwabAdapter,
    placed: Order,
    access: Access,
    simulator: SchwabSimulator,
    kind: str,
) -> None:
    other = order_of(request())
    trouble = simulator.refuse(kind, status=401, message="Client not authorized")

    with pytest.raises(OrderRejected) as refused:
        if kind == "place":
            await adapter.place_order(other)
        elif kind == "cancel":
            await adapter.cancel_order(placed)
        else:
            await adapter.modify_order(placed, OrderChanges(limit_price=NEW_PRICE))

    received = simulator.orders_received, simulator.cancels_received
    assert refused.value.reason is ErrorCode.AUTHENTICATION_FAILED
    assert access.asked == 1
    assert received == (2 if kind == "place" else 1, 1 if kind == "cancel" else 0)
    assert simulator.replacements_received == (1 if kind == "modify" else 0)
    trouble.lift()
    receipt = await adapter.place_order(order_of(resting_request()))
    assert receipt.state is OrderState.ACCEPTED


NEW_PRICE = resting_request().limit_price


async def test_access_that_is_over_places_nothing(
    adapter: SchwabAdapter, simulator: SchwabSimulator, anna: Person, access: Access
) -> None:
    simulator.end_access(anna)

    with pytest.raises(OrderRejected):
        await adapter.place_order(order_of(request()))

    assert simulator.orders == []
    assert access.asked == 1


async def test_a_refusal_is_told_whatever_becomes_of_the_access(
    adapter: SchwabAdapter, simulator: SchwabSimulator, anna: Person, access: Access
) -> None:
    access.renews = False
    simulator.end_access(anna)

    with pytest.raises(OrderRejected):
        await adapter.place_order(order_of(request()))


async def test_a_401_that_schwab_did_not_write_proves_nothing(
    adapter: SchwabAdapter, simulator: SchwabSimulator, access: Access
) -> None:
    simulator.refuse_with("place", Canned("<html>", status=401), carried_out=True)

    with pytest.raises(BrokerError) as failure:
        await adapter.place_order(order_of(request()))

    assert failure.value.code is ErrorCode.OUTCOME_UNKNOWN
    assert access.asked == 1
    assert simulator.orders_received == 1


@pytest.mark.parametrize(
    "broken", [SessionExpired(broker="schwab"), BrokerError("Schwab does not answer.")]
)
async def test_without_access_no_order_leaves(
    adapter: SchwabAdapter,
    placed: Order,
    access: Access,
    simulator: SchwabSimulator,
    broken: BrokerError,
) -> None:
    access.broken = broken
    before = len(simulator.received)

    for asking in (
        adapter.place_order(order_of(request())),
        adapter.cancel_order(placed),
        adapter.modify_order(placed, OrderChanges(limit_price=NEW_PRICE)),
    ):
        with pytest.raises(NotSent, match=r"[Nn]othing was"):
            await asking

    assert len(simulator.received) == before


class _Slow(Access):
    """Its access takes for ever."""

    async def current(self) -> Mapping[str, str]:
        await asyncio.Event().wait()
        raise AssertionError


async def test_access_that_does_not_come_in_time_means_that_nothing_was_sent(
    context: BrokerContext, adapter: SchwabAdapter, access: Access, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("floorbroker.brokers.schwab.line.PREPARING_SECONDS", 0.01)
    adapter._calls._line._tokens = _Slow(access.simulator, access.person)

    with pytest.raises(NotSent):
        await adapter.place_order(order_of(request()))

    assert access.simulator.orders_received == 0


async def test_two_people_use_their_own_access_and_see_their_own_accounts(
    simulator: SchwabSimulator, context: BrokerContext, access: Access
) -> None:
    bea = simulator.add_person("bea", ["33334444"], cash="7")
    people = {"anna": access, "bea": Access(simulator, bea)}
    adapters = {
        name: adapter_in(replace(context, tokens=tokens)) for name, tokens in people.items()
    }
    for adapter in adapters.values():
        await adapter.connect()

    async def worth(adapter: SchwabAdapter) -> tuple[str, int]:
        (account,) = await adapter.accounts()
        return account.number, int((await adapter.balances(account)).cash.amount)

    for _ in range(10):
        seen = await asyncio.gather(*(worth(adapter) for adapter in adapters.values()))
        assert seen == [("11112222", 100000), ("33334444", 7)]
        simulator.end_access(bea)

    assert access.asked == 0
    about = {(one.person, one.path.split("/")[4]) for one in simulator.received if _one(one.path)}
    assert about >= {("anna", access.person.account.hash), ("bea", bea.account.hash)}
    assert not about & {("bea", access.person.account.hash), ("anna", bea.account.hash)}


def _one(path: str) -> bool:
    """Whether it is about one account."""
    return path.startswith("/trader/v1/accounts/") and not path.endswith("accountNumbers")
