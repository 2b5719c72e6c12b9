"""The figures of a day: of the person's own accounts, known or left out."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from floorbroker.domain.errors import ApiError
from floorbroker.domain.ids import AccountId
from floorbroker.domain.modes import Environment
from floorbroker.domain.money import usd
from floorbroker.domain.orders import Side
from floorbroker.storage.day_values import DayValue, DayValues
from tests.fakes.clock import ManualClock
from tests.fakes.exchange.venue import ACCOUNT, Venue
from tests.floor import ANNA, BEN, SECOND, House
from tests.services.conftest import Build
from tests.services.digested import days_of

YESTERDAY = timedelta(days=1)
D = Decimal


@pytest.fixture
def house(build: Build, venue: Venue) -> House:
    return build(venue=venue)


async def remembered(house: House, name: str = "ex", amount: int = 1_000) -> DayValue:
    """What an account was worth yesterday."""
    at = house.clock.now() - YESTERDAY
    value = DayValue(
        user_id=ANNA,
        link_id=(await house.accounts.link_named(ANNA, name)).link_id,
        account_id=AccountId("EX-1"),
        day=at.date(),
        at=at,
        value=usd(amount),
    )
    await DayValues(house.documents).put(value)
    return value


async def test_worth_and_the_days_change_are_what_the_broker_says(
    house: House, venue: Venue
) -> None:
    await house.link()
    venue.equity, venue.day_profit = D(1_500), D(-5)

    digest = await days_of(house).of(ANNA)

    assert digest.overview.totals() == [(Environment.PAPER, usd(1_500))]
    assert digest.overview.today() == [(Environment.PAPER, usd(-5))]
    assert (digest.compared, digest.away, digest.traded) == ([], [], {})


async def test_a_change_that_no_broker_tells_is_counted_since_the_last_day(
    house: House, venue: Venue
) -> None:
    await house.link()
    known = await remembered(house)
    venue.equity = D(1_200)

    [compared] = (await days_of(house).of(ANNA)).compared

    assert (compared.since, compared.change) == (known.day, usd(200))


async def test_a_change_with_nothing_to_compare_is_left_out(house: House) -> None:
    await house.link()

    digest = await days_of(house).of(ANNA)

    assert digest.overview.today() == []
    assert digest.compared == []


async def test_a_change_between_currencies_is_left_out(house: House, venue: Venue) -> None:
    await house.link()
    await remembered(house)
    venue.currency = "EUR"

    assert (await days_of(house).of(ANNA)).compared == []


async def test_a_broker_that_is_away_is_named_with_what_was_last_known(
    house: House, venue: Venue
) -> None:
    link = await house.link()
    accounts = frozenset({AccountId("EX-1")})
    assert await house.stored_people.save_link(replace(link, known_accounts=accounts))
    known = await remembered(house)
    venue.failing["balances"] = ApiError("Down.", broker="alpaca")

    digest = await days_of(house).of(ANNA)

    [away] = digest.away
    assert (away.title, away.known) == ("ex …0001", known)
    assert digest.overview.totals() == []


async def test_an_account_that_is_left_out_is_not_told_while_its_broker_is_away(
    house: House, venue: Venue
) -> None:
    link = await house.link()
    accounts = frozenset({AccountId("EX-1")})
    changed = replace(link, known_accounts=accounts, excluded=accounts)
    assert await house.stored_people.save_link(changed)
    await remembered(house)
    venue.failing["accounts"] = ApiError("Down.", broker="alpaca")

    assert [one.known for one in (await days_of(house).of(ANNA)).away] == [None]


async def test_brokers_that_hang_are_away_after_a_while(house: House, venue: Venue) -> None:
    await house.link()
    venue.blocked["balances"] = asyncio.Event()

    digest = await days_of(house, read_seconds=0.0).of(ANNA)

    assert [one.link.label for one in digest.away] == ["ex"]
    assert digest.overview.holdings == []


async def test_a_link_that_hangs_does_not_make_the_others_away(build: Build, venue: Venue) -> None:
    hanging = Venue()
    house = build(venue=venue, second=hanging)
    await house.link()
    await house.link(broker=SECOND, name="slow")
    venue.equity = D(1_500)
    hanging.blocked["accounts"] = asyncio.Event()

    digest = await days_of(house, read_seconds=1.0).of(ANNA)

    assert digest.overview.totals() == [(Environment.PAPER, usd(1_500))]
    assert [one.title for one in digest.away] == ["slow"]


async def test_an_account_that_answered_is_not_away_with_its_neighbour(
    house: House, venue: Venue
) -> None:
    other = replace(ACCOUNT, account_id=AccountId("EX-2"), number="EX000002")
    venue.accounts = (ACCOUNT, other)
    await house.link()
    venue.failing["balances EX-2"] = ApiError("Down.", broker="alpaca")

    digest = await days_of(house).of(ANNA)

    assert [one.account.title for one in digest.overview.holdings] == ["ex …0001"]
    assert [one.title for one in digest.away] == ["ex …0002"]


@pytest.mark.parametrize(
    ("fails", "titles"),
    [
        ("balances", ["ex …0001", "ex …0002"]),
        ("accounts", ["ex, account 1 of 2,", "ex, account 2 of 2,"]),
    ],
)
async def test_accounts_of_a_link_that_is_away_are_each_told_once(
    house: House, venue: Venue, fails: str, titles: list[str]
) -> None:
    other = replace(ACCOUNT, account_id=AccountId("EX-2"), number="EX000002")
    venue.accounts = (ACCOUNT, other)
    link = await house.link()
    reached = frozenset({ACCOUNT.account_id, other.account_id})
    assert await house.stored_people.save_link(replace(link, known_accounts=reached))
    known = await remembered(house)
    venue.failing[fails] = ApiError("Down.", broker="alpaca")

    away = (await days_of(house).of(ANNA)).away

    assert [one.title for one in away] == titles
    assert [one.known for one in away] == [known, None]


async def test_todays_fills_and_what_closings_made_are_told(
    house: House, clock: ManualClock
) -> None:
    await house.bought("10")
    clock.advance(YESTERDAY.total_seconds())
    bought = await house.bought("2")
    sale = await house.confirm(await house.draft(side=Side.SELL, quantity="5"))

    traded = (await days_of(house).of(ANNA)).traded[Environment.PAPER]

    assert [one.order.order_id for one in traded.filled] == [sale.order_id, bought.order_id]
    assert [one.quantity for one in traded.filled] == [D(5), D(2)]
    assert traded.filled[0].price == sale.average_price
    assert traded.made.closings == 1
    assert set(traded.made.profits) == {"USD"}


async def test_a_day_without_fills_has_no_profit_not_a_zero(
    house: House, clock: ManualClock
) -> None:
    await house.bought("10")
    clock.advance(YESTERDAY.total_seconds())

    assert (await days_of(house).of(ANNA)).traded == {}


async def test_open_orders_and_links_that_end_are_told(house: House, clock: ManualClock) -> None:
    link, now = await house.link(), clock.now()
    order = await house.resting(account="ex")
    soon = replace(link, linked_at=now, ends_at=now + timedelta(hours=48))
    assert await house.stored_people.save_link(soon)
    assert (await days_of(house).of(ANNA)).ending[0].link_id == link.link_id

    digest = await days_of(house).of(ANNA)

    assert [one.order_id for one in digest.open_orders] == [order.order_id]
    assert [one.link_id for one in digest.ending] == [link.link_id]


async def test_somebody_elses_day_is_not_mine(house: House) -> None:
    await house.bought("10", BEN)
    await house.resting(BEN)
    link = await house.accounts.open_paper(ANNA)
    await house.links.remove(ANNA, link.link_id)

    digest = await days_of(house).of(ANNA)

    assert (digest.overview.holdings, digest.open_orders, digest.traded) == ([], [], {})


async def test_the_days_value_is_noted_for_the_curve(house: House, venue: Venue) -> None:
    link = await house.link()
    venue.equity = D(1_500)

    await days_of(house).of(ANNA)

    stored = await DayValues(house.documents).last(ANNA, link.link_id, AccountId("EX-1"))
    assert [one.value for one in stored] == [usd(1_500)]
