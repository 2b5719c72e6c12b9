"""What is built, what runs beside it, and that nothing of it stays behind."""

import asyncio
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import pytest
from pydantic import SecretStr

from floorbroker.bootstrap import running
from floorbroker.config import Settings, SettingsProblem
from floorbroker.domain.errors import StoreUnavailable
from floorbroker.domain.ids import UserId
from floorbroker.storage.documents import Document, Index, Where
from floorbroker.storage.sqlite import SqliteDocuments
from floorbroker.vault.keyring import new_key
from floorbroker.vault.opening import open_keyring
from tests.environment import only_these_settings
from tests.observability.captured import captured_stderr
from tests.rotating import process

PATIENCE_SECONDS: Final = 20
KEY: Final = new_key("a")


@pytest.fixture
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    only_these_settings(monkeypatch, tmp_path)
    return tmp_path


def at_home(folder: Path, **changes: Any) -> Settings:
    usual = {
        "deployment_mode": "single-user",
        "owner_id": "100000000000000001",
        "data_dir": folder / "data",
        "reconcile_seconds": 0.01,
    }
    return Settings(**{**usual, **changes})


class FailsAtFirst(SqliteDocuments):
    """Fails its first searches for orders in a way that nobody foresaw, then works."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.failures_left = 4
        self.worked = asyncio.Event()

    async def find(
        self, collection: str, where: Where, *, order: tuple[str, int] | None = None, limit: int
    ) -> list[Document]:
        if collection != "orders":
            return await super().find(collection, where, order=order, limit=limit)
        if self.failures_left:
            self.failures_left -= 1
            raise ZeroDivisionError
        found = await super().find(collection, where, order=order, limit=limit)
        self.worked.set()
        return found


class NeverStarts(SqliteDocuments):
    """Does not answer; remembers whether it was let go."""

    closed = False

    async def start(self, indexes: Sequence[Index]) -> None:
        raise StoreUnavailable

    async def close(self) -> None:
        self.closed = True
        await super().close()


async def ended(before: set[threading.Thread]) -> None:
    """Waits for threads that came later; they may take a moment to see that they are done."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while set(threading.enumerate()) - before:  # noqa: ASYNC110  # a thread's end has no event
            await asyncio.sleep(0.01)


async def test_at_home_it_builds_on_sqlite_and_answers_for_its_parts(folder: Path) -> None:
    async with running(at_home(folder)) as app:
        checks = await app.checks()

        assert checks == {"discord": False, "store": True, "taking_orders": True}
        assert (folder / "data" / "floorbroker.sqlite3").exists()


async def test_it_ends_without_leaving_a_task_or_a_thread(folder: Path) -> None:
    tasks, threads = asyncio.all_tasks(), set(threading.enumerate())

    async with running(at_home(folder)):
        assert {task.get_name() for task in asyncio.all_tasks() - tasks} >= {
            "reconcile",
            "notify",
            "erasing",
            "alerts",
        }

    assert asyncio.all_tasks() == tasks
    await ended(threads)


async def test_afterwards_it_takes_no_orders_and_has_no_store(folder: Path) -> None:
    async with running(at_home(folder)) as app:
        pass

    assert await app.checks() == {"discord": False, "store": False, "taking_orders": False}


async def test_an_error_inside_ends_it_as_well(folder: Path) -> None:
    tasks, threads = asyncio.all_tasks(), set(threading.enumerate())

    with pytest.raises(ZeroDivisionError):
        async with running(at_home(folder)):
            raise ZeroDivisionError

    assert asyncio.all_tasks() == tasks
    await ended(threads)


async def test_work_on_its_way_is_finished_before_the_store_goes(folder: Path) -> None:
    async def work() -> None:
        await asyncio.sleep(0)
        await app.documents.insert("orders", {"_id": "late"})

    async with running(at_home(folder)) as app:
        done = app.supervisor.hand_over(work())

    assert done.done()
    assert done.exception() is None


async def test_work_that_never_ends_is_given_up_after_the_drain_time(folder: Path) -> None:
    async with running(at_home(folder, drain_seconds=0.01)) as app:
        stuck = app.supervisor.hand_over(asyncio.Event().wait())

    assert stuck.cancelled()


async def test_background_work_outlives_its_own_failures(folder: Path) -> None:
    documents = FailsAtFirst(folder / "test.db")

    with captured_stderr() as log:
        async with (
            asyncio.timeout(PATIENCE_SECONDS),
            running(at_home(folder), documents=documents),
        ):
            await documents.worked.wait()

    failed = [line for line in log.records() if line["event"] == "background_failed"]
    assert len(failed) == 4
    assert {line["task"] for line in failed} == {"reconcile"}


async def test_a_store_that_does_not_answer_ends_the_start_and_is_let_go(folder: Path) -> None:
    tasks = asyncio.all_tasks()
    documents = NeverStarts(folder / "test.db")

    with pytest.raises(StoreUnavailable):
        async with running(at_home(folder), documents=documents):
            pytest.fail("it started")

    assert documents.closed
    assert asyncio.all_tasks() == tasks


