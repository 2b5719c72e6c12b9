"""The sockets: listening on one port of loopback, counting who connects, and going away."""

import asyncio
import contextlib
import socket
import ssl
from asyncio import Server
from typing import Any

from aiohttp import web


class CountingServer(web.Server):
    """aiohttp's low-level server; counts connections.

    Attributes:
        accepted: TCP connections, whatever became of them.
        established: Those that could send a request: behind TLS, after the handshake.
        standing: The transports and sockets of those that stand.
    """

    def __init__(self, handler: Any) -> None:
        """Nothing has connected yet."""
        super().__init__(handler, access_log=None)
        self.accepted = 0
        self.established = 0
        self.standing: dict[asyncio.Transport, Any] = {}
        self.gone = False

    def __call__(self) -> Any:
        """The protocol of a new connection."""
        self.accepted += 1
        return super().__call__()

    def connection_made(self, handler: Any, transport: asyncio.Transport) -> None:
        """See aiohttp."""
        if self.gone:  # it was on its way in when the door closed
            asyncio.get_running_loop().call_soon(transport.abort)
        self.established += 1
        self.standing[transport] = transport.get_extra_info("socket")
        super().connection_made(handler, transport)

    def connection_lost(self, handler: Any, exc: BaseException | None = None) -> None:
        """See aiohttp."""
        self.standing = {t: own for t, own in self.standing.items() if not t.is_closing()}
        super().connection_lost(handler, exc)


class Listener:
    """One port; it can be closed and opened again."""

    def __init__(self, server: CountingServer, ssl_context: ssl.SSLContext | None) -> None:
        """Not listening yet."""
        self.port = 0
        self._server = server
        self._ssl = ssl_context
        self._socket: socket.socket | None = None
        self._listening: Server | None = None
        self._serving: asyncio.Task[None] | None = None

    def listen(self) -> asyncio.Task[None]:
        """Takes connections from now on; on the first call the port is chosen.

        The task answers them; until it has run they wait.
        """
        self._server.gone = False
        if self._serving is None:
            own = socket.socket()
            own.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            own.setblocking(False)
            own.bind(("127.0.0.1", self.port))
            own.listen(128)
            self.port = own.getsockname()[1]
            self._socket = own
            self._serving = asyncio.create_task(self._serve(own))
        return self._serving

    def accept_no_more(self) -> None:
        """Leaves those waiting who have not come in; who is on the way in is turned away.

        asyncio forgets to close a connection that it accepted if the server is closed before the
        next round of the loop (`_accept_connection2`, Python 3.11), so `stop` comes some later.
        """
        self._server.gone = True
        if self._socket is not None:
            asyncio.get_running_loop().remove_reader(self._socket)

    def stop(self) -> None:
        """Refuses connections from now on and cuts those that stand."""
        self._server.gone = True
        if self._serving is not None:
            self._serving.cancel()
            self._serving = None
        if self._listening is not None:
            self._listening.close()
            self._listening = None
        elif self._socket is not None:
            self._socket.close()
        self._socket = None
        for transport, own in self._server.standing.items():
            # Aborting takes effect in the loop's next round; a client's thread may be faster.
            with contextlib.suppress(OSError):
                own.shutdown(socket.SHUT_RDWR)
            if not transport.is_closing():
                transport.abort()
        self._server.standing.clear()

    async def _serve(self, own: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        self._listening = await loop.create_server(
            self._server, sock=own, ssl=self._ssl, start_serving=False
        )
        await self._listening.start_serving()
