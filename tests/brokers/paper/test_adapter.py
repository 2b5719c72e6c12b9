"""The adapter on stored books: the facts of the account, and what happens when things go wrong."""

import asyncio
import json
import time
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from floorbroker.brokers.paper.adapter import ACCOUNT, PaperAdapter
from floorbroker.brokers.paper.instruments import listing
from floorbroker.brokers.port import ConnectionState
from floorbroker.domain.errors import (
    ApiError,
    BrokerConnectionError,
    BrokerError,
    InvalidInput,
    NotSent,
    OrderRejected,
    OutcomeUnknown,
)
from floorbroker.domain.ids import AccountId, UserId
from floorbroker.domain.market import Market, Timeframe
from floorbroker.domain.money import usd
from floorbroker.domain.order import Order
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.orders import Absent, Found, OrderChanges, Receipt
from floorbroker.domain.portfolio import BrokerAccount
from tests.brokers.paper.conftest import MakeAdapter, MakeOrder
from tests.brokers.paper.scripted import asked
from tests.contract.placing import LINK, USER
from tests.fakes.clock import NOON, ManualClock
from tests.fakes.paper_books import MemoryPaperBooks
from tests.simulators.paper_faults import Counting, Down, Hanging, Refusing, Silent

RESTING = asked("buy", "100", limit_price="150.00", time_in_force="gtc")
AAPL = listing("AAPL").instrument


async def found(adapter: PaperAdapter, order: Order) -> Receipt:
    """Reads an order back that must be there."""
    answer = await adapter.find_order(order)
    assert isinstance(answer, Found)
    return answer.receipt


# The account, and the design documents' own examples


async def test_a_new_person_has_one_account_with_100000_dollars(adapter: PaperAdapter) -> None:
    await adapter.connect()

    accounts = await adapter.accounts()
    balances = await adapter.balances(accounts[0])

    assert [(a.account_id, a.number, a.currency) for a in accounts] == [
        ("PAPER-1", "PAPER123456", "USD")
    ]
    assert balances.cash == balances.equity == usd(100_000)
    assert balances.buying_power == usd(200_000)
    assert balances.day_profit == balances.realised_profit == usd(0)
    assert await adapter.positions(accounts[0]) == ()
    assert await adapter.open_orders(accounts[0]) == ()


async def test_each_person_has_a_book_of_their_own(
    make_adapter: MakeAdapter, order: MakeOrder
) -> None:
    mine, theirs = make_adapter(), make_adapter(user_id=UserId("200000000000000002"))
    bought = order(asked())
    await mine.place_order(bought)

    assert await theirs.positions(ACCOUNT) == ()
    assert await theirs.find_order(bought) == Absent()


async def test_it_connects_in_paper_mode_with_a_latency_of_10_ms(
    make_adapter: MakeAdapter,
) -> None:
    adapter = make_adapter(latency_seconds=0.01)
    started = time.monotonic()

    await adapter.connect()

    assert adapter.status().state is ConnectionState.CONNECTED
    assert time.monotonic() - started >= 0.01


async def test_a_simulated_connection_failure_is_raised_and_leaves_no_connection(
    make_adapter: MakeAdapter,
) -> None:
    adapter = make_adapter(faults=Down())

    with pytest.raises(BrokerError):
        await adapter.connect()

    assert adapter.status().state is ConnectionState.FAILED
    assert not adapter.status().healthy


async def test_a_limit_buy_of_100_aapl_at_150_is_accepted_with_an_id(
    adapter: PaperAdapter, order: MakeOrder
) -> None:
    receipt = await adapter.place_order(order(RESTING))

    listed = await adapter.open_orders(ACCOUNT)
    assert receipt.state is OrderState.ACCEPTED
    assert receipt.broker_order_id == "PB-000001"
    assert [(o.instrument.symbol, o.description) for o in listed] == [
        ("AAPL", "Buy 100 AAPL limit 150 gtc")
    ]


async def test_a_quantity_of_minus_10_never_becomes_a_request() -> None:
    with pytest.raises(InvalidInput, match="Invalid order quantity"):
        asked("buy", "-10")


async def test_the_margin_for_1000_tsla_is_told_before_anything_is_sent(
    adapter: PaperAdapter, order: MakeOrder
) -> None:
    wish = order(asked("buy", "1000", symbol="TSLA"))

    preview = await adapter.preview_order(wish)

    assert preview.margin_required is not None
    assert preview.margin_available == 100_000
    assert preview.margin_required == preview.cost / 2 > 100_000
    assert preview.fees == 0
    assert await adapter.find_order(wish) == Absent()


