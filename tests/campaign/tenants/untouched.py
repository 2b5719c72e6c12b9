"""One person's documents, which somebody else's doings must leave as they are."""

from datetime import timedelta
from typing import Any

from floorbroker.bootstrap import App
from floorbroker.domain.ids import UserId
from floorbroker.storage.personal import AUDIT, Personal


class Untouched:
    """Whatever happens inside, the person's documents are the same afterwards.

    But for the audit trail, which notes when somebody opens another's link.
    """

    def __init__(self, app: App, whose: UserId) -> None:
        """Of one process."""
        self._app, self._whose = app, whose
        self._before: list[Any] = []

    async def __aenter__(self) -> None:
        """What there is."""
        await self._app.supervisor.settled(timedelta(seconds=5))
        self._before = await self._documents()

    async def __aexit__(self, *failed: object) -> None:
        """The same."""
        await self._app.supervisor.settled(timedelta(seconds=5))
        assert await self._documents() == self._before, "the other's documents were changed"

    async def _documents(self) -> list[Any]:
        pages = Personal(self._app.documents).pages(self._whose, "")
        return [page async for holding, page in pages if holding is not AUDIT]
