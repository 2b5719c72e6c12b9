"""Ideas, on every engine."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
import pytest_asyncio

from floorbroker.domain.errors import InvalidInput
from floorbroker.domain.ideas import LASTS, LONGEST, Idea
from floorbroker.domain.orders import Side
from floorbroker.storage.codec import to_document
from floorbroker.storage.documents import Documents
from floorbroker.storage.ideas import INDEXES, Ideas
from tests.domain.building import ANNA, BEN

NOON = datetime(2026, 3, 4, 17, 0, tzinfo=UTC)
ONE = Idea(
    idea_id="0123456789abcdef",
    user_id=ANNA,
    guild_id="900000000000000001",
    symbol="AAPL",
    name="Apple",
    currency="USD",
    side=Side.BUY,
    reason="New phones sell well.",
    created_at=NOON,
    limit=Decimal("200.10"),
    target=Decimal(260),
    stop=Decimal(180),
)


@pytest_asyncio.fixture
async def ideas(documents: Documents) -> Ideas:
    await documents.start(INDEXES)
    return Ideas(documents)


async def test_an_idea_comes_back_as_it_was_posted(ideas: Ideas) -> None:
    await ideas.add(ONE)

    assert await ideas.get(ONE.idea_id) == ONE
    assert await ideas.get("f" * 16) is None


async def test_a_person_s_own_ideas_of_late_are_counted_up_to_the_limit(ideas: Ideas) -> None:
    for number in range(4):
        at = NOON + timedelta(minutes=number)
        await ideas.add(replace(ONE, idea_id=f"{number:016x}", created_at=at))
    await ideas.add(replace(ONE, idea_id="a" * 16, user_id=BEN))

    assert await ideas.count_since(ANNA, NOON + timedelta(minutes=1), limit=9) == 3
    assert await ideas.count_since(ANNA, NOON, limit=2) == 2


async def test_an_idea_that_was_taken_back_is_not_there_and_does_not_count(ideas: Ideas) -> None:
    other = replace(ONE, idea_id="a" * 16)
    await ideas.add(ONE)
    await ideas.add(other)

    await ideas.remove(ONE)

    assert await ideas.get(ONE.idea_id) is None
    assert await ideas.get(other.idea_id) == other
    assert await ideas.count_since(ANNA, NOON, limit=9) == 1


async def test_an_idea_of_when_a_price_was_stored_with_it_is_still_read(
    documents: Documents, ideas: Ideas
) -> None:
    fields = {**to_document(ONE), "_id": ONE.idea_id, "price": "210.05", "schema_version": 1}
    del fields["idea_id"]
    await documents.insert("ideas", fields)

    assert await ideas.get(ONE.idea_id) == ONE


def test_without_a_limit_the_levels_are_their_author_s_own() -> None:
    words = replace(ONE, limit=None, target=Decimal(9_000), stop=Decimal(8_000))

    assert (words.stop, words.target) == (Decimal(8_000), Decimal(9_000))


@pytest.mark.parametrize(
    "wrong",
    [
        {"reason": " "},
        {"reason": "x" * (LONGEST + 1)},
        {"target": Decimal(180), "stop": Decimal(260)},
        {"stop": Decimal("200.10")},
        {"limit": Decimal(260)},
        {"limit": Decimal(170), "target": None},
        {"side": Side.SELL},
    ],
)
def test_an_idea_that_contradicts_itself_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(InvalidInput):
        replace(ONE, **wrong)


def test_an_idea_is_over_after_its_time() -> None:
    assert not ONE.over(NOON + LASTS - timedelta(seconds=1))
    assert ONE.over(NOON + LASTS)
