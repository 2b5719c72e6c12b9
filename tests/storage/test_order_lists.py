"""Lists of orders, on every engine: whose, in which order, how many, and what is due."""

from datetime import timedelta

import pytest
import pytest_asyncio

from floorbroker.domain.ids import AccountId, LinkId
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


async def test_recent_orders_come_newest_first_by_state_and_no_more_than_asked(
    orders: Orders,
) -> None:
    for number in range(5):
        state = S.FILLED if number % 2 else S.ACCEPTED
        await orders.add(order(state, created_at=NOON + number * SECOND, reason=str(number)))

    working = await orders.recent(ANNA, states=WORKING, limit=2)
    every = await orders.recent(ANNA, states=frozenset(OrderState), limit=10)

    assert [one.reason for one in working] == ["4", "2"]
    assert [one.reason for one in every] == ["4", "3", "2", "1", "0"]


async def test_what_is_still_read_back_is_found_beneath_whatever_has_ended_since(
    orders: Orders,
) -> None:
    old = order(S.FILLED, check_at=NOON + 9 * SECOND, reason="old")
    older = order(S.FILLED, check_at=NOON + SECOND, reason="older")
    for one in (old, older):
        await orders.add(one)
    for number in range(5):
        await orders.add(order(S.FILLED, created_at=NOON + number * SECOND))
    await orders.add(order(S.FILLED, check_at=NOON, user_id=BEN))
    await orders.add(order(S.ACCEPTED, check_at=NOON))

    found = await orders.followed(ANNA, S.FILLED, limit=10)
    first = await orders.followed(ANNA, S.FILLED, limit=1)

    assert [one.reason for one in found] == ["older", "old"]
    assert first == [older]


async def test_sent_orders_are_counted_from_a_moment_on_and_no_further_than_asked(
    orders: Orders,
) -> None:
    for seconds in (-1, 0, 1, 2):
        await orders.add(order(S.FILLED, sent_at=NOON + seconds * SECOND))
    await orders.add(order(S.DRAFT))
    await orders.add(order(S.FILLED, sent_at=NOON, user_id=BEN))

    assert await orders.sent_since(ANNA, NOON, limit=100) == 3
    assert await orders.sent_since(ANNA, NOON, limit=2) == 2


async def test_orders_of_one_account_only(orders: Orders) -> None:
    here = order(S.ACCEPTED)
    await orders.add(here)
    await orders.add(order(S.ACCEPTED, account_id=AccountId("other")))
    await orders.add(order(S.ACCEPTED, link_id=LinkId("other")))

    found = await orders.of_account(ANNA, here.link_id, here.account_id, states=WORKING, limit=50)

    assert found == [here]


async def test_other_accounts_do_not_crowd_out_the_one_that_is_asked_for(orders: Orders) -> None:
    here = order(S.ACCEPTED, created_at=NOON - SECOND)
    await orders.add(here)
    for _ in range(3):
        await orders.add(order(S.ACCEPTED, account_id=AccountId("other")))

    found = await orders.of_account(ANNA, here.link_id, here.account_id, states=WORKING, limit=3)

    assert found == [here]


@pytest.mark.parametrize("field", ["check_at", "news_at"])
async def test_what_is_due_comes_from_everybody_the_longest_due_first(
    orders: Orders, field: str
) -> None:
    for seconds, user_id in ((0, ANNA), (-2, BEN), (1, ANNA), (-1, ANNA)):
        due = {field: NOON + seconds * SECOND}
        await orders.add(order(S.ACCEPTED, user_id=user_id, reason=str(seconds), **due))
    await orders.add(order(S.FILLED))
    ask = orders.due_for_check if field == "check_at" else orders.with_news

    assert [one.reason for one in await ask(NOON, limit=10)] == ["-2", "-1", "0"]
    assert [one.reason for one in await ask(NOON, limit=1)] == ["-2"]


async def test_one_order_that_cannot_be_read_does_not_hide_the_others_that_are_due(
    orders: Orders, documents: Documents
) -> None:
    good = order(S.UNKNOWN, check_at=NOON)
    await orders.add(good)
    broken = order(S.UNKNOWN, check_at=NOON - SECOND)
    await orders.add(broken)
    document = await documents.get("orders", broken.order_id)
    assert document is not None
    document["state"] = "written by a newer version"
    await documents.upsert("orders", document)

    assert await orders.due_for_check(NOON, limit=10) == [good]
