"""Key rotation where something goes wrong: nothing is lost, nothing is forgotten, it ends."""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

import pytest

from floorbroker.domain.errors import AuthenticationFailed, StoreUnavailable
from floorbroker.domain.ids import LinkId, UserId
from floorbroker.domain.people import Link
from floorbroker.services.rotation import BATCH, Rotated
from floorbroker.storage.audit import AuditTrail
from floorbroker.storage.documents import Documents
from floorbroker.vault.keyring import new_key
from tests.fakes.flaky_documents import FlakyDocuments
from tests.observability.captured import captured_stderr
from tests.rotating import BOTH, CANARY, NEW, OLD, Process, given, link, process

WRITE: Final = ("replace", "links")
READ_AUDIT_KEY: Final = ("get", "secrets")


@pytest.fixture
def old(documents: Documents) -> Process:
    """A process from before the new key."""
    return process(documents, OLD)


@pytest.fixture
def other(documents: Documents) -> Process:
    """Another process of the present."""
    return process(documents, BOTH)


@pytest.fixture
def rotating(store: FlakyDocuments) -> Process:
    """The process that rotates; its store can be made to fail."""
    return process(store, BOTH)


@pytest.fixture
def later(documents: Documents) -> Process:
    """A process from which the old key was taken."""
    return process(documents, NEW)


async def changed(on: Process, found: Link, **fields: object) -> Link:
    """Stores a change, as a person's command would."""
    present = await on.people.link(found.user_id, found.link_id)
    assert present is not None
    stored = await on.people.save_link(replace(present, **fields))  # type: ignore[arg-type]
    assert stored is not None
    return stored


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


@pytest.mark.parametrize(
    "forge",
    [
        lambda link, _other: replace(link, sealed=link.sealed[:-3] + "AA="),
        lambda link, _other: replace(link, sealed=link.sealed[:-1]),
        lambda link, _other: replace(link, sealed=""),
        lambda link, other: replace(link, sealed=other.sealed),
        lambda link, _other: replace(link, sealed=link.sealed.replace("old", "new")),
    ],
    ids=["changed", "cut short", "emptied", "somebody else's", "another key's id"],
)
async def test_what_was_tampered_with_is_counted_logged_and_left_as_it_is(
    old: Process, rotating: Process, forge: Callable[[Link, Link], Link]
) -> None:
    good, bad = await old.linked("good", "bad")
    forged = await old.people.save_link(forge(bad, good))

    with captured_stderr() as log:
        done = await rotating.rotation.run()

    assert (done.resealed, done.unreadable) == (1, 1)
    assert await rotating.people.link(bad.user_id, bad.link_id) == forged
    assert await rotating.opens(good)
    told = [line for line in log.records() if line["event"] == "sealed_record_not_opened"]
    assert [(line["record"], line["level"]) for line in told] == [("bad", "warning")]
    assert CANARY not in log.getvalue()
    assert bad.sealed not in log.getvalue()


async def test_a_document_that_is_no_link_is_counted_and_left_as_it_is(
    old: Process, rotating: Process, documents: Documents
) -> None:
    await old.linked("good", "bad")
    broken = {**(await documents.get("links", "bad") or {}), "created_at": "yesterday"}
    await documents.upsert("links", broken)

    done = await rotating.rotation.run()

    assert (done.resealed, done.unreadable) == (1, 1)
    assert await documents.get("links", "bad") == broken


async def test_what_needs_a_key_that_is_not_here_is_counted_logged_once_and_left(
    old: Process, rotating: Process, documents: Documents
) -> None:
    gone = process(documents, new_key("gone"))
    lost = await gone.linked("x", "y", "z")
    await old.linked("a")

    with captured_stderr() as log:
        done = await rotating.rotation.run()

    assert (done.resealed, done.unreadable) == (1, 3)
    assert [await gone.opens(one) for one in lost] == [True] * 3
    told = [line for line in log.records() if line["event"] == "sealed_record_not_opened"]
    assert [(line["record"], line["number"]) for line in told] == [("gone", 3)]


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


@pytest.mark.parametrize("lost_answer", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("skip", range(5))
async def test_a_store_that_fails_at_any_write_leaves_everything_readable_for_the_next_try(
    old: Process,
    rotating: Process,
    other: Process,
    later: Process,
    store: FlakyDocuments,
    skip: int,
    lost_answer: bool,
) -> None:
    links = await old.linked("a", "b", "c", "d", "e")
    store.fail("replace", "links", skip=skip, times=1, done=lost_answer)

    with pytest.raises(StoreUnavailable):
        await rotating.rotation.run()

    assert all([await other.opens(one) for one in links])
    store.recover()
    done = await rotating.rotation.run()
    assert done.resealed == 5 - skip - lost_answer
    assert done.already >= skip + lost_answer
    assert all([await later.opens(one) for one in links])


@pytest.mark.parametrize("lost_answer", [False, True], ids=["before", "after"])
async def test_a_store_that_fails_at_the_audit_trails_key_keeps_it_readable(
    old: Process,
    rotating: Process,
    later: Process,
    store: FlakyDocuments,
    lost_answer: bool,
) -> None:
    await old.audit.write(UserId("anna"), "test", {})
    store.fail("replace", "secrets", times=1, done=lost_answer)

    with pytest.raises(StoreUnavailable):
        await rotating.rotation.run()

    assert await rotating.keys.trouble() is None
    await rotating.rotation.run()
    assert await later.audit.key_sealed_by() == "new"
    assert await later.audit.verify(UserId("anna")) is None


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


async def test_an_audit_key_that_does_not_open_is_counted_and_left_as_it_is(
    old: Process, rotating: Process, documents: Documents
) -> None:
    await old.audit.pseudonym(UserId("anna"))
    await old.linked("a")
    stored = await documents.get("secrets", "pseudonyms")
    assert stored is not None
    broken = {**stored, "sealed": stored["sealed"][:-4] + "AAA="}
    await documents.upsert("secrets", broken)

    with captured_stderr() as log:
        done = await rotating.rotation.run()

    assert (done.resealed, done.unreadable) == (1, 1)
    assert await documents.get("secrets", "pseudonyms") == broken
    told = [one for one in log.records() if one["event"] == "sealed_record_not_opened"]
    assert [one["record"] for one in told] == ["audit key"]


async def test_an_audit_key_that_somebody_else_seals_meanwhile_is_left_to_them(
    old: Process, rotating: Process, other: Process, later: Process, store: FlakyDocuments
) -> None:
    name = await old.audit.pseudonym(UserId("anna"))
    store.before["replace", "secrets"] = other.audit.reseal_key

    done = await rotating.rotation.run()

    assert done.resealed == 0
    assert await later.audit.pseudonym(UserId("anna")) == name


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


async def test_nothing_that_is_told_holds_a_secret_or_a_key(
    old: Process, rotating: Process
) -> None:
    links = await old.linked("a", "b")
    await changed(old, links[0], sealed=links[1].sealed)

    with captured_stderr() as log:
        done = await rotating.rotation.run()

    told = f"{log.getvalue()} {done!r} {rotating!r}"
    assert "sealed_record_not_opened" in told
    for secret in (CANARY, *given(LinkId("a")).values(), OLD[4:], NEW[4:], links[1].sealed):
        assert secret not in told
