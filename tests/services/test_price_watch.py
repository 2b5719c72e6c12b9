"""Prices are looked at politely; what crosses fires once, and what nobody can believe never."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from floorbroker.domain.error_codes import ErrorCode
from floorbroker.domain.errors import (
    AuthenticationFailed,
    BrokerConnectionError,
    LimitExceeded,
    RateLimited,
    StoreUnavailable,
)
from floorbroker.domain.own_alerts import MOST, Standing
from floorbroker.services.price_watch import CONCURRENT, SLOWEST
from tests.fakes.clock import ManualClock
from tests.fakes.exchange.venue import Venue
from tests.fakes.flaky_documents import FlakyDocuments
from tests.floor import ANNA, BEN, SECOND, House
from tests.services.conftest import Build
from tests.services.own_alerts import A_LOOK, Lookout, lookout, trades_at


@pytest.fixture
def house(build: Build, venue: Venue) -> House:
    return build(venue=venue)


@pytest.fixture
def other(build: Build, venue: Venue) -> Lookout:
    """Another process on the same store."""
    return lookout(build(venue=venue))


@pytest.fixture
async def out(house: House) -> Lookout:
    """Anna has one account, at the exchange."""
    await house.link()
    return lookout(house)


# Crossing


async def test_a_price_that_is_reached_is_told_once(out: Lookout, venue: Venue) -> None:
    alert = await out.alert()
    await out.looks()
    assert out.told == []

    trades_at(venue, "110")
    for price in ("110", "120", "100", "120"):
        trades_at(venue, price)
        await out.looks()

    (told,) = out.told
    assert told.firing is not None
    assert (told.firing.price, told.firing.delayed, told.user_id) == (Decimal(110), False, ANNA)
    assert (await out.now(alert)).standing is Standing.DONE


async def test_one_that_repeats_rings_again_after_it_went_back_and_rested(
    out: Lookout, venue: Venue, clock: ManualClock
) -> None:
    await out.alert(repeat=True)
    for price in ("110", "109.9", "110"):  # it trembles
        trades_at(venue, price)
        clock.advance(3600)
        await out.looks()
    assert len(out.told) == 1

    for price in ("109", "110.5"):
        trades_at(venue, price)
        await out.looks()

    assert [one.times for one in out.told] == [1, 2]


async def test_one_that_crosses_again_at_once_waits_for_its_pause(
    out: Lookout, venue: Venue, clock: ManualClock
) -> None:
    await out.alert(repeat=True)
    for price in ("110", "109", "110"):
        trades_at(venue, price)
        await out.looks()
    assert len(out.told) == 1

    clock.advance(15 * 60)
    await out.looks()

    assert len(out.told) == 2


async def test_one_that_is_there_already_when_it_is_set_waits_until_it_went_back(
    out: Lookout, venue: Venue
) -> None:
    alert = await out.alert(price="90")
    assert not alert.armed
    await out.looks()
    assert out.told == []

    for price in ("89", "90"):
        trades_at(venue, price)
        await out.looks()

    assert len(out.told) == 1


async def test_one_that_is_set_at_night_fires_when_the_market_opens_beyond_it(
    out: Lookout, venue: Venue, clock: ManualClock
) -> None:
    venue.quoted_at = clock.now() - timedelta(hours=9)
    await out.alert()
    await out.looks()
    assert out.told == []

    venue.quoted_at = None
    trades_at(venue, "125")  # it was never seen between
    clock.advance(60)
    await out.looks()

    assert len(out.told) == 1


async def test_one_that_is_set_without_any_price_fires_at_the_first_that_is_there(
    out: Lookout, venue: Venue
) -> None:
    venue.bid, venue.ask, venue.last = Decimal(200), None, None
    await out.alert()
    trades_at(venue, "125")

    await out.looks()

    assert len(out.told) == 1


@pytest.mark.parametrize(
    "worthless",
    [
        {"bid": None, "ask": None, "last": None},
        {"bid": Decimal(130)},
        {"old": timedelta(minutes=3)},
        {"old": timedelta(minutes=-2)},
    ],
    ids=["absent", "crossed", "old", "of the future"],
)
async def test_a_price_that_nobody_can_believe_fires_nothing(
    out: Lookout, venue: Venue, clock: ManualClock, worthless: dict[str, object]
) -> None:
    alert = await out.alert()
    trades_at(venue, "120")
    for name, value in worthless.items():
        if isinstance(value, timedelta):
            venue.quoted_at = clock.now() + timedelta(seconds=A_LOOK) - value
        else:
            setattr(venue, name, value)

    await out.looks()

    assert out.told == []
    assert await out.now(alert) == alert


async def test_a_delayed_price_fires_and_says_so(
    out: Lookout, venue: Venue, clock: ManualClock
) -> None:
    await out.alert()
    trades_at(venue, "120")
    venue.delayed, venue.quoted_at = True, clock.now() - timedelta(minutes=15)

    await out.looks()

    (told,) = out.told
    assert told.firing is not None
    assert told.firing.delayed
    assert told.firing.price_at == venue.quoted_at


async def test_an_alert_that_is_over_fires_nothing_and_is_forgotten(
    out: Lookout, venue: Venue, clock: ManualClock
) -> None:
    await out.alert(days=1)
    trades_at(venue, "120")
    clock.advance(86_400)

    assert await out.looks() == 0

    assert out.told == []
    assert await out.own.of(ANNA) == []


# Politeness


async def test_alerts_on_the_same_symbol_share_a_request(out: Lookout, venue: Venue) -> None:
    for price in ("110", "120", "130"):
        await out.alert(price=price)
    before = venue.count("quote")

    await out.looks()
    await asyncio.gather(*(out.prices.sweep() for _ in range(3)))

    assert venue.count("quote") == before + 1


async def test_nobodys_data_is_used_for_another(out: Lookout, house: House, venue: Venue) -> None:
    await house.link(BEN, name="his")
    await out.alert()
    await out.alert(BEN)

    assert await out.looks() == 2


async def test_an_old_price_is_asked_for_less_often(
    out: Lookout, venue: Venue, clock: ManualClock
) -> None:
    await out.alert()
    venue.quoted_at = clock.now() - timedelta(hours=5)

    asked = [await out.looks() for _ in range(9)]

    assert sum(asked) == 3


async def test_a_broker_that_fails_is_asked_less_and_less_and_then_as_before(
    out: Lookout, venue: Venue
) -> None:
    await out.alert()
    venue.failing["quote"] = BrokerConnectionError(broker="alpaca")
    asked = [await out.looks() for _ in range(60)]
    assert asked[:8].count(1) <= 3
    assert sum(asked) <= 7

    venue.failing.clear()
    trades_at(venue, "120")
    for _ in range(int(SLOWEST.total_seconds() / A_LOOK) + 1):
        await out.looks()

    assert len(out.told) == 1


async def test_a_broker_that_says_how_long_is_left_alone_for_so_long(
    out: Lookout, venue: Venue
) -> None:
    await out.alert()
    wait = timedelta(minutes=20)
    venue.failing["quote"] = RateLimited(broker="alpaca", retry_after=wait)

    asked = [await out.looks() for _ in range(int(wait.total_seconds() / A_LOOK))]

    assert sum(asked) == 1


async def test_a_broker_that_hangs_holds_up_no_other(
    build: Build, venue: Venue, clock: ManualClock
) -> None:
    fast = Venue()
    house = build(venue=venue, second=fast)
    out = lookout(house, patience_seconds=0.05)
    people = [ANNA, BEN, *(f"10000000000000001{number}" for number in range(2 * CONCURRENT))]
    for user_id in people:
        await house.link(user_id)  # type: ignore[arg-type]  # an id as any other
        await out.alert(user_id)  # type: ignore[arg-type]  # the same
    await house.link(BEN, name="fast", broker=SECOND)
    await out.alert(BEN, account="fast")
    asked = venue.count("quote")
    venue.blocked["quote"] = asyncio.Event()
    trades_at(fast, "120")

    await out.looks()

    assert [told.broker for told in out.told] == [SECOND]
    assert venue.count("quote") - asked <= CONCURRENT


async def test_a_clock_that_is_set_makes_no_flood_and_no_silence(
    out: Lookout, venue: Venue, clock: ManualClock
) -> None:
    await out.alert()
    await out.looks()
    clock.leap(-7 * 86_400)
    assert await out.prices.sweep() == 0
    assert await out.looks() == 1
    clock.leap(7 * 86_400)
    trades_at(venue, "120")

    await out.looks()

    assert len(out.told) == 1


# Links that do not work


async def test_while_a_link_is_dead_nothing_is_asked_and_its_owner_is_told_once(
    out: Lookout, house: House, venue: Venue, clock: ManualClock
) -> None:
    alerts = [await out.alert(price=price) for price in ("110", "120")]
    (link,) = await house.stored_people.links(ANNA)
    dead = replace(link, dead_since=clock.now(), dead_code=ErrorCode.AUTHENTICATION_FAILED)
    stored = await house.stored_people.save_link(dead)
    assert stored is not None
    asked = venue.count("quote")
    trades_at(venue, "120")

    for _ in range(10):
        await out.looks()

    assert venue.count("quote") == asked
    (told,) = out.told
    assert told.asleep_news
    assert all([(await out.now(one)).asleep_since is not None for one in alerts])
    assert await house.stored_people.save_link(replace(stored, dead_since=None))
    for _ in range(5):
        await out.looks()
    assert [one.times for one in out.told] == [0, 1, 1]


async def test_a_refused_credential_is_an_error_like_any_other_until_the_link_is_marked(
    out: Lookout, venue: Venue
) -> None:
    alert = await out.alert()
    venue.failing["quote"] = AuthenticationFailed(broker="alpaca")

    await out.looks()

    assert out.told == []
    assert await out.now(alert) == alert


# Two processes, and a store that fails


async def test_of_two_processes_one_looks_and_one_tells(
    out: Lookout, other: Lookout, venue: Venue, clock: ManualClock
) -> None:
    await out.alert()
    trades_at(venue, "120")
    clock.advance(A_LOOK)

    turns = await asyncio.gather(out.in_turns.sweep(), other.in_turns.sweep())
    await asyncio.gather(*(one.telling.sweep() for one in (out, other) * 2))

    assert sorted(turns) == [False, True]
    assert len([*out.told, *other.told]) == 1


async def test_two_that_look_at_the_same_moment_fire_it_once(
    out: Lookout, other: Lookout, venue: Venue, clock: ManualClock
) -> None:
    alert = await out.alert(repeat=True)
    trades_at(venue, "120")
    clock.advance(A_LOOK)

    await asyncio.gather(*(one.prices.sweep() for one in (out, other)))

    assert (await out.now(alert)).times == 1


async def test_when_one_dies_the_other_goes_on(
    out: Lookout, other: Lookout, venue: Venue, clock: ManualClock
) -> None:
    await out.alert()
    assert await out.in_turns.sweep()
    trades_at(venue, "120")
    clock.advance(30)
    assert not await other.in_turns.sweep()

    clock.advance(30)
    assert await other.in_turns.sweep()
    await other.telling.sweep()

    assert len(other.told) == 1


@pytest.mark.parametrize("done", [False, True], ids=["before", "after"])
async def test_a_store_that_fails_while_it_fires_loses_and_doubles_nothing(
    out: Lookout, venue: Venue, store: FlakyDocuments, done: bool
) -> None:
    await out.alert()
    trades_at(venue, "120")
    store.fail("replace", "alerts", times=1, done=done)
    with pytest.raises(StoreUnavailable):
        await out.looks()

    for _ in range(8):
        await out.looks()

    assert len(out.told) == 1


async def test_one_that_is_removed_at_that_moment_is_not_told(
    out: Lookout, other: Lookout, venue: Venue, store: FlakyDocuments
) -> None:
    alert = await out.alert()
    trades_at(venue, "120")

    async def remove() -> None:
        await other.own.remove(ANNA, alert.alert_id)

    store.before["replace", "alerts"] = remove
    await out.looks()

    assert out.told == []
    assert await out.stored.get(ANNA, alert.alert_id) is None


# Bounds


async def test_a_person_has_so_many_and_no_more(out: Lookout) -> None:
    for number in range(MOST):
        await out.alert(price=str(200 + number))

    with pytest.raises(LimitExceeded, match="50 alerts are the most"):
        await out.alert()


async def test_after_a_restore_it_first_has_to_see_that_the_price_is_not_there(
    out: Lookout, venue: Venue
) -> None:
    await out.alert()
    await out.stored.start_anew()
    for price, times in (("120", 0), ("109", 0), ("110", 1)):
        trades_at(venue, price)
        await out.looks()
        assert len(out.told) == times
