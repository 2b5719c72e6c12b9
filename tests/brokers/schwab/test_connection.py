"""Connecting, accounts by their three names, and letting go."""

import pytest

from floorbroker.brokers.context import BrokerContext
from floorbroker.brokers.schwab.accounts import account_id_of, by_id
from floorbroker.brokers.schwab.adapter import SchwabAdapter
from floorbroker.brokers.schwab.answers import AccountNumber
from floorbroker.domain.connections import ConnectionState
from floorbroker.domain.errors import (
    ApiError,
    BrokerConnectionError,
    BrokerError,
    NotSent,
)
from floorbroker.domain.ids import AccountId
from floorbroker.domain.orders import Absent, OrderChanges
from floorbroker.domain.portfolio import BrokerAccount
from tests.brokers.schwab.at_schwab import (
    ACCOUNT,
    ANNAS,
    Access,
    Canned,
    adapter_in,
    order_of,
    request,
    resting_request,
)
from tests.simulators.schwab import CASH, Fault, Person, SchwabSimulator

SECOND = "33334444"


async def test_an_account_is_known_by_neither_number_nor_hash(
    adapter: SchwabAdapter, anna: Person
) -> None:
    (account,) = await adapter.accounts()

    assert account == BrokerAccount(
        account_id=ACCOUNT, number=ANNAS, name="Schwab margin", currency="USD", may_short=True
    )
    assert ANNAS not in account.account_id
    assert account.account_id not in anna.account.hash.lower()


async def test_a_cash_account_may_not_sell_short_and_neither_may_a_restricted_one(
    simulator: SchwabSimulator, context: BrokerContext, access: Access
) -> None:
    bea = simulator.add_person("bea", [SECOND, "55556666"], kind=CASH)
    bea.accounts[1].type, bea.accounts[1].closing_only = "MARGIN", True
    access.given = Access(simulator, bea).given
    adapter = adapter_in(context)
    await adapter.connect()

    accounts = await adapter.accounts()

    assert [one.may_short for one in accounts] == [False, False]


async def test_of_several_accounts_only_those_that_were_ticked_are_there(
    simulator: SchwabSimulator, context: BrokerContext, access: Access
) -> None:
    bea = simulator.add_person("bea", [SECOND, "55556666", "77778888"])
    given = simulator.grant(bea, "appkey0123456789ABCDEFabcdef0123", bea.accounts[:2])
    access.given = {**access.given, "access_token": given["access_token"]}
    adapter = adapter_in(context)
    await adapter.connect()

    accounts = await adapter.accounts()

    assert [one.number for one in accounts] == [SECOND, "55556666"]


async def test_accounts_are_named_once_and_again_when_there_are_others(
    adapter: SchwabAdapter, simulator: SchwabSimulator, access: Access
) -> None:
    bea = simulator.add_person("bea", [SECOND])

    await adapter.accounts()
    await adapter.accounts()
    known = _names_asked(simulator)
    access.given = Access(simulator, bea).given
    accounts = await adapter.accounts()

    assert (known, _names_asked(simulator)) == (1, 2)
    assert [one.number for one in accounts] == [SECOND]


def test_the_name_of_an_account_stays_when_schwab_calls_it_otherwise() -> None:
    told = [AccountNumber(accountNumber=ANNAS, hashValue=letter * 64) for letter in "AB"]

    before, after = (by_id([one]) for one in told)

    assert before.keys() == after.keys() == {ACCOUNT}
    assert before[ACCOUNT].hash != after[ACCOUNT].hash


async def test_two_accounts_of_one_person_never_mix(
    simulator: SchwabSimulator, context: BrokerContext, access: Access
) -> None:
    bea = simulator.add_person("bea", [SECOND, "55556666"])
    access.given = Access(simulator, bea).given
    adapter = adapter_in(context)
    await adapter.connect()
    first, second = await adapter.accounts()
    mine = order_of(resting_request(), account_id_of(SECOND))
    same = order_of(resting_request(), account_id_of("55556666"))

    receipt = await adapter.place_order(mine)

    assert simulator.order(receipt.broker_order_id).account is bea.accounts[0]
    assert [one.receipt.broker_order_id for one in await adapter.open_orders(first)] == [
        receipt.broker_order_id
    ]
    assert await adapter.open_orders(second) == []
    assert await adapter.find_order(same) == Absent()


