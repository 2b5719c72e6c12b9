"""Which keys the store needs, which of them are missing, and what is said about that."""

import asyncio

import pytest

from floorbroker.config import SettingsProblem
from floorbroker.domain.ids import UserId
from floorbroker.services.master_keys import KeyUse
from floorbroker.storage.documents import Documents
from floorbroker.storage.marks import Marks
from floorbroker.vault.keyring import new_key
from tests.rotating import BOTH, NEW, OLD, Process, process

ANNA = UserId("anna")


@pytest.fixture
def old(documents: Documents) -> Process:
    return process(documents, OLD)


@pytest.fixture
def both(documents: Documents) -> Process:
    return process(documents, BOTH)


@pytest.fixture
def new(documents: Documents) -> Process:
    return process(documents, NEW)


def use(key_id: str, **facts: object) -> KeyUse:
    usual = {"present": True, "newest": False, "links": 0, "audit": False}
    return KeyUse(key_id=key_id, **{**usual, **facts})  # type: ignore[arg-type]  # facts of a test


async def test_an_empty_store_needs_no_key(new: Process) -> None:
    assert await new.keys.trouble() is None
    assert await new.keys.uses() == [use("new", newest=True)]
    await new.keys.check()


async def test_every_key_is_told_with_what_it_seals(
    documents: Documents, old: Process, both: Process
) -> None:
    await old.linked("a", "b")
    await old.audit.pseudonym(ANNA)
    await both.linked("c")
    await process(documents, new_key("gone")).linked("x")
    spare = process(documents, f"{BOTH},{new_key('spare')}")

    uses = await spare.keys.uses()

    assert uses == [
        use("new", newest=True, links=1),
        use("old", links=2, audit=True),
        use("spare"),
        use("gone", present=False, links=1),
    ]
    assert [one.needed for one in uses] == [True, True, False, True]


async def test_a_missing_key_of_links_keeps_the_bot_from_starting_and_is_named(
    old: Process, new: Process
) -> None:
    await old.linked("a")

    with pytest.raises(SettingsProblem) as refused:
        await new.keys.check()

    assert str(refused.value) == (
        "CREDENTIAL_MASTER_KEYS: Stored records are sealed with a key that is missing: old. "
        "Put it back behind the others."
    )


async def test_a_missing_key_of_the_audit_trail_alone_is_named_too(
    old: Process, new: Process
) -> None:
    await old.audit.pseudonym(ANNA)

    trouble = await new.keys.trouble()

    assert trouble is not None
    assert trouble.what.endswith("missing: old.")
    assert await new.keys.uses() == [
        use("new", newest=True),
        use("old", present=False, audit=True),
    ]


async def test_several_missing_keys_are_all_named(documents: Documents, new: Process) -> None:
    for name in ("k2", "k1"):
        await process(documents, new_key(name)).linked(f"link {name}")

    trouble = await new.keys.trouble()

    assert trouble is not None
    assert trouble.what.endswith("missing: k1, k2.")


async def test_another_key_under_the_same_id_keeps_the_bot_from_starting(
    documents: Documents, old: Process
) -> None:
    await old.audit.pseudonym(ANNA)
    impostor = process(documents, new_key("old"))

    with pytest.raises(SettingsProblem, match="The audit trail's own key does not open"):
        await impostor.keys.check()


@pytest.mark.parametrize("sealed", ["", "rubbish", "1.old.x", "1.old.AAAA.AAAA.AAAA"])
async def test_an_audit_key_that_was_changed_keeps_the_bot_from_starting(
    documents: Documents, old: Process, sealed: str
) -> None:
    await documents.upsert("secrets", {"_id": "pseudonyms", "sealed": sealed})

    trouble = await old.keys.trouble()

    assert trouble is not None
    assert "or the record was changed" in trouble.what


async def test_what_a_store_calls_a_key_is_not_repeated_unless_it_can_be_one(
    documents: Documents, new: Process
) -> None:
    for number, name in enumerate(("K\x1b[2J", "CANARY", "x" * 17)):
        await documents.upsert("links", {"_id": f"l{number}", "sealed_by": name})

    trouble = await new.keys.trouble()

    assert trouble is not None
    assert trouble.what.endswith("missing: (not a key id).")
    assert {one.key_id for one in await new.keys.uses()} == {"new", "(not a key id)"}


async def test_where_no_bot_ever_ran_nothing_speaks_against_rotating(both: Process) -> None:
    assert await both.keys.not_served() is None


async def test_a_bot_with_the_same_newest_key_speaks_for_rotating(
    documents: Documents, old: Process, both: Process
) -> None:
    await old.keys.serve()
    await process(documents, BOTH).keys.serve()

    assert await both.keys.not_served() is None


async def test_a_bot_that_was_not_restarted_with_the_newest_key_speaks_against_rotating(
    old: Process, both: Process
) -> None:
    await old.keys.serve()

    reason = await both.keys.not_served()

    assert reason is not None
    assert "started with the key old in front, not with new. Restart it" in reason


async def test_a_bot_with_another_key_of_that_id_speaks_against_rotating(
    documents: Documents, both: Process
) -> None:
    await process(documents, new_key("new")).keys.serve()

    reason = await both.keys.not_served()

    assert reason is not None
    assert "another key that is called new too" in reason


@pytest.mark.parametrize("proof", ["", "rubbish", "1.new.AAAA.AAAA.AAAA", "1.\x1b[2J.x"])
async def test_proof_that_was_changed_speaks_against_rotating(
    documents: Documents, both: Process, proof: str
) -> None:
    await Marks(documents).put("newest key", proof)

    reason = await both.keys.not_served()

    assert reason is not None
    assert reason.isprintable()


async def test_no_key_is_in_anything_that_is_told(
    documents: Documents, old: Process, new: Process
) -> None:
    await old.linked("a")
    await old.keys.serve()
    trouble, reason, uses = await asyncio.gather(
        new.keys.trouble(), new.keys.not_served(), new.keys.uses()
    )

    told = f"{trouble} {reason} {uses} {new.keys!r} {new!r}"
    assert OLD[4:] not in told
    assert NEW[4:] not in told
