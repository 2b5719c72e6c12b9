"""Ports of this machine that take connections, or do not."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from floorbroker.brokers.registry import get_broker
from floorbroker.brokers.spec import BrokerSpec


class Ear:
    """A port that takes connections and says nothing."""

    def __init__(self, server: socket.socket) -> None:
        server.setblocking(False)
        self._server = server
        self.port: int = server.getsockname()[1]

    def heard(self) -> int:
        """How many have connected since the last time that this was asked."""
        count = 0
        while True:
            try:
                connection, _ = self._server.accept()
            except BlockingIOError:
                return count
            connection.close()
            count += 1


@contextmanager
def ear() -> Iterator[Ear]:
    """Listens on a free port."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield Ear(server)


@contextmanager
def nobody() -> Iterator[int]:
    """A port that is taken, so that no other test gets it, and refuses every connection."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken.getsockname()[1]


def at_ports(broker: str, ports: dict[int, str], **changes: Any) -> BrokerSpec:
    """The broker as its manifest has it, but for what its gateway's ports are."""
    spec = get_broker(broker)
    assert spec.gateway is not None
    gateway = replace(spec.gateway, ports=tuple(ports.items()), port=next(iter(ports)), **changes)
    return replace(spec, gateway=gateway)
