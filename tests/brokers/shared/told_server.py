"""A server that says what it was told to, byte for byte, and remembers what it heard."""

import asyncio
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import TracebackType


@dataclass(frozen=True, slots=True)
class Said:
    """One answer.

    Attributes:
        pause: Seconds between two bytes of the body; the head comes at once.
        never: Nothing is said at all.
    """

    status: int = 200
    body: bytes = b"{}"
    headers: Mapping[str, str] = field(default_factory=dict)
    pause: float = 0.0
    never: bool = False


@dataclass(frozen=True, slots=True)
class Heard:
    """One request."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes


class ToldServer:
    """Answers in the order in which it was told, the last one for ever."""

    def __init__(self, *said: Said, ssl_context: ssl.SSLContext | None = None) -> None:
        """Says `said`, or an empty object."""
        self._said = list(said) or [Said()]
        self._ssl = ssl_context
        self._server: asyncio.Server
        self._open: dict[asyncio.StreamWriter, asyncio.Task[None]] = {}
        self.heard: list[Heard] = []
        self.connections = 0
        self.reached = asyncio.Event()

    async def __aenter__(self) -> "ToldServer":
        """Listens on a free port."""
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0, ssl=self._ssl)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Cuts every connection, and waits until its socket is closed."""
        self._server.close()
        open_ones = dict(self._open)
        for writer, task in open_ones.items():
            task.cancel()
            writer.transport.abort()
        await asyncio.gather(*open_ones.values(), return_exceptions=True)
        for _ in range(3):
            await asyncio.sleep(0)

    @property
    def url(self) -> str:
        """Where it listens."""
        scheme = "http" if self._ssl is None else "https"
        return f"{scheme}://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        task = asyncio.create_task(self._serve(reader, writer))
        self._open[writer] = task
        task.add_done_callback(lambda _: self._open.pop(writer, None))

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while await self._answer(reader, writer):
                pass
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # the other side has gone
        finally:
            writer.transport.abort()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        first, *lines = head.rstrip("\r\n").split("\r\n")
        method, target, _ = first.split(" ")
        headers = dict(line.split(": ", 1) for line in lines)
        body = await reader.readexactly(int(headers.get("Content-Length", 0)))
        self.heard.append(Heard(method, target, headers, body))
        said = self._said.pop(0) if len(self._said) > 1 else self._said[0]
        self.reached.set()
        if said.never:
            await asyncio.Event().wait()
        told = {"Content-Length": str(len(said.body)), **said.headers}
        shown = "".join(f"{name}: {value}\r\n" for name, value in told.items())
        writer.write(f"HTTP/1.1 {said.status} Told\r\n{shown}\r\n".encode())
        if not said.pause:
            writer.write(said.body)
        for place in range(len(said.body) if said.pause else 0):
            writer.write(said.body[place : place + 1])
            await writer.drain()
            await asyncio.sleep(said.pause)
        await writer.drain()
        return True
