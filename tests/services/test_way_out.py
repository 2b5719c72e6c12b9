"""A position can be closed though the broker tells no more than that it is held."""

from dataclasses import replace
from decimal import Decimal

import pytest

from floorbroker.domain.errors import ApiError
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.orders import PositionEffect, Side
from tests.fakes.exchange.venue import Venue, held
from tests.floor import House, caller
from tests.services.conftest import Build

READS = ("balances", "instrument_rules", "market_hours", "quote", "instrument")


@pytest.fixture
def house(build: Build, venue: Venue) -> House:
    return build(venue=venue)


def away(venue: Venue, *reads: str) -> None:
    venue.failing.update({read: ApiError("Down.", broker="alpaca") for read in reads})


@pytest.mark.parametrize("reads", [*((one,) for one in READS), READS], ids="+".join)
async def test_a_close_goes_out(house: House, venue: Venue, reads: tuple[str, ...]) -> None:
    await house.link()
    venue.positions = (held("2.5", house.clock.now()),)
    venue.rules = replace(venue.rules, quantity_step=Decimal("0.5"), minimum_quantity=Decimal(0))
    away(venue, *reads)

    draft = await house.drafts.draft_close(caller(), "AAPL", None, None)
    sent = await house.confirm(draft)

    assert (draft.request.side, draft.request.quantity) == (Side.SELL, Decimal("2.5"))
    assert draft.request.effect is PositionEffect.CLOSE
    assert sent.state is OrderState.ACCEPTED


async def test_what_was_not_checked_is_said(house: House, venue: Venue) -> None:
    await house.link()
    venue.positions = (held(10, house.clock.now()),)
    away(venue, "balances", "instrument_rules", "market_hours")

    draft = await house.drafts.draft_close(caller(), "AAPL", None, None)

    assert draft.review.notes[0] == (
        "Not read, so not checked here: balance, market hours, quantity steps. "
        "Your broker checks the order itself."
    )
    assert not any("market is closed" in note for note in draft.review.notes)


async def test_a_sale_of_what_is_held_is_a_way_out_too(house: House, venue: Venue) -> None:
    await house.link()
    venue.positions = (held(10, house.clock.now()),)
    away(venue, "balances", "market_hours")

    draft = await house.draft(side=Side.SELL, quantity="10")

    assert draft.request.effect is PositionEffect.CLOSE


@pytest.mark.parametrize("read", ["balances", "instrument_rules", "market_hours"])
async def test_an_order_that_opens_a_position_needs_them(
    house: House, venue: Venue, read: str
) -> None:
    await house.link()
    away(venue, read)

    with pytest.raises(ApiError):
        await house.draft()


async def test_without_the_position_there_is_no_way_out(house: House, venue: Venue) -> None:
    await house.link()
    away(venue, "positions")

    with pytest.raises(ApiError):
        await house.drafts.draft_close(caller(), "AAPL", None, None)