async def test_a_preview_of_coins_ties_up_all_of_it_and_of_a_sale_nothing(
    adapter: PaperAdapter, order: MakeOrder
) -> None:
    await adapter.place_order(order(asked()))

    coins = await adapter.preview_order(order(asked("buy", "1", symbol="ETH/USD")))
    sale = await adapter.preview_order(order(asked("sell", "10")))

    assert coins.margin_required == coins.cost
    assert sale.margin_required == 0
    assert sale.cost < 0


# Time


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


# Once and only once


async def test_the_same_order_sent_again_is_answered_with_the_one_that_is_there(
    adapter: PaperAdapter, order: MakeOrder, clock: ManualClock, books: MemoryPaperBooks
) -> None:
    bought = order(asked())
    first = await adapter.place_order(bought)
    clock.advance(60)

    again = await adapter.place_order(bought)

    assert again == first
    assert books.saves == 1
    assert (await adapter.positions(ACCOUNT))[0].quantity == 10


async def test_fifty_copies_of_one_order_in_two_processes_buy_once(
    make_adapter: MakeAdapter, order: MakeOrder
) -> None:
    one, two = make_adapter(), make_adapter()
    bought = order(asked())

    receipts = await asyncio.gather(*(adapter.place_order(bought) for adapter in [one, two] * 25))

    assert len({receipt.broker_order_id for receipt in receipts}) == 1
    assert (await one.positions(ACCOUNT))[0].quantity == 10


async def test_two_processes_that_trade_on_one_book_lose_nothing(
    make_adapter: MakeAdapter, order: MakeOrder, clock: ManualClock
) -> None:
    one, two = make_adapter(), make_adapter()
    orders = [order(asked("buy", "1")) for _ in range(40)]

    receipts = await asyncio.gather(
        *(adapter.place_order(o) for adapter, o in zip([one, two] * 20, orders, strict=True))
    )

    history = await one.order_history(ACCOUNT, NOON, clock.now())
    assert len({receipt.broker_order_id for receipt in receipts}) == 40
    assert {o.order_id for o in history} == {o.order_id for o in orders}
    assert (await two.positions(ACCOUNT))[0].quantity == 40


async def test_a_killed_process_leaves_its_accepted_order_behind(
    make_adapter: MakeAdapter, order: MakeOrder
) -> None:
    faults = Hanging()
    dying, resting = make_adapter(faults=faults), order(RESTING)
    task = asyncio.create_task(dying.place_order(resting))
    await faults.saved.wait()

    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    assert (await found(make_adapter(), resting)).state is OrderState.ACCEPTED


async def test_a_machine_whose_clock_is_behind_trades_at_the_book_s_own_time(
    adapter: PaperAdapter, order: MakeOrder, clock: ManualClock
) -> None:
    first = await adapter.place_order(order(asked()))
    clock.advance(-3_600)

    second = await adapter.place_order(order(asked()))

    assert second.fills[0].at == first.fills[0].at


# Faults


async def test_a_silent_acceptance_is_found_by_reading_back(
    make_adapter: MakeAdapter, order: MakeOrder
) -> None:
    faults = Silent()
    adapter, bought = make_adapter(faults=faults), order(asked())

    with pytest.raises(OutcomeUnknown):
        await adapter.place_order(bought)

    assert faults.orders_received == 1
    assert (await found(adapter, bought)).state is OrderState.FILLED


async def test_a_silent_cancel_and_a_silent_change_are_carried_out_too(
    make_adapter: MakeAdapter, order: MakeOrder
) -> None:
    adapter = make_adapter(faults=Silent(frozenset({"cancel_order", "modify_order"})))
    resting = order(RESTING)
    await adapter.place_order(resting)

    with pytest.raises(OutcomeUnknown):
        await adapter.modify_order(resting, OrderChanges(quantity=Decimal(50)))
    with pytest.raises(OutcomeUnknown):
        await adapter.cancel_order(resting)

    receipt = await found(adapter, resting)
    assert (receipt.quantity, receipt.state) == (Decimal(50), OrderState.CANCELED)


@pytest.mark.parametrize(("faults", "error"), [(Refusing(), OrderRejected), (Down(), NotSent)])
async def test_what_fails_before_the_books_stores_nothing(
    make_adapter: MakeAdapter,
    order: MakeOrder,
    books: MemoryPaperBooks,
    faults: Counting,
    error: type[BrokerError],
) -> None:
    adapter = make_adapter(faults=faults)

    with pytest.raises(error):
        await adapter.place_order(order(RESTING))

    assert books.saves == 0
    assert faults.orders_received == 1


