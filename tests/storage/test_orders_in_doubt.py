"""What operators count: orders in doubt and orders that are late, everybody's, by an index."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from floorbroker.domain.ids import new_order_id
from floorbroker.domain.order import Candidate, Intent, IntentKind, IntentState, Order
from floorbroker.domain.order_state import OrderState
from floorbroker.storage.documents import OLDEST_FIRST, AtLeast, AtMost, Documents, Where
from floorbroker.storage.indexes import INDEXES
from floorbroker.storage.orders import Orders
from floorbroker.storage.sqlite import SqliteDocuments
from floorbroker.storage.sqlite_query import find
from tests.domain.building import ANNA, BEN, NOON, order
from tests.storage.test_sqlite import plan

MINUTE = timedelta(minutes=1)


@pytest_asyncio.fixture
async def orders(documents: Documents) -> Orders:
    await documents.start(INDEXES)
    return Orders(documents)


def made(state: OrderState, minutes: int = 0, **fields: Any) -> Order:
    """An order that was sent so many minutes after noon."""
    order_id = new_order_id()
    at = NOON + minutes * MINUTE
    usual = {"order_id": order_id, "origin_key": order_id, "sent_at": at, "check_at": at}
    return replace(order(state), **{**usual, **fields})


def asked(state: IntentState, minutes: int = 0) -> Intent:
    return Intent(
        kind=IntentKind.CANCEL, origin_key="click", state=state, at=NOON + minutes * MINUTE
    )


async def test_orders_and_cancels_without_an_answer_are_in_doubt_and_no_others(
    orders: Orders,
) -> None:
    older = made(OrderState.UNKNOWN, 1, user_id=ANNA)
    newer = made(OrderState.UNKNOWN, 2, user_id=BEN)
    cancel = made(OrderState.ACCEPTED, intent=asked(IntentState.UNKNOWN))
    both = made(OrderState.UNKNOWN, 3, intent=asked(IntentState.UNKNOWN, 4))
    others = [made(state) for state in OrderState if state is not OrderState.UNKNOWN]
    others += [made(OrderState.ACCEPTED, intent=asked(IntentState.ACCEPTED))]
    for one in (newer, cancel, both, older, *others):
        await orders.add(one)

    doubtful, for_person = await orders.in_doubt(limit=10)

    found = [one.order_id for one in doubtful]
    assert for_person == 0
    assert found == [one.order_id for one in (older, newer, both, cancel)]


async def test_of_many_in_doubt_the_oldest_are_read(orders: Orders) -> None:
    for minutes in (3, 1, 2):
        await orders.add(made(OrderState.UNKNOWN, minutes))

    (found,), _ = await orders.in_doubt(limit=1)

    assert found.sent_at == NOON + MINUTE


async def test_those_that_wait_for_their_person_hide_no_newer_doubt(orders: Orders) -> None:
    fits = Candidate(broker_order_id="X-1", state=OrderState.ACCEPTED, filled=Decimal(0))
    for minutes in range(4):
        await orders.add(made(OrderState.UNKNOWN, minutes, check_at=None))
        await orders.add(made(OrderState.UNKNOWN, minutes, candidates=(fits,)))
        await orders.add(
            made(OrderState.ACCEPTED, check_at=None, intent=asked(IntentState.UNKNOWN, minutes))
        )
    newest = made(OrderState.UNKNOWN, 9)
    cancel = made(OrderState.ACCEPTED, intent=asked(IntentState.UNKNOWN, 9))
    for one in (newest, cancel):
        await orders.add(one)

    found, for_person = await orders.in_doubt(limit=1)
    _, all_for_persons = await orders.in_doubt(limit=100)

    assert [one.order_id for one in found] == [newest.order_id, cancel.order_id]
    assert for_person == 1
    assert all_for_persons == 12


async def test_late_orders_are_counted_no_further_than_asked(orders: Orders) -> None:
    for seconds in range(-5, 5):
        at = NOON + timedelta(seconds=seconds)
        await orders.add(
            made(OrderState.ACCEPTED, check_at=at, news_at=at if seconds < 0 else None)
        )

    assert await orders.late(NOON, limit=100) == (6, 5)
    assert await orders.late(NOON, limit=3) == (3, 3)
    assert await orders.late(NOON - MINUTE, limit=100) == (0, 0)


@pytest.mark.parametrize(
    ("where", "by", "index"),
    [
        ({"state": "unknown", "check_at": AtLeast("")}, "sent_at", "state_sent"),
        ({"state": "unknown", "check_at": None}, "sent_at", "state_sent"),
        ({"intent.state": "unknown", "check_at": AtLeast("")}, "intent.at", "intent_at"),
        ({"intent.state": "unknown", "check_at": None}, "intent.at", "intent_at"),
        ({"check_at": AtMost("2026")}, None, "check_at"),
    ],
)
async def test_every_such_question_uses_an_index(
    tmp_path: Path, where: Where, by: str | None, index: str
) -> None:
    documents = SqliteDocuments(tmp_path / "test.db")
    await documents.start(INDEXES)
    await documents.close()
    statement = find("orders", where, (by, OLDEST_FIRST) if by else None, 10)

    found = plan(tmp_path / "test.db", statement)

    assert f"orders.{index}" in found
    assert "TEMP B-TREE" not in found
