"""The socket: clients come, their packets are read, and everything can go away and come back."""

import asyncio
from collections.abc import Callable
from typing import Any

from tests.simulators.opend import wire
from tests.simulators.opend.connection import Connection
from tests.simulators.opend.gate import Gate
from tests.simulators.opend.sealing import Seal


class Listener:
    """Accepts on loopback.

    Attributes:
        port: Known from the first `start` on, and kept.
        standing: Connections that are open.
        made: Connections accepted so far.
    """

    def __init__(self, gate: Gate, port: int, rsa: Callable[[], Any]) -> None:
        """`rsa` gives OpenD's key, or None for plain text."""
        self.port = port
        self.standing: list[Connection] = []
        self.made = 0
        self._gate = gate
        self._rsa = rsa
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """On the same port as before."""
        if self._server is not None:
            raise RuntimeError("it listens already")
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Refuses connections and cuts those that stand."""
        server, self._server = self._server, None
        if server is None:
            return
        server.close()
        self.drop()
        if self._tasks:
            await asyncio.wait(self._tasks)
        await server.wait_closed()

    def drop(self) -> None:
        """Cuts all that stand."""
        for connection in self.standing:
            connection.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._server is None:
            writer.transport.abort()
            return
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        connection = Connection(writer)
        rsa = self._rsa()
        connection.seal = None if rsa is None else Seal(rsa)
        self.made += 1
        self.standing.append(connection)
        try:
            while True:
                head = wire.read_head(await reader.readexactly(wire.HEAD.size))
                self._gate.take(connection, head, await reader.readexactly(head.length))
        except (asyncio.IncompleteReadError, ConnectionError, wire.BadPacket):
            connection.abort()
        finally:
            self.standing.remove(connection)
            self._tasks.discard(task)
            writer.close()
