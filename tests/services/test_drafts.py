"""The review: what it refuses, what it rounds, what it shows. Nothing here sends anything."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from floorbroker.domain.errors import (
    InvalidInput,
    NotLinked,
    NotSupported,
    SymbolNotFound,
)
from floorbroker.domain.instruments import AssetClass, Instrument
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.orders import OrderType, PositionEffect, Side
from tests.fakes.clock import ManualClock
from tests.fakes.exchange.venue import AAPL, RULES, Venue, held
from tests.floor import ANNA, House, caller
from tests.services.conftest import Build
from tests.simulators.paper_faults import Counting

D = Decimal


@pytest.fixture
def house(build: Build, venue: Venue) -> Iterator[House]:
    """Nothing that a test here does may reach the broker's order desk."""
    yield build(venue=venue)
    assert venue.count("place_order") == 0


async def test_a_draft_says_what_it_would_cost_and_leave(house: House, venue: Venue) -> None:
    await house.link()

    draft = await house.draft(quantity="10")

    assert draft.state is OrderState.DRAFT
    review = draft.review
    assert (review.price, review.price_source) == (D("100.00"), "Scripted exchange")
    assert review.cost is not None
    assert (review.cost.amount, review.cost.currency) == (D(1000), "USD")
    assert review.buying_power_after is not None
    assert review.buying_power_after.amount == 99_000
    assert review.notes == ()


async def test_a_market_review_is_good_for_a_minute_and_a_resting_one_for_ten(
    house: House, clock: ManualClock
) -> None:
    await house.link()

    market, limit = await house.draft(), await house.draft(limit="90.00")

    assert market.review.expires_at - clock.now() == timedelta(seconds=60)
    assert limit.review.expires_at - clock.now() == timedelta(minutes=10)


async def test_a_sale_is_shown_as_money_received(
    house: House, venue: Venue, clock: ManualClock
) -> None:
    await house.link()
    venue.positions = (held(10, clock.now()),)

    draft = await house.draft(side=Side.SELL, quantity="10")

    assert draft.review.cost is not None
    assert draft.review.cost.amount == D("-999.90")
    assert draft.request.effect is PositionEffect.CLOSE


@pytest.mark.parametrize(
    ("ticket", "note"),
    [
        ({"quantity": "10.9"}, "Quantity rounded down from 10.9 to 10."),
        ({"limit": "90.006"}, "The limit price is rounded from 90.006 to 90.01."),
        ({"limit": "90.005"}, "The limit price is rounded from 90.005 to 90.00."),
        ({"stop": "110.001"}, "The stop price is rounded from 110.001 to 110.00."),
        (
            {"limit": "90", "take_profit": "99.999"},
            "The take-profit price is rounded from 99.999 to 100.00.",
        ),
        (
            {"limit": "90", "stop_loss": "80.001"},
            "The stop-loss price is rounded from 80.001 to 80.00.",
        ),
    ],
)
async def test_what_is_rounded_is_said(house: House, ticket: dict[str, Any], note: str) -> None:
    await house.link()

    assert note in (await house.draft(**ticket)).review.notes


async def test_a_quantity_that_rounds_to_nothing_is_refused(house: House) -> None:
    await house.link()

    with pytest.raises(InvalidInput, match=r"^Invalid order quantity\. The smallest here is 1"):
        await house.draft(quantity="0.9")


async def test_a_quantity_below_the_brokers_smallest_is_refused(house: House, venue: Venue) -> None:
    await house.link()
    venue.rules = replace(RULES, minimum_quantity=D(5))

    with pytest.raises(InvalidInput, match="The smallest here is 5"):
        await house.draft(quantity="4")


async def test_a_price_that_rounds_to_nothing_is_refused(house: House) -> None:
    await house.link()

    with pytest.raises(InvalidInput, match="above zero"):
        await house.draft(limit="0.001")


