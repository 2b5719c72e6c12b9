"""The life of a simulator: it listens, goes away, comes back, and ends."""

import asyncio
import ssl
from types import TracebackType
from typing import Final, Self

from tests.simulators.serving.asking import P
from tests.simulators.serving.gate import Gate
from tests.simulators.serving.listening import CountingServer, Listener
from tests.simulators.serving.sabotage import Sabotage

_ROUNDS: Final = 5
"""Of the loop, from a connection that was accepted to one that is gone."""


class Simulator(Sabotage[P]):
    """A broker on loopback: `async with` it; see `Sabotage` for what a test lets go wrong."""

    def __init__(self, gate: Gate[P], *, ssl_context: ssl.SSLContext | None = None) -> None:
        """With `ssl_context` it speaks TLS."""
        super().__init__(gate)
        self._scheme = "http" if ssl_context is None else "https"
        self._ssl = ssl_context
        self._server: CountingServer
        self._listener: Listener

    async def __aenter__(self) -> Self:
        """Listens on a free port."""
        self._server = CountingServer(self._gate.handle)
        self._listener = Listener(self._server, self._ssl)
        await self._listener.listen()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Ends everything that hangs; fails if the simulator itself had failed."""
        self._gate.closing.set()
        self._listener.accept_no_more()
        for _ in range(_ROUNDS):
            await asyncio.sleep(0)
        self._listener.stop()
        await self._server.shutdown(0.5)
        if error is None and self._gate.crashes:
            raise AssertionError("the simulator itself failed") from self._gate.crashes[0]

    @property
    def url(self) -> str:
        """The scheme, host and port, without a path; known from `async with` on."""
        return f"{self._scheme}://127.0.0.1:{self._listener.port}"

    @property
    def connections(self) -> int:
        """TCP connections accepted so far."""
        return self._server.accepted

    @property
    def handshakes(self) -> int:
        """Connections on which a request could be sent; with TLS, finished handshakes."""
        return self._server.established

    async def stop_listening(self) -> None:
        """Refuses connections and cuts those that stand, until `listen_again`.

        Clients on the same event loop have noticed when it returns.
        """
        self.be_unreachable()
        for _ in range(3):
            await asyncio.sleep(0)

    async def listen_again(self) -> None:
        """On the same port."""
        await self._listener.listen()

    def be_unreachable(self) -> None:
        """`stop_listening` where nothing can be awaited.

        A client on the same event loop that sends at once, before the loop's next rounds, writes
        into its dead connection and does not know what became of it.
        """
        self._listener.stop()

    def be_reachable(self) -> None:
        """`listen_again` where nothing can be awaited: connections are taken from now on."""
        self._listener.listen()
