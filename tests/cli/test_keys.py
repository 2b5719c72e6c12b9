"""`floorbroker keys status` and `floorbroker keys rotate`: what they say, and how they end."""

import asyncio
import json
import signal
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Final, TypeVar

import pytest
from typer.testing import CliRunner, Result

from floorbroker.bootstrap import running
from floorbroker.cli.app import app
from floorbroker.cli.giving_up import GivenUp
from floorbroker.cli.keys_status import CARDS, WAIT_MINUTES
from floorbroker.cli.opened_keys import opened_keys
from floorbroker.domain.ids import LinkId, UserId
from floorbroker.services.notify import TOKEN_LIFE
from floorbroker.storage.sqlite import SqliteDocuments
from floorbroker.vault.keyring import keyring_file, new_key
from tests.cli.at_home import HOME, at_home
from tests.cli.child import child
from tests.environment import only_these_settings
from tests.floor import INDEXES
from tests.observability.captured import captured_stderr
from tests.rotating import BOTH, CANARY, NEW, OLD, Process, given, process
from tests.stores import MongoServer

_T = TypeVar("_T")

# The installed command.
FLOORBROKER: Final = "from floorbroker.cli.app import main; main()"


class Home:
    """An installation at home whose keys are in the setting; commands run in its folder."""

    def __init__(self, patch: pytest.MonkeyPatch, folder: Path) -> None:
        self.folder = folder
        self._patch = patch
        self.set_keys(BOTH)

    def set_keys(self, keys: str | None) -> None:
        more = {} if keys is None else {"CREDENTIAL_MASTER_KEYS": keys}
        only_these_settings(self._patch, self.folder, **HOME, **more)

    def run(self, *words: str) -> Result:
        with captured_stderr():
            return CliRunner().invoke(app, ["keys", *words])

    def linked(self, keys: str, *names: str) -> None:
        """As a process with these keys links accounts."""
        self.on_store(keys, lambda one: one.linked(*names))

    def named_in_the_audit_trail(self, keys: str) -> None:
        self.on_store(keys, lambda one: one.audit.pseudonym(UserId("anna")))

    def served(self, keys: str) -> None:
        """As the bot starts and ends with these keys."""

        async def served() -> None:
            async with running(at_home(credential_master_keys=keys)):
                pass

        with captured_stderr():
            asyncio.run(served())

    def opens(self, keys: str, *names: str) -> bool:
        return self.on_store(keys, lambda one: _all_open(one, names))

    def on_store(self, keys: str, work: Callable[[Process], Awaitable[_T]]) -> _T:
        """What a process with these keys does."""

        async def done() -> _T:
            self.folder.joinpath("data").mkdir(exist_ok=True)
            documents = SqliteDocuments(self.folder / "data" / "floorbroker.sqlite3")
            try:
                await documents.start(INDEXES)
                return await work(process(documents, keys))
            finally:
                await documents.close()

        return asyncio.run(done())


async def _all_open(one: Process, names: tuple[str, ...]) -> bool:
    for name in names:
        stored = await one.records.again(LinkId(name))
        assert stored is not None
        assert stored.link is not None
        if one.credentials.opened(stored.link) != given(stored.link_id):
            return False
    return True


@pytest.fixture
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Home:
    return Home(monkeypatch, tmp_path)


def keys_in(result: Result) -> dict[str, dict[str, object]]:
    return {one["key_id"]: one for one in json.loads(result.stdout)["keys"]}


def test_status_tells_of_every_key_what_it_seals_and_which_is_the_newest(home: Home) -> None:
    home.linked(OLD, "a", "b")
    home.named_in_the_audit_trail(OLD)
    home.linked(BOTH, "c")

    text, report = home.run("status"), home.run("status", "--json")

    assert (text.exit_code, report.exit_code) == (0, 0)
    assert "ok    new    The newest, which seals what is new. Seals 1 link." in text.stdout
    assert "info  old    Seals 2 links and the audit trail's key." in text.stdout
    assert "→ Leave it in until `floorbroker keys rotate`" in text.stdout
    assert CARDS.what in text.stdout
    assert json.loads(report.stdout)["ok"] is True
    assert keys_in(report) == {
        "new": {
            "key_id": "new", "present": True, "newest": True, "links": 1, "audit": False,
            "needed": True,
        },
        "old": {
            "key_id": "old", "present": True, "newest": False, "links": 2, "audit": True,
            "needed": True,
        },
    }  # fmt: skip


