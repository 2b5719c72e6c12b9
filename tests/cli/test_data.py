"""`floorbroker data`: what it says, how it ends, and that nothing half done is taken for done."""

import gzip
import os
import resource
import stat
from pathlib import Path
from typing import Final

import pytest
from typer.testing import CliRunner, Result

from floorbroker.bootstrap import running
from floorbroker.cli.app import app
from floorbroker.config import SettingsProblem
from floorbroker.domain.ids import UserId
from floorbroker.storage.orders import Orders
from floorbroker.vault.keyring import keyring_file
from tests.cli.at_home import at_home
from tests.cli.child import child
from tests.cli.key_home import Home
from tests.domain.building import order
from tests.observability.captured import captured_stderr
from tests.rotating import BOTH, CANARY, NEW, OLD, Process
from tests.stores import MongoServer

FLOORBROKER: Final = "from floorbroker.cli.app import main; main()"
ANNA: Final = UserId("100000000000000001")


def run(*words: str) -> Result:
    with captured_stderr():
        return CliRunner().invoke(app, ["data", *words])


async def _kept(one: Process) -> None:
    await one.audit.write(ANNA, "switch", {"which": "paused"})
    await Orders(one.documents).add(order())


@pytest.fixture
def kept(home: Home) -> Home:
    """Three links under two keys, an audit entry and a draft."""
    home.linked(OLD, "a", "b")
    home.linked(NEW, "c")
    home.on_store(BOTH, _kept)
    return home


@pytest.fixture
def elsewhere(
    kept: Home, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> Home:
    """Another home with nothing in it; the first one's backup lies there as `backup`."""
    assert run("backup", "backup").exit_code == 0
    folder = tmp_path_factory.mktemp("elsewhere")
    Path("backup").rename(folder / "backup")
    return Home(monkeypatch, folder)


def test_a_backup_says_what_is_in_it_and_which_keys_it_needs(kept: Home) -> None:
    result = run("backup", "backup")

    assert result.exit_code == 0
    first, second = result.stdout.splitlines()
    assert first == "backup is written: 6 documents (0 users, 3 links, 1 orders)."
    assert second.endswith("need these master keys, which are not in it: new, old.")
    assert stat.S_IMODE(Path("backup").stat().st_mode) == 0o600
    assert CANARY not in gzip.decompress(Path("backup").read_bytes()).decode()


def test_a_backup_never_takes_the_place_of_another(kept: Home) -> None:
    Path("backup").write_text("mine")

    result = run("backup", "backup")

    assert (result.exit_code, Path("backup").read_text()) == (2, "mine")
    assert result.stderr == "backup is there already. Name a new file.\n"


def test_where_nothing_is_stored_there_is_nothing_to_back_up(home: Home) -> None:
    no_file = run("backup", "backup")
    made_for_it = (home.folder / "data").exists()
    home.on_store(BOTH, lambda one: one.documents.ping())
    empty = run("backup", "backup")

    assert (no_file.exit_code, no_file.stderr) == (2, "There is no store in data.\n")
    assert not made_for_it
    assert (empty.exit_code, Path("backup").exists()) == (2, False)
    assert empty.stderr.endswith("holds nothing to back up.\n")


def test_a_disk_that_is_full_is_a_sentence_and_leaves_no_file(kept: Home) -> None:
    noise = {"_id": "noise", "text": os.urandom(200_000).hex()}
    kept.on_store(BOTH, lambda one: one.documents.insert("users", noise))
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    names = sorted(os.listdir())  # noqa: PTH208  # of the current folder
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, before[1]))
    try:
        result = run("backup", "backup")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)

    assert result.exit_code == 1
    assert "cannot be written: File too large. Nothing is left of it." in result.stderr
    assert sorted(os.listdir()) == names  # noqa: PTH208


def test_a_folder_that_is_not_there_is_a_sentence(kept: Home) -> None:
    result = run("backup", "none/backup")

    assert result.exit_code == 1
    assert "No such file or directory" in result.stderr


def test_check_reads_it_all_and_names_the_keys_that_are_not_here(elsewhere: Home) -> None:
    whole = run("check", "backup")
    elsewhere.set_keys(NEW)
    lacking = run("check", "backup")
    Path("backup").write_bytes(Path("backup").read_bytes()[:-20])
    cut = run("check", "backup")

    assert whole.exit_code == 0
    assert whole.stdout.startswith("backup is whole: made ")
    assert lacking.exit_code == 1
    assert "Not here: old. Add them to CREDENTIAL_MASTER_KEYS." in lacking.stdout
    assert (cut.exit_code, cut.stdout) == (2, "")
    assert cut.stderr == "backup: This backup was cut short or is damaged.\n"


