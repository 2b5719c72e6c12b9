"""Everything that serves, each part a process of its own."""

import asyncio
import json
import random
import tempfile
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from tests.campaign.fleet.balancer import Balancer
from tests.campaign.fleet.replica import ROLE
from tests.campaign.people import prepare
from tests.campaign.processes import Exchange, Forks, Place, place_on
from tests.campaign.replica import PACE
from tests.redis_server import RedisServer, free_port

NEEDS: Final = ("nginx", "redis-server")
_OPENER: Final = urllib.request.build_opener(urllib.request.ProxyHandler({}))


@dataclass(slots=True)
class Fleet:
    """The replicas and what stands around them.

    Attributes:
        address: The load balancer's.
        killed: How many replicas were, so far.
    """

    place: Place
    exchange: Exchange
    redis: RedisServer
    address: str
    forks: Forks
    ports: list[int]
    pids: dict[int, int] = field(default_factory=dict)
    killed: int = 0

    def start(self, port: int) -> None:
        """A new process that listens there."""
        work = {
            "place": self.place.plain(),
            "urls": dict(self.exchange.urls),
            "redis": self.redis.url,
            "port": port,
            "settings": PACE,
        }
        self.pids[port] = self.forks.stays(work)

    def one_dies(self, chance: random.Random) -> None:
        """SIGKILL, and a new one in its place."""
        port = chance.choice(self.ports)
        self.forks.kill(self.pids[port])
        self.killed += 1
        self.start(port)

    def readiness(self) -> tuple[int, Mapping[str, Any]]:
        """Status and body of `/readyz` of the first replica."""
        try:
            with _OPENER.open(f"http://127.0.0.1:{self.ports[0]}/readyz", timeout=10) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as refused:
            return refused.code, json.load(refused)


@contextmanager
def fleet_of(count: int, engine: str) -> Iterator[Fleet]:
    """So many replicas on an empty store, with everybody linked."""
    with (
        tempfile.TemporaryDirectory() as folder,
        place_on(engine) as place,
        Exchange() as exchange,
        Forks(ROLE) as forks,
    ):
        asyncio.run(prepare(place, exchange.urls))
        ports = [free_port() for _ in range(count)]
        for name in ("redis", "nginx"):
            (Path(folder) / name).mkdir()
        redis = RedisServer(str(Path(folder) / "redis"))
        redis.start()
        try:
            with Balancer(Path(folder) / "nginx", ports) as balancer:
                fleet = Fleet(
                    place=place,
                    exchange=exchange,
                    redis=redis,
                    address=f"http://127.0.0.1:{balancer.port}",
                    forks=forks,
                    ports=ports,
                )
                for port in ports:
                    fleet.start(port)
                yield fleet
        finally:
            redis.stop()