async def test_an_account_that_this_access_does_not_open_is_not_asked_about(
    adapter: SchwabAdapter, simulator: SchwabSimulator
) -> None:
    simulator.add_person("bea", [SECOND])
    bea = BrokerAccount(account_id=account_id_of(SECOND), number=SECOND)
    order = order_of(request(), account_id_of(SECOND))
    asked = len(simulator.received)

    for sending in (
        adapter.place_order(order),
        adapter.cancel_order(order),
        adapter.modify_order(order, OrderChanges(limit_price=request().quantity)),
        adapter.preview_order(order),
    ):
        with pytest.raises(NotSent, match="does not open that account"):
            await sending
    for reading in (
        adapter.balances(bea),
        adapter.positions(bea),
        adapter.open_orders(bea),
        adapter.find_order(order),
    ):
        with pytest.raises(BrokerError, match="does not open that account"):
            await reading
    assert len(simulator.received) == asked


@pytest.mark.parametrize("named", ["../orders", ANNAS, "", "*"])
async def test_nothing_that_is_no_account_reaches_an_address(
    adapter: SchwabAdapter, simulator: SchwabSimulator, named: str
) -> None:
    asked = len(simulator.received)

    with pytest.raises(NotSent):
        await adapter.place_order(order_of(request(), AccountId(named)))

    assert len(simulator.received) == asked


@pytest.mark.parametrize(
    "fault", [Fault.BAD_GATEWAY, Fault.INVALID_JSON, Fault.EMPTY_OBJECT, Fault.CLOSE]
)
async def test_a_failed_connection_is_told(
    context: BrokerContext, simulator: SchwabSimulator, fault: Fault
) -> None:
    simulator.fail("account_numbers", fault)
    adapter = adapter_in(context)

    with pytest.raises((ApiError, BrokerConnectionError)):
        await adapter.connect()

    assert adapter.status().state is ConnectionState.FAILED
    assert adapter.status().detail


async def test_a_closed_adapter_asks_nothing_and_has_no_access(
    adapter: SchwabAdapter, account: BrokerAccount, access: Access, simulator: SchwabSimulator
) -> None:
    asked = len(simulator.received)

    await adapter.close()

    with pytest.raises(BrokerConnectionError):
        await adapter.balances(account)
    with pytest.raises(NotSent):
        await adapter.place_order(order_of(request()))
    assert len(simulator.received) == asked
    assert adapter._calls._line._tokens is not access


async def test_an_order_that_shows_another_accounts_number_is_not_believed(
    adapter: SchwabAdapter, simulator: SchwabSimulator
) -> None:
    order = order_of(resting_request())
    receipt = await adapter.place_order(order)
    told = {"orderId": int(receipt.broker_order_id), "status": "FILLED", "accountNumber": 33334444}
    simulator.refuse_with("order", Canned(told))

    with pytest.raises(ApiError):
        await adapter.find_order(order)


async def test_another_order_than_the_one_that_was_asked_for_is_not_believed(
    adapter: SchwabAdapter, simulator: SchwabSimulator
) -> None:
    order = order_of(resting_request())
    receipt = await adapter.place_order(order)
    told = {"orderId": int(receipt.broker_order_id) + 1, "status": "FILLED"}
    simulator.refuse_with("order", Canned(told))

    with pytest.raises(ApiError):
        await adapter.find_order(order)


async def test_balances_of_another_account_are_not_believed(
    adapter: SchwabAdapter, account: BrokerAccount, simulator: SchwabSimulator
) -> None:
    figures = {"cashBalance": 1, "liquidationValue": 1, "buyingPower": 1}
    told = {"accountNumber": SECOND, "type": "MARGIN", "currentBalances": figures}
    simulator.refuse_with("account", Canned({"securitiesAccount": told}))

    with pytest.raises(ApiError):
        await adapter.balances(account)


def _names_asked(simulator: SchwabSimulator) -> int:
    return sum(one.path.endswith("/accountNumbers") for one in simulator.received)
