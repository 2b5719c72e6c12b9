"""A backup is put back whole into an empty store, and nothing in it can happen a second time."""

import gzip
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Final
from uuid import uuid4

import pytest
import pytest_asyncio

from floorbroker.config import SettingsProblem
from floorbroker.domain.errors import StoreUnavailable
from floorbroker.domain.ids import BrokerId, UserId
from floorbroker.domain.link_ticket import LinkTicket
from floorbroker.domain.modes import Environment
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.own_alerts import fired
from floorbroker.services.audit_check import AuditCheck
from floorbroker.services.backup import back_up
from floorbroker.services.restore import CannotRestore, Restore
from floorbroker.services.servable import RESTORING, expect_servable
from floorbroker.storage.audit import AuditTrail
from floorbroker.storage.backup_file import BackupUnusable, End, Header, written
from floorbroker.storage.documents import Document, Documents
from floorbroker.storage.indexes import INDEXES
from floorbroker.storage.link_tickets import LinkTickets
from floorbroker.storage.marks import Marks
from floorbroker.storage.orders import Orders
from floorbroker.storage.own_alerts import StoredAlerts
from floorbroker.storage.people import People
from tests.domain.alerting import FIRING, PREPARED, own_alert, placing
from tests.domain.building import ANNA, order
from tests.fakes.clock import NOON, ManualClock
from tests.fakes.flaky_documents import FlakyDocuments
from tests.rotating import BOTH, NEW, OLD, process
from tests.services.kept import everything
from tests.stores import ENGINES, Store

CLOCK: Final = ManualClock()
OTHERS: Final = sorted(set(OrderState) - {OrderState.DRAFT})


@pytest_asyncio.fixture(params=ENGINES)
async def empty(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Documents]:
    """Another store than the one that is backed up, on each engine."""
    sqlite = request.param == "sqlite"
    place = str(tmp_path / "other.db") if sqlite else request.getfixturevalue("mongo_uri")
    store = Store(request.param, place)
    documents = store.open()
    await documents.start(INDEXES)
    yield documents
    await store.close()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "backup"


async def kept(documents: Documents, file: Path) -> End:
    """Something of every kind, in a backup."""
    orders = Orders(documents)
    for state in OrderState:
        await orders.add(order(state))
    old = process(documents, OLD)
    await old.linked("a", "b")
    await process(documents, BOTH).linked("c")
    for number in range(12):
        await old.audit.write(ANNA, "switch", {"number": str(number)})
    await LinkTickets(documents).add(ticket())
    await documents.insert("counters", {"_id": "nonce:a", "value": 7})
    await documents.insert("paper_books", {"_id": "p", "user_id": ANNA, "link_id": "a", "book": {}})
    return await back_up(documents, file, CLOCK, engine="SQLite")


def ticket() -> LinkTicket:
    return LinkTicket(
        ticket_id=uuid4().hex,
        user_id=ANNA,
        broker=BrokerId("alpaca"),
        environment=Environment.PAPER,
        created_at=NOON,
        expires_at=NOON + timedelta(days=1),
    )


def cut_short(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-9])


def text_of(file: Path) -> str:
    return gzip.decompress(file.read_bytes()).decode()


async def by_id(documents: Documents) -> dict[tuple[str, str], Document]:
    found = await everything(documents)
    return {(name, one["_id"]): one for name, many in found.items() for one in many}


async def test_everything_is_as_it_was_but_what_could_happen_again(
    documents: Documents, empty: Documents, file: Path
) -> None:
    await kept(documents, file)
    before = await by_id(documents)

    settled = await Restore(empty, CLOCK).put_back(file)

    after = await by_id(empty)
    changed = {key for key in before.keys() | after.keys() if before.get(key) != after.get(key)}
    assert (settled.lapsed, settled.links, settled.unreadable) == (1, 1, 0)
    assert sorted({collection for collection, _ in changed}) == [
        "link_tokens",
        "orders",
        "switches",
    ]
    (draft,) = [key for key in changed if key[0] == "orders"]
    assert (before[draft]["state"], after[draft]["state"]) == ("draft", "lapsed")
    assert after[draft]["events"][-1]["what"] == "restored"
    assert (await People(empty).service_pause()).everybody
    await expect_servable(Marks(empty))


async def test_sealed_texts_stay_sealed_and_open_with_the_same_keys(
    documents: Documents, empty: Documents, file: Path
) -> None:
    end = await kept(documents, file)
    await Restore(empty, CLOCK).put_back(file)

    there = process(empty, BOTH)
    links = [await there.people.link(UserId(f"user-{one}"), one) for one in "abc"]  # type: ignore[arg-type]

    assert end.keys == ("new", "old")
    assert all([link is not None and await there.opens(link) for link in links])
    assert await there.audit.pseudonym(ANNA) == await process(documents, OLD).audit.pseudonym(ANNA)


async def test_the_audit_trails_chains_are_whole(
    documents: Documents, empty: Documents, file: Path
) -> None:
    await kept(documents, file)
    await Restore(empty, CLOCK).put_back(file)

    walked = [one async for one in AuditCheck(AuditTrail(empty)).chains({})]

    assert [(one.end.number, one.broken) for one in walked] == [(12, None)]


@pytest.mark.parametrize("collection", ["orders", "users", "switches", "counters", "audit"])
async def test_a_store_that_holds_anything_is_left_as_it_is(
    documents: Documents, empty: Documents, file: Path, collection: str
) -> None:
    await kept(documents, file)
    await empty.insert(collection, {"_id": "mine"})

    with pytest.raises(CannotRestore, match="not empty"):
        await Restore(empty, CLOCK).put_back(file)

    assert await by_id(empty) == {(collection, "mine"): {"_id": "mine"}}


