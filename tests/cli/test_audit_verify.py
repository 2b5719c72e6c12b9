"""`floorbroker audit verify`: what it says, how it ends, and the file that remembers the ends."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from typer.testing import CliRunner, Result

from floorbroker.cli.app import app
from floorbroker.domain.ids import UserId
from floorbroker.storage.audit import AuditTrail
from tests.cli.at_home import OWNER
from tests.cli.child import child
from tests.cli.key_home import Home
from tests.observability.captured import captured_stderr
from tests.rotating import BOTH, NEW, Process, process
from tests.stores import MongoServer, Store

FLOORBROKER: Final = "from floorbroker.cli.app import main; main()"
ANNA: Final = UserId(OWNER)
BEN: Final = UserId("100000000000000002")
WHOLE: Final = "Each entry is as it was written and holds the digest of the one before it."


def verify(*words: str) -> Result:
    with captured_stderr():
        return CliRunner().invoke(app, ["audit", "verify", *words])


async def _write(one: Process, who: UserId, number: int) -> None:
    for step in range(number):
        await one.audit.write(who, "switch", {"which": "paused", "on": str(bool(step % 2))})


@pytest.fixture
def written(home: Home) -> Iterator[Home]:
    """Five entries of Anna's and three of Ben's."""
    home.on_store(BOTH, lambda one: _write(one, ANNA, 5))
    home.on_store(BOTH, lambda one: _write(one, BEN, 3))
    yield home


def tampered(home: Home, number: int, **change: Any) -> str:
    """One of Anna's entries is changed, or removed; her pseudonym."""

    async def tamper(one: Process) -> str:
        person = await one.audit.pseudonym(ANNA)
        stored = await one.documents.get("audit", f"{person}:{number}")
        assert stored is not None
        if change:
            await one.documents.upsert("audit", {**stored, **change})
        else:
            await one.documents.delete("audit", {"_id": stored["_id"]})
        return person

    return home.on_store(BOTH, tamper)


def test_whole_chains_are_counted(written: Home) -> None:
    result = verify()

    assert result.exit_code == 0
    assert result.stdout.splitlines()[:2] == ["2 chains, 8 whole entries.", WHOLE]
    assert "--ends FILE remembers the ends" in result.stdout


@pytest.mark.parametrize(
    ("number", "change", "words"),
    [
        (3, {"action": "forged"}, "entry 3 is changed."),
        (2, {}, "entry 2 is missing."),
        (4, {"at": "soon"}, "entry 4 is unreadable."),
    ],
)
def test_a_broken_chain_is_named_with_its_entry_and_ends_with_1(
    written: Home, number: int, change: dict[str, Any], words: str
) -> None:
    person = tampered(written, number, **change)

    result = verify()

    assert result.exit_code == 1
    lines = result.stdout.splitlines()
    assert lines[0] == f"2 chains, {3 + number - 1} whole entries."
    assert f"Chain {person}: {words}" in lines
    assert WHOLE not in result.stdout


def test_one_persons_chain_is_walked_alone(written: Home) -> None:
    tampered(written, 2)

    bens, annas = verify("--person", BEN), verify("--person", ANNA)

    assert (bens.exit_code, annas.exit_code) == (0, 1)
    assert bens.stdout.startswith("1 chain, 3 whole entries.")
    assert ANNA not in annas.stdout


def test_of_somebody_without_a_chain_it_does_not_say_that_all_is_well(written: Home) -> None:
    result = verify("--person", "100000000000000009")

    assert result.exit_code == 1
    assert result.stderr == "Nothing is recorded of that person.\n"


def test_without_the_key_a_person_is_not_found_and_the_walk_needs_none(written: Home) -> None:
    written.set_keys(NEW.replace("new:", "other:"))

    assert verify("--person", ANNA).exit_code == 2
    assert verify().exit_code == 0


def test_an_empty_store_has_no_chain(home: Home) -> None:
    home.on_store(BOTH, lambda one: one.documents.ping())

    result = verify()

    assert result.exit_code == 0
    assert result.stdout.startswith("0 chains, 0 whole entries.\n")
    assert WHOLE not in result.stdout
    assert verify("--person", ANNA).exit_code == 1


def test_a_cut_off_end_is_found_with_the_file_of_the_last_time(written: Home) -> None:
    first = verify("--ends", "ends.json")
    tampered(written, 5)

    alone, beside = verify(), verify("--ends", "ends.json")
    again = verify("--ends", "ends.json")

    assert (first.exit_code, alone.exit_code, beside.exit_code) == (0, 0, 1)
    assert "entry 5 is cut off: it was there last time." in beside.stdout
    assert again.exit_code == 1, "what was remembered is not forgotten by the finding"


def test_the_file_grows_with_the_chains_and_keeps_the_others(written: Home) -> None:
    verify("--ends", "ends.json")
    written.on_store(BOTH, lambda one: _write(one, BEN, 2))

    assert verify("--person", BEN, "--ends", "ends.json").exit_code == 0

    ends = json.loads(Path("ends.json").read_text())
    assert sorted(number for number, _ in ends.values()) == [5, 5]


def test_a_file_of_something_else_is_neither_used_nor_written_over(written: Home) -> None:
    Path("notes.json").write_text("[1, 2]")

    result = verify("--ends", "notes.json")

    assert result.exit_code == 2
    assert result.stderr == "--ends: notes.json is not what this command wrote.\n"
    assert Path("notes.json").read_text() == "[1, 2]"


async def test_it_works_on_mongodb_as_a_bot_for_many_people_uses_it(tmp_path: Path) -> None:
    with MongoServer(tmp_path / "mongo") as server:
        store = Store("motor", server.uri)
        store._name = "floorbroker"  # the database that the command opens
        documents = store.open()
        await documents.start(())
        one = process(documents, BOTH)
        await _write(one, ANNA, 3)
        settings = {"MONGODB_URI": server.uri, "CREDENTIAL_MASTER_KEYS": BOTH}
        async with child(tmp_path, FLOORBROKER, "audit", "verify", **settings) as whole:
            assert await whole.ended() == 0
            line = await whole.line()
        person = await one.audit.pseudonym(ANNA)
        last = await AuditTrail(documents).end(person)
        await documents.delete("audit", {"_id": f"{person}:2"})
        async with child(tmp_path, FLOORBROKER, "audit", "verify", **settings) as broken:
            assert await broken.ended() == 1
        await store.close()

    assert last[0] == 3
    assert line == "1 chain, 3 whole entries."
