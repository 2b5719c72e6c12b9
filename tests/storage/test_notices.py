"""Notices, on every engine: kept until they are shown, oldest first, to their own person only."""

import pytest_asyncio

from floorbroker.domain.ids import OrderId
from floorbroker.storage.documents import Documents
from floorbroker.storage.notices import INDEXES, Notices
from tests.domain.building import ANNA, BEN

AT = "2026-03-04T17:00:0{}.000000Z"


@pytest_asyncio.fixture
async def notices(documents: Documents) -> Notices:
    await documents.start(INDEXES)
    return Notices(documents)


async def test_notices_come_oldest_first_and_no_more_than_asked(notices: Notices) -> None:
    for second in (3, 1, 2):
        await notices.add(ANNA, OrderId(f"order-{second}"), AT.format(second))

    assert await notices.unseen(ANNA) == ["order-1", "order-2", "order-3"]
    assert await notices.unseen(ANNA, limit=2) == ["order-1", "order-2"]


async def test_an_order_has_one_notice_however_often_it_could_not_be_told(
    notices: Notices,
) -> None:
    await notices.add(ANNA, OrderId("order"), AT.format(1))
    await notices.add(ANNA, OrderId("order"), AT.format(2))

    assert await notices.unseen(ANNA) == ["order"]


async def test_what_was_seen_is_gone_and_the_rest_stays(notices: Notices) -> None:
    await notices.add(ANNA, OrderId("one"), AT.format(1))
    await notices.add(ANNA, OrderId("two"), AT.format(2))

    await notices.seen(ANNA, OrderId("one"))
    await notices.seen(ANNA, OrderId("never there"))

    assert await notices.unseen(ANNA) == ["two"]


async def test_nobody_sees_or_removes_anybody_elses(notices: Notices) -> None:
    await notices.add(ANNA, OrderId("order"), AT.format(1))

    await notices.seen(BEN, OrderId("order"))

    assert await notices.unseen(BEN) == []
    assert await notices.unseen(ANNA) == ["order"]
