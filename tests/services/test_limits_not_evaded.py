"""Nobody gets past a limit by the way in which an order is written, or by several of them."""

import asyncio
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from floorbroker.domain.errors import (
    BrokerTimeout,
    DraftExpired,
    InvalidInput,
    LimitExceeded,
    NotSupported,
)
from floorbroker.domain.instruments import AssetClass, Instrument
from floorbroker.domain.order import IntentState, Order
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.orders import OrderChanges, Receipt, Side
from tests.fakes.clock import ManualClock
from tests.fakes.exchange.venue import AAPL, Venue, filled, held
from tests.floor import ANNA, House, caller, settings
from tests.services.conftest import Build

PAIR = Instrument(symbol="ETH/BTC", asset_class=AssetClass.CRYPTO, currency="BTC")


@pytest.fixture
def house(build: Build, venue: Venue) -> House:
    """Orders and positions of at most 1,000 dollars; AAPL costs 100."""
    return build(venue=venue, chosen=settings(max_order_value="1000", max_position_value="1000"))


async def _linked(house: House) -> None:
    await house.link()
    await house.choose(ANNA, defaults={"any": (await house.accounts.choose(ANNA, "ex")).key})


@pytest.mark.parametrize(
    "terms",
    [
        # Triggered at once, at the market: its own price says nothing about what it costs.
        {"side": Side.BUY, "quantity": "900", "stop": "1"},
        {"side": Side.SELL, "quantity": "900", "stop": "99", "short": True},
        {"side": Side.SELL, "quantity": "900", "stop": "99", "limit": "0.01", "short": True},
        {"side": Side.SELL, "quantity": "900", "limit": "0.01", "short": True},
        {"side": Side.BUY, "quantity": "9", "stop": "101", "limit": "900"},
    ],
)
async def test_a_small_price_makes_no_order_small(house: House, terms: dict[str, Any]) -> None:
    await _linked(house)

    with pytest.raises(LimitExceeded):
        await house.draft(**terms)


async def test_a_stop_below_the_market_is_estimated_at_the_market(house: House) -> None:
    await _linked(house)

    order = await house.draft(side=Side.BUY, quantity="2", stop="1")

    assert order.review.cost is not None
    assert order.review.cost.amount == 200


async def test_what_rests_already_counts_towards_the_position(house: House) -> None:
    await _linked(house)
    await house.resting(limit="90.00", quantity="6")

    with pytest.raises(LimitExceeded, match="Position"):
        await house.draft(limit="90.00", quantity="6")


async def test_a_change_is_judged_with_what_rests_beside_it(house: House, venue: Venue) -> None:
    await _linked(house)
    order = await house.resting(limit="90.00", quantity="2")
    await house.resting(limit="90.00", quantity="6")
    changes = OrderChanges(quantity=Decimal(6))

    with pytest.raises(LimitExceeded, match="Position"):
        await house.changes.modify(caller(), order.order_id, changes)

    assert venue.count("modify_order") == 0


async def test_what_a_changed_order_has_filled_is_not_counted_twice(
    house: House, venue: Venue, clock: ManualClock
) -> None:
    await _linked(house)
    order = await house.resting(limit="90.00", quantity="8")
    receipt = filled("X-1", Decimal(5), clock.now())
    venue.book[order.order_id] = replace(receipt, state=OrderState.PARTIALLY_FILLED)
    clock.advance(10)
    await house.reconciler.sweep()
    venue.positions = (held("5", clock.now()),)

    changed = await house.changes.modify(
        caller(), order.order_id, OrderChanges(quantity=Decimal(9))
    )

    assert changed.request.quantity == 9


async def test_two_drafts_that_were_both_within_the_limit_are_not_both_sent(
    house: House, venue: Venue
) -> None:
    await _linked(house)
    first, second = await house.draft(quantity="6"), await house.draft(quantity="6")
    await house.confirm(first)

    with pytest.raises(LimitExceeded, match="Position"):
        await house.confirm(second)

    assert venue.count("place_order") == 1
    assert (await house.stored(second)).state is OrderState.DRAFT


async def test_a_pair_that_is_not_priced_in_dollars_opens_nothing_and_can_be_closed(
    house: House, venue: Venue
) -> None:
    await _linked(house)
    venue.instruments = (AAPL, PAIR)

    with pytest.raises(NotSupported, match="priced in BTC"):
        await house.draft(symbol="ETH/BTC", quantity="1")

    venue.positions = (held("1", house.clock.now(), PAIR),)
    order = await house.drafts.draft_close(caller(), "ETH/BTC", None, None)
    assert order.request.side is Side.SELL


