"""Key rotation where something does not open, or the store fails: nothing is destroyed."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from floorbroker.domain.errors import StoreUnavailable
from floorbroker.domain.ids import LinkId, UserId
from floorbroker.domain.people import Link
from floorbroker.storage.documents import Documents
from floorbroker.vault.keyring import new_key
from tests.fakes.flaky_documents import FlakyDocuments
from tests.observability.captured import captured_stderr
from tests.rotating import CANARY, NEW, OLD, Process, changed, given, process, tampered


@pytest.mark.parametrize(
    "forge",
    [
        lambda link, _other: replace(link, sealed=tampered(link.sealed)),
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


async def test_an_audit_key_that_does_not_open_is_counted_and_left_as_it_is(
    old: Process, rotating: Process, documents: Documents
) -> None:
    await old.audit.pseudonym(UserId("anna"))
    await old.linked("a")
    stored = await documents.get("secrets", "pseudonyms")
    assert stored is not None
    broken = {**stored, "sealed": tampered(stored["sealed"])}
    await documents.upsert("secrets", broken)

    with captured_stderr() as log:
        done = await rotating.rotation.run()

    assert (done.resealed, done.unreadable) == (1, 1)
    assert await documents.get("secrets", "pseudonyms") == broken
    told = [one for one in log.records() if one["event"] == "sealed_record_not_opened"]
    assert [one["record"] for one in told] == ["audit key"]


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
