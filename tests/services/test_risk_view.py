"""The risk view over real accounts of a scripted broker: what is not told is named."""

import asyncio
from dataclasses import replace
from decimal import Decimal

import pytest

from floorbroker.domain.errors import ApiError, BrokerConnectionError, NotLinked
from floorbroker.domain.instruments import AssetClass, Instrument
from floorbroker.domain.modes import Environment
from floorbroker.services.risk import AT_ONCE, MOST_ASKED, Part, RiskView
from tests.fakes.clock import ManualClock
from tests.fakes.exchange.venue import AAPL, Venue, held
from tests.floor import ANNA, BEN, House, settings
from tests.services.conftest import Build

D = Decimal
MSFT = replace(AAPL, symbol="MSFT")


def returns(days: int) -> list[Decimal]:
    return [D(100) if number % 2 else D(101) for number in range(days)]


@pytest.fixture
async def house(build: Build, venue: Venue) -> House:
    house = build(venue=venue, chosen=settings(live_trading="on"))
    await house.link()
    return house


async def seen(house: House, *, loss_limited: bool = False) -> RiskView:
    return await house.risk.view(ANNA, loss_limited=loss_limited)


async def part_of(house: House) -> Part:
    [part] = (await seen(house)).parts
    return part


async def test_holdings_and_equity_become_figures(
    house: House, venue: Venue, clock: ManualClock
) -> None:
    venue.equity = D(1_000)
    venue.positions = (held(10, clock.now()), held(-5, clock.now(), MSFT))
    venue.closes = {"AAPL": returns(61), "MSFT": returns(61)}

    part = await part_of(house)

    assert (part.exposure.gross, part.exposure.net) == (1_500, 500)
    assert part.exposure.leverage == D("1.5")
    assert part.exposure.largest == ("AAPL", D(1_000), D(100))
    assert part.at_risk is not None
    assert part.at_risk.days == 60
    assert part.without_bars == part.unpriced == part.foreign == ()


async def test_what_has_no_daily_prices_is_named_and_leaves_the_others_theirs(
    house: House, venue: Venue, clock: ManualClock
) -> None:
    venue.positions = (held(10, clock.now()), held(5, clock.now(), MSFT))
    venue.closes = {"AAPL": returns(61), "MSFT": returns(20)}

    part = await part_of(house)

    assert part.at_risk is not None
    assert part.without_bars == ("MSFT",)
    assert part.exposure.gross == 1_500


async def test_without_any_daily_prices_there_is_no_figure(
    house: House, venue: Venue, clock: ManualClock
) -> None:
    venue.positions = (held(10, clock.now()),)
    venue.failing["bars"] = ApiError(broker="alpaca")

    part = await part_of(house)

    assert part.at_risk is None
    assert part.without_bars == ("AAPL",)
    assert part.exposure.gross == 1_000


async def test_what_has_no_price_or_another_currency_is_named_and_not_counted(
    house: House, venue: Venue, clock: ManualClock
) -> None:
    euros = Instrument(symbol="SAP", asset_class=AssetClass.EQUITY, currency="EUR")
    venue.positions = (
        replace(held(10, clock.now()), market_price=None),
        held(5, clock.now(), euros),
        held(1, clock.now(), MSFT),
    )

    part = await part_of(house)

    assert part.unpriced == ("AAPL",)
    assert part.foreign == ("SAP",)
    assert part.exposure.gross == 100


async def test_an_account_in_another_currency_is_named_and_not_counted(
    house: House, venue: Venue
) -> None:
    venue.currency = "EUR"

    part = await part_of(house)

    assert len(part.foreign) == 1
    assert part.exposure.equity == 0


async def test_practice_and_real_money_are_never_added(
    house: House, venue: Venue, clock: ManualClock
) -> None:
    await house.link(environment=Environment.LIVE, name="real")
    venue.positions = (held(10, clock.now()),)

    parts = (await seen(house)).parts

    assert {part.environment for part in parts} == set(Environment)
    assert [part.exposure.gross for part in parts] == [1_000, 1_000]


async def test_a_broker_that_does_not_answer_is_named_beside_the_others(
    house: House, venue: Venue
) -> None:
    await house.accounts.open_paper(ANNA)
    venue.failing["balances"] = BrokerConnectionError(broker="alpaca")

    view = await seen(house)

    assert [one.link.label for one in view.overview.failed] == ["ex"]
    assert [part.environment for part in view.parts] == [Environment.PAPER]


async def test_margin_is_told_where_the_broker_tells_it_and_named_where_not(house: House) -> None:
    await house.accounts.open_paper(ANNA)

    part = await part_of(house)

    assert part.margin_used == 0
    assert len(part.margin_untold) == 1
    assert "ex" in part.margin_untold[0]


async def test_daily_prices_are_asked_for_a_few_at_a_time_and_of_the_largest(
    house: House, venue: Venue, clock: ManualClock
) -> None:
    names = [f"S{number}" for number in range(40)]
    venue.positions = tuple(
        held(number + 1, clock.now(), replace(AAPL, symbol=name))
        for number, name in enumerate(names)
    )
    venue.closes = {name: returns(61) for name in names}
    venue.blocked["bars"] = asyncio.Event()

    looking = asyncio.ensure_future(part_of(house))
    await venue.heard("bars", times=AT_ONCE)
    for _ in range(50):  # whoever could ask as well has had the turn
        await asyncio.sleep(0)
    at_once = venue.count("bars")
    venue.blocked["bars"].set()
    part = await looking

    assert at_once == AT_ONCE
    assert venue.count("bars") == MOST_ASKED
    assert part.without_bars == tuple(sorted(names[:10]))


async def test_the_loss_is_told_by_account_where_somebody_knows_it(
    house: House, venue: Venue
) -> None:
    assert (await seen(house)).losses == ()
    limited = await seen(house, loss_limited=True)
    venue.day_profit = D(-5)

    [(_, told)] = (await seen(house)).losses

    assert [loss.amount for _, loss in limited.losses] == [0]
    assert (told.amount, told.basis) == (5, "by your broker's figure")


async def test_somebody_elses_holdings_are_not_in_it(
    house: House, venue: Venue, clock: ManualClock
) -> None:
    await house.link(BEN)
    venue.positions = (held(10, clock.now()),)

    await seen(house)

    assert {user for user, _ in venue.opened} == {ANNA}


async def test_without_an_account_there_is_nothing_to_look_at(house: House) -> None:
    for link in await house.accounts.links(ANNA):
        await house.links.remove(ANNA, link.link_id)
    paper = await house.accounts.open_paper(ANNA)
    await house.links.remove(ANNA, paper.link_id)

    with pytest.raises(NotLinked):
        await seen(house)
