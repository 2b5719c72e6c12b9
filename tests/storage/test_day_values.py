"""Days of accounts, on every engine."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest_asyncio

from floorbroker.domain.ids import AccountId, LinkId
from floorbroker.domain.money import usd
from floorbroker.storage.day_values import INDEXES, DayValue, DayValues
from floorbroker.storage.documents import Documents
from tests.domain.building import ANNA, BEN

ONE = DayValue(
    user_id=ANNA,
    link_id=LinkId("link"),
    account_id=AccountId("account"),
    day=date(2026, 3, 4),
    at=datetime(2026, 3, 4, 17, tzinfo=UTC),
    value=usd("1000.10"),
)


@pytest_asyncio.fixture
async def days(documents: Documents) -> DayValues:
    await documents.start(INDEXES)
    return DayValues(documents)


async def test_a_day_has_the_value_of_its_last_look(days: DayValues) -> None:
    later = replace(ONE, at=ONE.at + timedelta(hours=1), value=usd(900))
    await days.put(ONE)
    await days.put(later)

    assert list(await days.last(ANNA, ONE.link_id, ONE.account_id)) == [later]


async def test_the_latest_days_come_back_oldest_first_and_nobody_else_s(days: DayValues) -> None:
    made = [replace(ONE, day=ONE.day + timedelta(days=number)) for number in range(5)]
    for one in made:
        await days.put(one)
    await days.put(replace(ONE, link_id=LinkId("other")))

    assert list(await days.last(ANNA, ONE.link_id, ONE.account_id, limit=3)) == made[2:]
    assert list(await days.last(BEN, ONE.link_id, ONE.account_id)) == []
