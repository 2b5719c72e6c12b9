"""What accounts were worth: noted when looked at, added only where it may be."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from floorbroker.charts.equity import Worth
from floorbroker.charts.picture import Picture
from floorbroker.charts.studio import Studio
from floorbroker.domain.errors import StoreUnavailable
from floorbroker.domain.ids import AccountId, LinkId
from floorbroker.domain.money import usd
from floorbroker.domain.people import AccountKey
from floorbroker.domain.portfolio import Snapshot
from floorbroker.services.portfolio import Overview
from floorbroker.services.worth import Span, Worths, during, summed
from floorbroker.storage.day_values import DayValue, DayValues
from floorbroker.storage.moment_values import MomentValues
from floorbroker.storage.snapshots import Snapshots
from tests.fakes.exchange.venue import Venue
from tests.fakes.flaky_documents import FlakyDocuments
from tests.floor import ANNA, House
from tests.services.conftest import Build

MONDAY = date(2026, 3, 2)


class Drawn(Studio):
    """A studio that remembers what it was asked for, and draws nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[Any] = []

    async def picture(self, drawing: Any) -> Picture:
        self.asked.append(drawing)
        return Picture(name=drawing.name, alt=drawing.alt, png=b"")


@pytest.fixture
def house(build: Build, venue: Venue) -> House:
    return build(venue=venue)


@pytest.fixture
def days(store: FlakyDocuments) -> DayValues:
    return DayValues(store)


def worths_of(house: House, studio: Studio) -> Worths:
    """On the house's own store."""
    return Worths(
        DayValues(house.documents),
        MomentValues(house.documents),
        Snapshots(house.documents),
        house.stored_people,
        studio,
        house.clock,
    )


async def _overview(house: House) -> Overview:
    await house.link()
    return await house.portfolio.overview(ANNA)


def day(number: int, value: str, account: str = "A") -> DayValue:
    """The value of an account so many days after a Monday."""
    return DayValue(
        user_id=ANNA,
        link_id=LinkId("link"),
        account_id=AccountId(account),
        day=MONDAY + timedelta(days=number),
        at=datetime(2026, 3, 2 + number, 20, tzinfo=UTC),
        value=usd(value),
    )


def key(account: str) -> AccountKey:
    return AccountKey(link_id=LinkId("link"), account_id=AccountId(account))


def test_accounts_are_added_day_by_day_and_keep_their_value_between_looks() -> None:
    points = summed(
        {
            key("A"): [day(0, "100"), day(2, "120")],
            key("B"): [day(0, "10"), day(1, "20"), day(3, "30")],
        }
    )

    assert [point.value for point in points] == [110, 120, 140, 150]


def test_an_account_that_was_linked_later_makes_no_profit() -> None:
    points = summed({key("A"): [day(0, "100"), day(2, "100")], key("B"): [day(2, "5000")]})

    assert [point.value for point in points] == [5100]
    assert summed({key("A"): [day(0, "100")], key("B"): []}) == ()


async def test_the_day_s_value_is_noted_when_somebody_looks(house: House, days: DayValues) -> None:
    overview = await _overview(house)
    worths = worths_of(house, Drawn())

    await worths.pictures(ANNA, overview, Span.MONTH)
    await worths.pictures(ANNA, overview, Span.MONTH)

    key = overview.holdings[0].account.key
    (noted,) = await days.last(ANNA, key.link_id, key.account_id)
    assert noted.value == overview.holdings[0].balances.equity


async def test_an_account_that_was_removed_meanwhile_leaves_no_value(
    house: House, store: FlakyDocuments
) -> None:
    overview = await _overview(house)
    await store.delete("links", {"user_id": ANNA})

    await worths_of(house, Drawn()).pictures(ANNA, overview, Span.MONTH)

    assert await store.find("day_values", {}, limit=9) == []


async def test_there_is_a_curve_from_the_second_day_on(house: House) -> None:
    studio = Drawn()
    worths = worths_of(house, studio)
    first = await worths.pictures(ANNA, await _overview(house), Span.MONTH)
    house.clock.advance(24 * 3600)
    second = await worths.pictures(ANNA, await house.portfolio.overview(ANNA), Span.MONTH)

    assert [picture.name for picture in first] == ["allocation.png"]
    assert [picture.name for picture in second] == ["allocation.png", "equity.png"]
    assert len(studio.asked[-1].points) == 2


