"""Alerts on fills add what no other message tells: placed elsewhere, or silent by choice."""

import asyncio
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

import pytest

from floorbroker.brokers.port import BrokerOrder
from floorbroker.domain.errors import (
    BrokerConnectionError,
    InvalidInput,
    NotYours,
    OutcomeUnknown,
)
from floorbroker.domain.ids import BrokerId, OrderId, UserId
from floorbroker.domain.modes import Environment
from floorbroker.domain.news import NewsKind, NewsLevel
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.orders import Receipt, Side
from floorbroker.domain.own_alerts import AlertKind, OwnAlert
from floorbroker.services.alert_wishes import Wishes
from tests.fakes.clock import ManualClock
from tests.fakes.exchange.venue import AAPL, Venue, accepted, filled
from tests.floor import ANNA, BEN, EXCHANGE, SECOND, House, caller
from tests.services.conftest import Build
from tests.services.own_alerts import Lookout, lookout


@pytest.fixture
def house(build: Build, venue: Venue) -> House:
    return build(venue=venue)


@pytest.fixture
async def out(house: House) -> Lookout:
    await house.link()
    return lookout(house)


async def _quietly(house: House) -> None:
    """Anna wants no messages of fills."""
    await house.choose(levels={NewsKind.FILLED.value: NewsLevel.OFF})


async def _set(out: Lookout, order_id: OrderId | None, **wishes: Any) -> OwnAlert:
    return await out.setting.fill(caller(), order_id, Wishes(**wishes))


async def _looks(out: Lookout) -> None:
    out.house.clock.advance(31)
    await out.order_fills.sweep()
    await out.fills.sweep()
    await out.telling.sweep()


async def _fills(out: Lookout, venue: Venue, order_id: OrderId) -> None:
    """The exchange fills it, and read-back sees that."""
    known = venue.book[order_id].broker_order_id
    venue.book[order_id] = filled(known, Decimal(10), out.house.clock.now())
    out.house.clock.advance(60)
    await out.house.reconciler.sweep()


async def test_an_order_whose_fills_are_off_is_told_once_it_fills(
    out: Lookout, house: House, venue: Venue
) -> None:
    await _quietly(house)
    order = await house.resting()
    await _set(out, order.order_id)
    await _looks(out)
    assert out.told == []

    await _fills(out, venue, order.order_id)
    for _ in range(3):
        await _looks(out)

    (told,) = out.told
    assert told.firing is not None
    (line,) = told.firing.lines
    assert line == "Buy 10 AAPL: filled at 100 USD."


async def test_an_order_whose_fills_are_told_needs_no_alert_unless_it_carries_an_order(
    out: Lookout, house: House, venue: Venue
) -> None:
    order = await house.resting()
    with pytest.raises(InvalidInput, match="You are told of this anyway"):
        await _set(out, order.order_id)
    await _set(out, order.order_id, side=Side.SELL, quantity="10", limit="120")

    await _fills(out, venue, order.order_id)
    await _looks(out)

    (told,) = out.told
    assert told.reviewable(house.clock.now())


async def test_the_order_after_a_fill_is_one_of_the_same_account(
    out: Lookout, house: House
) -> None:
    order = await house.resting()
    await house.link(name="other", environment=Environment.LIVE)

    with pytest.raises(InvalidInput, match="the same account"):
        await _set(out, order.order_id, side=Side.SELL, quantity="10", account="other")
    alert = await _set(out, order.order_id, side=Side.SELL, quantity="10", account="ex")

    assert alert.prepared is not None
    assert alert.prepared.currency == "USD"


async def test_who_switches_fills_on_meanwhile_is_not_told_twice(
    out: Lookout, house: House, venue: Venue
) -> None:
    await _quietly(house)
    order = await house.resting()
    await _set(out, order.order_id)
    await house.choose(levels={})

    await _fills(out, venue, order.order_id)
    await _looks(out)

    assert out.told == []
    assert await out.own.of(ANNA) == []


async def test_an_order_that_ends_unfilled_ends_the_alert_in_silence(
    out: Lookout, house: House
) -> None:
    await _quietly(house)
    order = await house.resting()
    await _set(out, order.order_id)
    await house.changes.cancel(caller(), order.order_id, None)

    await _looks(out)

    assert out.told == []
    assert await out.own.of(ANNA) == []