def test_a_restore_says_what_it_came_to_and_what_is_to_be_known(elsewhere: Home) -> None:
    result = run("restore", "backup")

    assert result.exit_code == 0
    assert "6 documents (0 users, 3 links, 1 orders)." in result.stdout
    assert "Ended, as nobody knows whether they were used: 1 open review, 0 one-time" in (
        result.stdout
    )
    assert "Everybody is paused" in result.stdout
    assert "none is sent again" in result.stdout
    assert elsewhere.opens(BOTH, "a", "b", "c")
    elsewhere.served(BOTH)
    with captured_stderr():
        assert CliRunner().invoke(app, ["audit", "verify"]).exit_code == 0


def test_the_audit_trail_tells_of_the_restore(elsewhere: Home) -> None:
    run("restore", "backup")

    async def entries(one: Process) -> list[str]:
        person = await one.audit.pseudonym(UserId("service"))
        found = await one.documents.find("audit", {"person": person}, limit=9)
        return [entry["action"] for entry in found]

    assert elsewhere.on_store(BOTH, entries) == ["store_restored"]


def test_without_its_keys_it_is_restored_and_says_that_no_bot_starts(elsewhere: Home) -> None:
    elsewhere.set_keys(NEW)

    result = run("restore", "backup")

    assert result.exit_code == 1
    assert "Sealed with master keys that are not here: old. Add them to" in result.stdout
    with pytest.raises(SettingsProblem, match="old"):
        elsewhere.served(NEW)
    elsewhere.served(BOTH)


def test_at_home_no_key_is_made_for_it(elsewhere: Home) -> None:
    elsewhere.set_keys(None)

    result = run("restore", "backup")

    assert result.exit_code == 1
    assert "not here: new, old" in result.stdout
    assert not (elsewhere.folder / "data" / "master.key").exists()


def test_another_key_of_the_same_name_is_noticed(home: Home, tmp_path: Path) -> None:
    """Every home calls its first key the same."""
    home.set_keys(None)
    key = home.folder / "data" / "master.key"
    keyring_file(key)
    home.named_in_the_audit_trail(key.read_text())
    run("backup", "backup")
    key.unlink()
    keyring_file(key)
    (home.folder / "data" / "floorbroker.sqlite3").unlink()

    result = run("restore", "backup")

    assert result.exit_code == 1
    assert "another master key has taken the id" in result.stdout
    assert "no bot starts on this store" in result.stdout


def test_a_store_with_something_in_it_is_left_alone(elsewhere: Home) -> None:
    elsewhere.linked(NEW, "mine")

    result = run("restore", "backup")

    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == "This store is not empty. A backup goes into an empty one.\n"
    assert elsewhere.opens(NEW, "mine")
    elsewhere.served(BOTH)


def test_something_else_is_no_backup(home: Home) -> None:
    Path("notes").write_text("notes")

    results = [run(word, name) for word in ("check", "restore") for name in ("notes", "none", ".")]

    assert {one.exit_code for one in results} == {2}
    assert not any(one.stdout for one in results)
    assert not (home.folder / "data").exists()


def test_a_store_that_was_put_back_by_other_means_is_made_safe(kept: Home) -> None:
    result = run("restored")
    again = run("restored")

    assert (result.exit_code, again.exit_code) == (0, 0)
    assert "1 open review" in result.stdout
    assert "0 open reviews" in again.stdout


async def test_on_mongodb_it_says_what_such_a_backup_is(tmp_path: Path) -> None:
    with MongoServer(tmp_path / "mongo") as server:
        settings = {"MONGODB_URI": server.uri, "CREDENTIAL_MASTER_KEYS": BOTH}
        async with child(tmp_path, FLOORBROKER, "data", "backup", "b", **settings) as none:
            assert await none.ended() == 2
        async with running(at_home(**{name.lower(): one for name, one in settings.items()})):
            pass
        async with child(tmp_path, FLOORBROKER, "data", "backup", "b", **settings) as backup:
            assert await backup.ended() == 0
            lines = [await backup.line() for _ in range(3)]

    assert none.sentences() == ["The database floorbroker in MongoDB holds nothing to back up."]
    assert lines[0].startswith("b is written: ")
    assert lines[1].startswith("MongoDB was read document by document")
