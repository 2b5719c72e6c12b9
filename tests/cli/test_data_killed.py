"""A restore that is killed is recognised, is not served, and is finished by the same command."""

import asyncio
import signal
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

import pytest

from floorbroker.bootstrap import running
from floorbroker.cli.findings import Level
from floorbroker.cli.surroundings import store_finding
from floorbroker.config import SettingsProblem
from floorbroker.storage.indexes import INDEXES
from floorbroker.storage.marks import Marks
from floorbroker.storage.orders import Orders
from floorbroker.storage.sqlite import SqliteDocuments
from tests.cli.at_home import HOME, at_home
from tests.cli.child import child
from tests.domain.building import order
from tests.environment import only_these_settings

FLOORBROKER: Final = "from floorbroker.cli.app import main; main()"


async def _many(folder: Path) -> None:
    documents = SqliteDocuments(folder / "floorbroker.sqlite3")
    await documents.start(INDEXES)
    for _ in range(1_000):
        await Orders(documents).add(order())
    await documents.close()


@pytest.fixture
async def crowded(tmp_path: Path) -> AsyncIterator[Path]:
    """A folder with the backup of a thousand drafts."""
    (folder := tmp_path / "data").mkdir()
    await _many(folder)
    async with child(tmp_path, FLOORBROKER, "data", "backup", "backup", **HOME) as backup:
        assert await backup.ended() == 0
    yield tmp_path


async def _orders(folder: Path) -> int:
    if not (folder / "floorbroker.sqlite3").exists():  # a look, no waiting
        return 0
    documents = SqliteDocuments(folder / "floorbroker.sqlite3")
    await documents.start(())
    try:
        return await documents.count("orders", {}, limit=10_000)
    finally:
        await documents.close()


async def test_a_restore_that_is_killed_is_recognised_and_finished_by_the_same_command(
    crowded: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    only_these_settings(monkeypatch, crowded)
    settings = {**HOME, "DATA_DIR": "new"}
    words = ("data", "restore", "backup")

    async with child(crowded, FLOORBROKER, *words, **settings) as killed:
        while not await _orders(crowded / "new"):  # noqa: ASYNC110  # another process's doing
            await asyncio.sleep(0.01)
        killed.process.kill()
        assert await killed.ended() == -signal.SIGKILL
    half = await _orders(crowded / "new")
    with pytest.raises(SettingsProblem, match="did not come to its end"):
        async with running(at_home(data_dir=crowded / "new")):
            pytest.fail("a half restored store was served")
    finding = await store_finding(at_home(data_dir=crowded / "new"))
    async with child(crowded, FLOORBROKER, "data", "backup", "b2", **settings) as backup:
        refused = await backup.ended()
    async with child(crowded, FLOORBROKER, *words, **settings) as finished:
        code = await finished.ended()

    assert 0 < half < 1_000, "killed too early or too late"
    assert (finding.level, refused, code) == (Level.FAIL, 2, 0)
    assert "Run the same `floorbroker data restore FILE` again" in finding.what
    assert await _orders(crowded / "new") == 1_000
    async with running(at_home(data_dir=crowded / "new")) as app:
        assert await Marks(app.documents).get("restoring") is None