async def test_a_changed_closing_order_leaves_what_others_close(house: House, venue: Venue) -> None:
    await _linked(house)
    venue.positions = (held("10", house.clock.now()),)
    first = await house.resting(side=Side.SELL, limit="110.00", quantity="5")
    await house.resting(side=Side.SELL, limit="111.00", quantity="5")

    with pytest.raises(InvalidInput, match="other open orders close 5"):
        await house.changes.modify(caller(), first.order_id, OrderChanges(quantity=Decimal(10)))

    assert venue.count("modify_order") == 0


async def test_a_sale_for_an_amount_ties_what_it_will_sell(house: House, venue: Venue) -> None:
    await _linked(house)
    venue.positions = (held("10", house.clock.now()),)
    sale = await house.draft(side=Side.SELL, amount="900")
    await house.confirm(sale)

    with pytest.raises(InvalidInput, match="open orders close"):
        await house.drafts.draft_close(caller(), "AAPL", None, None)


async def test_a_wide_stop_limit_is_a_way_out(house: House, venue: Venue) -> None:
    await _linked(house)
    venue.positions = (held("5", house.clock.now()),)

    order = await house.draft(side=Side.SELL, quantity="5", stop="90", limit="70")

    assert order.state is OrderState.DRAFT
    assert replace(order.request, limit_price=Decimal(70)) == order.request


async def test_a_review_ends_with_a_change_of_another_order_of_its_position(
    house: House, venue: Venue
) -> None:
    await _linked(house)
    resting = await house.resting(limit="90.00", quantity="1")
    draft = await house.draft(limit="90.00", quantity="6")
    await house.changes.modify(caller(), resting.order_id, OrderChanges(quantity=Decimal(10)))

    with pytest.raises(DraftExpired, match="was changed since"):
        await house.confirm(draft)

    assert venue.count("place_order") == 1


async def test_two_changes_at_once_are_judged_one_after_the_other(
    house: House, venue: Venue
) -> None:
    await _linked(house)
    orders = [await house.resting(limit="90.00", quantity=size) for size in ("1", "2")]

    answers = await asyncio.gather(
        *(
            house.changes.modify(caller(), order.order_id, OrderChanges(quantity=Decimal(9)))
            for order in orders
        ),
        return_exceptions=True,
    )

    assert sum(isinstance(one, LimitExceeded) for one in answers) == 1
    assert venue.count("modify_order") == 1


async def test_a_change_in_doubt_counts_as_carried_out(house: House, venue: Venue) -> None:
    await _linked(house)
    resting = await house.resting(limit="90.00", quantity="1")
    await _changed_in_doubt(house, venue, resting, "10")

    with pytest.raises(LimitExceeded, match="Position"):
        await house.draft(limit="90.00", quantity="6")


async def test_a_sale_that_a_change_in_doubt_may_have_enlarged_is_not_sold_again(
    house: House, venue: Venue
) -> None:
    await _linked(house)
    venue.positions = (held("10", house.clock.now()),)
    resting = await house.resting(side=Side.SELL, limit="110.00", quantity="1")
    await _changed_in_doubt(house, venue, resting, "10")

    with pytest.raises(InvalidInput, match="open orders close 10 already"):
        await house.draft(side=Side.SELL, limit="110.00", quantity="9")


async def test_what_filled_of_an_order_that_was_cut_short_counts_beside_an_older_review(
    house: House, venue: Venue
) -> None:
    await _linked(house)
    draft = await house.draft(limit="90.00", quantity="7")

    def cut_short(order: Order) -> Receipt:
        return replace(filled("X-1", Decimal(5), house.clock.now()), state=OrderState.CANCELED)

    venue.on_place = cut_short
    short = await house.resting(limit="90.00", quantity="6")
    venue.on_place = None

    assert (short.state, short.filled_quantity) == (OrderState.CANCELED, 5)
    with pytest.raises(LimitExceeded, match="Position"):
        await house.confirm(draft)


async def test_what_fills_while_a_review_is_made_is_not_overlooked(
    house: House, venue: Venue, clock: ManualClock
) -> None:
    await _linked(house)
    resting = await house.resting(limit="90.00", quantity="6")
    venue.blocked["positions"] = asyncio.Event()
    drafting = asyncio.ensure_future(house.draft(limit="90.00", quantity="6"))
    await venue.heard("positions", venue.count("positions") + 1)
    venue.book[resting.order_id] = filled("X-1", Decimal(6), clock.now())
    clock.advance(10)
    await house.reconciler.sweep()
    venue.blocked["positions"].set()

    with pytest.raises(LimitExceeded, match="Position"):
        await drafting


async def _changed_in_doubt(house: House, venue: Venue, order: Order, quantity: str) -> None:
    venue.failing["modify_order"] = BrokerTimeout()
    asked = await house.changes.modify(
        caller(), order.order_id, OrderChanges(quantity=Decimal(quantity))
    )
    assert asked.intent is not None and asked.intent.state is IntentState.UNKNOWN
