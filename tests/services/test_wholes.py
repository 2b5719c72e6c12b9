"""What may be added, how it is divided, and what the pictures say that they leave out."""

from dataclasses import replace
from decimal import Decimal

import pytest

from floorbroker.domain.errors import BrokerTimeout
from floorbroker.domain.ids import BrokerId
from floorbroker.domain.instruments import Instrument
from floorbroker.domain.modes import Environment
from floorbroker.domain.money import Money, usd
from floorbroker.services.portfolio import Overview
from floorbroker.services.reachable import UnreachableLink
from floorbroker.services.wholes import allocation, largest
from floorbroker.services.worth import Span
from tests.fakes.exchange.venue import Venue, held
from tests.floor import ANNA, House
from tests.services.conftest import Build
from tests.services.test_worth import Drawn, worths_of


@pytest.fixture
def house(build: Build, venue: Venue) -> House:
    return build(venue=venue)


async def _overview(house: House) -> Overview:
    await house.link()
    return await house.portfolio.overview(ANNA)


async def test_paper_and_real_money_are_never_one_whole(house: House) -> None:
    await house.link(name="paper")
    await house.link(name="live", environment=Environment.LIVE)
    overview = await house.portfolio.overview(ANNA)

    whole = largest(overview)

    assert whole is not None
    assert whole.environment is Environment.LIVE
    assert len(whole.holdings) == 1
    assert [kind for kind, _ in overview.totals()] == [Environment.LIVE, Environment.PAPER]


async def test_what_has_no_price_or_another_currency_is_in_no_allocation(
    house: House, venue: Venue
) -> None:
    aapl = held("10", house.clock.now())
    foreign = replace(
        aapl, instrument=replace(aapl.instrument, symbol="SAP", currency="EUR"), quantity=Decimal(5)
    )
    unpriced = replace(aapl, instrument=replace(aapl.instrument, symbol="KO"), market_price=None)
    venue.positions = (aapl, foreign, unpriced)
    whole = largest(await _overview(house))
    assert whole is not None

    chart = allocation(whole)

    assert chart is not None
    assert {share.name for share in chart.shares} == {"Cash", "AAPL"}


async def test_an_account_without_anything_has_no_allocation(house: House, venue: Venue) -> None:
    venue.buying_power = Decimal(0)
    whole = largest(await _overview(house))
    assert whole is not None

    assert allocation(whole) is None
    assert whole.holdings[0].balances.cash == Money(amount=Decimal(0), currency="USD")


async def test_a_picture_of_one_whole_names_the_others(house: House) -> None:
    await house.link(name="paper")
    await house.link(name="live", environment=Environment.LIVE)
    studio = Drawn()
    worths = worths_of(house, studio)
    await worths.pictures(ANNA, await house.portfolio.overview(ANNA), Span.MONTH)
    house.clock.advance(24 * 3600)

    await worths.pictures(ANNA, await house.portfolio.overview(ANNA), Span.MONTH)

    divided, curve = studio.asked[-2:]
    assert divided.title == "LIVE allocation"
    assert curve.title == "LIVE equity · 1 month"
    assert divided.note == curve.note == "Not in it: PAPER USD."


async def test_a_picture_of_everything_has_no_note(house: House) -> None:
    whole = largest(await _overview(house))
    assert whole is not None

    chart = allocation(whole)

    assert chart is not None
    assert chart.note == ""


async def test_another_currency_and_what_did_not_answer_are_named(house: House) -> None:
    overview = await _overview(house)
    (one,) = overview.holdings
    euros = replace(
        one, balances=replace(one.balances, equity=Money(amount=Decimal(1), currency="EUR"))
    )
    lost = UnreachableLink(link=one.account.link, error=BrokerTimeout(broker=BrokerId("x")))

    whole = largest(Overview(holdings=[one, euros], failed=[lost]))

    assert whole is not None
    assert whole.others == ("PAPER EUR", "what did not answer")


async def test_what_an_allocation_leaves_out_stands_in_its_note(house: House, venue: Venue) -> None:
    aapl = held("10", house.clock.now())

    def other(symbol: str, currency: str = "USD") -> Instrument:
        return replace(aapl.instrument, symbol=symbol, currency=currency)

    venue.positions = (
        aapl,
        replace(aapl, instrument=other("TSLA"), quantity=Decimal(-2)),
        replace(aapl, instrument=other("SAP", "EUR")),
        *(
            replace(aapl, instrument=other(symbol), market_price=None)
            for symbol in ("KO", "GME", "AMC", "F", "T")
        ),
    )
    whole = largest(await _overview(house))
    assert whole is not None
    (one,) = whole.holdings
    debt, euros = usd("-512.5"), Money(amount=Decimal(9), currency="EUR")
    indebted = replace(one, balances=replace(one.balances, cash=debt))
    in_euros = replace(one, positions=(), balances=replace(one.balances, cash=euros))

    chart = allocation(replace(whole, holdings=(indebted, in_euros)))

    assert chart is not None
    assert {share.name for share in chart.shares} == {"AAPL", "TSLA"}
    assert chart.note == (
        "Not in it: 512.50 USD of cash owed; cash in EUR; SAP (EUR); "
        "KO, GME, AMC and 2 more, without a price. Short, shown by its size: TSLA."
    )
