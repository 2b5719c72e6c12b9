"""Websockets of a simulator: who is connected, what they said, and everything that can go wrong.

A simulator's stream says what is its vendor's own: how it greets, and what it answers. `Gate` sends
upgrades to the stream of their path.
"""

import asyncio
import json
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any

from aiohttp import WSMsgType, web


class Visitor:
    """One open websocket.

    Attributes:
        subscribed: The stream's own memory of what this one wants.
        logged_in: Whether it has proved who it is, where that is asked.
        binary: Whether what is said to it comes in binary frames.
    """

    def __init__(self, request: web.BaseRequest) -> None:
        """Nothing was said."""
        self.headers = request.headers
        self.query = request.rel_url.query
        self.subscribed: set[str] = set()
        self.logged_in = False
        self.binary = False
        self._transport = request.transport
        self._outgoing: asyncio.Queue[str | int] = asyncio.Queue()

    def say(self, message: Any) -> None:
        """Sends JSON; text goes as it is."""
        self._outgoing.put_nowait(message if isinstance(message, str) else json.dumps(message))

    def close(self, code: int = 1000) -> None:
        """Says goodbye, after all that was said before."""
        self._outgoing.put_nowait(code)

    def cut(self) -> None:
        """The connection is gone without a word."""
        if self._transport is not None:
            self._transport.abort()

    async def speak(self, socket: web.WebSocketResponse) -> None:
        """Sends what is said, until it is canceled or has closed."""
        while isinstance(message := await self._outgoing.get(), str):
            if self.binary:
                await socket.send_bytes(message.encode())
            else:
                await socket.send_str(message)
        await socket.close(code=message)


class Stream(ABC):
    """All websockets of one path.

    Attributes:
        opened: How many there ever were.
        standing: Those that are open.
        heard: Every message of theirs that is JSON, in order.
        refuses: The HTTP status that a new one gets in place of a websocket.
        silent: What is heard is not answered, and nobody is greeted.
        most: How many may be open at once; see `too_many`.
    """

    def __init__(self) -> None:
        """Nobody is connected."""
        self.opened = 0
        self.standing: list[Visitor] = []
        self.heard: list[Any] = []
        self.refuses: int | None = None
        self.silent = False
        self.most: int | None = None
        self._changed = asyncio.Event()

    # What a simulator gives

    def greet(self, visitor: Visitor) -> None:  # noqa: B027 - most greet nobody
        """Says what is said first."""

    @abstractmethod
    def answer(self, visitor: Visitor, message: Any) -> None:
        """Answers one message."""

    def too_many(self, visitor: Visitor) -> None:
        """Tells one that came over `most`; usually it is closed."""
        visitor.close(1008)

    # What a test does

    def cut(self) -> None:
        """All connections are gone without a word."""
        for visitor in list(self.standing):
            visitor.cut()

    def say(self, message: Any) -> None:
        """Says something to everybody; text goes as it is."""
        for visitor in self.standing:
            visitor.say(message)

    async def until(self, true: Callable[[], bool]) -> None:
        """Waits until that is true of the stream.

        Raises:
            TimeoutError: It never was.
        """
        async with asyncio.timeout(20):
            while not true():
                self._changed.clear()
                await self._changed.wait()

    # What the gate does

    async def serve(self, request: web.BaseRequest) -> web.StreamResponse:
        """One websocket, from its opening to its end."""
        if self.refuses is not None:
            return web.Response(status=self.refuses)
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        visitor = Visitor(request)
        self.opened += 1
        self.standing.append(visitor)
        self._changed.set()
        speaking = asyncio.create_task(visitor.speak(socket))
        try:
            if self.most is not None and len(self.standing) > self.most:
                self.too_many(visitor)
            elif not self.silent:
                self.greet(visitor)
            async for message in socket:
                if message.type is WSMsgType.TEXT:
                    self._hear(visitor, json.loads(message.data))
        finally:
            self.standing.remove(visitor)
            self._changed.set()
            speaking.cancel()
            await asyncio.gather(speaking, return_exceptions=True)
        return socket

    def _hear(self, visitor: Visitor, message: Any) -> None:
        self.heard.append(message)
        if not self.silent:
            self.answer(visitor, message)
        self._changed.set()
