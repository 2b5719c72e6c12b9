"""States of alerts, on every engine: read as written, and stored by one of two."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest_asyncio

from floorbroker.domain.alert_state import AlertState, Watcher
from floorbroker.storage.documents import Documents
from floorbroker.storage.indexes import INDEXES
from floorbroker.storage.ops_alerts import OpsAlerts
from tests.domain.building import LATER, NOON

EVERYTHING = AlertState(
    key="BreakerOpen:schwab",
    since=NOON,
    watchers=(Watcher(process="one", at=NOON), Watcher(process="two", at=LATER)),
    over_at=LATER,
    abandoned=True,
    told=True,
    shown=True,
    told_at=NOON,
    message="123456789012345678",
    claim_until=LATER,
)


@pytest_asyncio.fixture
async def stored(documents: Documents) -> OpsAlerts:
    await documents.start(INDEXES)
    return OpsAlerts(documents)


async def test_at_first_there_are_none(stored: OpsAlerts) -> None:
    assert await stored.all() == {}


async def test_a_state_is_read_as_it_was_written(stored: OpsAlerts) -> None:
    saved = await stored.save(None, EVERYTHING)

    assert saved == replace(EVERYTHING, version=1)
    assert await stored.all() == {EVERYTHING.key: saved}


async def test_of_many_that_begin_an_alert_one_does(stored: OpsAlerts) -> None:
    done = await asyncio.gather(*(stored.save(None, EVERYTHING) for _ in range(10)))

    assert len([one for one in done if one is not None]) == 1


async def test_of_many_that_change_it_one_does(stored: OpsAlerts) -> None:
    before = await stored.save(None, EVERYTHING)
    assert before is not None
    after = [replace(before, since=NOON + timedelta(seconds=n)) for n in range(10)]

    done = await asyncio.gather(*(stored.save(before, one) for one in after))

    (winner,) = [one for one in done if one is not None]
    assert (await stored.all())[EVERYTHING.key] == winner


async def test_an_alert_that_is_gone_is_not_changed(
    stored: OpsAlerts, documents: Documents
) -> None:
    before = await stored.save(None, EVERYTHING)
    await documents.delete("ops_alerts", {"_id": EVERYTHING.key})

    assert await stored.save(before, EVERYTHING) is None
