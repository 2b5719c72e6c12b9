"""Orders read back: by Coinbase's id, by ours, and what proves no absence."""

from dataclasses import replace
from datetime import timedelta

import pytest

from floorbroker.brokers.coinbase.adapter import CoinbaseAdapter
from floorbroker.domain.errors import ApiError, BrokerError
from floorbroker.domain.ids import OrderId
from floorbroker.domain.order import Order
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.orders import Absent, Ambiguous
from tests.brokers.coinbase.at_coinbase import asked_for, bodies, request
from tests.brokers.coinbase.conftest import Ordering
from tests.brokers.coinbase.following import looked_at, placed
from tests.fakes.clock import NOON, ManualClock
from tests.simulators.coinbase import CoinbaseSimulator, Fault


async def test_an_order_is_found_by_coinbases_id_with_one_question(
    adapter: CoinbaseAdapter, resting: Order, simulator: CoinbaseSimulator
) -> None:
    stored = await placed(adapter, resting)
    before = len(simulator.received)

    await looked_at(adapter, stored)

    (one,) = simulator.received[before:]
    assert one.path.endswith(f"/orders/historical/{stored.broker_order_id}")


@pytest.mark.parametrize("status", ["PENDING", "QUEUED", "OPEN", "CANCEL_QUEUED", "EDIT_QUEUED"])
async def test_without_coinbases_id_an_order_is_found_whatever_its_state(
    adapter: CoinbaseAdapter, resting: Order, simulator: CoinbaseSimulator, status: str
) -> None:
    await adapter.place_order(resting)
    simulator.set_status(resting.order_id, status)

    assert (await looked_at(adapter, resting)).state is OrderState.ACCEPTED


async def test_without_coinbases_id_an_ended_order_is_found_too(
    adapter: CoinbaseAdapter, resting: Order, simulator: CoinbaseSimulator
) -> None:
    await adapter.place_order(resting)
    simulator.fill(resting.order_id, None, "50000")

    assert (await looked_at(adapter, resting)).state is OrderState.FILLED


async def test_an_order_behind_hundreds_of_others_is_found(
    adapter: CoinbaseAdapter, resting: Order, simulator: CoinbaseSimulator
) -> None:
    await adapter.place_order(resting)
    model = simulator.order(resting.order_id)
    for number in range(350):
        simulator.orders.append(
            replace(model, id=f"00000000-0000-4000-8000-{number:012d}", client_order_id="")
        )

    told = await looked_at(adapter, resting)

    assert told.broker_order_id == model.id
    assert asked_for(simulator, "/orders/historical/batch") == 4


async def test_only_orders_of_the_time_when_it_was_sent_are_looked_through(
    adapter: CoinbaseAdapter, resting: Order, simulator: CoinbaseSimulator, clock: ManualClock
) -> None:
    await adapter.place_order(resting)
    clock.advance(30 * 24 * 3600)

    await looked_at(adapter, resting)

    query = simulator.received[-1].raw_query
    assert f"start_date={NOON - timedelta(minutes=5):%Y-%m-%dT%H}" in query
    assert f"end_date={NOON + timedelta(hours=1):%Y-%m-%dT%H}" in query
    assert "order_status" not in query
    assert "product_ids" not in query


async def test_a_list_that_is_not_read_to_its_end_proves_no_absence(
    adapter: CoinbaseAdapter, resting: Order, simulator: CoinbaseSimulator, clock: ManualClock
) -> None:
    await adapter.place_order(resting)
    model = simulator.order(resting.order_id)
    for number in range(2100):
        simulator.orders.append(
            replace(model, id=f"00000000-0000-4000-8000-{number:012d}", client_order_id="")
        )

    with pytest.raises(ApiError):
        await adapter.find_order(resting)


async def test_an_id_that_coinbase_does_not_show_yet_is_looked_for_by_ours(
    adapter: CoinbaseAdapter, resting: Order
) -> None:
    receipt = await adapter.place_order(resting)
    stale = replace(resting, broker_order_id="00000000-0000-4000-8000-000000000000")

    assert (await looked_at(adapter, stale)).broker_order_id == receipt.broker_order_id