async def test_a_foreign_or_an_ended_order_is_no_order_to_wait_for(
    out: Lookout, house: House
) -> None:
    order = await house.resting()
    with pytest.raises(NotYours):
        await out.setting.fill(caller(BEN), order.order_id, Wishes())

    await house.changes.cancel(caller(), order.order_id, None)

    with pytest.raises(InvalidInput, match="not open any more"):
        await _set(out, order.order_id)


# Whatever an account fills


def _elsewhere(number: int, state: OrderState, at: datetime) -> BrokerOrder:
    known = accepted(f"E-{number}")
    return BrokerOrder(
        order_id=None,
        instrument=AAPL,
        description=f"Buy {number} AAPL",
        at=at,
        receipt=Receipt(broker_order_id=known.broker_order_id, state=state),
    )


async def test_fills_of_orders_placed_elsewhere_are_told_once_each(
    out: Lookout, venue: Venue, clock: ManualClock
) -> None:
    before = clock.now()
    clock.advance(3600)
    venue.others = [_elsewhere(1, OrderState.ACCEPTED, before)]
    venue.ended = [_elsewhere(9, OrderState.FILLED, before)]  # long before the alert
    await _set(out, None)
    await _looks(out)
    assert out.told == []

    venue.others = []
    venue.ended += [
        _elsewhere(1, OrderState.FILLED, before),
        _elsewhere(2, OrderState.FILLED, clock.now()),
        _elsewhere(3, OrderState.CANCELED, clock.now()),
    ]
    for _ in range(3):
        await _looks(out)

    (told,) = out.told
    assert told.firing is not None
    assert [line.split(":")[0] for line in told.firing.lines] == ["Buy 1 AAPL", "Buy 2 AAPL"]
    assert all("placed elsewhere" in line for line in told.firing.lines)


async def test_a_fill_right_after_one_that_was_told_is_told_too(
    out: Lookout, venue: Venue, clock: ManualClock
) -> None:
    await _set(out, None)

    for number in (1, 2, 3):
        venue.ended.append(_elsewhere(number, OrderState.FILLED, clock.now()))
        await _looks(out)

    lines = [line for told in out.told if told.firing for line in told.firing.lines]
    assert [line.split(":")[0] for line in lines] == [f"Buy {number} AAPL" for number in (1, 2, 3)]


@pytest.mark.parametrize(("quiet", "times"), [(True, 1), (False, 0)])
async def test_fills_of_ones_own_are_told_only_where_nothing_else_tells_them(
    out: Lookout, house: House, venue: Venue, quiet: bool, times: int
) -> None:
    if quiet:
        await _quietly(house)
    order = await house.resting()
    await _set(out, None)
    await _looks(out)

    await _fills(out, venue, order.order_id)
    receipt = venue.book[order.order_id]
    listed = replace(_elsewhere(1, OrderState.FILLED, order.created_at), receipt=receipt)
    venue.ended = [replace(listed, order_id=order.order_id)]
    for _ in range(2):
        await _looks(out)

    assert len(out.told) == times


async def test_a_broker_that_does_not_answer_changes_nothing(out: Lookout, venue: Venue) -> None:
    alert = await _set(out, None)
    venue.failing["open_orders"] = BrokerConnectionError(broker="alpaca")

    await _looks(out)

    assert out.told == []
    assert await out.now(alert) == alert


async def test_what_may_be_an_order_of_ones_own_in_doubt_is_not_told_as_anothers(
    out: Lookout, house: House, venue: Venue, clock: ManualClock
) -> None:
    venue.failing_after["place_order"] = OutcomeUnknown(broker="alpaca")
    venue.failing["find_order"] = BrokerConnectionError(broker="alpaca")
    order = await house.resting()
    assert (await house.stored(order)).state is OrderState.UNKNOWN
    alert = await _set(out, None)
    venue.ended = [_elsewhere(1, OrderState.FILLED, clock.now())]

    await _looks(out)

    assert out.told == []
    assert "E-1" in (await out.now(alert)).open_ids
    assert (await out.now(alert)).known == ()


