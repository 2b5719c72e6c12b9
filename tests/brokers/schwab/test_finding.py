"""Reading back: by Schwab's id, else by what was asked for, and never by guessing."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from floorbroker.brokers.context import BrokerContext
from floorbroker.brokers.schwab.adapter import SchwabAdapter
from floorbroker.domain.errors import ApiError, BrokerError, OutcomeUnknown
from floorbroker.domain.instruments import AssetClass, Instrument
from floorbroker.domain.order import Order
from floorbroker.domain.order_life import with_receipt
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.orders import Absent, Ambiguous, Found
from tests.brokers.schwab.at_schwab import (
    adapter_in,
    looked_at,
    order_of,
    request,
    resting_request,
)
from tests.fakes.clock import NOON, ManualClock
from tests.simulators.schwab import Fault, Person, SchwabSimulator


def by_hand(**terms: Any) -> dict[str, Any]:
    """The same ten AAPL at 100, as the person orders them in the vendor's own app."""
    leg = {
        "instruction": "BUY",
        "quantity": 10,
        "instrument": {"symbol": "AAPL", "assetType": "EQUITY"},
    }
    usual = {
        "session": "NORMAL",
        "duration": "DAY",
        "orderType": "LIMIT",
        "orderStrategyType": "SINGLE",
        "price": "100",
        "orderLegCollection": [leg],
    }
    return {**usual, **terms}


async def lost(adapter: SchwabAdapter, simulator: SchwabSimulator, order: Order) -> None:
    """`order` is sent and carried out, and its answer gets lost."""
    trouble = simulator.fail("place", Fault.CLOSE)
    with pytest.raises(OutcomeUnknown):
        await adapter.place_order(order)
    trouble.lift()


async def test_an_order_whose_answer_got_lost_is_found_by_what_was_asked_for(
    adapter: SchwabAdapter, context: BrokerContext, simulator: SchwabSimulator, resting: Order
) -> None:
    await lost(adapter, simulator, resting)
    later = adapter_in(context)  # as another process has it
    await later.connect()

    told = await looked_at(later, resting)

    assert told.broker_order_id == str(simulator.orders[0].id)
    assert (told.state, told.limit_price) == (OrderState.ACCEPTED, Decimal(100))


async def test_a_filled_one_is_found_too(
    adapter: SchwabAdapter, simulator: SchwabSimulator
) -> None:
    order = order_of(request())
    await lost(adapter, simulator, order)

    told = await looked_at(adapter, order)

    assert told.state is OrderState.FILLED
    assert sum(fill.quantity for fill in told.fills) == 1


async def test_between_two_that_fit_nobody_guesses(
    adapter: SchwabAdapter, simulator: SchwabSimulator, anna: Person, resting: Order
) -> None:
    await lost(adapter, simulator, resting)
    simulator.place_elsewhere(anna.account, by_hand())

    found = await adapter.find_order(resting)

    assert isinstance(found, Ambiguous)
    assert {one.broker_order_id for one in found.candidates} == {
        str(one.id) for one in simulator.orders
    }


async def test_one_of_two_that_is_known_to_be_another_of_ours_is_no_candidate(
    adapter: SchwabAdapter, simulator: SchwabSimulator, resting: Order
) -> None:
    twin = order_of(resting_request())
    await adapter.place_order(twin)
    await lost(adapter, simulator, resting)

    told = await looked_at(adapter, resting)

    assert told.broker_order_id == str(simulator.orders[1].id)
    assert (await looked_at(adapter, twin)).broker_order_id == str(simulator.orders[0].id)


async def test_what_is_found_by_its_terms_says_so_and_is_not_taken_for_known(
    adapter: SchwabAdapter, simulator: SchwabSimulator, anna: Person, resting: Order
) -> None:
    await lost(adapter, simulator, resting)
    first = await adapter.find_order(resting)
    simulator.place_elsewhere(anna.account, by_hand())

    second = await adapter.find_order(resting)

    assert isinstance(first, Found)
    assert first.by_terms
    assert isinstance(second, Ambiguous)


async def test_one_that_a_person_asks_about_is_shown_and_not_taken_for_known(
    adapter: SchwabAdapter, simulator: SchwabSimulator, anna: Person, resting: Order
) -> None:
    await lost(adapter, simulator, resting)
    other = simulator.place_elsewhere(anna.account, by_hand())

    shown = await looked_at(adapter, replace(resting, broker_order_id=str(other.id)))

    assert shown.broker_order_id == str(other.id)
    assert isinstance(await adapter.find_order(resting), Ambiguous)