async def test_a_curve_does_not_go_further_back_than_asked(house: House) -> None:
    studio = Drawn()
    worths = worths_of(house, studio)
    await worths.pictures(ANNA, await _overview(house), Span.MONTH)
    for _ in range(2):
        house.clock.advance(25 * 24 * 3600)
        await worths.pictures(ANNA, await house.portfolio.overview(ANNA), Span.MONTH)
    assert len(studio.asked[-1].points) == 2

    await worths.pictures(ANNA, await house.portfolio.overview(ANNA), Span.YEAR)

    assert len(studio.asked[-1].points) == 3


async def test_a_store_that_fails_hides_no_allocation(house: House, store: FlakyDocuments) -> None:
    overview = await _overview(house)

    async def fail() -> None:
        raise StoreUnavailable

    store.before["upsert", "day_values"] = store.before["find", "day_values"] = fail
    pictures = await worths_of(house, Drawn()).pictures(ANNA, overview, Span.MONTH)

    assert [picture.name for picture in pictures] == ["allocation.png"]


# Within a day


def at(minutes: int, value: int) -> Worth:
    """A value so many minutes after noon."""
    moment = datetime(2026, 3, 2, 12, tzinfo=UTC) + timedelta(minutes=minutes)
    return Worth(at=moment, value=Decimal(value))


def test_within_a_day_accounts_are_added_at_each_look_and_keep_their_value_between() -> None:
    points = during([[at(0, 100), at(20, 120)], [at(10, 10), at(30, 30)]])

    assert points == (at(10, 110), at(20, 130), at(30, 150))


def test_within_a_day_the_line_begins_when_every_account_has_a_value() -> None:
    assert during([[at(0, 100)], []]) == ()
    assert during([]) == ()


async def test_looks_within_a_day_make_a_curve_of_it(house: House, venue: Venue) -> None:
    studio = Drawn()
    worths = worths_of(house, studio)
    venue.equity = Decimal(1_000)
    first = await worths.pictures(ANNA, await _overview(house), Span.DAY)
    for value in (1_010, 990):
        house.clock.advance(20 * 60)
        venue.equity = Decimal(value)
        await worths.pictures(ANNA, await house.portfolio.overview(ANNA), Span.DAY)

    assert [picture.name for picture in first] == ["allocation.png"]
    assert [point.value for point in studio.asked[-1].points] == [1_000, 1_010, 990]
    assert studio.asked[-1].span == "1 day"


async def test_the_curve_of_a_day_holds_no_value_of_the_day_before(
    house: House, venue: Venue
) -> None:
    worths = worths_of(house, Drawn())
    venue.equity = Decimal(1_000)
    await worths.pictures(ANNA, await _overview(house), Span.DAY)
    house.clock.advance(24 * 3600 + 60)

    pictures = await worths.pictures(ANNA, await house.portfolio.overview(ANNA), Span.DAY)

    assert [picture.name for picture in pictures] == ["allocation.png"]


async def test_snapshots_that_were_taken_unasked_are_in_the_curve_of_a_day(
    house: House, venue: Venue
) -> None:
    studio = Drawn()
    venue.equity = Decimal(1_000)
    before = (await _overview(house)).holdings[0]
    key, balances = before.account.key, before.balances
    taken = Snapshot.of(ANNA, key.link_id, key.account_id, balances, ())
    await Snapshots(house.documents).add(taken)
    house.clock.advance(20 * 60)
    venue.equity = Decimal(1_005)

    overview = await house.portfolio.overview(ANNA)
    await worths_of(house, studio).pictures(ANNA, overview, Span.DAY)

    assert [point.value for point in studio.asked[-1].points] == [1_000, 1_005]


async def test_a_store_that_fails_within_a_day_hides_no_allocation(
    house: House, store: FlakyDocuments
) -> None:
    overview = await _overview(house)

    async def fail() -> None:
        raise StoreUnavailable

    store.before["find", "moment_values"] = fail
    pictures = await worths_of(house, Drawn()).pictures(ANNA, overview, Span.DAY)

    assert [picture.name for picture in pictures] == ["allocation.png"]
