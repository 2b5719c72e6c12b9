"""The walk over the audit trail: what was done behind our back is found, and named, on each store.

The ways in which somebody with the database could tamper; what cannot be seen is tested as well.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any, Final

import pytest
import pytest_asyncio

from floorbroker.domain.audit import FIRST, AuditEntry, Flaw, chained
from floorbroker.services.audit_check import AuditCheck, Break, End, Walked
from floorbroker.storage.audit import INDEXES, AuditTrail
from floorbroker.storage.documents import Documents
from tests.domain.building import NOON
from tests.stores import Store

ANNAS: Final = "a" * 32
BENS: Final = "b" * 32
LENGTH: Final = 6

Tamper = Callable[[Documents], Awaitable[None]]


@pytest_asyncio.fixture(params=["sqlite", "motor"])
async def stored(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Documents]:
    """A store on each engine that the product uses, with two whole chains in it."""
    sqlite = request.param == "sqlite"
    place = str(tmp_path / "audit.db") if sqlite else request.getfixturevalue("mongo_uri")
    store = Store(request.param, place)
    documents = store.open()
    await documents.start(INDEXES)
    trail = AuditTrail(documents)
    for person in (ANNAS, BENS):
        previous = FIRST
        for number in range(1, LENGTH + 1):
            entry = one(person, number, previous)
            assert await trail.append(entry)
            previous = entry.digest
    yield documents
    await store.close()


def one(person: str, number: int, previous: str, state: str = "filled") -> AuditEntry:
    fields = {"state": state, "quantity": str(number)}
    return chained(
        person=person, number=number, at=NOON, action="order", fields=fields, previous=previous
    )


async def walked(documents: Documents, ends: dict[str, End] | None = None) -> dict[str, Walked]:
    check = AuditCheck(AuditTrail(documents))
    return {chain.person: chain async for chain in check.chains(ends or {})}


async def entry(documents: Documents, number: int) -> dict[str, Any]:
    found = await documents.get("audit", f"{ANNAS}:{number}")
    assert found is not None
    return found


def changed(which: int, /, **change: Any) -> Tamper:
    async def tamper(documents: Documents) -> None:
        await documents.upsert("audit", {**await entry(documents, which), **change})

    return tamper


def removed(*numbers: int) -> Tamper:
    async def tamper(documents: Documents) -> None:
        for number in numbers:
            await documents.delete("audit", {"_id": f"{ANNAS}:{number}"})

    return tamper


async def swapped(documents: Documents) -> None:
    """Each in the other's place, number and all that is not its content included."""
    third, fourth = await entry(documents, 3), await entry(documents, 4)
    await removed(3, 4)(documents)
    await documents.insert("audit", {**third, "_id": fourth["_id"], "number": 4})
    await documents.insert("audit", {**fourth, "_id": third["_id"], "number": 3})


async def inserted_at_the_end(documents: Documents) -> None:
    forged = one(ANNAS, LENGTH + 1, "f" * 64)
    assert await AuditTrail(documents).append(forged)


async def inserted_in_the_middle(documents: Documents) -> None:
    """The later ones move up by one, and the new one is linked to the one before it."""
    for number in range(LENGTH, 2, -1):
        moved = await entry(documents, number)
        await removed(number)(documents)
        fields = {"_id": f"{ANNAS}:{number + 1}", "number": number + 1}
        await documents.insert("audit", {**moved, **fields})
    second = await entry(documents, 2)
    assert await AuditTrail(documents).append(one(ANNAS, 3, second["digest"], "forged"))


async def hashed_anew(documents: Documents) -> None:
    """A change whose author has made the entry's own digest fit."""
    second = await entry(documents, 2)
    await removed(3)(documents)
    assert await AuditTrail(documents).append(one(ANNAS, 3, second["digest"], "forged"))