async def test_a_damaged_file_writes_nothing(
    documents: Documents, empty: Documents, file: Path
) -> None:
    await kept(documents, file)
    cut_short(file)

    with pytest.raises(BackupUnusable):
        await Restore(empty, CLOCK).put_back(file)

    assert await by_id(empty) == {}


async def half_restored(empty: Documents, file: Path) -> FlakyDocuments:
    """The store stops answering after the first orders."""
    store = FlakyDocuments(empty)
    store.fail("insert", "orders", skip=5)
    with pytest.raises(StoreUnavailable):
        await Restore(store, CLOCK).put_back(file)
    store.recover()
    return store


async def test_after_an_end_midway_no_bot_starts_and_the_same_again_does_the_rest(
    documents: Documents, empty: Documents, file: Path
) -> None:
    await kept(documents, file)
    before = {key for key in await by_id(documents) if key[0] != "link_tokens"}

    await half_restored(empty, file)
    with pytest.raises(SettingsProblem, match="Run the same"):
        await expect_servable(Marks(empty))
    half = len(await by_id(empty))
    await Restore(empty, CLOCK).put_back(file)

    assert half < len(before)
    assert {key for key in await by_id(empty) if key != ("switches", "service")} == before
    await expect_servable(Marks(empty))


async def test_a_part_of_another_backup_is_not_mixed_with_this_one(
    documents: Documents, empty: Documents, file: Path, tmp_path: Path
) -> None:
    await kept(documents, file)
    await half_restored(empty, file)
    other = tmp_path / "other"
    await back_up(documents, other, ManualClock(NOON + timedelta(days=1)), engine="SQLite")

    with pytest.raises(CannotRestore, match="part of another backup"):
        await Restore(empty, CLOCK).put_back(other)

    assert await Marks(empty).get(RESTORING) is not None


async def test_two_documents_that_cannot_both_be_true_end_it(empty: Documents, file: Path) -> None:
    with written(file, Header(version="1", engine="SQLite", at=NOON)) as made:
        same = {"user_id": ANNA, "origin_key": "the same"}
        made.add("orders", [{"_id": one, **same} for one in ("a", "b")])
        made.end(())

    with pytest.raises(CannotRestore, match="Two documents of orders"):
        await Restore(empty, CLOCK).put_back(file)

    assert await Marks(empty).get(RESTORING) is not None


async def test_settling_twice_changes_nothing_the_second_time(empty: Documents) -> None:
    orders = Orders(empty)
    for state in OrderState:
        await orders.add(order(state))
    restore = Restore(empty, CLOCK)

    first = await restore.settle()
    between = await by_id(empty)
    second = await restore.settle()

    assert (first.lapsed, second.lapsed) == (1, 0)
    assert await by_id(empty) == between


async def test_an_order_that_cannot_be_read_does_not_keep_the_others(empty: Documents) -> None:
    draft = order()
    await Orders(empty).add(draft)
    await empty.insert("orders", {"_id": "a", "user_id": ANNA, "state": "draft", "origin_key": "a"})

    settled = await Restore(empty, CLOCK).settle()

    assert (settled.lapsed, settled.unreadable) == (1, 1)


async def test_what_else_stands_in_the_services_switch_stays(empty: Documents) -> None:
    await empty.insert("switches", {"_id": "service", "paused": False, "version": 4, "more": [1]})

    await Restore(empty, CLOCK).settle()

    stored = await empty.get("switches", "service")
    assert stored == {"_id": "service", "paused": True, "version": 5, "more": [1]}


@pytest.mark.parametrize("state", OTHERS)
async def test_only_drafts_are_touched(empty: Documents, state: OrderState) -> None:
    placed = order(state)
    await Orders(empty).add(placed)

    await Restore(empty, CLOCK).settle()

    assert await Orders(empty).get(ANNA, placed.order_id) == placed


async def test_no_secret_is_in_the_file(documents: Documents, file: Path) -> None:
    await kept(documents, file)
    text = text_of(file)

    assert "canary" not in text
    assert all(key.partition(":")[2] not in text for key in (OLD, NEW))
    assert json.loads(text.splitlines()[0])["engine"] == "SQLite"


async def test_a_newer_versions_store_is_not_served(documents: Documents) -> None:
    await Marks(documents).put("schema", "2")

    with pytest.raises(SettingsProblem, match="A newer version of floorbroker has used this store"):
        await expect_servable(Marks(documents))


async def test_an_order_that_may_have_gone_out_since_the_backup_is_not_armed_any_more(
    empty: Documents,
) -> None:
    stored = StoredAlerts(empty)
    waiting = await stored.add(own_alert(alert_id="1" * 16, placing=placing()))
    due = await stored.add(fired(own_alert(alert_id="2" * 16, placing=placing()), FIRING))
    assert due.place_at is not None

    await Restore(empty, CLOCK).settle()

    assert await stored.to_place(CLOCK.now() + timedelta(days=1), limit=9) == []
    for one in (waiting, due):
        found = await stored.get(one.user_id, one.alert_id)
        assert found is not None
        assert (found.placing, found.place_at, found.tell_at) == (None, None, None)


async def test_an_alert_that_may_have_rung_since_the_backup_does_not_ring_again(
    empty: Documents,
) -> None:
    stored = StoredAlerts(empty)
    waiting = await stored.add(own_alert(alert_id="1" * 16))
    untold = await stored.add(fired(own_alert(alert_id="2" * 16, prepared=PREPARED), FIRING))

    settled = await Restore(empty, CLOCK).settle()

    assert settled.alerts == 1
    assert await stored.to_tell(CLOCK.now() + timedelta(days=1), limit=9) == []
    for one in (waiting, untold):
        found = await stored.get(one.user_id, one.alert_id)
        assert found is not None
        assert not found.armed
