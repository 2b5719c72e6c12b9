"""What a person owns: their own accounts, each total in its own currency, failures named."""

from dataclasses import replace
from decimal import Decimal

import pytest

from floorbroker.domain.errors import ApiError, NotLinked
from floorbroker.domain.ids import AccountId
from tests.fakes.exchange.venue import ACCOUNT, Venue, held
from tests.floor import ANNA, BEN, House
from tests.services.conftest import Build


@pytest.fixture
def house(build: Build, venue: Venue) -> House:
    return build(venue=venue)


async def test_all_accounts_are_shown_and_added_up(house: House, venue: Venue) -> None:
    await house.accounts.open_paper(ANNA)
    await house.link()
    venue.positions = (held(5, house.clock.now()),)

    overview = await house.portfolio.overview(ANNA)

    assert len(overview.holdings) == 2
    assert [one.positions for one in overview.holdings if one.account.link.label == "ex"] == [
        venue.positions
    ]
    [(_, total)] = overview.totals()
    assert (total.amount, total.currency) == (Decimal(200_000), "USD")


async def test_different_currencies_are_never_added(house: House, venue: Venue) -> None:
    await house.accounts.open_paper(ANNA)
    await house.link()
    venue.currency = "EUR"

    totals = [total for _, total in (await house.portfolio.overview(ANNA)).totals()]

    assert sorted(total.currency for total in totals) == ["EUR", "USD"]
    assert {total.amount for total in totals} == {Decimal(100_000)}


@pytest.mark.parametrize("request_", ["connect", "accounts", "balances", "positions"])
async def test_a_broker_that_fails_is_named_and_hides_nothing_else(
    house: House, venue: Venue, request_: str
) -> None:
    await house.accounts.open_paper(ANNA)
    link = await house.link()
    venue.failing[request_] = ApiError(broker="alpaca")

    overview = await house.portfolio.overview(ANNA)

    assert [one.account.link.label for one in overview.holdings] == ["Paper"]
    assert [one.link for one in overview.failed] == [link]


async def test_one_account_can_be_named(house: House, venue: Venue) -> None:
    venue.accounts = (ACCOUNT, replace(ACCOUNT, account_id=AccountId("EX-2"), number="EX000002"))
    await house.link()

    [shown] = (await house.portfolio.overview(ANNA, "ex …0002")).holdings

    assert shown.account.account.account_id == "EX-2"


async def test_nobody_sees_anybody_elses(house: House, venue: Venue) -> None:
    link = await house.link(ANNA)
    venue.positions = (held(5, house.clock.now()),)

    overview = await house.portfolio.overview(BEN)

    assert [one.account.link.label for one in overview.holdings] == ["Paper"]
    with pytest.raises(NotLinked):
        await house.portfolio.overview(BEN, f"{link.link_id}/EX-1")


async def test_a_defect_is_not_taken_for_a_broker_that_fails(house: House, venue: Venue) -> None:
    await house.link()
    venue.failing["balances"] = KeyError("cash")

    with pytest.raises(KeyError):
        await house.portfolio.overview(ANNA)


async def test_whoever_removed_every_account_is_told_so(house: House) -> None:
    paper = await house.accounts.open_paper(ANNA)
    await house.links.remove(ANNA, paper.link_id)

    with pytest.raises(NotLinked):
        await house.portfolio.overview(ANNA)