async def test_an_amount_below_the_brokers_smallest_is_refused(house: House, venue: Venue) -> None:
    await house.link()
    venue.rules = replace(RULES, minimum_notional=D(10))

    with pytest.raises(InvalidInput, match="The smallest here is 10"):
        await house.draft(amount="9.99")


async def test_an_amount_of_money_costs_that_amount(house: House) -> None:
    await house.link()

    draft = await house.draft(amount="$500")

    assert draft.request.notional == 500
    assert draft.request.quantity is None
    assert draft.review.cost is not None
    assert draft.review.cost.amount == 500


@pytest.mark.parametrize("quantity", ["-10", "0", "1e3", "１０", "NaN", "10\n"])
async def test_a_quantity_that_is_no_number_never_reaches_the_broker(
    house: House, venue: Venue, quantity: str
) -> None:
    with pytest.raises(InvalidInput, match=r"^Invalid order quantity"):
        await house.draft(quantity=quantity)

    assert venue.requests == []


@pytest.mark.parametrize("symbol", ["../orders", "AAPL?x=1", "AAPL\x00", "\u202eLPAA", "A" * 99])
async def test_a_symbol_that_is_no_symbol_never_reaches_the_broker(
    house: House, venue: Venue, symbol: str
) -> None:
    await house.link()

    with pytest.raises(InvalidInput, match=r"^Invalid symbol: "):
        await house.draft(symbol=symbol)
    with pytest.raises(InvalidInput, match=r"^Invalid symbol: "):
        await house.drafts.draft_close(caller(), symbol, None, None)

    assert "instrument" not in venue.requests


async def test_a_symbol_that_the_broker_does_not_know_is_told(house: House) -> None:
    await house.link()

    with pytest.raises(SymbolNotFound):
        await house.draft(symbol="MSFT")


async def test_without_any_account_there_is_nothing_to_trade_in(house: House) -> None:
    paper = await house.accounts.open_paper(ANNA)
    await house.links.remove(ANNA, paper.link_id)

    with pytest.raises(NotLinked):
        await house.draft()


async def test_what_the_broker_does_not_offer_is_named(house: House, venue: Venue) -> None:
    await house.link()
    future = Instrument(symbol="ESZ6", asset_class=AssetClass.FUTURE, multiplier=D(50))
    venue.instruments = (AAPL, future)

    with pytest.raises(NotSupported, match="does not offer this kind of instrument"):
        await house.draft(symbol="ESZ6")


async def test_a_closed_market_is_said(house: House, venue: Venue) -> None:
    await house.link()
    venue.market_open = False

    [note] = (await house.draft(limit="90")).review.notes

    assert note == (
        "The market is closed now. It opens on Wednesday, 4 March, at 13:00 in New York."
    )


async def test_open_orders_on_the_other_side_are_said(build: Build, clock: ManualClock) -> None:
    venue = Venue()
    house = build(venue=venue)
    await house.link()
    await house.resting()
    venue.positions = (held(10, clock.now()),)

    draft = await house.draft(side=Side.SELL, quantity="1", limit="110")

    assert "1 open buy order stands against this one." in draft.review.notes


@pytest.mark.parametrize(
    ("ticket", "kind"),
    [
        ({}, OrderType.MARKET),
        ({"limit": "90"}, OrderType.LIMIT),
        ({"stop": "110"}, OrderType.STOP),
        ({"stop": "110", "limit": "111"}, OrderType.STOP_LIMIT),
        ({"trail": "2%"}, OrderType.TRAILING_STOP),
        ({"trail": "1.50"}, OrderType.TRAILING_STOP),
    ],
)
async def test_the_prices_that_are_given_make_the_type(
    house: House, ticket: dict[str, Any], kind: OrderType
) -> None:
    await house.link()

    assert (await house.draft(**ticket)).request.type is kind


async def test_one_look_at_the_paper_broker_sends_no_order_either(
    build: Build, broker: Counting
) -> None:
    paper = build(faults=broker)

    draft = await paper.draft(quantity="10", limit="100.00")

    assert draft.review.margin_required is not None
    assert draft.review.fees is not None
    assert broker.orders_received == 0
