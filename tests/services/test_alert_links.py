"""Alerts of a link that was removed are over; of somebody who is to be erased they are silent."""

from dataclasses import replace

import pytest

from floorbroker.domain.error_codes import ErrorCode
from floorbroker.domain.orders import Side
from floorbroker.domain.own_alerts import Standing
from floorbroker.domain.people import Leaving
from floorbroker.services.alert_telling import LEAVING
from floorbroker.services.alert_wishes import Wishes
from tests.fakes.clock import ManualClock
from tests.fakes.exchange.venue import Venue
from tests.floor import ANNA, House, caller
from tests.services.conftest import Build
from tests.services.own_alerts import Lookout, lookout, trades_at


@pytest.fixture
def house(build: Build, venue: Venue) -> House:
    return build(venue=venue)


@pytest.fixture
async def out(house: House) -> Lookout:
    """Anna has one account, at the exchange."""
    await house.link()
    return lookout(house)


async def _removed(house: House) -> None:
    (link,) = await house.stored_people.links(ANNA)
    await house.links.remove(ANNA, link.link_id)


@pytest.mark.parametrize("dead", [False, True])
async def test_a_removed_link_ends_its_alerts_and_one_message_says_so(
    out: Lookout, house: House, clock: ManualClock, dead: bool
) -> None:
    for price in ("110", "120"):
        await out.alert(price=price)
    if dead:
        (link,) = await house.stored_people.links(ANNA)
        marked = replace(link, dead_since=clock.now(), dead_code=ErrorCode.AUTHENTICATION_FAILED)
        assert await house.stored_people.save_link(marked)
        await out.prices.sweep()
        clock.advance(60)
    await _removed(house)

    for _ in range(10):
        await out.looks()

    (told,) = out.told
    assert (told.asleep_news, told.standing) == (True, Standing.DONE)
    assert await out.own.of(ANNA) == []


async def test_a_removed_link_ends_no_alert_that_needs_none(out: Lookout, house: House) -> None:
    order = await house.resting()
    await out.alert()
    wishes = Wishes(side=Side.SELL, quantity="10", limit="120")
    waiting = await out.setting.fill(caller(), order.order_id, wishes)
    await _removed(house)

    await out.looks()

    assert [one.alert_id for one in await out.own.of(ANNA)] == [waiting.alert_id]


async def _leaving(house: House, *, leaves: bool = True) -> None:
    now = house.clock.now()
    await house.choose(leaving=Leaving(asked_at=now, erase_at=now) if leaves else None)


async def test_for_somebody_who_is_to_be_erased_no_price_is_asked(
    out: Lookout, house: House, venue: Venue
) -> None:
    alert = await out.alert()
    await _leaving(house)
    asked = venue.count("quote")

    await out.looks()

    assert venue.count("quote") == asked
    assert await out.now(alert) == alert


async def test_somebody_who_is_to_be_erased_is_told_only_if_they_stay_after_all(
    out: Lookout, house: House, venue: Venue, clock: ManualClock
) -> None:
    await out.alert()
    trades_at(venue, "120")
    clock.advance(16)
    await out.prices.sweep()
    await _leaving(house)
    await out.telling.sweep()
    clock.advance(LEAVING.total_seconds())
    await out.telling.sweep()
    assert out.told == []

    await _leaving(house, leaves=False)
    clock.advance(LEAVING.total_seconds())
    await out.telling.sweep()

    assert len(out.told) == 1
