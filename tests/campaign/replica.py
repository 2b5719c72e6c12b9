"""One of several bots on one store: it gets what Discord's gateway delivers, and can be killed.

The child listens on a socket of its own; each line is a list of payloads, which discord.py gets all
at once, as its websocket would hand them over. The answer comes when all of them are dealt with; it
comes at once, and counts the child's tasks, where the line is `{"load": payloads}`.
"""

import asyncio
import json
import socket
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from floorbroker.bootstrap import App
from floorbroker.cli.run import ANSWERING
from tests.campaign.forking import Ready
from tests.campaign.kills_life import AheadClock
from tests.campaign.people import bot
from tests.campaign.processes import Exchange, Forks, Place
from tests.simulators.discord import click, slash

ROLE: Final = "tests.campaign.replica:serve"
_LONGEST_LINE: Final = 2**24
_PATIENCE_SECONDS: Final = 240.0
_PAUSE_SECONDS: Final = 0.002
PACE: Final[Mapping[str, Any]] = {"order_deadline_seconds": 5.0, "claim_seconds": 11.0}
"""Nothing is slow here but the machine."""

Payload = dict[str, Any]


def serve(work: Mapping[str, Any], ready: Ready) -> None:
    """A child's whole life, which only a kill ends."""
    asyncio.run(_serve(work, ready))


async def _serve(work: Mapping[str, Any], ready: Ready) -> None:
    place, clock = Place(**work["place"]), AheadClock(work["ahead"])
    async with bot(work["urls"], place, clock, **{**PACE, **work["settings"]}) as app:

        async def answer(lines: asyncio.StreamReader, out: asyncio.StreamWriter) -> None:
            while line := await lines.readline():
                given = json.loads(line)
                if isinstance(given, dict):
                    _hand_over(app, given["load"])
                else:
                    await _deal_with(app, given)
                out.write(f"{len(asyncio.all_tasks())}\n".encode())
                await out.drain()

        await asyncio.start_unix_server(answer, work["socket"], limit=_LONGEST_LINE)
        ready()
        await asyncio.Event().wait()


async def _deal_with(app: App, payloads: Sequence[Payload]) -> None:
    _hand_over(app, payloads)
    quiet = 0
    while quiet < 3:  # one task may hand over to another
        await asyncio.sleep(_PAUSE_SECONDS)
        quiet = 0 if _busy(app) else quiet + 1


def _busy(app: App) -> bool:
    """Whether anything is answered or carried out; what listens or looks out never ends."""
    names = (task.get_name() for task in asyncio.all_tasks())
    return bool(app.supervisor._work) or any(name.startswith(ANSWERING) for name in names)


def _hand_over(app: App, payloads: Sequence[Payload]) -> None:
    for payload in payloads:
        app.bot._connection.parse_interaction_create(payload)


class Replica:
    """The other end of a child's socket."""

    def __init__(self, forks: Forks, work: Mapping[str, Any], path: Path) -> None:
        """Starts it; `path` is where its socket will be."""
        self._forks = forks
        self._path = path
        self._work = work
        self.start()

    def work(self, ahead: float = 0) -> dict[str, Any]:
        """What its child is told."""
        return {**self._work, "socket": str(self._path), "ahead": ahead}

    def start(self) -> None:
        """A new process, on the same store."""
        self._path.unlink(missing_ok=True)  # of the one before, which was killed
        self.pid = self._forks.stays(self.work())
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.settimeout(_PATIENCE_SECONDS)
        self._socket.connect(str(self._path))

    def feed(self, payloads: Sequence[Payload]) -> None:
        """Delivers them; `dealt_with` says when it is through."""
        self._socket.sendall(json.dumps(payloads).encode() + b"\n")

    def dealt_with(self) -> bool:
        """Waits; False if it died before.

        Raises:
            TimeoutError: It does neither.
        """
        try:
            return self._socket.recv(16).endswith(b"\n")
        except ConnectionResetError:
            return False

    def load(self, payloads: Sequence[Payload]) -> int:
        """Delivers them and waits for nothing; how many tasks the bot has."""
        self._socket.sendall(json.dumps({"load": payloads}).encode() + b"\n")
        return int(self._socket.recv(16))

    def kill(self) -> None:
        """SIGKILL; whoever delivers to it again starts it first."""
        self._forks.kill(self.pid)
        self.close()

    def close(self) -> None:
        """This end only."""
        self._socket.close()


@contextmanager
def replicas(
    count: int, place: Place, exchange: Exchange, forks: Forks, **settings: Any
) -> Iterator[list[Replica]]:
    """So many, running."""
    work = {"place": place.plain(), "urls": dict(exchange.urls), "settings": settings}
    with tempfile.TemporaryDirectory() as folder:
        running = [Replica(forks, work, Path(folder) / str(n)) for n in range(count)]
        try:
            yield running
        finally:
            for one in running:
                one.close()


def a_buy(user_id: str, **options: str) -> Payload:
    """`/buy`, typed once."""
    return slash("buy", user_id, **options)


def a_click(action: str, order_id: str, user_id: str) -> Payload:
    """A click on a button of an order's card."""
    return a_button(f"fb:{action}:{order_id}", user_id)


def a_button(custom_id: str, user_id: str) -> Payload:
    """A click on a button by its custom id."""
    button = {"type": 2, "style": 3, "label": "x", "custom_id": custom_id}
    return click(custom_id, user_id, {"components": [{"type": 1, "components": [button]}]})


def origin_of(payload: Payload) -> str:
    """The origin key of whatever it makes."""
    return f"discord:{payload['id']}"
