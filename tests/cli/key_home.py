"""An installation at home whose master keys are looked after."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import pytest
from typer.testing import CliRunner, Result

from floorbroker.bootstrap import running
from floorbroker.cli.app import app
from floorbroker.domain.ids import LinkId, UserId
from floorbroker.storage.indexes import INDEXES
from floorbroker.storage.sqlite import SqliteDocuments
from tests.cli.at_home import HOME, at_home
from tests.environment import only_these_settings
from tests.observability.captured import captured_stderr
from tests.rotating import BOTH, Process, given, process

_T = TypeVar("_T")


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
