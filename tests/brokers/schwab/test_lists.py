"""Lists of orders: open ones, ended ones, ours and others."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from floorbroker.brokers.context import BrokerContext
from floorbroker.brokers.schwab.adapter import SchwabAdapter
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.portfolio import BrokerAccount
from tests.brokers.schwab.at_schwab import (
    CALL,
    SCHWABS_CALL,
    Access,
    Canned,
    adapter_in,
    order_of,
    request,
    resting_request,
)
from tests.brokers.schwab.told import stamp
from tests.fakes.clock import NOON, ManualClock
from tests.simulators.schwab import Person, SchwabSimulator

DAY = timedelta(days=1)


def body(symbol: str = "MSFT", instruction: str = "BUY", kind: str = "EQUITY") -> dict[str, Any]:
    leg = {
        "instruction": instruction,
        "quantity": 2,
        "instrument": {"symbol": symbol, "assetType": kind},
    }
    return {
        "session": "NORMAL",
        "duration": "GOOD_TILL_CANCEL",
        "orderType": "LIMIT",
        "orderStrategyType": "SINGLE",
        "price": "1.50",
        "orderLegCollection": [leg],
    }


async def test_open_orders_are_everybodys_latest_first(
    adapter: SchwabAdapter,
    account: BrokerAccount,
    simulator: SchwabSimulator,
    anna: Person,
    clock: ManualClock,
) -> None:
    simulator.place_elsewhere(anna.account, body())
    clock.advance(5)
    mine = order_of(resting_request())
    await adapter.place_order(mine)

    ours, theirs = await adapter.open_orders(account)

    assert (ours.order_id, theirs.order_id) == (mine.order_id, None)
    assert ours.description == "Buy 10 AAPL limit 100 day"
    assert theirs.description == "Buy 2 MSFT limit 1.5 good till cancel"
    assert (ours.at, theirs.at) == (NOON + timedelta(seconds=5), NOON)


async def test_an_option_is_told_as_one(
    adapter: SchwabAdapter, account: BrokerAccount, simulator: SchwabSimulator, anna: Person
) -> None:
    simulator.place_elsewhere(anna.account, body(SCHWABS_CALL, "BUY_TO_OPEN", "OPTION"))

    (line,) = await adapter.open_orders(account)

    assert line.instrument.symbol == CALL.symbol
    assert line.instrument.strike == 200


async def test_another_connection_does_not_know_which_are_ours_and_does_not_guess(
    adapter: SchwabAdapter, account: BrokerAccount, context: BrokerContext
) -> None:
    await adapter.place_order(order_of(resting_request()))
    later = adapter_in(context)
    await later.connect()

    (line,) = await later.open_orders(account)

    assert line.order_id is None


async def test_an_old_order_that_still_works_is_listed(
    adapter: SchwabAdapter,
    account: BrokerAccount,
    simulator: SchwabSimulator,
    anna: Person,
    clock: ManualClock,
) -> None:
    simulator.place_elsewhere(anna.account, body())
    clock.advance(170 * DAY.total_seconds())

    assert len(await adapter.open_orders(account)) == 1


async def test_the_history_has_what_ended_within_its_range_latest_end_first(
    adapter: SchwabAdapter,
    account: BrokerAccount,
    access: Access,
    simulator: SchwabSimulator,
    clock: ManualClock,
) -> None:
    early, late, open_one = (order_of(resting_request()) for _ in range(3))
    for order in (early, late, open_one):
        await adapter.place_order(order)
    clock.advance(DAY.total_seconds())
    access.given = Access(simulator, access.person).given
    await adapter.cancel_order(late)
    clock.advance(1)
    await adapter.place_order(order_of(request()))

    all_of_them = await adapter.order_history(account, NOON - DAY, clock.now() + DAY)
    of_the_first_day = await adapter.order_history(account, NOON - DAY, NOON + DAY / 2)

    assert [line.receipt.state for line in all_of_them] == [OrderState.FILLED, OrderState.CANCELED]
    assert all_of_them[1].order_id == late.order_id
    assert of_the_first_day == []
    assert simulator.orders_received == 4


async def test_a_filled_order_is_listed_with_its_fills(
    adapter: SchwabAdapter, account: BrokerAccount, clock: ManualClock
) -> None:
    await adapter.place_order(order_of(request()))

    (line,) = await adapter.order_history(account, NOON - DAY, NOON + DAY)

    assert [fill.price for fill in line.receipt.fills] == [Decimal(190)]


async def test_a_range_of_years_is_cut_to_what_schwab_answers(
    adapter: SchwabAdapter, account: BrokerAccount
) -> None:
    await adapter.place_order(order_of(request()))

    lines = await adapter.order_history(account, NOON - 2000 * DAY, NOON + 2000 * DAY)

    assert len(lines) == 1


async def test_a_range_in_the_future_has_nothing(
    adapter: SchwabAdapter, account: BrokerAccount, simulator: SchwabSimulator
) -> None:
    asked = len(simulator.received)

    assert await adapter.order_history(account, NOON + 400 * DAY, NOON + 401 * DAY) == []
    assert len(simulator.received) == asked


async def test_an_order_of_several_legs_is_one_line(
    adapter: SchwabAdapter, account: BrokerAccount, simulator: SchwabSimulator, anna: Person
) -> None:
    put = "AAPL  260320P00200000"
    legs = [
        body(symbol, "BUY_TO_OPEN", "OPTION")["orderLegCollection"][0]
        for symbol in (SCHWABS_CALL, put)
    ]
    spread = {**body(), "orderType": "NET_DEBIT", "orderLegCollection": legs}
    simulator.place_elsewhere(anna.account, spread)

    (line,) = await adapter.open_orders(account)

    assert line.description == (
        "Buy to open 2 AAPL260320C00200000 and 1 more net debit 1.5 good till cancel"
    )
    assert line.receipt.fills == ()


@pytest.mark.parametrize(
    "odd",
    [
        {"enteredTime": "2026-99-99T00:00:00+0000"},
        {"enteredTime": 5},
        {"orderLegCollection": [{"instrument": {"assetType": "FIXED_INCOME"}}]},
        {"orderLegCollection": [{}]},
    ],
)
async def test_an_order_that_is_odd_hides_no_other(
    adapter: SchwabAdapter, account: BrokerAccount, simulator: SchwabSimulator, odd: dict[str, Any]
) -> None:
    strange = {**body("AAPL"), "orderId": 1, "status": "WORKING", **odd}
    usual = {**body(), "orderId": 2, "status": "WORKING", "enteredTime": stamp(NOON)}
    simulator.refuse_with("orders", Canned([strange, usual]))

    lines = await adapter.open_orders(account)

    assert {line.receipt.broker_order_id for line in lines} == {"1", "2"}
    assert "Buy 2 MSFT limit 1.5 good till cancel" in {line.description for line in lines}


async def test_what_only_holds_others_is_no_line(
    adapter: SchwabAdapter, account: BrokerAccount, simulator: SchwabSimulator
) -> None:
    held = {**body(), "orderId": 2, "status": "WORKING", "enteredTime": stamp(NOON)}
    either = {"orderId": 1, "status": "WORKING", "childOrderStrategies": [held]}
    simulator.refuse_with("orders", Canned([either]))

    lines = await adapter.open_orders(account)

    assert [line.receipt.broker_order_id for line in lines] == ["2"]
