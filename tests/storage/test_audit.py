"""The audit trail, on every engine: it only grows, one number at a time."""

import asyncio

import pytest_asyncio

from floorbroker.domain.audit import FIRST, AuditEntry, chained
from floorbroker.storage.audit import INDEXES, AuditTrail
from floorbroker.storage.documents import Documents
from tests.domain.building import NOON


@pytest_asyncio.fixture
async def trail(documents: Documents) -> AuditTrail:
    await documents.start(INDEXES)
    return AuditTrail(documents)


def entry(number: int, previous: str = FIRST, person: str = "p", action: str = "a") -> AuditEntry:
    return chained(
        person=person, number=number, at=NOON, action=action, fields={"n": str(number)},
        previous=previous,
    )  # fmt: skip


async def grown(trail: AuditTrail, length: int, person: str = "p") -> list[AuditEntry]:
    entries: list[AuditEntry] = []
    for number in range(1, length + 1):
        previous = entries[-1].digest if entries else FIRST
        entries.append(entry(number, previous, person))
        assert await trail.append(entries[-1])
    return entries


async def test_a_new_chain_begins_with_nothing(trail: AuditTrail) -> None:
    assert await trail.end("p") == (0, FIRST)
    assert await trail.entries("p") == []


async def test_entries_come_back_in_order_and_whole(trail: AuditTrail) -> None:
    entries = await grown(trail, 12)

    assert await trail.entries("p") == entries
    assert await trail.end("p") == (12, entries[-1].digest)
    assert await trail.entries("p", start=5, limit=3) == entries[4:7]


async def test_a_number_that_is_taken_is_not_written_over(trail: AuditTrail) -> None:
    [first] = await grown(trail, 1)

    assert not await trail.append(entry(1, action="forged"))

    assert await trail.entries("p") == [first]


async def test_of_many_writers_of_one_number_one_is_written(trail: AuditTrail) -> None:
    written = await asyncio.gather(*(trail.append(entry(1, action=str(n))) for n in range(8)))

    assert sum(written) == 1
    assert len(await trail.entries("p")) == 1


async def test_each_person_has_a_chain_of_their_own(trail: AuditTrail) -> None:
    mine = await grown(trail, 3, "mine")
    await grown(trail, 5, "theirs")

    assert await trail.entries("mine") == mine
    assert (await trail.end("mine"))[0] == 3


async def test_every_person_is_named_once_in_order(trail: AuditTrail) -> None:
    names = [f"{number:02x}" * 16 for number in (3, 250, 17, 96)]
    for name in names:
        await grown(trail, 3, name)

    found: list[str] = []
    while (following := await trail.next_person(found[-1] if found else "")) is not None:
        found.append(following)

    assert found == sorted(names)


async def test_who_doubts_entries_reads_the_others_beside_one_that_cannot_be_read(
    trail: AuditTrail, documents: Documents
) -> None:
    entries = await grown(trail, 4)
    document = await documents.get("audit", "p:3")
    assert document is not None
    await documents.upsert("audit", {**document, "at": "yesterday"})

    assert await trail.looked_at("p", start=2) == [entries[1], None, entries[3]]
    assert await trail.looked_at("p", start=4, limit=1) == [entries[3]]


async def test_the_first_sealed_key_stays(trail: AuditTrail) -> None:
    answers = await asyncio.gather(*(trail.sealed_key(f"key {n}") for n in range(5)))

    assert len(set(answers)) == 1
    assert await trail.sealed_key("late") == answers[0]
