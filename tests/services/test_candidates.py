"""Brokers that keep no id of ours: whose order is the one that fits, and who says so."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio

from floorbroker.domain.errors import InvalidInput, NotYours, OutcomeUnknown, PolicyRefused
from floorbroker.domain.order import Order
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.orders import Absent, Ambiguous, Found, Receipt
from tests.fakes.clock import ManualClock
from tests.fakes.exchange.venue import Venue
from tests.floor import BEN, House, caller

Build = Callable[..., House]


def at_broker(number: str, state: OrderState = OrderState.ACCEPTED) -> Receipt:
    return Receipt(broker_order_id=number, state=state)


def by_terms(number: str) -> Found:
    return Found(receipt=at_broker(number), by_terms=True)


@pytest_asyncio.fixture
async def house(build: Build, venue: Venue) -> House:
    house = build(venue=venue)
    await house.link()
    return house


async def _unanswered(house: House, venue: Venue, **terms: Any) -> Order:
    venue.failing["place_order"] = OutcomeUnknown(broker="alpaca")
    order = await house.resting(**terms)
    venue.failing.clear()
    assert order.state is OrderState.UNKNOWN
    return order


async def _read_back(house: House, clock: ManualClock, order: Order) -> Order:
    clock.advance(120)
    await house.reconciler.sweep()
    return await house.stored(order)


async def test_the_one_order_that_fits_is_it(
    house: House, venue: Venue, clock: ManualClock
) -> None:
    order = await _unanswered(house, venue)
    venue.found = by_terms("701")

    found = await _read_back(house, clock, order)

    assert (found.state, found.broker_order_id) == (OrderState.ACCEPTED, "701")


async def test_an_order_that_belongs_to_another_one_of_ours_is_not_taken(
    house: House, venue: Venue, clock: ManualClock
) -> None:
    first = await house.resting()
    order = await _unanswered(house, venue)
    assert first.broker_order_id is not None
    venue.found = by_terms(first.broker_order_id)

    found = await _read_back(house, clock, order)

    assert found.state is OrderState.NOT_PLACED
    assert found.broker_order_id is None


async def test_two_without_an_answer_are_never_told_apart_by_guessing(
    house: House, venue: Venue, clock: ManualClock
) -> None:
    one, other = await _unanswered(house, venue), await _unanswered(house, venue)
    venue.found = by_terms("701")

    clock.advance(120)
    await house.reconciler.sweep()

    for order in (one, other):
        stored = await house.stored(order)
        assert stored.state is OrderState.UNKNOWN
        assert [candidate.broker_order_id for candidate in stored.candidates] == ["701"]
        assert stored.reason.startswith("An order at your broker fits this one.")


async def test_a_person_decides_and_the_rest_follows(
    house: House, venue: Venue, clock: ManualClock
) -> None:
    one, other = await _unanswered(house, venue), await _unanswered(house, venue)
    venue.found = Ambiguous(candidates=(at_broker("701"), at_broker("702")))
    doubtful = await _read_back(house, clock, one)
    assert [candidate.broker_order_id for candidate in doubtful.candidates] == ["701", "702"]

    venue.found = Found(receipt=at_broker("702"))
    decided = await house.deciding.is_it(caller(), one.order_id, "702")
    venue.found = Ambiguous(candidates=(at_broker("701"), at_broker("702")))
    rest = await _read_back(house, clock, other)

    assert (decided.state, decided.broker_order_id) == (OrderState.ACCEPTED, "702")
    assert decided.candidates == ()
    assert (rest.state, rest.broker_order_id) == (OrderState.ACCEPTED, "701")
    assert venue.count("place_order") == 2


async def test_one_order_at_the_broker_is_given_to_one_of_ours_only(
    house: House, venue: Venue, clock: ManualClock
) -> None:
    one, other = await _unanswered(house, venue), await _unanswered(house, venue)
    venue.found = Ambiguous(candidates=(at_broker("701"), at_broker("702")))
    for order in (one, other):
        await _read_back(house, clock, order)
    venue.found = Found(receipt=at_broker("702"))

    await house.deciding.is_it(caller(), one.order_id, "702")
    with pytest.raises(InvalidInput):
        await house.deciding.is_it(caller(), other.order_id, "702")

    assert (await house.stored(other)).state is OrderState.UNKNOWN


@pytest.mark.parametrize("chosen", ["703", "", "701 "])
async def test_only_what_was_shown_can_be_chosen(
    house: House, venue: Venue, clock: ManualClock, chosen: str
) -> None:
    order = await _unanswered(house, venue)
    venue.found = Ambiguous(candidates=(at_broker("701"), at_broker("702")))
    await _read_back(house, clock, order)

    with pytest.raises(InvalidInput):
        await house.deciding.is_it(caller(), order.order_id, chosen)


async def test_none_of_them_ends_it_and_nothing_looks_again(
    house: House, venue: Venue, clock: ManualClock
) -> None:
    order = await _unanswered(house, venue)
    venue.found = Ambiguous(candidates=(at_broker("701"), at_broker("702")))
    await _read_back(house, clock, order)

    decided = await house.deciding.none_of_them(caller(), order.order_id)
    asked = venue.count("find_order")
    later = await _read_back(house, clock, order)

    assert decided.state is OrderState.NOT_PLACED
    assert (later.state, later.check_at) == (OrderState.NOT_PLACED, None)
    assert venue.count("find_order") == asked


async def test_none_of_them_is_too_early_while_it_may_still_turn_up(
    house: House, venue: Venue, clock: ManualClock
) -> None:
    order = await _unanswered(house, venue)

    with pytest.raises(PolicyRefused):
        await house.deciding.none_of_them(caller(), order.order_id)

    assert (await house.stored(order)).state is OrderState.UNKNOWN


async def test_nobody_decides_for_another(house: House, venue: Venue, clock: ManualClock) -> None:
    order = await _unanswered(house, venue)
    venue.found = Ambiguous(candidates=(at_broker("701"), at_broker("702")))
    await _read_back(house, clock, order)

    with pytest.raises(NotYours):
        await house.deciding.is_it(caller(BEN), order.order_id, "701")
    with pytest.raises(NotYours):
        await house.deciding.none_of_them(caller(BEN), order.order_id)


async def test_a_decision_about_an_order_that_is_clear_changes_nothing(
    house: House, venue: Venue, clock: ManualClock
) -> None:
    order = await house.resting()

    same = await house.deciding.is_it(caller(), order.order_id, "anything")
    still = await house.deciding.none_of_them(caller(), order.order_id)

    assert same.state is OrderState.ACCEPTED
    assert still.state is OrderState.ACCEPTED


async def test_the_choice_is_gone_once_the_broker_no_longer_has_it(
    house: House, venue: Venue, clock: ManualClock
) -> None:
    order = await _unanswered(house, venue)
    venue.found = Ambiguous(candidates=(at_broker("701"), at_broker("702")))
    await _read_back(house, clock, order)
    venue.found = Absent()

    with pytest.raises(InvalidInput):
        await house.deciding.is_it(caller(), order.order_id, "701")

    clock.advance(timedelta(hours=1).total_seconds())
    assert (await house.stored(order)).state is OrderState.UNKNOWN
