"""Whatever a thousand orders do: cash, holdings, profit and fills tell one story."""

from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from floorbroker.brokers.paper.book import START_CASH, Book
from floorbroker.brokers.paper.book_record import book_from, book_record
from floorbroker.brokers.paper.desk import changed, placed, withdrawn
from floorbroker.brokers.paper.hours import TradingHours
from floorbroker.brokers.paper.instruments import listing
from floorbroker.brokers.paper.margin import worth
from floorbroker.brokers.paper.market import PaperMarket
from floorbroker.brokers.paper.order_record import order_from
from floorbroker.brokers.paper.orders import PaperOrder
from floorbroker.brokers.paper.settle import settled
from floorbroker.domain.errors import InvalidInput, OrderRejected
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.orders import (
    OrderChanges,
    OrderRequest,
    OrderType,
    PositionEffect,
    Side,
    TimeInForce,
)
from tests.fakes.clock import NOON, ManualClock

SYMBOLS = ("AAPL", "F", "BRK.B", "ETH/USD", "DOGE/USD", "AAPL270319C00230000")


@st.composite
def requests(draw: st.DrawFn) -> OrderRequest | None:
    """Something a person might ask for near the market; None where it cannot even be asked."""
    line = listing(draw(st.sampled_from(SYMBOLS)))
    tick, step = line.rules.price_tick, line.rules.quantity_step

    def price(low: int, high: int) -> Decimal:
        share = Decimal(draw(st.integers(low, high))) / 100
        return (line.base_price * share / tick).to_integral_value() * tick

    kind = draw(st.sampled_from(OrderType))
    worth_of = Decimal(draw(st.sampled_from([30, 900, 8_000, 60_000])))
    quantity = (worth_of / line.base_price / step).to_integral_value() * step
    by_money = draw(st.integers(0, 5)) == 0
    bracket = draw(st.integers(0, 3)) == 0
    try:
        return OrderRequest(
            instrument=line.instrument,
            side=draw(st.sampled_from(Side)),
            quantity=None if by_money else quantity,
            notional=worth_of if by_money else None,
            type=kind,
            limit_price=price(85, 115) if kind in {OrderType.LIMIT, OrderType.STOP_LIMIT} else None,
            stop_price=price(85, 115) if kind in {OrderType.STOP, OrderType.STOP_LIMIT} else None,
            trail_percent=Decimal(2) if kind is OrderType.TRAILING_STOP else None,
            take_profit=price(60, 140) if bracket else None,
            stop_loss=price(60, 140) if bracket else None,
            time_in_force=draw(st.sampled_from(TimeInForce)),
            effect=draw(st.sampled_from(PositionEffect)),
        )
    except InvalidInput:
        return None


MOVES = st.tuples(
    st.sampled_from(["place", "place", "place", "place", "cancel", "change"]),
    requests(),
    st.integers(0, 50),
    st.sampled_from([0, 1, 7, 600, 40_000, 400_000]),
)


def orders_of(book: Book) -> list[PaperOrder]:
    """All of them: nothing is archived here."""
    return [*book.working, *(order_from(record) for record in book.ended)]


def check(book: Book, market: PaperMarket) -> None:
    """What must hold at every moment."""
    fills = [(order, fill) for order in orders_of(book) for fill in order.fills]
    signed = [
        (
            order.symbol,
            fill.quantity * (1 if order.side is Side.BUY else -1),
            fill.price * listing(order.symbol).size,
        )
        for order, fill in fills
    ]
    held = {symbol: sum((q for s, q, _ in signed if s == symbol), Decimal(0)) for symbol in SYMBOLS}
    cost = sum((holding.cost for holding in book.holdings.values()), Decimal(0))
    assert book.cash == START_CASH - sum(q * price for _, q, price in signed)
    assert {s: h.quantity for s, h in book.holdings.items()} == {s: q for s, q in held.items() if q}
    assert book.cash + cost - book.realised == START_CASH
    assert len({fill.fill_id for _, fill in fills}) == len(fills)
    for order in orders_of(book):
        assert order.filled <= order.quantity
        assert all(a.at <= b.at for a, b in pairwise(order.fills))
        assert order.limit_price is None or all(
            fill.price <= order.limit_price
            if order.side is Side.BUY
            else fill.price >= order.limit_price
            for fill in order.fills
        )
        if not order.state.final and order.role is not None:
            sign = 1 if order.side is Side.SELL else -1
            assert order.remaining <= sign * book.held(order.symbol)
    assert all(book.held(symbol) >= 0 for symbol in SYMBOLS if listing(symbol).for_cash)
    assert worth(book, market, book.looked_at).buying_power >= 0


# Twenty-five runs of forty moves are a thousand orders asked for.
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(moves=st.lists(MOVES, min_size=40, max_size=40), seed=st.text("abc", max_size=3))
def test_a_thousand_random_orders_keep_cash_holdings_and_profit_in_step(
    moves: list[tuple[str, OrderRequest | None, int, int]], seed: str
) -> None:
    market, clock = PaperMarket(seed, TradingHours(enforced=False)), ManualClock()
    book = Book(looked_at=NOON)
    for number, (move, request, which, seconds) in enumerate(moves):
        clock.advance(seconds)
        now = clock.now()
        book = settled(book, market, now)
        check(book, market)
        try:
            if move == "place" and request is not None:
                book = placed(book, f"order-{number}", request, market, now)
            elif move == "cancel":
                book = withdrawn(book, f"order-{which}", now)
            elif move == "change":
                changes = OrderChanges(quantity=Decimal(1 + which))
                book = changed(book, f"order-{which}", changes, market, now)
        except OrderRejected:
            continue
        check(book, market)
        assert book_from(book_record(book)) == book


@pytest.mark.parametrize("enforced", [True, False])
def test_random_orders_really_fill_rest_and_end(enforced: bool) -> None:
    """The property above would also hold for a broker that refuses everything."""
    market = PaperMarket("seed", TradingHours(enforced=enforced))
    book, clock = Book(looked_at=NOON), ManualClock()
    states = set()
    for number in range(40):
        line = listing(SYMBOLS[number % 5])
        price = market.value(line, clock.now())
        request = OrderRequest(
            instrument=line.instrument,
            side=Side.BUY,
            quantity=max((1_000 / price).quantize(Decimal("0.01")), Decimal(1)),
            type=OrderType.LIMIT,
            limit_price=price - (number % 4) * 30 * line.rules.price_tick,
        )
        book = placed(book, f"order-{number}", request, market, clock.now())
        clock.advance(3_600)
        book = settled(book, market, clock.now())
        states |= {order.state for order in orders_of(book)}

    assert states >= {OrderState.FILLED, OrderState.EXPIRED}
