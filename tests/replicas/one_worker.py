"""One process of several that share rounds and errands; `python -m` it with Redis and a log's path.

Writes `+pid round` when a round begins and `-pid round` when it has ended, a line each, into a file
that every process appends to. The round named `held` lasts until the process is killed.
"""

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable
from datetime import timedelta

from tests.replicas.replicated import Replica

OFTEN = timedelta(seconds=0.2)
SELDOM = timedelta(hours=1)


async def main(url: str, path: str) -> None:
    """Works until it is killed."""
    log = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)

    def note(sign: str, name: str) -> None:
        os.write(log, f"{sign}{os.getpid()} {name}\n".encode())

    def a_round(name: str, work: Callable[[], Awaitable[object]]) -> Callable[[], Awaitable[None]]:
        async def one() -> None:
            note("+", name)
            await work()
            note("-", name)

        return one

    replica = Replica(url)
    replica.jobs.every(OFTEN, "brief", a_round("brief", lambda: asyncio.sleep(0.01)))
    replica.jobs.every(SELDOM, "held", a_round("held", asyncio.Event().wait))
    replica.jobs.start()
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
