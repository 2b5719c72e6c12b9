"""Moments of accounts, on every engine: never more than a day's."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest_asyncio

from floorbroker.domain.ids import AccountId, LinkId
from floorbroker.domain.money import usd
from floorbroker.storage.documents import Documents
from floorbroker.storage.moment_values import INDEXES, SLOTS, MomentValue, MomentValues
from tests.domain.building import ANNA, BEN

ONE = MomentValue(
    user_id=ANNA,
    link_id=LinkId("link"),
    account_id=AccountId("account"),
    at=datetime(2026, 3, 4, 17, tzinfo=UTC),
    value=usd("1000.10"),
)
SLOT = timedelta(minutes=15)


@pytest_asyncio.fixture
async def moments(documents: Documents) -> MomentValues:
    await documents.start(INDEXES)
    return MomentValues(documents)


async def test_a_quarter_of_an_hour_has_the_value_of_its_last_look(moments: MomentValues) -> None:
    later = replace(ONE, at=ONE.at + SLOT - timedelta(seconds=1), value=usd(900))
    following = replace(ONE, at=ONE.at + SLOT)
    for one in (ONE, later, following):
        await moments.put(one)

    assert list(await moments.since(ANNA, ONE.link_id, ONE.account_id, ONE.at)) == [
        later,
        following,
    ]


async def test_an_account_never_has_more_than_a_days_values(
    moments: MomentValues, documents: Documents
) -> None:
    for number in range(SLOTS + 10):
        await moments.put(replace(ONE, at=ONE.at + number * SLOT))

    kept = await documents.find("moment_values", {}, limit=1_000)
    found = await moments.since(ANNA, ONE.link_id, ONE.account_id, ONE.at)
    assert len(kept) == SLOTS
    assert [one.at for one in found] == [ONE.at + number * SLOT for number in range(10, SLOTS + 10)]


async def test_they_come_back_from_a_moment_on_and_nobody_elses(moments: MomentValues) -> None:
    later = replace(ONE, at=ONE.at + SLOT)
    for one in (later, ONE, replace(ONE, link_id=LinkId("other"))):
        await moments.put(one)

    since = ONE.at + timedelta(seconds=1)
    assert list(await moments.since(ANNA, ONE.link_id, ONE.account_id, since)) == [later]
    assert list(await moments.since(BEN, ONE.link_id, ONE.account_id, ONE.at)) == []
