"""A websocket as the server holds it: what came over it, what goes out, and its sudden end."""

import asyncio
import json
from collections.abc import Callable
from typing import Any

from aiohttp import WSMsgType, web

from tests.simulators.alpaca.people import Person


class Line:
    """One connection.

    Attributes:
        path: Where it was opened.
        person: Whoever proved to be it.
        heard: What the client said, in order.
        binary: Whether answers go out in binary frames.
    """

    def __init__(self, request: web.BaseRequest, *, binary: bool, deaf: bool) -> None:
        """Not open yet. A deaf one answers no ping."""
        self.path = request.rel_url.path
        self.person: Person | None = None
        self.heard: list[dict[str, Any]] = []
        self.binary = binary
        self._request = request
        self._socket = web.WebSocketResponse(autoping=not deaf)
        self._outgoing: asyncio.Queue[bytes | None] = asyncio.Queue()

    def say(self, message: Any) -> None:
        """Sends JSON; nobody is waited for."""
        self.say_raw(json.dumps(message).encode())

    def say_raw(self, words: bytes) -> None:
        """Sends whatever it is."""
        self._outgoing.put_nowait(words)

    def hang_up(self) -> None:
        """Says goodbye after what was said."""
        self._outgoing.put_nowait(None)

    def cut(self) -> None:
        """The connection is gone, without a word."""
        if self._request.transport is not None:
            self._request.transport.abort()

    async def serve(self, begin: Callable[[], None], hear: Callable[[Any], None]) -> Any:
        """Open until one of the two ends it; `hear` gets every message that is JSON."""
        await self._socket.prepare(self._request)
        begin()
        writing = asyncio.create_task(self._write())
        try:
            async for message in self._socket:
                if message.type in {WSMsgType.TEXT, WSMsgType.BINARY}:
                    told = json.loads(message.data)
                    self.heard.append(told)
                    hear(told)
        finally:
            writing.cancel()
            await asyncio.gather(writing, return_exceptions=True)
        return self._socket

    async def _write(self) -> None:
        while (words := await self._outgoing.get()) is not None:
            if self.binary:
                await self._socket.send_bytes(words)
            else:
                await self._socket.send_str(words.decode())
        await self._socket.close()