def test_status_of_a_missing_key_that_is_needed_ends_with_1_and_says_what_to_do(
    home: Home,
) -> None:
    home.linked(OLD, "a")
    home.set_keys(NEW)

    text, report = home.run("status"), home.run("status", "--json")

    assert (text.exit_code, report.exit_code) == (1, 1)
    assert "fail  old    Missing. Seals 1 link." in text.stdout
    assert "→ Put it back into CREDENTIAL_MASTER_KEYS, behind the others." in text.stdout
    assert json.loads(report.stdout)["ok"] is False
    assert keys_in(report)["old"]["present"] is False


def test_status_of_another_key_under_the_same_id_ends_with_1(home: Home) -> None:
    home.named_in_the_audit_trail(OLD)
    home.set_keys(new_key("old"))

    result = home.run("status")

    assert result.exit_code == 1
    assert "fail  audit trail  The audit trail's own key does not open" in result.stdout


def test_status_of_an_unused_key_says_that_it_may_go_and_when(home: Home) -> None:
    home.linked(BOTH, "a")

    result = home.run("status")

    assert result.exit_code == 0
    assert "Seals nothing any more." in result.stdout
    assert f"restart, {WAIT_MINUTES} minutes from now" in result.stdout


def test_the_wait_outlasts_the_addresses_of_cards() -> None:
    assert timedelta(minutes=WAIT_MINUTES) > TOKEN_LIFE
    assert f"last {TOKEN_LIFE // timedelta(minutes=1)} minutes" in CARDS.what


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


@pytest.mark.parametrize("word", ["status", "rotate"])
def test_at_home_no_key_is_made_only_to_look_after_it(home: Home, word: str) -> None:
    home.set_keys(None)

    result = home.run(word)

    assert (result.exit_code, result.stdout) == (2, "")
    assert "the first start makes it" in result.stderr
    assert not (home.folder / "data").exists()


@pytest.mark.parametrize("word", ["status", "rotate"])
@pytest.mark.parametrize(
    ("settings", "code", "told"),
    [
        ({"CREDENTIAL_MASTER_KEYS": f"k:{CANARY}"}, 2, "CREDENTIAL_MASTER_KEYS: The key k is not"),
        ({"DEPLOYMENT_MODE": "multi-user"}, 2, "Set CREDENTIAL_MASTER_KEYS"),
        (
            {"DEPLOYMENT_MODE": "multi-user", "CREDENTIAL_MASTER_KEYS": OLD},
            2,
            "Set MONGODB_URI: multi-user mode keeps its data in MongoDB.",
        ),
        ({"CREDENTIAL_MASTER_KEYS": OLD, "DATA_DIR": "a file"}, 1, "cannot be used"),
        ({"PORT": CANARY}, 2, "PORT should be"),
    ],
    ids=["a bad key", "no key", "no store", "no folder", "a bad setting"],
)
def test_what_cannot_be_used_is_a_sentence(
    home: Home, monkeypatch: pytest.MonkeyPatch, word: str, settings: dict[str, str], code: int,
    told: str,
) -> None:  # fmt: skip
    (home.folder / "a file").touch()
    only_these_settings(monkeypatch, home.folder, **{**HOME, **settings})

    result = home.run(word)

    assert (result.exit_code, result.stdout) == (code, "")
    assert told in result.stderr
    assert CANARY not in result.stderr


def test_a_database_that_is_none_is_a_sentence(home: Home) -> None:
    (home.folder / "data").mkdir()
    (home.folder / "data" / "floorbroker.sqlite3").write_bytes(b"not a database" * 100)

    result = home.run("rotate")

    assert (result.exit_code, result.stdout) == (1, "")
    assert "cannot be used" in result.stderr


def test_a_mongodb_out_of_reach_is_a_sentence_without_its_password(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    uri = f"mongodb://u:{CANARY}@127.0.0.1:1"
    only_these_settings(monkeypatch, home.folder, MONGODB_URI=uri, CREDENTIAL_MASTER_KEYS=OLD)

    result = home.run("rotate")

    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith("MongoDB does not answer")
    assert CANARY not in result.stderr


async def test_a_store_that_goes_away_in_the_middle_is_a_sentence(home: Home) -> None:
    with pytest.raises(GivenUp, match="cannot be used"):
        async with opened_keys(at_home(credential_master_keys=BOTH)) as opened:
            (home.folder / "data" / "floorbroker.sqlite3").unlink()
            await opened.rotation.run()


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


def test_nothing_that_is_printed_holds_a_key_or_a_credential(home: Home) -> None:
    home.linked(OLD, "a")
    home.served(BOTH)

    results = [home.run("status"), home.run("status", "--json"), home.run("rotate")]

    for result in results:
        for secret in (OLD[4:], NEW[4:], CANARY):
            assert secret not in result.output + result.stderr
