"""Reading back without an id in any answer: one fits, several fit, none fits, and never a guess."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from floorbroker.brokers.etrade.adapter import EtradeAdapter
from floorbroker.domain.errors import BrokerError, NotSent, OutcomeUnknown
from floorbroker.domain.order_life import with_receipt
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.orders import (
    Absent,
    Ambiguous,
    Found,
    OrderChanges,
    Side,
)
from floorbroker.domain.portfolio import BrokerAccount
from tests.brokers.etrade.at_etrade import CALL, order_of, request, resting_request
from tests.brokers.etrade.following import elsewhere, unanswered
from tests.fakes.clock import NOON, ManualClock
from tests.simulators.etrade import EtradeSimulator, Fault, Person
from tests.simulators.etrade.faults import ORDER_DETAILS


async def test_the_only_order_that_fits_is_found(
    adapter: EtradeAdapter, simulator: EtradeSimulator, anna: Person
) -> None:
    order = await unanswered(adapter, simulator, anna)

    found = await adapter.find_order(order)

    assert isinstance(found, Found)
    assert found.receipt.broker_order_id == str(simulator.order(order.order_id).id)
    assert found.receipt.state is OrderState.ACCEPTED
    assert found.by_terms


async def test_an_order_that_was_found_by_its_id_is_certain(
    adapter: EtradeAdapter, anna: Person
) -> None:
    order = order_of(resting_request(), anna.account)
    order = with_receipt(order, await adapter.place_order(order), NOON)

    found = await adapter.find_order(order)

    assert isinstance(found, Found)
    assert not found.by_terms


async def test_what_was_found_by_its_terms_alone_is_kept_from_no_other_order(
    adapter: EtradeAdapter, simulator: EtradeSimulator, anna: Person
) -> None:
    first = await unanswered(adapter, simulator, anna)
    second = order_of(resting_request(), anna.account)

    found = [await adapter.find_order(order) for order in (first, second)]

    assert [isinstance(one, Found) and one.by_terms for one in found] == [True, True]


@pytest.mark.parametrize(
    "terms",
    [
        {"symbol": "F"},
        {"action": "SELL"},
        {"quantity": "11"},
        {"limit": "150.01"},
        {"limit": None},
    ],
    ids=str,
)
async def test_an_order_of_other_terms_does_not_fit(
    adapter: EtradeAdapter, simulator: EtradeSimulator, anna: Person, terms: dict[str, Any]
) -> None:
    elsewhere(simulator, anna, **terms)

    assert await adapter.find_order(order_of(resting_request(), anna.account)) == Absent()


@pytest.mark.parametrize(
    ("placed_after", "fits"),
    [(-61, False), (-59, True), (0, True), (299, True), (301, False)],
)
async def test_an_order_fits_from_a_minute_before_sending_for_as_long_as_one_can_take(
    adapter: EtradeAdapter,
    simulator: EtradeSimulator,
    anna: Person,
    clock: ManualClock,
    placed_after: int,
    fits: bool,
) -> None:
    clock.advance(placed_after)
    other = elsewhere(simulator, anna)
    clock.move_to(NOON + timedelta(minutes=10))

    found = await adapter.find_order(order_of(resting_request(), anna.account))

    assert isinstance(found, Found if fits else Absent)
    if isinstance(found, Found):
        assert found.receipt.broker_order_id == str(other.id)


async def test_several_that_fit_are_left_to_the_person(
    adapter: EtradeAdapter, simulator: EtradeSimulator, anna: Person
) -> None:
    order = await unanswered(adapter, simulator, anna)
    other = elsewhere(simulator, anna)

    found = await adapter.find_order(order)

    assert isinstance(found, Ambiguous)
    assert {one.broker_order_id for one in found.candidates} == {
        str(simulator.order(order.order_id).id),
        str(other.id),
    }


async def test_one_that_is_known_to_be_another_order_of_ours_is_not_this_one(
    adapter: EtradeAdapter, simulator: EtradeSimulator, anna: Person
) -> None:
    first = order_of(resting_request(), anna.account)
    await adapter.place_order(first)
    trouble = simulator.fail("place", Fault.CLOSE, carried_out=False)
    second = order_of(resting_request(), anna.account)
    with pytest.raises(OutcomeUnknown):
        await adapter.place_order(second)
    trouble.lift()

    assert await adapter.find_order(second) == Absent()
    assert isinstance(await adapter.find_order(first), Found)


async def test_a_known_order_is_no_candidate_in_an_adapter_that_looked_it_up(
    adapter: EtradeAdapter, simulator: EtradeSimulator, anna: Person
) -> None:
    other = elsewhere(simulator, anna)
    known = replace(order_of(resting_request(), anna.account), broker_order_id=str(other.id))
    await adapter.find_order(known)

    assert await adapter.find_order(order_of(resting_request(), anna.account)) == Absent()


async def test_what_was_never_sent_and_what_only_was_previewed_is_absent(
    adapter: EtradeAdapter, simulator: EtradeSimulator, anna: Person
) -> None:
    order = order_of(resting_request(), anna.account)
    await adapter.preview_order(order)

    assert await adapter.find_order(order) == Absent()
    assert simulator.orders == []


async def test_lists_that_lag_show_it_later(
    adapter: EtradeAdapter, simulator: EtradeSimulator, anna: Person
) -> None:
    simulator.let_reads_lag()
    order = await unanswered(adapter, simulator, anna)

    before = await adapter.find_order(order)
    simulator.let_reads_catch_up()
    after = await adapter.find_order(order)

    assert before == Absent()
    assert isinstance(after, Found)


@pytest.mark.parametrize("status", ["EXECUTED", "CANCELLED", "EXPIRED", "REJECTED"])
async def test_ended_orders_are_found_too(
    adapter: EtradeAdapter, simulator: EtradeSimulator, anna: Person, status: str
) -> None:
    order = await unanswered(adapter, simulator, anna)
    if status == "EXECUTED":
        simulator.fill(order.order_id, price="150")
    else:
        simulator.set_status(order.order_id, status)

    found = await adapter.find_order(order)

    assert isinstance(found, Found)
    assert found.receipt.state.final
    if status == "REJECTED":
        assert found.receipt.reason


async def test_should_our_ids_be_told_after_all_they_decide(
    adapter: EtradeAdapter, simulator: EtradeSimulator, account: BrokerAccount, anna: Person
) -> None:
    order = await unanswered(adapter, simulator, anna)
    elsewhere(simulator, anna)
    another = order_of(resting_request(), anna.account)
    await adapter.place_order(another)
    simulator.echo_client_order_ids()

    found = await adapter.find_order(order)
    (listed,) = [
        one for one in await adapter.open_orders(account) if one.order_id == order.order_id
    ]

    assert isinstance(found, Found)
    assert not found.by_terms
    assert found.receipt.broker_order_id == str(simulator.order(order.order_id).id)
    assert listed.receipt.broker_order_id == found.receipt.broker_order_id


async def test_a_contract_is_told_from_its_share_and_from_other_contracts(
    adapter: EtradeAdapter, simulator: EtradeSimulator, anna: Person
) -> None:
    terms = {"instrument": CALL, "quantity": Decimal(1), "limit_price": Decimal(3)}
    order = await unanswered(adapter, simulator, anna, **terms)
    elsewhere(simulator, anna, quantity="1", limit="3")

    assert isinstance(await adapter.find_order(order), Found)


async def test_an_order_that_etrade_does_not_show_by_itself_is_taken_from_the_list(
    adapter: EtradeAdapter, simulator: EtradeSimulator, anna: Person
) -> None:
    order = order_of(resting_request(), anna.account)
    known = with_receipt(order, await adapter.place_order(order), NOON)
    simulator.refuse(ORDER_DETAILS, code=9999, message="No such address.", status=404)

    found = await adapter.find_order(known)

    assert isinstance(found, Found)
    assert found.receipt.state is OrderState.ACCEPTED


async def test_a_known_order_that_is_in_no_list_is_not_called_absent(
    adapter: EtradeAdapter, simulator: EtradeSimulator, anna: Person
) -> None:
    order = replace(order_of(resting_request(), anna.account), broker_order_id="77")

    with pytest.raises(BrokerError):
        await adapter.find_order(order)


async def test_ids_begin_anew_in_every_account_and_are_not_mixed_up(
    adapter: EtradeAdapter, simulator: EtradeSimulator, anna: Person
) -> None:
    ben = simulator.add_person("ben")
    elsewhere(simulator, ben, symbol="F")
    order = order_of(resting_request(), anna.account)

    receipt = await adapter.place_order(order)

    assert receipt.broker_order_id == str(simulator.orders[0].id) == "1"
    found = await adapter.find_order(with_receipt(order, receipt, NOON))
    assert isinstance(found, Found)
    assert found.receipt.limit_price == 150


async def test_a_request_about_an_order_that_cannot_be_told_is_not_sent(
    adapter: EtradeAdapter, simulator: EtradeSimulator, anna: Person
) -> None:
    order = await unanswered(adapter, simulator, anna)
    elsewhere(simulator, anna)

    with pytest.raises(NotSent):
        await adapter.cancel_order(order)
    with pytest.raises(NotSent):
        await adapter.modify_order(order, OrderChanges(limit_price=Decimal(151)))
    with pytest.raises(NotSent):
        await adapter.cancel_order(order_of(request(), anna.account))

    assert (simulator.cancels_received, simulator.modifies_received) == (0, 0)


async def test_a_side_is_never_mixed_up(
    adapter: EtradeAdapter, simulator: EtradeSimulator, anna: Person
) -> None:
    simulator.give(anna.account, "AAPL", "10")
    elsewhere(simulator, anna, action="SELL")

    buying = order_of(resting_request(side=Side.BUY), anna.account)

    assert await adapter.find_order(buying) == Absent()
