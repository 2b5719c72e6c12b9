"""An order that cannot be read hides no other one, and is not passed over in silence."""

from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio
from structlog.testing import capture_logs

from floorbroker.domain.order import Order
from floorbroker.domain.order_state import WORKING, OrderState
from floorbroker.storage.documents import Documents
from floorbroker.storage.orders import INDEXES, Orders
from tests.domain.building import ANNA, BEN, NOON, order

S = OrderState
SECOND = timedelta(seconds=1)


@pytest_asyncio.fixture
async def orders(documents: Documents) -> Orders:
    await documents.start(INDEXES)
    return Orders(documents)


async def broken(documents: Documents, orders: Orders, **fields: Any) -> Order:
    """A stored order whose request nobody can read any more."""
    whole = order(S.ACCEPTED, **fields)
    await orders.add(whole)
    document = await documents.get("orders", whole.order_id)
    assert document is not None
    await documents.upsert("orders", {**document, "request": {"quantity": "ten"}})
    return whole


async def test_lists_show_the_others_and_the_broken_ones_are_counted(
    orders: Orders, documents: Documents
) -> None:
    whole = order(S.ACCEPTED)
    await orders.add(whole)
    await broken(documents, orders)
    await broken(documents, orders)

    listed = await orders.recent(ANNA, states=WORKING, limit=10)
    of_account = await orders.of_account(
        ANNA, whole.link_id, whole.account_id, states=WORKING, limit=10
    )

    assert listed == of_account == [whole]
    assert await orders.unreadable(ANNA) == 2
    assert await orders.unreadable(BEN) == 0


async def test_the_log_says_it_once_and_without_what_stands_in_it(
    orders: Orders, documents: Documents
) -> None:
    gone = await broken(documents, orders)

    with capture_logs() as lines:
        for _ in range(3):
            await orders.recent(ANNA, states=WORKING, limit=10)

    [line] = lines
    assert (line["event"], line["log_level"]) == ("order_unreadable", "error")
    assert line["order_id"] == gone.order_id
    assert "ten" not in str(line)


@pytest.mark.parametrize("field", ["check_at", "news_at"])
async def test_broken_orders_do_not_stand_before_the_others_for_ever(
    orders: Orders, documents: Documents, field: str
) -> None:
    for number in range(5):
        await broken(documents, orders, **{field: NOON + number * SECOND})
    whole = order(S.ACCEPTED, **{field: NOON + 10 * SECOND})
    await orders.add(whole)
    due = orders.due_for_check if field == "check_at" else orders.with_news
    now = NOON + 20 * SECOND

    turns = [await due(now, limit=2) for _ in range(4)]

    assert turns == [[], [], [whole], [whole]]


async def test_a_broken_order_keeps_everything_else_that_stands_in_it(
    orders: Orders, documents: Documents
) -> None:
    gone = await broken(documents, orders, check_at=NOON, reason="kept")

    await orders.due_for_check(NOON, limit=10)

    document = await documents.get("orders", gone.order_id)
    assert document is not None
    assert document["reason"] == "kept"
    assert document["request"] == {"quantity": "ten"}
    assert document["check_at"] > "2026-03-04T17:00:30"
    assert document["version"] == gone.version + 1
