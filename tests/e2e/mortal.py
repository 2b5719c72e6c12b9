"""A process that confirms orders in children of its own, which die when they are told to.

Run as a program. Everything is imported before the first child is forked, so a death costs
milliseconds. Each line on its standard input is a `Job`; for each it prints how the child ended.
"""

import asyncio
import json
import os
import sys
from contextlib import AbstractAsyncContextManager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final, NoReturn

from floorbroker.bootstrap import App, running
from floorbroker.config import Settings
from floorbroker.domain.ids import BrokerId, OrderId, UserId
from floorbroker.domain.modes import DeploymentMode
from floorbroker.storage.documents import Documents
from floorbroker.storage.mongo import MongoDocuments, motor_database
from floorbroker.storage.sqlite import SqliteDocuments
from floorbroker.vault.keyring import parse_keyring
from tests.e2e.crowd import Drafted, confirm
from tests.fakes.clock import ManualClock
from tests.fakes.flaky_documents import FlakyDocuments
from tests.simulators.paper_faults import Counting

DEAD: Final = 99
"""The exit status of a child that died at its point."""

BEFORE_THE_INTENT: Final = "before the intent is stored"
BEFORE_THE_SEND: Final = "before the order is sent"
AFTER_THE_SAVE: Final = "after the broker has saved it"
BEFORE_THE_OUTCOME: Final = "before the outcome is stored"
AFTER_THE_OUTCOME: Final = "after the outcome is stored"
POINTS: Final = (
    BEFORE_THE_INTENT,
    BEFORE_THE_SEND,
    AFTER_THE_SAVE,
    BEFORE_THE_OUTCOME,
    AFTER_THE_OUTCOME,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A database that two processes can open."""

    engine: str
    address: str
    name: str

    def open(self) -> Documents:
        """One process's own connection to it."""
        if self.engine == "sqlite":
            return SqliteDocuments(Path(self.address))
        return MongoDocuments(motor_database(self.address, self.name))


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One order to confirm, and when to die.

    Attributes:
        point: One of the points above.
    """

    place: dict[str, str]
    key: str
    user_id: str
    order_id: str
    point: str

    def line(self) -> str:
        """How it is sent."""
        return json.dumps(asdict(self)) + "\n"


class Deadly(Counting):
    """A paper broker whose process dies before or after an order reaches the books."""

    def __init__(self, point: str) -> None:
        """Dies only at its own points."""
        super().__init__()
        self._point = point

    async def before(self, operation: str) -> None:
        """Nothing has reached the books."""
        if operation == "place_order" and self._point == BEFORE_THE_SEND:
            os._exit(DEAD)

    async def after(self, operation: str) -> None:
        """The books are saved, and nobody has been told."""
        if operation == "place_order" and self._point == AFTER_THE_SAVE:
            os._exit(DEAD)


def deadly(documents: Documents, point: str) -> Documents:
    """The store of a process that dies at `point`, if that is one of the store's."""
    store = FlakyDocuments(documents)
    write = ("replace", "orders")

    async def die() -> None:
        os._exit(DEAD)

    async def let_the_intent_through() -> None:
        store.before[write] = die

    if point == BEFORE_THE_INTENT:
        store.before[write] = die
    elif point == BEFORE_THE_OUTCOME:
        store.before[write] = let_the_intent_through
    elif point == AFTER_THE_OUTCOME:
        store.before["insert", "audit"] = die
    return store


def process(
    documents: Documents, key: str, broker: Counting, clock: ManualClock
) -> AbstractAsyncContextManager[App]:
    """The application as every process of these tests runs it."""
    settings = Settings(  # type: ignore[call-arg] # pydantic-settings' own
        _env_file=None, deployment_mode=DeploymentMode.MULTI_USER, reconcile_seconds=60
    )
    return running(
        settings,
        clock=clock,
        documents=documents,
        keyring=parse_keyring(key),
        broker_options={BrokerId("paper"): {"latency_seconds": 0, "faults": broker}},
        shard_count=1,
    )


async def _confirmed(job: Job) -> None:
    store = deadly(Place(**job.place).open(), job.point)
    async with process(store, job.key, Deadly(job.point), ManualClock()) as app:
        await confirm(app, Drafted(UserId(job.user_id), OrderId(job.order_id)))


def _child(job: Job) -> NoReturn:
    asyncio.run(_confirmed(job))
    os._exit(0)


def main() -> None:
    """Serves jobs until its input ends."""
    for line in sys.stdin:
        job = Job(**json.loads(line))
        pid = os.fork()
        if pid == 0:
            _child(job)
        _, status = os.waitpid(pid, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
