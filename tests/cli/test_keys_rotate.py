"""`floorbroker keys rotate`: what it does, what it says to do next, and how it ends."""

import asyncio
import signal
from pathlib import Path
from typing import Final

from typer.testing import CliRunner

from floorbroker.cli.app import app
from floorbroker.storage.indexes import INDEXES
from floorbroker.storage.sqlite import SqliteDocuments
from floorbroker.vault.keyring import keyring_file
from tests.cli.at_home import HOME
from tests.cli.child import child
from tests.cli.key_home import Home
from tests.rotating import BOTH, NEW, OLD, Process, process
from tests.stores import MongoServer

FLOORBROKER: Final = "from floorbroker.cli.app import main; main()"


def test_rotate_seals_anew_and_says_which_key_may_go_and_when(home: Home) -> None:
    home.linked(OLD, "a", "b")
    home.served(BOTH)

    result = home.run("rotate")

    assert result.exit_code == 0
    assert result.stdout.startswith("2 sealed anew with new, 0 were already.\n")
    assert "old    Seals nothing any more." in result.stdout
    assert (
        "→ Take it out of CREDENTIAL_MASTER_KEYS and restart, 15 minutes from now at the earliest."
    ) in result.stdout
    assert home.opens(NEW, "a", "b")


def test_rotate_again_does_nothing_and_succeeds(home: Home) -> None:
    home.linked(OLD, "a")
    home.run("rotate")

    result = home.run("rotate")

    assert result.exit_code == 0
    assert result.stdout.startswith("0 sealed anew with new, 2 were already.\n")


def test_the_bot_starts_without_the_old_key_after_a_rotation_and_not_before(home: Home) -> None:
    home.linked(OLD, "a")
    home.set_keys(NEW)
    before = home.run("rotate")
    home.set_keys(BOTH)
    home.run("rotate")

    home.served(NEW)

    assert before.exit_code == 1
    assert "1 did not open and are left as they are." in before.stdout
    assert "Put it back into CREDENTIAL_MASTER_KEYS" in before.stdout


def test_rotate_names_what_does_not_open_and_ends_with_1(home: Home) -> None:
    home.linked(OLD, "good", "bad")

    async def forge(one: Process) -> None:
        document = await one.documents.get("links", "bad")
        assert document is not None
        await one.documents.upsert("links", {**document, "user_id": "somebody else"})

    home.on_store(OLD, forge)
    result = home.run("rotate")

    assert result.exit_code == 1
    assert "1 sealed anew with new" in result.stdout
    assert "1 did not open and are left as they are." in result.stdout
    assert "Leave it in. The log names what does not open" in result.stdout
    assert home.opens(NEW, "good")


def test_rotate_refuses_while_the_bot_runs_without_the_newest_key(home: Home) -> None:
    """It could not open what is sealed anew, and would send people to link again."""
    home.linked(OLD, "a")
    home.served(OLD)

    refused = home.run("rotate")
    home.served(BOTH)
    accepted = home.run("rotate")

    assert (refused.exit_code, refused.stdout) == (2, "")
    assert "Restart it with the same CREDENTIAL_MASTER_KEYS, then rotate." in refused.stderr
    assert accepted.exit_code == 0


def test_at_home_a_key_is_rotated_in_the_file(home: Home) -> None:
    home.set_keys(None)
    file = home.folder / "data" / "master.key"
    keyring_file(file)
    home.linked(file.read_text(), "a", "b")
    fresh = CliRunner().invoke(app, ["keys", "new"]).stdout
    file.write_text(fresh + file.read_text())

    result = home.run("rotate")

    assert result.exit_code == 0
    assert f"→ Take it out of {Path('data') / 'master.key'} and restart" in result.stdout
    assert home.opens(fresh, "a", "b")
    file.write_text(fresh)
    assert home.run("status").exit_code == 0


async def test_the_commands_work_on_mongodb_as_a_bot_for_many_people_uses_it(
    tmp_path: Path,
) -> None:
    with MongoServer(tmp_path / "mongo") as server:
        settings = {"MONGODB_URI": server.uri, "CREDENTIAL_MASTER_KEYS": BOTH}
        async with child(tmp_path, FLOORBROKER, "keys", "rotate", **settings) as rotate:
            code = await rotate.ended()
            line = await rotate.line()
        async with child(tmp_path, FLOORBROKER, "keys", "status", **settings) as status:
            assert await status.ended() == 0

    assert (code, rotate.log, status.log) == (0, [], [])
    assert line == "0 sealed anew with new, 0 were already."


async def test_a_rotation_that_is_killed_in_the_middle_is_finished_by_the_next(
    tmp_path: Path,
) -> None:
    (tmp_path / "data").mkdir()
    documents = SqliteDocuments(tmp_path / "data" / "floorbroker.sqlite3")
    await documents.start(INDEXES)
    links = await process(documents, OLD).linked(*(f"l{n}" for n in range(4_000)))
    settings = {**HOME, "CREDENTIAL_MASTER_KEYS": BOTH}

    async with child(tmp_path, FLOORBROKER, "keys", "rotate", **settings) as killed:
        assert killed.process.stderr is not None
        while not killed.log:  # noqa: ASYNC110  # another process's line has no event
            await asyncio.sleep(0.001)
        killed.process.kill()
        assert await killed.ended() == -signal.SIGKILL
    both = process(documents, BOTH)
    in_use = await both.records.keys_in_use()
    all_open = all([await both.opens(link) for link in links])
    async with child(tmp_path, FLOORBROKER, "keys", "rotate", **settings) as finished:
        code = await finished.ended()

    assert killed.log[0] == "1,000 sealed anew …"
    assert in_use == ["new", "old"]
    assert all_open
    assert code == 0
    assert await both.records.keys_in_use() == ["new"]
    assert all([await process(documents, NEW).opens(link) for link in links])
    await documents.close()
