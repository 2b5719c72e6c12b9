"""People's alerts, on every engine."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest_asyncio

from floorbroker.domain.crossing import Level
from floorbroker.domain.ids import LinkId
from floorbroker.domain.own_alerts import PRICED, AlertKind, Standing, fired, told
from floorbroker.domain.placing import Stage
from floorbroker.storage.documents import Documents, Where
from floorbroker.storage.indexes import INDEXES
from floorbroker.storage.own_alerts import UNSEEN_FOR, StoredAlerts
from tests.domain.alerting import FIRING, PREPARED, own_alert, placing
from tests.domain.building import ANNA, BEN, NOON

DAY = timedelta(days=1)


@pytest_asyncio.fixture
async def alerts(documents: Documents) -> StoredAlerts:
    await documents.start(INDEXES)
    return StoredAlerts(documents)


async def test_an_alert_comes_back_as_it_was_stored(alerts: StoredAlerts) -> None:
    level = Level(above=False, price=Decimal("228"), percent=Decimal(5), start=Decimal(240))
    whole = fired(own_alert(level=level, prepared=PREPARED, known=("a", "b")), FIRING)

    stored = await alerts.add(whole)

    assert stored == replace(whole, version=1)
    assert await alerts.get(ANNA, whole.alert_id) == stored
    assert await alerts.get(BEN, whole.alert_id) is None
    assert await alerts.add(own_alert()) == stored  # the same interaction, delivered twice


async def test_only_one_of_two_that_saw_the_same_changes_it(alerts: StoredAlerts) -> None:
    seen = await alerts.add(own_alert())

    answers = await asyncio.gather(*(alerts.advance(seen, fired(seen, FIRING)) for _ in range(5)))

    assert len([one for one in answers if one is not None]) == 1


async def test_a_change_meets_the_present_state(alerts: StoredAlerts) -> None:
    seen = await alerts.add(own_alert(repeat=True))
    now = await alerts.advance(seen, fired(seen, FIRING))
    assert now is not None

    await alerts.change(seen, lambda one: told(one, now, NOON, reached=True))

    after = await alerts.get(ANNA, seen.alert_id)
    assert after is not None
    assert (after.tell_at, after.told, after.firing) == (None, 1, FIRING)


async def test_a_change_of_what_was_removed_brings_nothing_back(alerts: StoredAlerts) -> None:
    seen = await alerts.add(own_alert())
    assert not await alerts.remove(replace(seen, user_id=BEN))
    assert not await alerts.remove(replace(seen, version=seen.version - 1))
    assert await alerts.remove(seen)

    await alerts.change(seen, lambda one: replace(one, armed=False))

    assert await alerts.get(ANNA, seen.alert_id) is None


async def test_all_that_are_at_work_are_walked_once_each(alerts: StoredAlerts) -> None:
    for number in range(205):
        await alerts.add(own_alert(alert_id=f"{number:016x}"))
    await alerts.add(own_alert(alert_id="d" * 16, standing=Standing.DONE))
    await alerts.add(own_alert(alert_id="e" * 16, kind=AlertKind.FILL))

    found = [one.alert_id async for one in alerts.at_work(PRICED)]

    assert found == [f"{number:016x}" for number in range(205)]


async def test_what_is_due_is_told_first_come_first_served(alerts: StoredAlerts) -> None:
    for number, minutes in enumerate((5, 1, 9)):
        at = NOON + timedelta(minutes=minutes)
        await alerts.add(own_alert(alert_id=f"{number:016x}", tell_at=at))
    await alerts.add(own_alert(alert_id="f" * 16))

    due = await alerts.to_tell(NOON + timedelta(minutes=5), limit=10)

    assert [one.alert_id[-1] for one in due] == ["1", "0"]


async def test_what_is_put_off_is_found_by_its_person(alerts: StoredAlerts) -> None:
    await alerts.add(own_alert(alert_id="1" * 16, tell_at=NOON))
    await alerts.add(own_alert(alert_id="2" * 16, tell_at=NOON + DAY))
    await alerts.add(own_alert(alert_id="3" * 16))

    found = await alerts.put_off(ANNA, NOON + timedelta(hours=1))

    assert [one.alert_id[0] for one in found] == ["2"]
    assert await alerts.put_off(BEN, NOON) == []


async def test_one_that_cannot_be_read_holds_nobody_up(
    alerts: StoredAlerts, documents: Documents
) -> None:
    await alerts.add(own_alert(tell_at=NOON))
    broken = {"_id": "0" * 16, "version": 1, "kind": "nothing", "standing": "at_work"}
    at = "2026-03-04T00:00:00.000000Z"
    await documents.insert("alerts", {**broken, "user_id": ANNA, "tell_at": at})

    due = await alerts.to_tell(NOON, limit=10)
    again = await alerts.to_tell(NOON, limit=1)

    assert (
        [one.alert_id for one in due] == [one.alert_id for one in again] == [own_alert().alert_id]
    )
    assert len(await alerts.of(ANNA, limit=9)) == 1


async def test_what_is_over_and_told_is_forgotten(alerts: StoredAlerts) -> None:
    ends = {"ends_at": NOON}
    await alerts.add(own_alert(alert_id="1" * 16, **ends))
    await alerts.add(own_alert(alert_id="2" * 16, **ends, tell_at=NOON))
    await alerts.add(own_alert(alert_id="3" * 16, **ends, unseen_at=NOON))
    await alerts.add(own_alert(alert_id="4" * 16))

    assert await alerts.forget(NOON) == 1

    assert await alerts.count(ANNA, limit=9) == 3
    assert [one.alert_id[0] for one in await alerts.unseen(ANNA, limit=5)] == ["3"]
    assert await alerts.unseen(BEN, limit=5) == []


async def test_what_nobody_came_to_see_is_forgotten_in_the_end(alerts: StoredAlerts) -> None:
    await alerts.add(own_alert(ends_at=NOON, unseen_at=NOON))

    kept, gone = [await alerts.forget(NOON + UNSEEN_FOR + wait) for wait in (-DAY, DAY)]

    assert (kept, gone) == (0, 1)


async def test_after_a_restore_nothing_rings_that_may_have_rung(alerts: StoredAlerts) -> None:
    await alerts.add(own_alert(alert_id="1" * 16))
    await alerts.add(fired(own_alert(alert_id="2" * 16, prepared=PREPARED), FIRING))

    assert await alerts.start_anew() == 1
    assert await alerts.start_anew() == 1

    at_work = await alerts.get(ANNA, "1" * 16)
    done = await alerts.get(ANNA, "2" * 16)
    assert at_work is not None
    assert done is not None
    assert not at_work.armed
    assert (done.tell_at, done.told) == (None, 1)


async def test_after_a_restore_nothing_is_armed_that_this_version_cannot_read(
    alerts: StoredAlerts, documents: Documents
) -> None:
    due = await alerts.add(fired(own_alert(placing=placing()), FIRING))
    stored = await documents.get("alerts", due.alert_id)
    assert stored is not None
    where: Where = {"version": stored["version"]}
    await documents.replace("alerts", {**stored, "kind": "of tomorrow"}, where=where)

    assert await alerts.start_anew() == 0

    after = await documents.get("alerts", due.alert_id)
    assert after is not None
    assert (after["placing"], after["place_at"], after["tell_at"]) == (None, None, None)


async def test_an_armed_one_comes_back_as_it_was_stored(alerts: StoredAlerts) -> None:
    whole = own_alert(prepared=PREPARED, placing=placing(guild_id="9"), guild_id="9")

    stored = await alerts.add(whole)

    assert await alerts.get(ANNA, whole.alert_id) == stored == replace(whole, version=1)


async def test_an_order_that_is_due_is_found_until_it_was_seen_to(alerts: StoredAlerts) -> None:
    waiting = await alerts.add(own_alert(alert_id="1" * 16, placing=placing()))
    due = await alerts.add(fired(own_alert(alert_id="2" * 16, placing=placing()), FIRING))

    assert await alerts.to_place(NOON - DAY, limit=9) == []
    assert await alerts.to_place(NOON, limit=9) == [due]
    assert await alerts.to_tell(NOON + DAY, limit=9) == []

    await alerts.change(due, lambda one: replace(one, place_at=None))

    assert await alerts.to_place(NOON + DAY, limit=9) == []
    assert await alerts.get(ANNA, waiting.alert_id) == waiting


async def test_what_is_armed_at_a_link_is_disarmed_with_it(alerts: StoredAlerts) -> None:
    here = await alerts.add(own_alert(alert_id="1" * 16, placing=placing()))
    there = own_alert(alert_id="2" * 16, placing=placing(), link_id=LinkId("another"))
    bens = own_alert(alert_id="3" * 16, placing=placing(), user_id=BEN)
    for one in (there, bens):
        await alerts.add(one)

    await alerts.disarm(ANNA, here.link_id)

    stages = []
    for one in (here, there, bens):
        found = await alerts.get(one.user_id, one.alert_id)
        assert found is not None
        stages.append(found.stage)
    assert stages == [None, Stage.ARMED, Stage.ARMED]


async def test_of_two_processes_one_claims_what_is_due(alerts: StoredAlerts) -> None:
    due = await alerts.add(fired(own_alert(placing=placing()), FIRING))
    claimed = replace(due, place_at=NOON + DAY)

    answers = await asyncio.gather(*(alerts.advance(due, claimed) for _ in range(5)))

    assert len([one for one in answers if one is not None]) == 1
    assert await alerts.to_place(NOON, limit=9) == []