async def test_several_orders_of_our_id_are_for_the_person_to_decide(
    adapter: CoinbaseAdapter, resting: Order, simulator: CoinbaseSimulator
) -> None:
    await adapter.place_order(resting)
    await adapter.cancel_order(resting)
    model = simulator.order(resting.order_id)
    simulator.orders.append(
        replace(model, id="00000000-0000-4000-8000-000000000001", status="OPEN")
    )

    found = await adapter.find_order(resting)

    assert isinstance(found, Ambiguous)
    assert {one.state for one in found.candidates} == {OrderState.ACCEPTED, OrderState.CANCELED}


async def test_reads_that_lag_say_nothing_but_absent(
    adapter: CoinbaseAdapter, resting: Order, simulator: CoinbaseSimulator
) -> None:
    simulator.let_reads_lag()
    stored = await placed(adapter, resting)
    soon = await adapter.find_order(stored)
    simulator.let_reads_catch_up()

    assert soon == Absent()
    assert (await looked_at(adapter, stored)).state is OrderState.ACCEPTED


@pytest.mark.parametrize("fault", [Fault.BAD_GATEWAY, Fault.EMPTY_OBJECT, Fault.LIST, Fault.CLOSE])
@pytest.mark.parametrize("by_their_id", [True, False])
async def test_an_order_that_cannot_be_read_is_not_absent(
    adapter: CoinbaseAdapter,
    resting: Order,
    simulator: CoinbaseSimulator,
    fault: Fault,
    by_their_id: bool,
) -> None:
    stored = await placed(adapter, resting)
    simulator.fail("read", fault)

    with pytest.raises(BrokerError):
        await adapter.find_order(stored if by_their_id else resting)


async def test_an_answer_about_another_order_says_nothing_about_ours(
    adapter: CoinbaseAdapter, resting: Order, simulator: CoinbaseSimulator
) -> None:
    stored = await placed(adapter, resting)
    simulator.order(resting.order_id).client_order_id = "somebody-elses"

    with pytest.raises(ApiError):
        await adapter.find_order(stored)


async def test_an_order_without_an_id_of_ours_is_not_looked_for(
    adapter: CoinbaseAdapter, ordered: Ordering, simulator: CoinbaseSimulator
) -> None:
    with pytest.raises(ApiError):
        await adapter.find_order(ordered(request(), order_id=OrderId(" ")))

    assert bodies(simulator, "/orders") == []


async def test_an_order_of_another_portfolio_is_not_ours(
    adapter: CoinbaseAdapter, resting: Order, simulator: CoinbaseSimulator
) -> None:
    stored = await placed(adapter, resting)
    known = simulator.order(resting.order_id)
    other = simulator.add_portfolio(known.person, "Savings")
    known.portfolio = other
    for key in known.person.keys:
        key.portfolio = other  # the key shows it, and it is not the one that was reviewed

    with pytest.raises(ApiError):
        await adapter.find_order(stored)


@pytest.mark.parametrize(
    ("status", "reason", "message", "state", "words"),
    [
        ("CANCELLED", "", "", OrderState.CANCELED, ""),
        ("CANCELLED", "", "User requested cancel", OrderState.CANCELED, ""),
        ("CANCELLED", "", "Post only mode", OrderState.CANCELED, "Post only mode"),
        ("EXPIRED", "", "", OrderState.EXPIRED, ""),
        ("FAILED", "TOO_MANY_OPEN_ORDERS", "", OrderState.REJECTED, "too many open orders"),
        ("FAILED", "SOMETHING_NEW", "", OrderState.REJECTED, "Something new."),
        ("FAILED", "REJECT_REASON_UNSPECIFIED", "", OrderState.REJECTED, "gives no reason"),
        ("FILLED", "", "", OrderState.CANCELED, "ended it with 0 of 0.1 filled"),
        ("MARINATING", "", "", OrderState.ACCEPTED, ""),
        ("UNKNOWN_ORDER_STATUS", "", "", OrderState.ACCEPTED, ""),
    ],
)
async def test_a_state_is_told_with_coinbases_reason(
    adapter: CoinbaseAdapter,
    resting: Order,
    simulator: CoinbaseSimulator,
    status: str,
    reason: str,
    message: str,
    state: OrderState,
    words: str,
) -> None:
    stored = await placed(adapter, resting)
    simulator.set_status(resting.order_id, status, message)
    simulator.order(resting.order_id).reject_reason = reason

    told = await looked_at(adapter, stored)

    assert told.state is state
    assert words in told.reason
    assert bool(words) is bool(told.reason)