async def test_a_closed_adapter_sends_nothing_until_it_is_connected_again(
    adapter: PaperAdapter, order: MakeOrder, books: MemoryPaperBooks
) -> None:
    await adapter.close()

    with pytest.raises(NotSent):
        await adapter.place_order(order(RESTING))
    with pytest.raises(BrokerConnectionError):
        await adapter.balances(ACCOUNT)
    await adapter.connect()
    await adapter.place_order(order(RESTING))

    assert books.saves == 1


# The store


@pytest.mark.parametrize(
    ("down", "error"), [("load", NotSent), ("save", OutcomeUnknown)], ids=["load", "save"]
)
@pytest.mark.parametrize("call", ["place", "cancel", "modify"])
async def test_a_failing_store_says_whether_anything_may_have_been_stored(
    adapter: PaperAdapter,
    order: MakeOrder,
    books: MemoryPaperBooks,
    call: str,
    down: str,
    error: type[BrokerError],
) -> None:
    resting = order(RESTING)
    await adapter.place_order(resting)
    books.down_for = {down}
    calls = {
        "place": lambda: adapter.place_order(order(RESTING)),
        "cancel": lambda: adapter.cancel_order(resting),
        "modify": lambda: adapter.modify_order(resting, OrderChanges(quantity=Decimal(1))),
    }

    with pytest.raises(error) as failure:
        await calls[call]()

    assert type(failure.value) is error


async def test_a_read_without_a_store_is_a_failed_connection(
    adapter: PaperAdapter, books: MemoryPaperBooks
) -> None:
    books.down_for = {"load"}

    with pytest.raises(BrokerConnectionError):
        await adapter.connect()

    assert adapter.status().state is ConnectionState.FAILED


async def test_an_order_that_always_meets_somebody_faster_is_not_sent(
    adapter: PaperAdapter, order: MakeOrder, books: MemoryPaperBooks
) -> None:
    first, second = order(RESTING), order(RESTING)
    await adapter.place_order(first)
    books.before_save = lambda: books.touch(USER, LINK)

    with pytest.raises(NotSent):
        await adapter.place_order(second)

    books.before_save = None
    assert await adapter.find_order(second) == Absent()


async def test_a_read_that_always_meets_somebody_faster_gives_up(
    adapter: PaperAdapter, order: MakeOrder, books: MemoryPaperBooks, clock: ManualClock
) -> None:
    await adapter.place_order(order(asked("buy", "200")))
    clock.advance(15)
    books.before_save = lambda: books.touch(USER, LINK)

    with pytest.raises(ApiError, match="busy"):
        await adapter.balances(ACCOUNT)


async def test_a_book_of_a_newer_version_is_left_alone(
    adapter: PaperAdapter, order: MakeOrder, books: MemoryPaperBooks
) -> None:
    await books.save(USER, LINK, {"book_version": 99}, expected_version=0)

    with pytest.raises(ApiError, match="newer version"):
        await adapter.balances(ACCOUNT)
    with pytest.raises(NotSent, match="newer version"):
        await adapter.place_order(order(RESTING))

    assert await books.load(USER, LINK) == ({"book_version": 99}, 1)


async def test_a_stored_book_holds_text_and_no_floats(
    adapter: PaperAdapter, order: MakeOrder, books: MemoryPaperBooks
) -> None:
    await adapter.place_order(order(asked("buy", "200", take_profit="900.00")))
    await adapter.place_order(order(asked("sell", "1", type="trailing_stop", trail_percent="5")))

    stored = await books.load(USER, LINK)

    assert stored is not None
    floats: list[str] = []
    json.loads(json.dumps(stored[0]), parse_float=floats.append)
    assert floats == []
    assert stored[0]["book_version"] == 1


# The archive


async def filled(adapter: PaperAdapter, order: MakeOrder, clock: ManualClock) -> list[Order]:
    """Sixty orders, a second apart, all filled."""
    orders = [order(asked("buy", "0.1")) for _ in range(60)]
    for one in orders:
        await adapter.place_order(one)
        clock.advance(1)
    return orders


async def test_the_oldest_of_more_than_fifty_ended_orders_are_archived_and_still_found(
    adapter: PaperAdapter, order: MakeOrder, clock: ManualClock, books: MemoryPaperBooks
) -> None:
    orders = await filled(adapter, order, clock)

    stored = await books.load(USER, LINK)
    assert stored is not None
    assert len(stored[0]["ended"]) == 50
    assert books.archived_ids(USER, LINK) == [o.order_id for o in orders[:10]]
    assert (await found(adapter, orders[0])).state is OrderState.FILLED


