"""An order that ends with a part filled: the alert rings, and what was armed does not go out."""

from dataclasses import replace
from datetime import datetime
from decimal import Decimal

import pytest

from floorbroker.brokers.port import BrokerOrder
from floorbroker.domain.news import NewsKind, NewsLevel
from floorbroker.domain.order import Order
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.orders import Receipt, Side
from floorbroker.domain.own_alerts import OwnAlert
from floorbroker.domain.placing import Stage
from floorbroker.services.alert_wishes import Wishes
from tests.fakes.clock import ManualClock
from tests.fakes.exchange.venue import AAPL, Venue, filled
from tests.floor import ANNA, caller
from tests.services.armed import allowing
from tests.services.conftest import Build
from tests.services.own_alerts import Lookout, lookout

PREPARED = Wishes(side=Side.BUY, quantity="10", limit="101")


@pytest.fixture
async def out(build: Build, venue: Venue) -> Lookout:
    house = build(venue=venue, chosen=allowing(max_order_value="200000"))
    await house.link()
    return lookout(house)


async def _quietly(out: Lookout, *kinds: NewsKind) -> None:
    await out.house.choose(levels={kind.value: NewsLevel.OFF for kind in kinds})


async def _looks(out: Lookout) -> None:
    out.house.clock.advance(31)
    for work in (out.order_fills, out.fills, out.orders, out.telling):
        await work.sweep()


def _part(number: str, state: OrderState, at: datetime) -> Receipt:
    """900 of 1,000 at 100.00, and then that end."""
    whole = filled(number, Decimal(900), at)
    return replace(whole, state=state, quantity=Decimal(1000))


def _elsewhere(receipt: Receipt, at: datetime) -> BrokerOrder:
    return BrokerOrder(
        order_id=None,
        instrument=AAPL,
        description="Buy 1000 AAPL limit 100 day",
        at=at,
        receipt=receipt,
    )


async def _ends(out: Lookout, venue: Venue, order: Order) -> None:
    """The exchange ends it with a part filled, and read-back sees that."""
    number = venue.book[order.order_id].broker_order_id
    venue.book[order.order_id] = _part(number, OrderState.CANCELED, out.house.clock.now())
    out.house.clock.advance(60)
    await out.house.reconciler.sweep()
    assert (await out.house.stored(order)).state is OrderState.CANCELED


def _lines(out: Lookout) -> list[str]:
    return [line for alert in out.told if alert.firing for line in alert.firing.lines]


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (OrderState.CANCELED, "then canceled"),
        (OrderState.EXPIRED, "then expired"),
        (OrderState.REPLACED, "then replaced by another order"),
        (OrderState.REJECTED, "then ended by the broker"),
    ],
)
async def test_an_order_placed_elsewhere_that_filled_in_part_is_told_once_it_ends(
    out: Lookout, venue: Venue, clock: ManualClock, state: OrderState, words: str
) -> None:
    await out.setting.fill(caller(), None, Wishes())
    venue.ended = [_elsewhere(_part("E-1", state, clock.now()), clock.now())]

    for _ in range(3):
        await _looks(out)

    (line,) = _lines(out)
    assert line == (
        f"Buy 1000 AAPL limit 100 day: filled 900 of 1,000, {words}. It was placed elsewhere."
    )


async def test_what_the_broker_does_not_tell_of_the_whole_is_left_out(
    out: Lookout, venue: Venue, clock: ManualClock
) -> None:
    await out.setting.fill(caller(), None, Wishes())
    receipt = replace(_part("E-1", OrderState.CANCELED, clock.now()), quantity=None)
    venue.ended = [_elsewhere(receipt, clock.now())]

    await _looks(out)

    (line,) = _lines(out)
    assert "filled 900, then canceled." in line


async def test_while_the_rest_is_at_work_a_part_is_no_fill_yet(
    out: Lookout, venue: Venue, clock: ManualClock
) -> None:
    await out.setting.fill(caller(), None, Wishes())
    receipt = _part("E-1", OrderState.PARTIALLY_FILLED, clock.now())
    venue.others = venue.ended = [_elsewhere(receipt, clock.now())]

    await _looks(out)

    assert out.told == []


@pytest.mark.parametrize("of_order", [True, False])
@pytest.mark.parametrize(("ends_are_told", "times"), [(False, 1), (True, 0)])
async def test_the_part_of_one_s_own_is_told_where_its_end_has_no_message(
    out: Lookout, venue: Venue, of_order: bool, ends_are_told: bool, times: int
) -> None:
    kinds = (NewsKind.FILLED,) if ends_are_told else (NewsKind.FILLED, NewsKind.ENDED)
    await _quietly(out, *kinds)
    order = await out.house.resting(quantity="1000")
    await out.setting.fill(caller(), order.order_id if of_order else None, Wishes())
    await _looks(out)

    await _ends(out, venue, order)
    for _ in range(2):
        await _looks(out)

    told = ["Buy AAPL: filled 900 of 1,000 at 100 USD, then canceled."]
    assert _lines(out) == told * times
    assert len(await out.own.of(ANNA)) == (0 if of_order else 1)


async def _armed(out: Lookout, order: Order) -> OwnAlert:
    alert = await out.setting.fill(caller(), order.order_id, PREPARED)
    asked = await out.arming.ask(caller(), alert.alert_id)
    assert asked.placing is not None
    return await out.arming.confirm(caller(), alert.alert_id, asked.placing.placing_id)


async def test_an_order_that_was_armed_for_the_fill_does_not_go_out_after_a_part_but_is_reviewed(
    out: Lookout, venue: Venue, clock: ManualClock
) -> None:
    order = await out.house.resting(quantity="1000")
    alert = await _armed(out, order)
    clock.advance(600)
    placed = venue.count("place_order")

    await _ends(out, venue, order)
    for _ in range(2):
        await _looks(out)

    assert venue.count("place_order") == placed
    (told,) = out.told
    assert told.alert_id == alert.alert_id
    assert told.placing is not None
    assert (told.stage, told.place_at) == (Stage.NOT_SENT, None)
    assert told.placing.why == (
        "It was armed for the whole fill, and the order filled 900 of 1,000."
    )
    assert told.reviewable(clock.now())


async def test_an_order_that_was_prepared_for_the_fill_is_reviewed_after_a_part(
    out: Lookout, venue: Venue, clock: ManualClock
) -> None:
    order = await out.house.resting(quantity="1000")
    await out.setting.fill(caller(), order.order_id, PREPARED)

    await _ends(out, venue, order)
    await _looks(out)

    (told,) = out.told
    assert _lines(out) == ["Buy AAPL: filled 900 of 1,000 at 100 USD, then canceled."]
    assert told.reviewable(clock.now())


async def test_an_order_that_ends_with_nothing_filled_sends_and_tells_nothing(
    out: Lookout, venue: Venue, clock: ManualClock
) -> None:
    order = await out.house.resting(quantity="1000")
    await _armed(out, order)
    clock.advance(600)
    placed = venue.count("place_order")

    await out.house.changes.cancel(caller(), order.order_id, None)
    await _looks(out)

    assert venue.count("place_order") == placed
    assert out.told == []
    assert await out.own.of(ANNA) == []
