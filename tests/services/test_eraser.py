"""The erasing itself: everything goes, once, whoever dies or fails meanwhile, and nobody else's."""

import asyncio
import json
from dataclasses import replace
from typing import Any, Final

import pytest

from floorbroker.domain.errors import BrokerTimeout, StoreUnavailable
from floorbroker.domain.ids import UserId
from floorbroker.domain.order import Claim
from floorbroker.domain.order_state import OrderState
from floorbroker.services.eraser import HOLD, ON_ITS_WAY
from floorbroker.services.erasing import GRACE
from floorbroker.storage.documents import Documents
from tests.fakes.exchange.venue import Venue
from tests.fakes.flaky_documents import FlakyDocuments
from tests.floor import ANNA, BEN, KEYED, House
from tests.services.conftest import Build
from tests.services.kept import everything
from tests.services.lives import KEYS, lived, open_doors
from tests.simulators.paper_faults import Counting, Hanging

STAYS: Final = {"audit", "secrets", "switches"}


@pytest.fixture
def keyed(venue: Venue) -> Venue:
    open_doors(venue)
    return venue


@pytest.fixture
def house(build: Build, keyed: Venue, broker: Counting) -> House:
    return build(venue=keyed, scripted=KEYED, faults=broker)


async def asked(house: House, who: UserId = ANNA) -> None:
    """It has begun, and nothing is on its way any more."""
    await house.erasing.ask(who)
    house.clock.advance(GRACE.total_seconds())
    assert await house.eraser.sweep() == 0
    house.clock.advance(ON_ITS_WAY.total_seconds())


async def of(documents: Documents, who: UserId) -> dict[str, list[dict[str, Any]]]:
    """Every document, of any collection, in which the person's id or keys' account stands."""
    marks = (who, KEYS[who][0])
    found = {
        name: [one for one in stored if any(mark in json.dumps(one) for mark in marks)]
        for name, stored in (await everything(documents)).items()
    }
    return {name: stored for name, stored in found.items() if stored}


async def test_a_life_leaves_something_in_every_collection_of_people(
    house: House, documents: Documents
) -> None:
    """Else the tests below would say nothing about the collection that is left out."""
    await lived(house, ANNA)

    kept = {name for name, stored in (await everything(documents)).items() if stored}

    assert kept >= (await everything(documents)).keys() - {"policies", "switches", "ops_alerts"}


async def test_nothing_in_any_collection_names_the_person_any_more(
    house: House, documents: Documents
) -> None:
    await lived(house, ANNA)
    await asked(house)

    assert await house.eraser.sweep() == 1

    assert await of(documents, ANNA) == {}
    left = {name for name, stored in (await everything(documents)).items() if stored}
    assert left <= STAYS
    assert house.messenger.farewells == [ANNA]


async def test_somebody_elses_data_is_as_it_was(house: House, documents: Documents) -> None:
    await lived(house, ANNA)
    await lived(house, BEN)
    before = await of(documents, BEN)
    await asked(house)

    await house.eraser.sweep()

    assert await of(documents, BEN) == before
    assert await of(documents, ANNA) == {}
    assert (await house.portfolio.overview(BEN)).holdings


async def test_the_audit_trail_stays_whole_and_tells_of_the_erasing(
    house: House, documents: Documents
) -> None:
    await lived(house, ANNA)
    person = await house.audit.pseudonym(ANNA)
    await asked(house)

    await house.eraser.sweep()

    entries = (await everything(documents))["audit"]
    assert {entry["person"] for entry in entries} == {person}
    assert await house.audit.verify(ANNA) is None
    assert [e["action"] for e in sorted(entries, key=lambda e: e["number"])][-1] == "erased"
    assert "unlink" in {entry["action"] for entry in entries}


async def test_nothing_is_erased_before_its_time(house: House, documents: Documents) -> None:
    await lived(house, ANNA)
    await house.erasing.ask(ANNA)
    before = await of(documents, ANNA)
    house.clock.advance(GRACE.total_seconds() - 1)

    assert await house.eraser.sweep() == 0

    assert await of(documents, ANNA) == before


async def test_whoever_comes_back_begins_anew(house: House) -> None:
    await lived(house, ANNA)
    await asked(house)
    await house.eraser.sweep()

    order = await house.bought("1")

    assert order.state is OrderState.FILLED
    assert [link.broker for link in await house.accounts.links(ANNA)] == ["paper"]
    [held] = (await house.portfolio.overview(ANNA)).holdings
    assert [one.quantity for one in held.positions] == [1]