async def test_the_history_joins_book_and_archive_newest_first(
    adapter: PaperAdapter, order: MakeOrder, clock: ManualClock
) -> None:
    orders = await filled(adapter, order, clock)

    everything = await adapter.order_history(ACCOUNT, NOON, clock.now())
    both = await adapter.order_history(
        ACCOUNT, NOON + timedelta(seconds=5), NOON + timedelta(seconds=14)
    )
    archived = await adapter.order_history(ACCOUNT, NOON, NOON + timedelta(seconds=7))

    assert [o.order_id for o in everything] == [o.order_id for o in reversed(orders)]
    assert [o.order_id for o in both] == [o.order_id for o in reversed(orders[5:15])]
    assert [o.order_id for o in archived] == [o.order_id for o in reversed(orders[:8])]


async def test_an_archived_order_sent_again_is_answered_and_not_made_twice(
    adapter: PaperAdapter, order: MakeOrder, clock: ManualClock
) -> None:
    orders = await filled(adapter, order, clock)

    again = await adapter.place_order(orders[0])

    assert again == await found(adapter, orders[0])
    assert (await adapter.positions(ACCOUNT))[0].quantity == 6


async def test_an_order_is_in_the_archive_before_it_leaves_the_book(
    adapter: PaperAdapter, order: MakeOrder, clock: ManualClock, books: MemoryPaperBooks
) -> None:
    orders = await filled(adapter, order, clock)
    last = order(asked("buy", "0.1"))
    books.down_for = {"archive"}

    with pytest.raises(NotSent):
        await adapter.place_order(last)

    books.down_for = set()
    assert await adapter.find_order(last) == Absent()
    assert (await found(adapter, orders[10])).state is OrderState.FILLED


async def test_a_save_that_fails_after_the_archive_leaves_one_order_in_the_history(
    adapter: PaperAdapter, order: MakeOrder, clock: ManualClock, books: MemoryPaperBooks
) -> None:
    await filled(adapter, order, clock)
    books.down_for = {"save"}
    with pytest.raises(OutcomeUnknown):
        await adapter.place_order(order(asked("buy", "0.1")))
    books.down_for = set()

    history = await adapter.order_history(ACCOUNT, NOON, clock.now())

    ids = [o.order_id for o in history]
    assert len(ids) == len(set(ids)) == 60


async def test_a_bracket_s_parent_stays_in_the_book_while_its_legs_work(
    adapter: PaperAdapter, order: MakeOrder, clock: ManualClock, books: MemoryPaperBooks
) -> None:
    bracket = order(asked("buy", "0.1", take_profit="900.00", stop_loss="1.00"))
    await adapter.place_order(bracket)
    await filled(adapter, order, clock)
    while_legs_work = books.archived_ids(USER, LINK)

    receipt = await adapter.cancel_order(bracket)

    assert while_legs_work
    assert bracket.order_id not in while_legs_work
    assert {leg.state for leg in receipt.legs} == {OrderState.CANCELED}


async def test_the_archive_never_gets_what_was_not_saved(
    adapter: PaperAdapter, order: MakeOrder, clock: ManualClock, books: MemoryPaperBooks
) -> None:
    bracket = order(asked("buy", "0.1", take_profit="900.00", stop_loss="1.00"))
    await adapter.place_order(bracket)
    await filled(adapter, order, clock)
    books.down_for = {"save"}

    with pytest.raises(OutcomeUnknown):
        await adapter.cancel_order(bracket)

    books.down_for = set()
    assert bracket.order_id not in books.archived_ids(USER, LINK)
    assert {leg.state for leg in (await found(adapter, bracket)).legs} == {OrderState.ACCEPTED}


# Whose account


async def test_an_account_of_somebody_else_is_refused(
    adapter: PaperAdapter, order: MakeOrder
) -> None:
    other = BrokerAccount(account_id=AccountId("PAPER-2"), number="PAPER2")
    foreign = replace(order(RESTING), account_id=other.account_id)

    with pytest.raises(ApiError, match="no such account"):
        await adapter.balances(other)
    with pytest.raises(OrderRejected, match="no such account"):
        await adapter.place_order(foreign)


async def test_a_leg_is_listed_without_an_id_of_ours(
    adapter: PaperAdapter, order: MakeOrder
) -> None:
    bracket = order(asked("buy", "1", take_profit="900.00", stop_loss="1.00"))
    await adapter.place_order(bracket)

    legs = await adapter.open_orders(ACCOUNT)

    assert [leg.order_id for leg in legs] == [None, None]
    assert [leg.description for leg in legs] == [
        "Sell 1 AAPL take profit 900 gtc",
        "Sell 1 AAPL stop loss 1 gtc",
    ]