async def test_the_same_order_at_another_time_is_not_ours(
    adapter: SchwabAdapter,
    simulator: SchwabSimulator,
    anna: Person,
    resting: Order,
    clock: ManualClock,
) -> None:
    clock.advance(150)
    simulator.place_elsewhere(anna.account, by_hand())

    assert await adapter.find_order(resting) == Absent()


@pytest.mark.parametrize(
    "other",
    [
        by_hand(price="100.01"),
        by_hand(duration="DAY", orderType="MARKET", price=None),
        {
            **by_hand(),
            "orderLegCollection": [{**by_hand()["orderLegCollection"][0], "quantity": 9}],
        },
    ],
)
async def test_another_order_is_not_ours(
    adapter: SchwabAdapter,
    simulator: SchwabSimulator,
    anna: Person,
    resting: Order,
    other: dict[str, Any],
) -> None:
    body = {name: value for name, value in other.items() if value is not None}
    simulator.place_elsewhere(anna.account, body)

    assert await adapter.find_order(resting) == Absent()


async def test_what_came_in_long_before_is_not_even_listed(
    adapter: SchwabAdapter,
    simulator: SchwabSimulator,
    anna: Person,
    resting: Order,
    clock: ManualClock,
) -> None:
    clock.advance(-3600)
    simulator.place_elsewhere(anna.account, by_hand())
    clock.advance(3600)

    assert await adapter.find_order(resting) == Absent()


async def test_an_order_of_this_very_second_is_listed(
    adapter: SchwabAdapter, simulator: SchwabSimulator, clock: ManualClock
) -> None:
    clock.move_to(NOON + timedelta(seconds=30, microseconds=900_000))
    order = replace(order_of(resting_request()), sent_at=clock.now())

    await lost(adapter, simulator, order)

    assert isinstance(await adapter.find_order(order), Found)


async def test_an_order_that_is_known_by_its_id_is_asked_for_by_it(
    adapter: SchwabAdapter,
    context: BrokerContext,
    simulator: SchwabSimulator,
    anna: Person,
    resting: Order,
) -> None:
    order = with_receipt(resting, await adapter.place_order(resting), NOON)
    simulator.place_elsewhere(anna.account, by_hand())
    later = adapter_in(context)
    await later.connect()

    told = await looked_at(later, order)

    assert told.broker_order_id == order.broker_order_id
    assert simulator.received[-1].path.endswith(f"/orders/{order.broker_order_id}")


async def test_an_order_that_was_taken_and_does_not_show_is_not_absent(
    adapter: SchwabAdapter, simulator: SchwabSimulator, resting: Order
) -> None:
    simulator.let_reads_lag()
    order = with_receipt(resting, await adapter.place_order(resting), NOON)

    with pytest.raises(BrokerError, match="does not show this order") as failure:
        await adapter.find_order(order)

    assert not isinstance(failure.value, ApiError)  # Schwab is not unwell for that
    simulator.let_reads_catch_up()
    assert (await looked_at(adapter, order)).state is OrderState.ACCEPTED


async def test_a_list_that_cannot_be_read_says_nothing(
    adapter: SchwabAdapter, simulator: SchwabSimulator, resting: Order
) -> None:
    await lost(adapter, simulator, resting)
    for fault in (Fault.BAD_GATEWAY, Fault.INVALID_JSON, Fault.EMPTY_OBJECT, Fault.TRUNCATED):
        trouble = simulator.fail("orders", fault)

        with pytest.raises(BrokerError):
            await adapter.find_order(resting)

        trouble.lift()


async def test_a_word_that_nobody_knows_counts_as_working(
    adapter: SchwabAdapter, simulator: SchwabSimulator, resting: Order
) -> None:
    order = with_receipt(resting, await adapter.place_order(resting), NOON)
    simulator.set_status(order.broker_order_id, "AWAITING_THE_MOON")

    assert (await looked_at(adapter, order)).state is OrderState.ACCEPTED


async def test_an_order_that_somebody_replaced_at_schwab_has_ended_and_says_so(
    adapter: SchwabAdapter, simulator: SchwabSimulator, resting: Order
) -> None:
    order = with_receipt(resting, await adapter.place_order(resting), NOON)
    simulator.set_status(order.broker_order_id, "REPLACED")

    told = await looked_at(adapter, order)

    assert told.state is OrderState.REPLACED
    assert "Another order took its place" in told.reason
    assert with_receipt(order, told, NOON).state is OrderState.REPLACED


async def test_what_cannot_have_been_an_order_there_is_absent(
    adapter: SchwabAdapter, simulator: SchwabSimulator, anna: Person
) -> None:
    coin = Instrument(symbol="BTC/USD", asset_class=AssetClass.CRYPTO)
    simulator.place_elsewhere(anna.account, by_hand())

    assert await adapter.find_order(order_of(resting_request(instrument=coin))) == Absent()
