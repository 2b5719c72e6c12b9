"""The paper broker's books, on every engine."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from floorbroker.brokers.context import PaperBooks
from floorbroker.domain.ids import LinkId, UserId
from floorbroker.storage.documents import Documents
from floorbroker.storage.paper_books import INDEXES, StoredPaperBooks

ANN, BOB = UserId("1"), UserId("2")
LINK, OTHER = LinkId("l1"), LinkId("l2")
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
BOOK: dict[str, Any] = {
    "cash": "100000",
    "positions": {"BRK.B": "1", "BTC/USD": "0.5"},
    "orders": [],
    "$x": None,
}


@pytest.fixture
async def books(documents: Documents) -> PaperBooks:
    await documents.start(INDEXES)
    return StoredPaperBooks(documents)


def ended(order_id: str, at: datetime) -> dict[str, object]:
    return {"order_id": order_id, "at": at.isoformat(), "fills": [{"price": "1.10"}]}


async def test_there_is_no_book_before_the_first_save(books: PaperBooks) -> None:
    assert await books.load(ANN, LINK) is None


async def test_a_book_comes_back_as_it_was_saved(books: PaperBooks) -> None:
    assert await books.save(ANN, LINK, BOOK, expected_version=0)
    assert await books.load(ANN, LINK) == (BOOK, 1)

    assert await books.save(ANN, LINK, BOOK | {"cash": "5"}, expected_version=1)
    assert await books.load(ANN, LINK) == (BOOK | {"cash": "5"}, 2)


@pytest.mark.parametrize("seen", [0, 1, 3])
async def test_a_save_over_another_version_changes_nothing(books: PaperBooks, seen: int) -> None:
    await books.save(ANN, LINK, BOOK, expected_version=0)
    await books.save(ANN, LINK, BOOK, expected_version=1)

    assert not await books.save(ANN, LINK, {"cash": "stolen"}, expected_version=seen)

    assert await books.load(ANN, LINK) == (BOOK, 2)


@pytest.mark.parametrize("version", [0, 1])
async def test_of_many_who_save_over_one_version_one_wins(books: PaperBooks, version: int) -> None:
    if version:
        await books.save(ANN, LINK, BOOK, expected_version=0)

    won = await asyncio.gather(
        *(books.save(ANN, LINK, {"by": n}, expected_version=version) for n in range(20))
    )

    assert sum(won) == 1
    assert await books.load(ANN, LINK) == ({"by": won.index(True)}, version + 1)


async def test_books_belong_to_one_person_and_link(books: PaperBooks) -> None:
    await books.save(ANN, LINK, BOOK, expected_version=0)
    await books.archive(ANN, LINK, "o", ended("o", NOON))

    for person, link in ((BOB, LINK), (ANN, OTHER), (UserId("1:l1"), LinkId(""))):
        assert await books.load(person, link) is None
        assert await books.archived(person, link, "o") is None
        assert await books.archived_between(person, link, NOON, NOON + HOUR, 5) == []
        assert not await books.save(person, link, {}, expected_version=1)
        await books.erase(person, link)

    assert await books.load(ANN, LINK) == (BOOK, 1)
    assert await books.archived(ANN, LINK, "o") == ended("o", NOON)


async def test_an_ended_order_is_kept_once(books: PaperBooks) -> None:
    await books.archive(ANN, LINK, "o", ended("o", NOON))
    await books.archive(ANN, LINK, "o", ended("o", NOON + HOUR))

    assert await books.archived(ANN, LINK, "o") == ended("o", NOON)
    assert await books.archived(ANN, LINK, "p") is None


async def test_ended_orders_are_found_by_their_time_newest_first(books: PaperBooks) -> None:
    for number in range(5):
        await books.archive(ANN, LINK, str(number), ended(str(number), NOON + number * HOUR))

    found = await books.archived_between(ANN, LINK, NOON + HOUR, NOON + 4 * HOUR, 10)
    first = await books.archived_between(ANN, LINK, NOON, NOON + 9 * HOUR, 2)

    assert [order["order_id"] for order in found] == ["3", "2", "1"]
    assert [order["order_id"] for order in first] == ["4", "3"]


async def test_erasing_leaves_nothing(books: PaperBooks, documents: Documents) -> None:
    await books.save(ANN, LINK, BOOK, expected_version=0)
    await books.archive(ANN, LINK, "o", ended("o", NOON))

    await books.erase(ANN, LINK)

    for collection in ("paper_books", "paper_orders"):
        assert await documents.find(collection, {}, limit=5) == []


async def test_every_document_carries_its_person_and_its_version_of_the_schema(
    books: PaperBooks, documents: Documents
) -> None:
    await books.save(ANN, LINK, BOOK, expected_version=0)
    await books.archive(ANN, LINK, "o", ended("o", NOON))

    for collection in ("paper_books", "paper_orders"):
        [document] = await documents.find(collection, {}, limit=5)
        assert (document["user_id"], document["schema_version"]) == (ANN, 1)
