"""Key rotation while others change what it seals: nothing of theirs is lost, and it ends."""

from typing import Final

from floorbroker.domain.ids import UserId
from floorbroker.storage.documents import Documents
from tests.fakes.flaky_documents import FlakyDocuments
from tests.rotating import Process, changed, given, link, tampered

WRITE: Final = ("replace", "links")


async def test_a_link_that_is_changed_meanwhile_is_looked_at_again_and_keeps_the_change(
    old: Process, rotating: Process, other: Process, later: Process, store: FlakyDocuments
) -> None:
    [before] = await old.linked("a")

    async def rename() -> None:
        await changed(other, before, label="renamed")

    store.before[WRITE] = rename
    done = await rotating.rotation.run()

    after = await later.people.link(before.user_id, before.link_id)
    assert after is not None
    assert (done.resealed, done.unreadable, after.label) == (1, 0, "renamed")
    assert await later.opens(before)


async def test_a_link_that_is_removed_meanwhile_stays_removed_and_empty(
    old: Process, rotating: Process, other: Process, store: FlakyDocuments
) -> None:
    [before] = await old.linked("a")

    async def remove() -> None:
        await changed(other, before, removed=True, sealed="", sealed_by="")

    store.before[WRITE] = remove
    done = await rotating.rotation.run()

    after = await rotating.people.link(before.user_id, before.link_id)
    assert after is not None
    assert (after.removed, after.sealed, after.sealed_by) == (True, "", "")
    assert (done.resealed, done.unreadable) == (0, 0)


async def test_a_link_that_is_erased_meanwhile_stays_erased(
    old: Process, rotating: Process, documents: Documents, store: FlakyDocuments
) -> None:
    await old.linked("a")

    async def erase() -> None:
        await documents.delete("links", {"_id": "a"})

    store.before[WRITE] = erase
    done = await rotating.rotation.run()

    assert (done.resealed, done.unreadable) == (0, 0)
    assert await documents.get("links", "a") is None


async def test_a_credential_that_is_replaced_meanwhile_is_not_replaced_back(
    old: Process, rotating: Process, other: Process, later: Process, store: FlakyDocuments
) -> None:
    [before] = await old.linked("a")
    fresh = {"api_key": "fresh"}

    async def relink() -> None:
        sealed = other.credentials.sealed(before, fresh)
        await changed(other, before, sealed=sealed.sealed, sealed_by=sealed.sealed_by)

    store.before[WRITE] = relink
    done = await rotating.rotation.run()

    after = await later.people.link(before.user_id, before.link_id)
    assert after is not None
    assert later.credentials.opened(after) == fresh
    assert done.resealed == 0


async def test_what_did_not_open_and_is_linked_anew_meanwhile_is_not_counted(
    old: Process, rotating: Process, other: Process, later: Process, store: FlakyDocuments
) -> None:
    bad, _ = await old.linked("bad", "good")
    await changed(old, bad, sealed=tampered(bad.sealed))

    async def relink() -> None:
        sealed = other.credentials.sealed(bad, given(bad.link_id))
        await changed(other, bad, sealed=sealed.sealed, sealed_by=sealed.sealed_by)

    store.before[WRITE] = relink  # the write is about the good one; the bad one came before it
    done = await rotating.rotation.run()

    assert (done.resealed, done.unreadable) == (1, 0)
    assert await later.opens(bad)


async def test_what_an_older_process_seals_behind_the_rotations_back_is_found_in_the_next_round(
    old: Process, rotating: Process, later: Process, store: FlakyDocuments
) -> None:
    [last] = await old.linked("z")

    async def link_another() -> None:
        await old.linked("a")  # sorts before the one that is being sealed

    store.before[WRITE] = link_another
    done = await rotating.rotation.run()

    assert done.resealed == 2
    assert await later.opens(last)
    assert await later.opens(link("a"))


async def test_it_ends_although_an_older_process_goes_on_sealing_and_says_what_is_left(
    old: Process, rotating: Process, other: Process, store: FlakyDocuments
) -> None:
    await old.linked("l0")
    made = iter(range(1, 1000))

    async def link_another() -> None:
        store.before[WRITE] = link_another
        await old.linked(f"a{next(made)}")

    store.before[WRITE] = link_another
    done = await rotating.rotation.run()  # each one that is sealed anew begets another

    assert 0 < done.resealed < 500
    assert await rotating.records.keys_in_use() == ["new", "old"]


async def test_it_ends_although_a_link_changes_at_every_look_and_loses_nothing(
    old: Process, rotating: Process, other: Process, store: FlakyDocuments
) -> None:
    [hot, _] = await old.linked("hot", "calm")
    labels: list[str] = []

    async def rename() -> None:
        store.before[WRITE] = rename
        labels.append(f"label {len(labels)}")
        await changed(other, hot, label=labels[-1])

    store.before[WRITE] = rename
    done = await rotating.rotation.run()
    store.before.clear()

    after = await other.people.link(hot.user_id, hot.link_id)
    assert after is not None
    assert after.label == labels[-1]
    assert await other.opens(hot)
    assert done.unreadable == 0
    assert len(labels) < 1000


async def test_an_audit_key_that_somebody_else_seals_meanwhile_is_left_to_them(
    old: Process, rotating: Process, other: Process, later: Process, store: FlakyDocuments
) -> None:
    name = await old.audit.pseudonym(UserId("anna"))
    store.before["replace", "secrets"] = other.audit.reseal_key

    done = await rotating.rotation.run()

    assert done.resealed == 0
    assert await later.audit.pseudonym(UserId("anna")) == name
