"""The trail of what happened: chained per person, under a name that only the key can make."""

import asyncio
from dataclasses import replace

import pytest

from floorbroker.storage.documents import Documents
from floorbroker.vault.keyring import new_key, parse_keyring
from floorbroker.vault.seal import Unsealable
from tests.fakes.flaky_documents import FlakyDocuments
from tests.floor import ANNA, BEN, House, caller
from tests.services.conftest import Build
from tests.simulators.paper_faults import Counting


async def _entries(documents: Documents) -> list[dict[str, object]]:
    return await documents.find("audit", {}, limit=1000)


async def test_every_outcome_of_an_order_is_in_the_trail(
    house: House, documents: Documents
) -> None:
    order = await house.bought("10")
    await house.stop()

    entries = await _entries(documents)

    fields = [e["fields"] for e in entries if e["action"] == "order"]
    assert [(f["order_id"], f["state"], f["filled"]) for f in fields] == [  # type: ignore[index]
        (order.order_id, "filled", "10")
    ]


async def test_the_trail_names_nobody(house: House, documents: Documents) -> None:
    await house.bought("10")
    await house.stop()

    entries = await _entries(documents)

    assert entries
    assert ANNA not in {entry["person"] for entry in entries}
    assert await house.audit.pseudonym(ANNA) != await house.audit.pseudonym(BEN)


async def test_every_process_calls_a_person_the_same(build: Build) -> None:
    here, there = build(), build()

    names = await asyncio.gather(here.audit.pseudonym(ANNA), there.audit.pseudonym(ANNA))

    assert names[0] == names[1]


async def test_without_the_key_nobody_can_make_a_persons_name(
    build: Build, documents: Documents
) -> None:
    await build().audit.pseudonym(ANNA)
    stranger = build(keyring=parse_keyring(new_key("test")))

    with pytest.raises(Unsealable):
        await stranger.audit.pseudonym(ANNA)


async def test_thirty_entries_written_at_once_by_two_processes_make_one_whole_chain(
    build: Build, documents: Documents
) -> None:
    here, there = build(), build()
    for _ in range(5):
        await asyncio.gather(
            *(h.audit.write(ANNA, "test", {}) for h in (here, there) for _ in range(3))
        )

    assert len(await _entries(documents)) == 30
    assert await here.audit.verify(ANNA) is None


@pytest.mark.parametrize("number", [1, 4])
async def test_a_change_behind_our_back_is_found_at_its_number(
    house: House, documents: Documents, number: int
) -> None:
    for _ in range(5):
        await house.audit.write(ANNA, "test", {"a": "1"})
    person = await house.audit.pseudonym(ANNA)
    document = await documents.get("audit", f"{person}:{number}")
    assert document is not None

    await documents.upsert("audit", {**document, "fields": {"a": "2"}})

    assert await house.audit.verify(ANNA) == number
    assert await house.audit.verify(BEN) is None


async def test_a_long_chain_is_verified_to_its_end(house: House, documents: Documents) -> None:
    for _ in range(501):
        await house.audit.write(ANNA, "test", {})
    assert await house.audit.verify(ANNA) is None
    person = await house.audit.pseudonym(ANNA)
    last = await documents.get("audit", f"{person}:501")
    assert last is not None

    await documents.upsert("audit", {**last, "action": "forged"})

    assert await house.audit.verify(ANNA) == 501


async def test_a_store_that_fails_does_not_break_what_is_audited(
    house: House, store: FlakyDocuments
) -> None:
    store.fail("insert", "audit")

    await house.audit.write(ANNA, "test", {})

    store.recover()
    assert await house.audit.verify(ANNA) is None


async def test_a_cancel_is_audited_with_what_was_asked(
    house: House, documents: Documents, broker: Counting
) -> None:
    order = await house.resting(limit="100.00")
    await house.changes.cancel(caller(), order.order_id)
    await house.stop()

    entries = [e["fields"] for e in await _entries(documents) if e["action"] == "order"]
    assert "cancel:done" in {fields["intent"] for fields in entries}  # type: ignore[index]


async def test_an_order_is_written_without_its_reply_address(
    house: House, documents: Documents
) -> None:
    order = await house.bought("10")
    await house.audit.order(replace(order, reply=house.address()))
    await house.stop()

    text = str(await _entries(documents))

    assert "token" not in text
    assert ANNA not in text


async def test_many_entries_at_once_are_all_written_in_one_whole_chain(
    house: House, documents: Documents
) -> None:
    await asyncio.gather(
        *(house.audit.write(ANNA, "switch", {"number": str(number)}) for number in range(40))
    )

    entries = await _entries(documents)
    assert {e["fields"]["number"] for e in entries} == {str(n) for n in range(40)}  # type: ignore[index]
    assert await house.audit.verify(ANNA) is None
