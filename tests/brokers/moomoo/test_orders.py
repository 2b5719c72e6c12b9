"""Orders at OpenD: what is read back, what they have filled, and what cannot be asked any more."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from floorbroker.brokers.moomoo.adapter import MoomooAdapter
from floorbroker.domain.errors import NotSent, OrderRejected, OutcomeUnknown
from floorbroker.domain.modes import Environment
from floorbroker.domain.order import Order
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.orders import (
    Absent,
    Ambiguous,
    Found,
    OrderType,
)
from floorbroker.domain.portfolio import BrokerAccount
from tests.brokers.moomoo.at_moomoo import (
    APPLE,
    looked_at,
    order_of,
    placed,
    request,
    resting_request,
    sale_request,
)
from tests.fakes.clock import ManualClock
from tests.simulators.opend import LIVE_ID, PAPER_ID, Fault, OpenDSimulator

_S = OrderState
DAY = timedelta(days=1)
LIVE = Environment.LIVE


async def account_of(adapter: MoomooAdapter) -> BrokerAccount:
    return (await adapter.accounts())[0]


async def test_an_order_travels_with_our_id_as_its_remark(
    adapter: MoomooAdapter, simulator: OpenDSimulator, resting: Order
) -> None:
    receipt = await adapter.place_order(resting)

    known = simulator.order(str(resting.order_id))
    assert known.order_id_ex == receipt.broker_order_id
    assert (known.acc_id, known.trd_env, known.price) == (PAPER_ID, "SIMULATE", Decimal(100))


async def test_an_order_is_found_when_its_answer_never_came(
    adapter: MoomooAdapter, simulator: OpenDSimulator, resting: Order
) -> None:
    simulator.fail("order", Fault.DROP_AFTER)
    with pytest.raises(OutcomeUnknown):
        await adapter.place_order(resting)

    receipt = await looked_at(adapter, replace(resting, state=_S.UNKNOWN))

    assert receipt.state is _S.ACCEPTED
    assert receipt.broker_order_id == simulator.orders[0].order_id_ex


async def test_an_order_that_opend_does_not_list_yet_is_found_past_its_memory(
    adapter: MoomooAdapter, simulator: OpenDSimulator, resting: Order
) -> None:
    simulator.let_lists_lag()
    await adapter.place_order(resting)

    assert isinstance(await adapter.find_order(resting), Found)


async def test_an_order_that_left_the_list_is_found_in_the_history(
    adapter: MoomooAdapter, simulator: OpenDSimulator
) -> None:
    simulator.let_ended_orders_leave()
    order = await placed(adapter, order_of(request()))

    assert (await looked_at(adapter, order)).state is _S.FILLED


async def test_two_orders_with_one_remark_are_for_a_person_to_tell_apart(
    adapter: MoomooAdapter, simulator: OpenDSimulator, resting: Order
) -> None:
    for _ in range(2):
        simulator.place_elsewhere(PAPER_ID, "US.AAPL", remark=str(resting.order_id))

    found = await adapter.find_order(resting)

    assert isinstance(found, Ambiguous)
    assert {one.broker_order_id for one in found.candidates} == {
        one.order_id_ex for one in simulator.orders
    }


async def test_moomoos_id_goes_before_the_remark(
    adapter: MoomooAdapter, simulator: OpenDSimulator, resting: Order
) -> None:
    order = await placed(adapter, resting)
    simulator.place_elsewhere(PAPER_ID, "US.AAPL", remark=str(resting.order_id))

    assert (await looked_at(adapter, order)).broker_order_id == order.broker_order_id


async def test_an_order_of_somebody_elses_remark_is_not_ours(
    adapter: MoomooAdapter, simulator: OpenDSimulator, resting: Order
) -> None:
    simulator.place_elsewhere(PAPER_ID, "US.AAPL", remark="mine")

    assert await adapter.find_order(resting) == Absent()


async def test_an_id_that_left_once_leaves_no_second_time(
    adapter: MoomooAdapter, simulator: OpenDSimulator, resting: Order
) -> None:
    await adapter.place_order(resting)

    with pytest.raises(OutcomeUnknown):
        await adapter.place_order(resting)

    assert simulator.orders_received == 1


async def test_a_refused_id_may_be_sent_again(
    adapter: MoomooAdapter, simulator: OpenDSimulator, resting: Order
) -> None:
    simulator.reject("Insufficient buying power in the account")
    with pytest.raises(OrderRejected, match="Insufficient buying power"):
        await adapter.place_order(resting)

    await adapter.place_order(resting)

    assert simulator.orders_received == 2


async def test_orders_given_in_the_app_are_listed_without_an_id_of_ours(
    adapter: MoomooAdapter, simulator: OpenDSimulator
) -> None:
    simulator.place_elsewhere(PAPER_ID, "US.AAPL", price=Decimal(90), qty=Decimal(5))

    (line,) = await adapter.open_orders(await account_of(adapter))

    assert line.order_id is None
    assert line.description == "Buy 5 AAPL limit 90 day"


async def test_the_lists_of_one_environment_hold_nothing_of_the_other(
    adapter: MoomooAdapter, live: MoomooAdapter, simulator: OpenDSimulator
) -> None:
    simulator.place_elsewhere(LIVE_ID, "US.AAPL")

    assert await adapter.open_orders(await account_of(adapter)) == []
    assert len(await live.open_orders(await account_of(live))) == 1


async def test_an_account_of_the_other_environment_cannot_be_asked_about(
    adapter: MoomooAdapter, live: MoomooAdapter, simulator: OpenDSimulator, live_resting: Order
) -> None:
    with pytest.raises(NotSent, match="other accounts"):
        await adapter.place_order(live_resting)

    assert simulator.orders_received == 0


# Ends


async def test_a_refusal_that_comes_late_has_moomoos_words(
    adapter: MoomooAdapter, simulator: OpenDSimulator, resting: Order
) -> None:
    simulator.fail_on_arrival("This stock cannot be bought now.")
    order = await placed(adapter, resting)

    receipt = await looked_at(adapter, order)

    assert (receipt.state, receipt.reason) == (_S.REJECTED, "This stock cannot be bought now.")


async def test_an_end_that_nobody_here_asked_for_is_explained(
    adapter: MoomooAdapter, simulator: OpenDSimulator, resting: Order
) -> None:
    order = await placed(adapter, resting)
    simulator.end_day()

    receipt = await looked_at(adapter, order)

    assert receipt.state is _S.CANCELED
    assert "its time was over" in receipt.reason


@pytest.mark.parametrize("status", ["TIMEOUT", "UNSUBMITTED", "WAITING_SUBMIT", "DISABLED", "NONE"])
async def test_a_state_that_is_no_end_is_looked_at_again(
    adapter: MoomooAdapter, simulator: OpenDSimulator, resting: Order, status: str
) -> None:
    order = await placed(adapter, resting)
    simulator.set_status(resting.order_id, status)

    assert (await looked_at(adapter, order)).state is _S.ACCEPTED


async def test_what_is_doubted_is_read_past_opends_own_memory(
    adapter: MoomooAdapter, simulator: OpenDSimulator, resting: Order
) -> None:
    order = await placed(adapter, resting)
    before = len(simulator.received)

    await adapter.find_order(replace(order, state=_S.UNKNOWN))

    asked = [one.request.c2s for one in simulator.received[before:]]
    assert [one.refreshCache for one in asked] == [True]


async def test_history_lists_ended_orders_latest_first(
    adapter: MoomooAdapter, simulator: OpenDSimulator, clock: ManualClock
) -> None:
    first = await placed(adapter, order_of(request()))
    clock.advance(60)
    second = await placed(adapter, order_of(request(quantity=Decimal(2))))
    await placed(adapter, order_of(resting_request()))

    lines = await adapter.order_history(
        await account_of(adapter), clock.now() - DAY, clock.now() + DAY
    )

    assert [line.order_id for line in lines] == [second.order_id, first.order_id]
    assert lines[0].instrument.symbol == APPLE.symbol


async def test_what_is_held_can_be_sold(adapter: MoomooAdapter, simulator: OpenDSimulator) -> None:
    simulator.hold(PAPER_ID, "US.AAPL", 5, "150")

    order = await placed(adapter, order_of(sale_request(quantity=Decimal(5))))

    assert (await looked_at(adapter, order)).state is _S.FILLED
    assert simulator.accounts[PAPER_ID].positions == {}


async def test_a_stop_with_real_money_tells_its_trigger(
    live: MoomooAdapter, simulator: OpenDSimulator
) -> None:
    simulator.locked = False
    asked = request(type=OrderType.STOP, stop_price=Decimal("200.5"))
    order = await placed(live, order_of(asked, LIVE))

    assert (await looked_at(live, order)).stop_price == Decimal("200.5")