async def test_many_people_are_not_served_without_mongodb(folder: Path) -> None:
    settings = Settings(credential_master_keys=SecretStr(new_key("a")), data_dir=folder / "data")

    with pytest.raises(SettingsProblem, match="MONGODB_URI"):
        async with running(settings):
            pytest.fail("it started")

    assert not (folder / "data").exists()


async def test_at_home_the_master_key_is_made_once_for_its_owners_eyes_only(folder: Path) -> None:
    settings = at_home(folder)
    path = folder / "data" / "master.key"

    with captured_stderr() as log:
        first, second = open_keyring(settings), open_keyring(settings)

    assert first.keys == second.keys
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert [line["event"] for line in log.records()] == ["master_key_made"]
    assert path.read_text().strip().partition(":")[2] not in log.getvalue()


def test_a_master_key_that_others_can_read_is_refused(folder: Path) -> None:
    settings = at_home(folder)
    with captured_stderr():
        open_keyring(settings)
    (folder / "data" / "master.key").chmod(0o640)

    with pytest.raises(SettingsProblem, match="chmod 600"):
        open_keyring(settings)


def test_in_the_cloud_no_master_key_is_ever_made(folder: Path) -> None:
    with pytest.raises(SettingsProblem, match="CREDENTIAL_MASTER_KEYS"):
        open_keyring(Settings(data_dir=folder / "data"))

    assert list(folder.iterdir()) == []


def test_keys_of_the_setting_go_before_the_file(folder: Path) -> None:
    keyring = open_keyring(at_home(folder, credential_master_keys=new_key("a")))

    assert keyring.newest == "a"
    assert not (folder / "data").exists()


async def test_a_start_without_a_key_that_stored_records_need_is_refused_and_lets_go(
    folder: Path,
) -> None:
    old, new = new_key("old"), new_key("new")
    async with running(at_home(folder, credential_master_keys=f"{new},{old}")) as app:
        await process(app.documents, old).linked("a")
    tasks, threads = asyncio.all_tasks(), set(threading.enumerate())

    with pytest.raises(SettingsProblem, match=r"^CREDENTIAL_MASTER_KEYS: .* missing: old\."):
        async with running(at_home(folder, credential_master_keys=new)):
            pytest.fail("it started")

    assert asyncio.all_tasks() == tasks
    await ended(threads)


async def test_a_start_with_all_keys_is_not_refused_whatever_their_order(folder: Path) -> None:
    old, new = new_key("old"), new_key("new")
    async with running(at_home(folder, credential_master_keys=old)) as app:
        await process(app.documents, old).linked("a")

    for keys in (f"{new},{old}", f"{old},{new}", old):
        async with running(at_home(folder, credential_master_keys=keys)) as app:
            assert (await app.checks())["store"]


async def test_a_start_after_the_key_file_was_lost_is_refused(folder: Path) -> None:
    """The file is made anew with the same id: what was sealed would stay shut in silence."""
    file = folder / "data" / "master.key"
    with captured_stderr():
        async with running(at_home(folder)) as app:
            await process(app.documents, file.read_text()).audit.pseudonym(UserId("anna"))
        file.unlink()

        with pytest.raises(SettingsProblem, match=r"master\.key: The audit trail's own key"):
            async with running(at_home(folder)):
                pytest.fail("it started")


@pytest.mark.parametrize(
    "keys",
    ["a:AAAA", KEY[:-4], f"{KEY},b:", KEY[2:], f"{KEY} {KEY}", f"{KEY},{KEY}"],
    ids=["short", "cut", "an empty one", "no id", "no comma", "twice"],
)
@pytest.mark.parametrize("mode", ["single-user", "multi-user"])
async def test_a_start_with_a_key_that_is_too_short_or_none_is_refused(
    folder: Path, keys: str, mode: str
) -> None:
    settings = at_home(folder, credential_master_keys=keys, deployment_mode=mode)

    with pytest.raises(SettingsProblem, match=r"^CREDENTIAL_MASTER_KEYS: ") as refused:
        async with running(settings, documents=SqliteDocuments(folder / "test.db")):
            pytest.fail("it started")

    assert KEY[2:20] not in str(refused.value)
    assert not (folder / "test.db").exists()


async def test_many_people_are_not_served_without_a_master_key(folder: Path) -> None:
    settings = at_home(folder, deployment_mode="multi-user")

    with pytest.raises(SettingsProblem, match="Set CREDENTIAL_MASTER_KEYS"):
        async with running(settings, documents=SqliteDocuments(folder / "test.db")):
            pytest.fail("it started")


async def test_a_serving_process_leaves_proof_of_its_newest_key_and_a_command_does_not(
    folder: Path,
) -> None:
    old, new = new_key("old"), new_key("new")
    async with running(at_home(folder, credential_master_keys=old)):
        pass
    both = f"{new},{old}"
    async with running(at_home(folder, credential_master_keys=both), background=False) as app:
        assert await process(app.documents, both).keys.not_served() is not None
    async with running(at_home(folder, credential_master_keys=both)) as app:
        assert await process(app.documents, both).keys.not_served() is None
