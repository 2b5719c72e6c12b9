"""Orders by kind of money and symbol, on every engine."""

from datetime import timedelta

import pytest_asyncio

from floorbroker.domain.instruments import AssetClass, Instrument
from floorbroker.domain.modes import Environment
from floorbroker.domain.order import Order
from floorbroker.domain.order_state import OrderState
from floorbroker.services.listing import SENT
from floorbroker.storage.documents import Documents
from floorbroker.storage.indexes import INDEXES
from floorbroker.storage.orders import Orders
from tests.domain.building import ANNA, BEN, NOON, order, request

S = OrderState
PAPER, LIVE = Environment.PAPER, Environment.LIVE
SECOND = timedelta(seconds=1)
KO = request(instrument=Instrument(symbol="KO", asset_class=AssetClass.EQUITY))


@pytest_asyncio.fixture
async def orders(documents: Documents) -> Orders:
    await documents.start(INDEXES)
    return Orders(documents)


async def added(orders: Orders, *wanted: Order) -> None:
    """Each a second older than the one before it."""
    for number, one in enumerate(wanted):
        await orders.add(one)
        assert one.created_at == NOON - number * SECOND


def old(seconds: int) -> dict[str, object]:
    return {"created_at": NOON - seconds * SECOND}


async def test_only_the_kind_of_money_and_the_symbol_that_are_asked_for(orders: Orders) -> None:
    paper, live = order(S.FILLED), order(S.FILLED, environment=LIVE, **old(1))
    other = order(S.CANCELED, request=KO, **old(2))
    await added(
        orders,
        paper,
        live,
        other,
        order(S.DRAFT, **old(3)),
        order(S.FILLED, user_id=BEN, **old(4)),
    )

    every = await orders.past.newest(ANNA, PAPER, "", states=SENT, limit=10)
    of_symbol = await orders.past.newest(ANNA, PAPER, "KO", states=SENT, limit=10)
    real = await orders.past.newest(ANNA, LIVE, "AAPL", states=SENT, limit=10)
    none = await orders.past.newest(ANNA, LIVE, "KO", states=SENT, limit=10)

    assert [one.orders for one in (every, of_symbol, real, none)] == [
        [paper, other],
        [other],
        [live],
        [],
    ]


async def test_older_ones_are_told_and_counted_no_further_than_asked(orders: Orders) -> None:
    three = [order(S.FILLED, **old(seconds)) for seconds in range(3)]
    await added(orders, *three)

    two = await orders.past.newest(ANNA, PAPER, "", states=SENT, limit=2)
    all_three = await orders.past.newest(ANNA, PAPER, "", states=SENT, limit=3)

    assert (two.orders, two.more) == (three[:2], True)
    assert (all_three.orders, all_three.more) == (three, False)
    assert await orders.past.count(ANNA, PAPER, "AAPL", states=SENT, limit=9) == 3
    assert await orders.past.count(ANNA, PAPER, "AAPL", states=SENT, limit=2) == 2
    assert await orders.past.count(ANNA, PAPER, "KO", states=SENT, limit=9) == 0


async def test_a_broken_one_is_counted_and_takes_a_place(
    orders: Orders, documents: Documents
) -> None:
    broken, whole = order(S.FILLED), order(S.FILLED, **old(1))
    await added(orders, broken, whole, order(S.FILLED, **old(2)))
    document = await documents.get("orders", broken.order_id)
    assert document is not None
    await documents.upsert("orders", {**document, "review": None})

    found = await orders.past.newest(ANNA, PAPER, "", states=SENT, limit=2)

    assert (found.orders, found.unreadable, found.more) == ([whole], 1, True)
