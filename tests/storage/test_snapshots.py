"""Snapshots of accounts, on every engine."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest_asyncio

from floorbroker.domain.ids import AccountId, LinkId
from floorbroker.domain.money import usd
from floorbroker.domain.portfolio import Snapshot
from floorbroker.storage.documents import Documents
from floorbroker.storage.snapshots import INDEXES, Snapshots
from tests.domain.building import ANNA, BEN

NOON = datetime(2026, 3, 4, 17, 0, tzinfo=UTC)
LINK, ACCOUNT = LinkId("link"), AccountId("DU1234567")
ONE = Snapshot(
    user_id=ANNA,
    link_id=LINK,
    account_id=ACCOUNT,
    at=NOON,
    value=usd("1000.10"),
    cash=usd(400),
    invested=usd("600.10"),
    return_percent=Decimal("1.5"),
)
LATER = replace(ONE, at=NOON + timedelta(minutes=15), value=usd(1001))


@pytest_asyncio.fixture
async def snapshots(documents: Documents) -> Snapshots:
    await documents.start(INDEXES)
    return Snapshots(documents)


async def test_an_accounts_snapshots_come_back_oldest_first(snapshots: Snapshots) -> None:
    await snapshots.add(LATER)
    await snapshots.add(ONE)

    assert await snapshots.since(ANNA, LINK, ACCOUNT, NOON) == [ONE, LATER]
    assert await snapshots.since(ANNA, LINK, ACCOUNT, LATER.at) == [LATER]
    assert await snapshots.since(ANNA, LINK, ACCOUNT, NOON, limit=1) == [ONE]


async def test_a_moment_has_one_snapshot_however_often_it_is_added(snapshots: Snapshots) -> None:
    await snapshots.add(ONE)
    await snapshots.add(ONE)

    assert await snapshots.since(ANNA, LINK, ACCOUNT, NOON) == [ONE]


async def test_people_links_and_accounts_stay_apart(snapshots: Snapshots) -> None:
    await snapshots.add(ONE)

    assert await snapshots.since(BEN, LINK, ACCOUNT, NOON) == []
    assert await snapshots.since(ANNA, LinkId("other"), ACCOUNT, NOON) == []
    assert await snapshots.since(ANNA, LINK, AccountId("DU7"), NOON) == []
