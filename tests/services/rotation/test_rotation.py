"""Key rotation as it should go: everything once, nothing else, and it is told."""

from dataclasses import replace

import pytest

from floorbroker.domain.errors import AuthenticationFailed
from floorbroker.domain.ids import UserId
from floorbroker.services.rotation import BATCH, Rotated
from floorbroker.storage.audit import AuditTrail
from floorbroker.storage.documents import Documents
from floorbroker.vault.keyring import new_key
from tests.fakes.flaky_documents import FlakyDocuments
from tests.rotating import Process, changed, link, process


async def test_everything_is_sealed_anew_and_the_old_key_may_go(
    old: Process, rotating: Process, later: Process
) -> None:
    links = await old.linked("a", "b", "c")
    await old.audit.write(UserId("user-a"), "test", {})

    done = await rotating.rotation.run()

    assert done == Rotated(resealed=4, unreadable=0, already=0)
    assert [await later.opens(one) for one in links] == [True] * 3
    assert await later.keys.trouble() is None
    with pytest.raises(AuthenticationFailed):
        await old.opens(links[0])


async def test_a_second_rotation_has_nothing_to_do_and_writes_nothing(
    old: Process, rotating: Process, store: FlakyDocuments
) -> None:
    await old.linked("a", "b")
    await rotating.rotation.run()
    store.calls.clear()

    done = await rotating.rotation.run()

    # The audit trail's key came with the entry about the first one.
    assert done == Rotated(resealed=0, unreadable=0, already=3)
    assert {operation for operation, _ in store.calls} == {"find", "get", "count"}


async def test_nothing_but_the_seal_of_a_link_changes(
    old: Process, rotating: Process, documents: Documents
) -> None:
    [before] = await old.linked("a")

    await rotating.rotation.run()

    after = await rotating.people.link(before.user_id, before.link_id)
    assert after is not None
    assert after.sealed != before.sealed
    assert after == replace(before, sealed=after.sealed, sealed_by="new", version=2)


async def test_more_links_than_a_batch_holds_are_all_sealed_anew_and_told_of(
    old: Process, rotating: Process, later: Process
) -> None:
    links = await old.linked(*(f"l{n}" for n in range(BATCH + 1)))
    told: list[int] = []

    done = await rotating.rotation.run(told.append)

    assert done.resealed == BATCH + 1
    assert told == [BATCH, BATCH + 1]
    assert all([await later.opens(one) for one in links])


async def test_the_audit_trail_goes_on_under_the_same_names_and_its_chains_stay_whole(
    old: Process, rotating: Process, later: Process, documents: Documents
) -> None:
    anna = UserId("anna")
    for _ in range(3):
        await old.audit.write(anna, "before", {})
    name = await old.audit.pseudonym(anna)

    await rotating.rotation.run()
    await old.audit.write(anna, "by a process from before", {})
    await later.audit.write(anna, "after", {})

    assert await later.audit.pseudonym(anna) == name
    assert await later.audit.verify(anna) is None
    entries = await AuditTrail(documents).entries(name)
    assert [entry.action for entry in entries] == [
        *(["before"] * 3),
        "by a process from before",
        "after",
    ]


async def test_a_rotation_is_in_the_audit_trail_if_it_did_anything(
    old: Process, rotating: Process, documents: Documents
) -> None:
    await old.linked("a")

    await rotating.rotation.run()
    await rotating.rotation.run()

    service = await rotating.audit.pseudonym(UserId("service"))
    entries = await AuditTrail(documents).entries(service)
    assert [(entry.action, dict(entry.fields)) for entry in entries] == [
        ("keys_rotated", {"newest": "new", "resealed": "1", "unreadable": "0"})
    ]
    assert await rotating.audit.verify(UserId("service")) is None


async def test_a_removed_link_that_still_names_a_key_needs_none(
    old: Process, rotating: Process, later: Process
) -> None:
    [removed] = await old.linked("a")
    await changed(old, removed, removed=True, sealed="")

    done = await rotating.rotation.run()

    assert done.unreadable == 0
    assert await later.keys.trouble() is None


async def test_a_credential_of_several_keys_ago_is_sealed_with_the_newest(
    documents: Documents, old: Process
) -> None:
    oldest, middle, newest = new_key("k1"), new_key("k2"), new_key("k3")
    for keys, name in ((oldest, "a"), (f"{middle},{oldest}", "b")):
        await process(documents, keys).linked(name)

    done = await process(documents, f"{newest},{middle},{oldest}").rotation.run()

    assert done.resealed == 2
    assert all([await process(documents, newest).opens(link(name)) for name in "ab"])