@pytest.mark.parametrize(
    ("tamper", "number", "flaw"),
    [
        (changed(1, fields={"state": "rejected"}), 1, Flaw.CHANGED),
        (changed(4, action="link"), 4, Flaw.CHANGED),
        (changed(LENGTH, at="2026-03-04T17:00:01.000000Z"), LENGTH, Flaw.CHANGED),
        (changed(3, digest="0" * 64), 3, Flaw.CHANGED),
        (changed(3, at=None), 3, Flaw.UNREADABLE),
        (changed(3, number="3"), 3, Flaw.MISSING),
        (removed(1), 1, Flaw.MISSING),
        (removed(3), 3, Flaw.MISSING),
        (removed(3, 4), 3, Flaw.MISSING),
        (swapped, 3, Flaw.CHANGED),
        (inserted_at_the_end, LENGTH + 1, Flaw.WRONG_LINK),
        (inserted_in_the_middle, 4, Flaw.CHANGED),
        (hashed_anew, 4, Flaw.WRONG_LINK),
    ],
)
async def test_what_was_done_to_a_chain_is_found_where_it_begins(
    stored: Documents, tamper: Tamper, number: int, flaw: Flaw
) -> None:
    await tamper(stored)

    chains = await walked(stored)

    assert chains[ANNAS].broken == Break(number=number, flaw=flaw)
    assert chains[ANNAS].end.number == number - 1
    assert chains[BENS].broken is None


async def test_whole_chains_are_counted_to_their_ends(stored: Documents) -> None:
    chains = await walked(stored)

    assert {name: (one.end.number, one.broken) for name, one in chains.items()} == {
        ANNAS: (LENGTH, None),
        BENS: (LENGTH, None),
    }


async def test_an_end_that_was_cut_off_is_seen_only_beside_what_was_there_last_time(
    stored: Documents,
) -> None:
    before = {name: one.end for name, one in (await walked(stored)).items()}
    await removed(LENGTH - 1, LENGTH)(stored)

    alone, beside = await walked(stored), await walked(stored, before)

    assert alone[ANNAS].broken is None
    assert beside[ANNAS].broken == Break(number=LENGTH - 1, flaw=Flaw.CUT_OFF)
    assert beside[BENS].broken is None


async def test_a_chain_that_is_gone_is_seen_beside_what_was_there_last_time(
    stored: Documents,
) -> None:
    before = {name: one.end for name, one in (await walked(stored)).items()}
    await stored.delete("audit", {"person": ANNAS})

    alone, beside = await walked(stored), await walked(stored, before)

    assert alone.keys() == {BENS}
    assert beside[ANNAS].broken == Break(number=1, flaw=Flaw.CUT_OFF)


async def test_a_chain_that_was_made_anew_is_seen_beside_what_was_there_last_time(
    stored: Documents,
) -> None:
    """Who can write to the store can compute digests, and cannot change what lies outside it."""
    before = {name: one.end for name, one in (await walked(stored)).items()}
    await stored.delete("audit", {"person": ANNAS})
    previous = FIRST
    for number in range(1, LENGTH + 3):
        forged = one(ANNAS, number, previous, "forged")
        assert await AuditTrail(stored).append(forged)
        previous = forged.digest

    alone, beside = await walked(stored), await walked(stored, before)

    assert alone[ANNAS].broken is None
    assert beside[ANNAS].broken == Break(number=LENGTH, flaw=Flaw.REWRITTEN)


async def test_a_chain_that_has_grown_since_is_whole(stored: Documents) -> None:
    before = {name: one.end for name, one in (await walked(stored)).items()}
    assert await AuditTrail(stored).append(one(ANNAS, LENGTH + 1, before[ANNAS].digest))

    chains = await walked(stored, before)

    assert (chains[ANNAS].end.number, chains[ANNAS].broken) == (LENGTH + 1, None)


async def test_a_chain_longer_than_a_page_is_walked_to_its_end(stored: Documents) -> None:
    trail = AuditTrail(stored)
    number, previous = await trail.end(ANNAS)
    while number < 25:
        number += 1
        following = one(ANNAS, number, previous)
        assert await trail.append(following)
        previous = following.digest
    check = AuditCheck(trail, page=8)
    assert (await check.chain(ANNAS)).end == End(number=25, digest=previous)

    await changed(25, action="forged")(stored)

    assert (await check.chain(ANNAS)).broken == Break(number=25, flaw=Flaw.CHANGED)
