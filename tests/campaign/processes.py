"""The processes beside a campaign: the exchange, the store's server, and bots to be killed."""

import json
import select
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from floorbroker.storage.documents import Documents
from floorbroker.storage.mongo import MongoDocuments, motor_database
from floorbroker.storage.sqlite import SqliteDocuments
from floorbroker.vault.keyring import new_key
from tests.stores import MongoServer

_ROOT: Final = Path(__file__).parents[2]
_PATIENCE_SECONDS: Final = 60
_GOODBYE_SECONDS: Final = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """An empty database, and the master key of what is sealed in it.

    Attributes:
        address: A file's path or a server's URI.
    """

    engine: str
    address: str
    key: str

    def open(self) -> Documents:
        """One process's own connection to it."""
        if self.engine == "sqlite":
            return SqliteDocuments(Path(self.address))
        return MongoDocuments(motor_database(self.address, "campaign"))

    def plain(self) -> dict[str, str]:
        """For a job's line."""
        return asdict(self)


@contextmanager
def place_on(engine: str) -> Iterator[Place]:
    """A place that is gone afterwards: `sqlite`, or `mongodb` behind its wire protocol."""
    key = new_key("campaign")
    with tempfile.TemporaryDirectory() as folder:
        if engine == "sqlite":
            yield Place(engine=engine, address=str(Path(folder) / "floor.sqlite3"), key=key)
            return
        with MongoServer(Path(folder)) as server:
            yield Place(engine=engine, address=server.uri, key=key)


class Beside:
    """A program that answers each line with a line, and ends when its input does."""

    def __init__(self, *arguments: str) -> None:
        """Starts `python -m arguments`."""
        self._process = subprocess.Popen(
            [sys.executable, "-m", *arguments],
            cwd=_ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )

    def tell(self, value: Any) -> None:
        """One line to it."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(value).encode() + b"\n")
        self._process.stdin.flush()

    def heard(self, within: float = _PATIENCE_SECONDS) -> Any:
        """The next line from it.

        Raises:
            TimeoutError: None came.
        """
        assert self._process.stdout is not None
        ready, _, _ = select.select([self._process.stdout], [], [], within)
        if not ready:
            raise TimeoutError
        return json.loads(self._process.stdout.readline())

    def ask(self, value: Any) -> Any:
        """A line to it, and its answer."""
        self.tell(value)
        return self.heard()

    def __enter__(self) -> Self:
        """Itself, running."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Ends it, by force if it must be."""
        try:
            self._process.communicate(timeout=_GOODBYE_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.communicate()


class Exchange(Beside):
    """The brokers (see `tests.campaign.exchange`).

    Attributes:
        urls: By broker.
    """

    def __init__(self) -> None:
        """Starts it."""
        super().__init__("tests.campaign.exchange")
        self.urls: Mapping[str, str] = self.heard()

    def book(self) -> dict[str, Any]:
        """`orders`: each as its owner should know it; `sent`: requests by client id; `canceled`."""
        return self.ask({"ask": "book"})

    def states(self, client_ids: Iterable[str]) -> dict[str, list[str]]:
        """Of the orders that are there, by client id."""
        return self.ask({"ask": "states", "ids": list(client_ids)})

    def answered(self) -> dict[str, list[str]]:
        """The interactions that were answered since the last time, and the buttons on the card."""
        return self.ask({"ask": "answered"})

    def told(self) -> dict[str, str]:
        """What the newest card of each order is called, by the order's id."""
        return self.ask({"ask": "told"})

    def fill_what_rests(self) -> None:
        """The market comes down to every resting order, and goes up again."""
        self.ask({"ask": "fill"})

    def trouble(self, on: str, fault: str, **more: Any) -> None:
        """See `Sabotage.fail`, at both brokers."""
        self.ask({"ask": "trouble", "on": on, "fault": fault, **more})

    def work(self) -> None:
        """All is well again."""
        self.ask({"ask": "work"})


class Forks(Beside):
    """A program that forks a child for each job (see `tests.campaign.forking`)."""

    def __init__(self, role: str) -> None:
        """`role` is `module:function`, which every child runs."""
        super().__init__("tests.campaign.forking", role)
        self.heard()

    def stays(self, work: Mapping[str, Any]) -> int:
        """A child that lives until it is killed; its id, once it is ready."""
        answer = self.ask({"work": work, "stay": True})
        assert answer["ready"] is not None, "the child broke before it was ready"
        pid: int = answer["pid"]
        return pid

    def kill(self, pid: int) -> None:
        """Ends one that stayed."""
        self.ask({"kill": pid})