STEPS: Final = [
    ("replace", "users", 1),
    ("find", "orders", 0),
    ("find", "links", 0),
    ("replace", "links", 0),
    ("replace", "links", 1),
    ("delete", "paper_books", 0),
    ("delete", "counters", 0),
    ("delete", "orders", 0),
    ("delete", "notifications", 0),
    ("delete", "snapshots", 0),
    ("delete", "connection_events", 0),
    ("delete", "paper_orders", 0),
    ("delete", "link_tokens", 0),
    ("delete", "links", 0),
    ("delete", "links", 1),
    ("delete", "users", 0),
]


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("done", [False, True], ids=["before", "after"])
async def test_an_end_at_any_step_is_taken_up_by_the_next_process(
    build: Build,
    house: House,
    store: FlakyDocuments,
    documents: Documents,
    step: tuple[str, str, int],
    done: bool,
) -> None:
    await lived(house, ANNA)
    await asked(house)
    operation, collection, skip = step
    store.fail(operation, collection, skip=skip, done=done)
    with pytest.raises(StoreUnavailable):
        await house.eraser.sweep()
    store.recover()
    following = build()

    following.clock.advance(HOLD.total_seconds())
    await following.eraser.sweep()

    assert await of(documents, ANNA) == {}
    assert await following.audit.verify(ANNA) is None


async def test_of_several_processes_one_erases_and_tells(build: Build, keyed: Venue) -> None:
    houses = [build(venue=keyed, scripted=KEYED) for _ in range(4)]
    await lived(houses[0], ANNA)
    await asked(houses[0])

    done = await asyncio.gather(*(house.eraser.sweep() for house in houses))

    assert sorted(done) == [0, 0, 0, 1]
    assert [who for house in houses for who in house.messenger.farewells] == [ANNA]


async def test_whoever_keeps_their_data_at_the_last_moment_and_the_eraser_do_not_both_win(
    house: House, store: FlakyDocuments, documents: Documents
) -> None:
    await house.bought("1")
    await house.erasing.ask(ANNA)
    house.clock.advance(GRACE.total_seconds())
    store.before["replace", "users"] = lambda: house.erasing.keep(ANNA)

    assert await house.eraser.sweep() == 0

    assert await house.list.recent(ANNA)
    person = await house.stored_people.person(ANNA)
    assert person is not None
    assert person.leaving is None


async def test_an_order_on_its_way_is_waited_for(build: Build) -> None:
    """Its outcome has a place to be stored, and the erasing goes on when the claim has lapsed."""
    hanging = Hanging()
    house = build(faults=hanging, most_sessions=10)
    order = await house.draft(quantity="1")
    await house.erasing.ask(ANNA)
    await house.erasing.keep(ANNA)
    confirming = asyncio.create_task(house.confirm(order))
    await hanging.saved.wait()
    person = await house.stored_people.person(ANNA)
    assert person is not None
    await house.erasing.ask(ANNA)
    stored = await house.stored(order)
    assert stored.state is OrderState.SENDING
    lasting = replace(stored.claim, until=house.clock.now() + 2 * GRACE) if stored.claim else None
    assert isinstance(lasting, Claim)
    await house.stored_orders.advance(stored, replace(stored, claim=lasting))
    house.clock.advance(GRACE.total_seconds())

    await house.eraser.sweep()
    house.clock.advance(ON_ITS_WAY.total_seconds())
    waited = await house.eraser.sweep()
    still_there = await house.stored_orders.get(ANNA, order.order_id)
    hanging.released.set()
    await confirming
    house.clock.advance(HOLD.total_seconds())

    assert waited == 0
    assert still_there is not None
    assert await house.eraser.sweep() == 1
    assert await house.stored_orders.get(ANNA, order.order_id) is None


async def test_a_broker_that_does_not_answer_keeps_nothing_here(
    house: House, documents: Documents, broker: Counting
) -> None:
    class Gone(Counting):
        async def before(self, operation: str) -> None:
            if operation == "revoke":
                raise BrokerTimeout(broker="paper")

    broker.before = Gone().before  # type: ignore[method-assign]  # from here on
    await lived(house, ANNA)
    await asked(house)

    assert await house.eraser.sweep() == 1
    assert await of(documents, ANNA) == {}


@pytest.mark.parametrize("way", ["closed", "broken"])
async def test_somebody_who_cannot_be_told_is_erased_all_the_same(
    house: House, documents: Documents, way: str
) -> None:
    await lived(house, ANNA)
    await asked(house)
    house.messenger.dm_open = way != "closed"
    house.messenger.broken = way == "broken"

    assert await house.eraser.sweep() == 1
    assert await of(documents, ANNA) == {}


async def test_a_document_that_cannot_be_read_is_erased_as_well(
    house: House, documents: Documents
) -> None:
    await lived(house, ANNA)
    for collection in ("orders", "links"):
        for stored in (await everything(documents))[collection]:
            await documents.upsert(collection, {**stored, "created_at": "yesterday"})
    await asked(house)

    assert await house.eraser.sweep() == 1
    assert await of(documents, ANNA) == {}


async def test_one_whose_settings_cannot_be_read_does_not_keep_others_waiting(
    house: House, documents: Documents
) -> None:
    await house.bought("1", BEN)
    await house.erasing.ask(ANNA)
    await asked(house, BEN)
    person = await documents.get("users", ANNA)
    assert person is not None
    await documents.upsert("users", {**person, "live": "perhaps"})

    assert await house.eraser.sweep() == 1
    assert await of(documents, BEN) == {}


async def test_sessions_of_the_person_are_closed(house: House, keyed: Venue) -> None:
    await lived(house, ANNA)
    opened = len(keyed.opened) - keyed.closed
    await asked(house)

    await house.eraser.sweep()

    assert opened
    assert len(keyed.opened) == keyed.closed
