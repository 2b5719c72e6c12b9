"""Selling, shorting, closing and money: what an account can carry, and which limits are named."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from floorbroker.domain.errors import (
    InsufficientFunds,
    InvalidInput,
    LimitExceeded,
    PolicyRefused,
)
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.orders import PositionEffect, Side
from tests.fakes.clock import ManualClock
from tests.fakes.exchange.venue import ACCOUNT, Venue, held
from tests.floor import House, caller, settings
from tests.services.conftest import Build

D = Decimal


@pytest.fixture
def house(build: Build, venue: Venue) -> Iterator[House]:
    """Nothing that a test here does may reach the broker's order desk."""
    yield build(venue=venue)
    assert venue.count("place_order") == 0


@pytest.mark.parametrize(("quantity", "holding"), [("11", 10), ("1", 0), ("10.5", 10)])
async def test_a_sale_beyond_the_holding_is_refused(
    house: House, venue: Venue, clock: ManualClock, quantity: str, holding: int
) -> None:
    await house.link()
    venue.positions = (held(holding, clock.now()),) if holding else ()

    with pytest.raises(InvalidInput, match="You hold"):
        await house.draft(side=Side.SELL, quantity=quantity)


async def test_a_short_sale_is_what_the_person_calls_it_and_is_warned_about(
    house: House,
) -> None:
    await house.link()

    draft = await house.draft(side=Side.SELL, quantity="5", short=True)

    assert draft.request.effect is PositionEffect.SHORT
    assert "This sells short: the loss is not limited." in draft.review.notes


async def test_an_account_that_may_not_short_does_not(house: House, venue: Venue) -> None:
    await house.link()
    venue.accounts = (replace(ACCOUNT, may_short=False),)

    with pytest.raises(PolicyRefused, match="may not sell short"):
        await house.draft(side=Side.SELL, quantity="5", short=True)


async def test_only_a_sale_can_be_short(house: House) -> None:
    await house.link()

    with pytest.raises(InvalidInput, match="Only a sell can be short"):
        await house.draft(side=Side.BUY, short=True)


@pytest.mark.parametrize(
    ("quantity", "effect"), [("5", PositionEffect.CLOSE), ("6", PositionEffect.OPEN)]
)
async def test_a_buy_against_a_short_position_closes_up_to_its_size(
    house: House, venue: Venue, clock: ManualClock, quantity: str, effect: PositionEffect
) -> None:
    await house.link()
    venue.positions = (held(-5, clock.now()),)

    assert (await house.draft(quantity=quantity)).request.effect is effect


async def test_an_amount_that_sells_more_than_is_held_is_refused(
    house: House, venue: Venue, clock: ManualClock
) -> None:
    await house.link()
    venue.positions = (held(5, clock.now()),)

    with pytest.raises(InvalidInput, match="more than your holding"):
        await house.draft(side=Side.SELL, amount="501")


async def test_a_close_without_a_number_is_for_all_of_it(
    house: House, venue: Venue, clock: ManualClock
) -> None:
    await house.link()
    venue.positions = (held("-7", clock.now()),)

    draft = await house.drafts.draft_close(caller(), "aapl", None, None)

    assert draft.request.side is Side.BUY
    assert draft.request.quantity == 7
    assert draft.request.effect is PositionEffect.CLOSE


@pytest.mark.parametrize(
    ("holding", "quantity", "why"),
    [(0, None, "nothing to close"), (5, "6", "less than 6"), (5, "-1", "Invalid order quantity")],
)
async def test_a_close_of_what_is_not_there_is_refused(
    house: House, venue: Venue, clock: ManualClock, holding: int, quantity: str | None, why: str
) -> None:
    await house.link()
    venue.positions = (held(holding, clock.now()),)

    with pytest.raises(InvalidInput, match=why):
        await house.drafts.draft_close(caller(), "AAPL", quantity, None)


async def test_too_little_buying_power_is_told_in_figures(house: House, venue: Venue) -> None:
    await house.link()
    venue.buying_power = D("999.99")

    with pytest.raises(InsufficientFunds, match=r"about 1,000\.00 USD, and 999\.99 USD"):
        await house.draft(quantity="10")
    assert (await house.draft(quantity="9")).review.cost


async def test_buying_power_in_another_currency_is_not_compared(house: House, venue: Venue) -> None:
    await house.link()
    venue.currency, venue.buying_power = "JPY", D(1)

    draft = await house.draft()

    assert draft.review.buying_power_after is None


@pytest.mark.parametrize(
    ("ticket", "words"),
    [
        ({"quantity": "477"}, r"Order value \$50,085.00 exceeds limit"),
        ({"quantity": "501", "limit": "100.00"}, r"Order value \$50,100.00 exceeds limit"),
        ({"amount": "50001"}, r"Order value \$50,001.00 exceeds limit"),
        ({"quantity": "10", "limit": "105.01"}, "beyond the market"),
    ],
)
async def test_an_order_beyond_a_limit_is_refused_in_its_words(
    house: House, venue: Venue, ticket: dict[str, Any], words: str
) -> None:
    await house.link()

    with pytest.raises(LimitExceeded, match=words):
        await house.draft(**ticket)


async def test_a_position_beyond_its_limit_is_refused_with_what_is_held_already(
    house: House, venue: Venue, clock: ManualClock
) -> None:
    await house.link()
    venue.positions = (held(900, clock.now()),)

    with pytest.raises(LimitExceeded, match=r"^Position size exceeds limit"):
        await house.draft(quantity="101")
    assert (await house.draft(quantity="100")).state is OrderState.DRAFT


async def test_a_hundred_thousand_shares_break_the_position_limit_first(house: House) -> None:
    await house.link()

    with pytest.raises(LimitExceeded, match=r"^Position size exceeds limit .*, Order value"):
        await house.draft(quantity="100000")


async def test_a_symbol_that_the_operator_denies_is_refused(build: Build, venue: Venue) -> None:
    house = build(venue=venue, chosen=settings(denied_symbols="AAPL,GME"))
    await house.link()

    with pytest.raises(LimitExceeded, match="AAPL is not on the list"):
        await house.draft()
