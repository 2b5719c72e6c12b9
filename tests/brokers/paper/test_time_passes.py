"""What the market did since the last look is settled by whoever looks next."""

import asyncio
from datetime import timedelta
from decimal import Decimal

import pytest

from floorbroker.brokers.paper.adapter import ACCOUNT, PaperAdapter
from floorbroker.brokers.paper.instruments import listing
from floorbroker.domain.market import Market, Timeframe
from floorbroker.domain.order_state import OrderState
from tests.brokers.paper.conftest import MakeAdapter, MakeOrder, found
from tests.brokers.paper.scripted import asked
from tests.fakes.clock import NOON, ManualClock
from tests.fakes.paper_books import MemoryPaperBooks

RESTING = asked("buy", "100", limit_price="150.00", time_in_force="gtc")
AAPL = listing("AAPL").instrument


async def test_a_resting_order_is_settled_by_whoever_looks_next(
    make_adapter: MakeAdapter, order: MakeOrder, clock: ManualClock
) -> None:
    first = make_adapter()
    ask = (await first.quote(AAPL)).ask
    assert ask is not None
    near = order(asked(limit_price=str(ask - Decimal("0.10")), time_in_force="gtc"))
    placed = await first.place_order(near)

    clock.advance(30 * 86_400)
    receipt = await found(make_adapter(), near)

    positions = await make_adapter().positions(ACCOUNT)
    assert placed.state is OrderState.ACCEPTED
    assert receipt.state is OrderState.FILLED
    assert receipt.fills[0].price <= ask - Decimal("0.10")
    assert NOON < receipt.fills[0].at < clock.now()
    assert [position.quantity for position in positions] == [Decimal(10)]
    assert positions[0].average_price == receipt.fills[0].price


@pytest.mark.parametrize("look", ["find", "balances", "positions", "open", "history", "connect"])
async def test_every_look_at_the_book_stores_what_the_market_did(
    make_adapter: MakeAdapter,
    order: MakeOrder,
    clock: ManualClock,
    books: MemoryPaperBooks,
    look: str,
) -> None:
    adapter = make_adapter()
    large = order(asked("buy", "200"))
    await adapter.place_order(large)
    clock.advance(15)
    saves = books.saves

    looks = {
        "find": lambda: adapter.find_order(large),
        "balances": lambda: adapter.balances(ACCOUNT),
        "positions": lambda: adapter.positions(ACCOUNT),
        "open": lambda: adapter.open_orders(ACCOUNT),
        "history": lambda: adapter.order_history(ACCOUNT, NOON, clock.now()),
        "connect": adapter.connect,
    }
    await looks[look]()
    await looks[look]()

    assert books.saves == saves + 1
    assert (await found(adapter, large)).state is OrderState.FILLED


async def test_a_weekend_of_many_orders_is_settled_while_others_get_their_turn(
    adapter: PaperAdapter, order: MakeOrder, clock: ManualClock
) -> None:
    far_away = asked("buy", "1", limit_price="1.00", time_in_force="gtc")
    for _ in range(20):
        await adapter.place_order(order(far_away))
    clock.advance(3 * 86_400)

    look = asyncio.create_task(adapter.open_orders(ACCOUNT))
    turns = 0
    while not look.done():
        turns += 1
        await asyncio.sleep(0)

    assert len(await look) == 20
    # The books in memory alone give way twice.
    assert turns > 50


async def test_looking_when_nothing_happened_stores_nothing(
    adapter: PaperAdapter, order: MakeOrder, clock: ManualClock, books: MemoryPaperBooks
) -> None:
    await adapter.place_order(order(RESTING))
    clock.advance(30)

    await adapter.balances(ACCOUNT)

    assert books.saves == 1


async def test_a_thousand_bars_are_drawn_while_others_get_their_turn(
    adapter: PaperAdapter,
) -> None:
    day = timedelta(days=1)
    drawing = asyncio.create_task(adapter.bars(AAPL, Timeframe.MINUTE, NOON - day, NOON))
    turns = 0
    while not drawing.done():
        turns += 1
        await asyncio.sleep(0)

    assert len(await drawing) == 1_000
    assert turns >= 40


async def test_profit_of_the_day_is_counted_from_new_york_s_midnight(
    adapter: PaperAdapter, order: MakeOrder, clock: ManualClock
) -> None:
    await adapter.place_order(order(asked("buy", "100")))
    bought = await adapter.balances(ACCOUNT)
    clock.advance(86_400)
    position = (await adapter.positions(ACCOUNT))[0]

    next_day = await adapter.balances(ACCOUNT)

    assert bought.day_profit is not None
    assert bought.day_profit.amount == bought.equity.amount - 100_000
    assert next_day.day_profit is not None
    assert next_day.day_profit.amount not in {0, position.profit}
    assert next_day.equity.amount == 100_000 + (position.profit or 0)


async def test_market_data_needs_no_book(
    adapter: PaperAdapter, books: MemoryPaperBooks, clock: ManualClock
) -> None:
    books.down_for = {"load", "save"}

    quote = await adapter.quote(AAPL)
    bars = await adapter.bars(AAPL, Timeframe.DAY, NOON - timedelta(days=30), NOON)
    hours = await adapter.market_hours(Market.US_EQUITIES)

    assert quote.at == clock.now()
    assert len(bars) == 30
    assert hours.open_now
