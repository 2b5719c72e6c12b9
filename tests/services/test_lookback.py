"""Beyond the newest 1,000 orders: found by kind of money and symbol, and never guessed at."""

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from floorbroker.domain.instruments import AssetClass, Instrument
from floorbroker.domain.modes import Environment
from floorbroker.domain.money import usd
from floorbroker.domain.order import Order
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.orders import OrderRequest, PositionEffect, Side
from floorbroker.services.history import Asked, Histories, History, Period
from floorbroker.services.listing import OrderList
from floorbroker.services.lookback import READ, look_back
from floorbroker.storage.documents import Documents
from floorbroker.storage.order_documents import document_of
from floorbroker.storage.orders import Orders
from tests.domain.building import ANNA, NOON, fill, order
from tests.fakes.clock import ManualClock
from tests.fakes.exchange.venue import Venue
from tests.services.conftest import Build
from tests.services.digested import days_of

PAPER, LIVE = Environment.PAPER, Environment.LIVE
SECOND, DAY = timedelta(seconds=1), timedelta(days=1)
LONG_AGO, YESTERDAY = NOON - 400 * DAY, NOON - DAY


def filled(at: datetime, side: Side, price: int, symbol: str = "AAPL", **fields: Any) -> Order:
    """Ten units, filled when they were ordered."""
    request = OrderRequest(
        instrument=Instrument(symbol=symbol, asset_class=AssetClass.EQUITY),
        side=side,
        quantity=Decimal(10),
        effect=PositionEffect.OPEN if side is Side.BUY else PositionEffect.CLOSE,
    )
    of_it = replace(fill(f"{at}", 10, price), at=at)
    return order(OrderState.FILLED, request=request, created_at=at, fills=(of_it,), **fields)


async def stored(documents: Documents, *orders: Order, canceled: int = 0) -> None:
    """These, and so many canceled orders of KO, one a second from yesterday on."""
    for one in orders:
        await documents.insert("orders", document_of(one))
    request = filled(NOON, Side.BUY, 60, "KO").request
    for number in range(canceled):
        at = YESTERDAY + number * SECOND
        one = order(OrderState.CANCELED, request=request, created_at=at)
        await documents.insert("orders", document_of(one))


async def history(documents: Documents, **asked: Any) -> History:
    histories = Histories(OrderList(Orders(documents)), ManualClock(NOON))
    return await histories.history(ANNA, Asked(**asked))


async def test_real_orders_and_other_symbols_stand_behind_a_thousand_of_another_kind(
    documents: Documents,
) -> None:
    live = filled(LONG_AGO, Side.BUY, 100, environment=LIVE)
    paper = filled(LONG_AGO, Side.BUY, 90, "MSFT")
    await stored(documents, live, paper, canceled=READ)

    real = await history(documents, period=Period.ALL, environment=LIVE)
    of_symbol = await history(documents, period=Period.ALL, environment=PAPER, symbol="MSFT")
    last = await history(documents, period=Period.ALL)

    assert (real.orders, real.more) == ([live], False)
    assert (of_symbol.orders, of_symbol.more) == ([paper], False)
    assert (last.environment, len(last.orders), last.more) == (PAPER, READ, True)


async def test_a_sale_that_older_units_may_have_gone_to_has_no_profit(
    documents: Documents,
) -> None:
    sold = filled(NOON - SECOND, Side.SELL, 130)
    bought = filled(NOON - 2 * SECOND, Side.BUY, 120)
    await stored(documents, filled(LONG_AGO, Side.BUY, 100), bought, sold, canceled=READ)

    every = await history(documents)
    of_symbol = await history(documents, symbol="AAPL")

    assert sold.order_id not in every.realised
    today = every.made[Period.DAY]
    assert (today.profits, today.closings, today.unknown) == ({}, 1, 1)
    assert not every.made[Period.ALL].whole
    assert of_symbol.realised == {sold.order_id: Decimal(300)}
    assert of_symbol.made[Period.ALL].profits == {"USD": usd(300)}


async def test_a_symbol_without_older_orders_keeps_its_profit_in_periods_that_are_whole(
    documents: Documents,
) -> None:
    bought = filled(NOON - 2 * SECOND, Side.BUY, 120)
    sold = filled(NOON - SECOND, Side.SELL, 130)
    await stored(documents, bought, sold, canceled=READ)

    found = await history(documents)

    assert found.realised == {sold.order_id: Decimal(100)}
    assert found.made[Period.DAY].profits == {"USD": usd(100)}
    # The oldest that was read is of yesterday: the month began before.
    assert (found.made[Period.MONTH].profits, found.made[Period.MONTH].whole) == ({}, False)


async def test_a_thousand_orders_and_no_more_are_all_of_them(documents: Documents) -> None:
    bought = filled(LONG_AGO, Side.BUY, 100)
    sold = filled(NOON - SECOND, Side.SELL, 130)
    await stored(documents, bought, sold, canceled=READ - 2)

    found = await history(documents)

    assert not found.more
    assert found.made[Period.ALL].profits == {"USD": usd(300)}
    assert found.made[Period.ALL].whole


async def test_beyond_the_bound_one_symbol_s_sales_are_unknown_too(
    documents: Documents,
) -> None:
    bought = filled(NOON - 2 * SECOND, Side.BUY, 120, "KO")
    sold = filled(NOON - SECOND, Side.SELL, 130, "KO")
    await stored(documents, bought, sold, canceled=READ)

    found = await history(documents, symbol="KO")

    assert (found.more, found.realised) == (True, {})


async def test_more_symbols_than_are_asked_about_are_taken_to_have_older_orders(
    documents: Documents,
) -> None:
    traded = [
        filled(NOON - (2 * number - (side is Side.SELL)) * SECOND, side, 100, f"S{number}")
        for number in range(1, 61)
        for side in Side
    ]
    await stored(documents, *traded, canceled=READ)

    looked = await look_back(OrderList(Orders(documents)), ANNA, PAPER)

    known = {one.symbol for one in looked.closed if one.profit is not None}
    assert known == {f"S{number}" for number in range(1, 51)}
    assert len(looked.closed) == 60


async def test_an_order_that_cannot_be_read_leaves_all_that_was_made_unknown(
    documents: Documents,
) -> None:
    first, second = filled(YESTERDAY, Side.BUY, 100), filled(NOON - 2 * SECOND, Side.BUY, 120)
    sold = filled(NOON - SECOND, Side.SELL, 130)
    await stored(documents, first, second, sold)
    broken = {**document_of(first), "review": None}
    await documents.upsert("orders", broken)

    found = await history(documents)

    assert (found.unreadable, found.realised) == (1, {})
    assert [one.whole for one in found.made.values()] == [False] * len(Period)


async def test_a_summary_of_the_day_leaves_such_a_profit_out(build: Build, venue: Venue) -> None:
    house = build(venue=venue)
    sold = filled(NOON - SECOND, Side.SELL, 130)
    bought = filled(NOON - 2 * SECOND, Side.BUY, 120)
    await stored(house.documents, filled(LONG_AGO, Side.BUY, 100), bought, sold)
    whole = (await days_of(house).of(ANNA)).traded[PAPER].made
    await stored(house.documents, canceled=READ)

    digest = await days_of(house).of(ANNA)

    made = digest.traded[PAPER].made
    assert whole.profits == {"USD": usd(300)}
    assert (made.profits, made.unknown, digest.older) == ({}, 1, True)
