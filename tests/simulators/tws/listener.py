"""The socket: listening on one port of loopback, going away and coming back at once."""

import asyncio
import contextlib
import socket
from collections.abc import Awaitable, Callable

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


class Listener:
    """One port; whoever connects is served in a task of their own.

    Attributes:
        accepted: Connections that were taken, whatever became of them.
    """

    def __init__(self, serve: Serve, port: int) -> None:
        """Not listening yet; with port 0 one is chosen on the first `open`."""
        self.port = port
        self.accepted = 0
        self._serve = serve
        self._socket: socket.socket | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def is_open(self) -> bool:
        """Whether connections are taken."""
        return self._socket is not None

    def open(self) -> None:
        """Takes connections from now on."""
        if self._socket is not None:
            return
        own = socket.socket()
        own.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        own.setblocking(False)
        own.bind(("127.0.0.1", self.port))
        own.listen(16)
        self.port = own.getsockname()[1]
        self._socket = own
        asyncio.get_running_loop().add_reader(own, self._accept)

    def close(self) -> None:
        """New connections are refused from now on; those that stand are not touched."""
        if self._socket is not None:
            asyncio.get_running_loop().remove_reader(self._socket)
            self._socket.close()
            self._socket = None

    async def settle(self) -> None:
        """Ends the tasks of all connections."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _accept(self) -> None:
        assert self._socket is not None
        with contextlib.suppress(BlockingIOError):
            connection, _ = self._socket.accept()
            self.accepted += 1
            task = asyncio.get_running_loop().create_task(self._run(connection))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _run(self, connection: socket.socket) -> None:
        connection.setblocking(False)
        try:
            reader, writer = await asyncio.open_connection(sock=connection)
        except OSError:  # it has gone again
            connection.close()
            return
        try:
            await self._serve(reader, writer)
        finally:
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()
