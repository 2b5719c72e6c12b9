"""In which order Confirm asks, and which reviews wait for the market's hours."""

import asyncio
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from floorbroker.brokers.registry import get_broker
from floorbroker.domain.errors import BrokerTimeout, DraftExpired
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.orders import OrderRequest, PositionEffect, Side
from floorbroker.domain.own_limits import OwnLimits, StandingLimits
from floorbroker.services.drafts import Drafts
from floorbroker.services.trading_hours import TradingHours
from tests.fakes.calendar import FixedCalendar
from tests.fakes.clock import ManualClock
from tests.fakes.exchange.venue import AAPL, Venue, held
from tests.floor import EXCHANGE, House, caller
from tests.services.conftest import Build

LIMIT = StandingLimits(now=OwnLimits(only_in_market_hours=True))


@pytest.fixture
def house(build: Build, venue: Venue) -> House:
    return build(venue=venue)


async def test_a_review_that_expires_while_hours_are_asked_is_not_sent(
    house: House, venue: Venue
) -> None:
    await house.link()
    await house.choose(limits=LIMIT)
    draft = await house.draft()
    gate = venue.blocked["market_hours"] = asyncio.Event()
    confirming = asyncio.ensure_future(house.confirm(draft))
    await venue.heard("market_hours", 2)
    house.clock.move_to(draft.review.expires_at)
    gate.set()

    [outcome] = await asyncio.gather(confirming, return_exceptions=True)

    assert isinstance(outcome, DraftExpired)
    assert venue.count("place_order") == 0
    assert (await house.stored(draft)).state is OrderState.LAPSED


async def test_a_price_that_leaves_the_collar_while_hours_are_asked_stops_the_order(
    house: House, venue: Venue
) -> None:
    await house.link()
    await house.choose(limits=LIMIT)
    draft = await house.draft()
    house.clock.advance(30)
    gate = venue.blocked["market_hours"] = asyncio.Event()
    confirming = asyncio.ensure_future(house.confirm(draft))
    await venue.heard("market_hours", 2)
    venue.ask = Decimal("150.00")
    gate.set()

    [outcome] = await asyncio.gather(confirming, return_exceptions=True)

    assert isinstance(outcome, DraftExpired)
    assert "moved from" in str(outcome)
    assert venue.count("place_order") == 0


async def test_the_pause_is_asked_after_the_price(house: House, venue: Venue) -> None:
    await house.link()
    draft = await house.draft()
    house.clock.advance(30)
    asked, gate = venue.count("quote"), asyncio.Event()
    venue.blocked["quote"] = gate
    confirming = asyncio.ensure_future(house.confirm(draft))
    await venue.heard("quote", asked + 1)
    await house.choose(paused=True)
    gate.set()

    [outcome] = await asyncio.gather(confirming, return_exceptions=True)

    assert "You have paused trading" in str(outcome)
    assert venue.count("place_order") == 0


async def test_a_close_whose_review_expires_while_its_price_is_asked_is_sent(
    house: House, venue: Venue
) -> None:
    await house.link()
    venue.positions = (held(10, house.clock.now()),)
    draft = await house.drafts.draft_close(caller(), "AAPL", None, None)
    house.clock.advance(30)
    asked, gate = venue.count("quote"), asyncio.Event()
    venue.blocked["quote"] = gate
    confirming = asyncio.ensure_future(house.confirm(draft))
    await venue.heard("quote", asked + 1)
    house.clock.move_to(draft.review.expires_at)
    gate.set()

    assert (await confirming).state is OrderState.ACCEPTED


async def test_what_closes_a_position_does_not_wait_for_hours_that_hang(
    house: House, venue: Venue, clock: ManualClock
) -> None:
    await house.link()
    venue.positions = (held(10, clock.now()),)
    venue.blocked["market_hours"] = asyncio.Event()
    hours = TradingHours(FixedCalendar(), clock, closing_seconds=0.0)
    drafts = Drafts(replace(house.desk, hours=hours))

    async with asyncio.timeout(20):
        draft = await drafts.draft_close(caller(), "AAPL", None, None)

    assert draft.request.effect is PositionEffect.CLOSE
    assert any("not checked here: market hours" in note for note in draft.review.notes)


@pytest.mark.parametrize(
    ("wanted", "waits"),
    [
        ({"side": Side.SELL}, False),
        ({"side": Side.SELL, "effect": PositionEffect.SHORT}, True),
        ({"side": Side.BUY, "effect": PositionEffect.CLOSE}, False),
        ({"side": Side.BUY}, True),
    ],
)
async def test_only_what_may_open_a_position_waits_for_hours(
    house: House, venue: Venue, clock: ManualClock, wanted: dict[str, Any], waits: bool
) -> None:
    link = await house.link()
    gate = venue.blocked["market_hours"] = asyncio.Event()
    hours = TradingHours(FixedCalendar(), clock, closing_seconds=0.0)
    request = OrderRequest(instrument=AAPL, quantity=Decimal(1), **wanted)

    async with house.sessions.lease(link) as adapter:
        asking = asyncio.ensure_future(hours.for_review(adapter, get_broker(EXCHANGE), request))
        for _ in range(50):
            await asyncio.sleep(0)
        done = asking.done()
        gate.set()
        [told] = await asyncio.gather(asking, return_exceptions=True)

    assert done is not waits
    assert isinstance(told, BrokerTimeout) is not waits
