"""The same order again within five minutes is told before it is sent."""

from typing import Any

import pytest

from floorbroker.domain.order import Order
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.orders import Receipt, Side
from tests.fakes.clock import ManualClock
from tests.fakes.exchange.venue import Venue, filled
from tests.floor import ANNA, BEN, House, caller
from tests.services.conftest import Build

SAME = "You sent the same order"


@pytest.fixture
async def house(build: Build, venue: Venue) -> House:
    house = build(venue=venue)
    await house.link()
    await house.link(BEN)
    return house


async def told(house: House, **ticket: Any) -> list[str]:
    by = ticket.pop("by", None) or caller()
    return [note for note in (await house.draft(by, **ticket)).review.notes if SAME in note]


async def test_a_second_one_says_how_long_ago_the_first_was_sent(
    house: House, clock: ManualClock
) -> None:
    await house.bought("10")
    clock.advance(40)
    assert await told(house) == ["You sent the same order 40 s ago. This would be another one."]

    clock.advance(110)

    assert await told(house) == ["You sent the same order 2 min ago. This would be another one."]


async def test_the_price_does_not_make_it_another_order(house: House) -> None:
    await house.resting()

    assert await told(house, quantity="10.0")
    assert await told(house, limit="91.00")


async def test_after_five_minutes_it_is_an_order_of_its_own(
    house: House, clock: ManualClock
) -> None:
    await house.bought("10")

    clock.advance(301)

    assert await told(house) == []


@pytest.mark.parametrize(
    "ticket", [{"quantity": "11"}, {"side": Side.SELL, "short": True}, {"amount": "1000"}]
)
async def test_another_order_is_not_the_same(house: House, ticket: dict[str, Any]) -> None:
    await house.bought("10")

    assert await told(house, **ticket) == []


async def test_an_amount_of_money_can_be_the_same_too(house: House) -> None:
    by = caller()
    await house.confirm(await house.draft(by, amount="500"), by)

    assert await told(house, amount="$500.00")


async def test_a_review_that_was_never_confirmed_was_not_sent(house: House) -> None:
    await house.draft()

    assert await told(house) == []


async def test_somebody_elses_order_is_none_of_mine(house: House) -> None:
    await house.bought("10", BEN)

    assert await told(house) == []


async def test_one_that_filled_counts_and_one_that_was_canceled_does_not(
    house: House, venue: Venue, clock: ManualClock
) -> None:
    def fills(order: Order) -> Receipt:
        return filled("X-1", order.request.quantity or 0, clock.now())  # type: ignore[arg-type]  # has one

    resting = await house.resting()
    await house.changes.cancel(caller(), resting.order_id)
    assert await told(house) == []
    venue.on_place = fills

    assert (await house.bought("10", ANNA)).state is OrderState.FILLED

    assert await told(house)