async def test_an_order_of_ones_own_behind_many_newer_ones_is_not_told_as_anothers(
    out: Lookout, house: House, venue: Venue, clock: ManualClock
) -> None:
    old = await house.resting()
    await house.changes.cancel(caller(), old.order_id, None)
    stored = await house.stored(old)
    clock.advance(60)
    for number in range(201):
        order_id = OrderId(f"{stored.order_id[:-4]}{number:04d}")
        newer = replace(stored, order_id=order_id, origin_key=f"{number}", created_at=clock.now())
        await house.stored_orders.add(newer)
    await _set(out, None)
    venue.ended = [replace(_elsewhere(1, OrderState.FILLED, clock.now()), order_id=old.order_id)]

    await _looks(out)

    assert out.told == []


async def test_what_was_open_when_it_was_set_is_told_if_it_fills_before_the_first_look(
    out: Lookout, venue: Venue, clock: ManualClock
) -> None:
    before = clock.now()
    clock.advance(3600)
    venue.others = [_elsewhere(1, OrderState.ACCEPTED, before)]
    await _set(out, None)
    venue.others, venue.ended = [], [_elsewhere(1, OrderState.FILLED, before)]

    await _looks(out)

    assert len(out.told) == 1


async def _both(out: Lookout, house: House, broker: BrokerId = EXCHANGE) -> tuple[UserId, UserId]:
    """Anna and Ben wait for fills: who is looked at first, and who after that."""
    await house.link(BEN, broker=broker)
    for user_id in (ANNA, BEN):
        await out.setting.fill(caller(user_id), None, Wishes())
    first, second = [one.user_id async for one in out.stored.at_work(frozenset({AlertKind.FILL}))]
    return first, second


async def test_an_adapter_that_breaks_keeps_nobody_behind_it_from_hearing(
    build: Build, venue: Venue, clock: ManualClock
) -> None:
    second = Venue()
    house = build(venue=venue, second=second)
    out = lookout(house)
    await house.link()
    before, behind = await _both(out, house, SECOND)
    venues = {ANNA: venue, BEN: second}
    venues[before].failing["open_orders"] = ValueError("no answer that can be read")
    venues[behind].ended = [_elsewhere(1, OrderState.FILLED, clock.now())]

    await _looks(out)

    assert [one.user_id for one in out.told] == [behind]


class _FirstHangs(asyncio.Event):
    """Whoever waits first waits for ever."""

    def __init__(self) -> None:
        super().__init__()
        self.hangs = True

    async def wait(self) -> Literal[True]:
        hangs, self.hangs = self.hangs, False
        return await super().wait() if hangs else True


async def test_a_link_that_hangs_holds_up_no_other_at_its_broker_and_is_asked_again_later(
    house: House, venue: Venue, clock: ManualClock
) -> None:
    out = lookout(house, patience_seconds=0.05)
    await house.link()
    before, behind = await _both(out, house)
    venue.ended = [_elsewhere(1, OrderState.FILLED, clock.now())]
    venue.blocked["open_orders"] = _FirstHangs()

    await _looks(out)
    assert [one.user_id for one in out.told] == [behind]
    await _looks(out)
    clock.advance(60)
    await _looks(out)

    assert [one.user_id for one in out.told] == [behind, before]


async def test_after_its_end_nothing_is_looked_at(
    out: Lookout, venue: Venue, clock: ManualClock
) -> None:
    await _set(out, None, days=1)
    clock.advance(86_400)
    venue.ended = [_elsewhere(1, OrderState.FILLED, clock.now())]

    await out.fills.sweep()
    await out.telling.sweep()

    assert out.told == []


async def test_an_account_that_was_left_out_is_not_looked_at(
    out: Lookout, house: House, venue: Venue, clock: ManualClock
) -> None:
    await _set(out, None)
    await house.links.exclude(ANNA, "ex")
    venue.ended = [_elsewhere(1, OrderState.FILLED, clock.now())]
    asked = len(venue.requests)

    await _looks(out)

    assert len(venue.requests) == asked
    assert out.told == []
