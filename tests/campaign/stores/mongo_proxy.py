"""A proxy before a MongoDB server: it cuts connections, loses answers, or answers for the server.

Wire protocol: https://www.mongodb.com/docs/manual/reference/mongodb-wire-protocol/ (OP_MSG).
"""

import asyncio
import struct
from asyncio import StreamReader, StreamWriter
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from enum import StrEnum
from typing import Any, Final, Self
from urllib.parse import urlsplit

import bson

_HEADER: Final = struct.Struct("<iiii")
_OP_MSG: Final = 2013
_BODY: Final = 0
_MORE_TO_COME: Final = 1 << 1
_OWN: Final = frozenset({"hello", "ismaster", "endsessions", "ping"})
"""What drivers send by themselves; nothing goes wrong with these."""

_SLOW_SECONDS: Final = 0.05


class Outage(StrEnum):
    """What becomes of a command. "After" is when the server has carried it out."""

    CUT_BEFORE = "cut before the server"
    CUT_AFTER = "cut before the answer"
    STEPPED_DOWN = "not primary"
    STEPPED_DOWN_AFTER = "stepped down meanwhile"
    SHUTTING_DOWN_AFTER = "shut down meanwhile"
    DISK_FULL = "disk full"
    SWALLOWED = "black hole"
    ANSWER_SWALLOWED = "answer lost"
    SLOW = "slow"


_ERRORS: Final[Mapping[Outage, tuple[int, str]]] = {
    Outage.STEPPED_DOWN: (10107, "NotWritablePrimary"),
    Outage.STEPPED_DOWN_AFTER: (11602, "InterruptedDueToReplStateChange"),
    Outage.SHUTTING_DOWN_AFTER: (11600, "InterruptedAtShutdown"),
    Outage.DISK_FULL: (14031, "OutOfDiskSpace"),
}
"""https://github.com/mongodb/mongo/blob/master/src/mongo/base/error_codes.yml"""

_FOR_GOOD: Final = frozenset({14031})

_BEFORE: Final = frozenset(
    {Outage.CUT_BEFORE, Outage.STEPPED_DOWN, Outage.DISK_FULL, Outage.SWALLOWED}
)


class MongoProxy:
    """One port before one server.

    Attributes:
        outage: What befalls commands now; None: nothing.
        times: How many more commands it befalls; None: all until it is lifted.
        writes: How often each write came, by session and number: the driver repeats some.
    """

    def __init__(self, uri: str) -> None:
        """Nothing listens yet."""
        self._server = urlsplit(uri)
        self.outage: Outage | None = None
        self.times: int | None = None
        self.writes: Counter[tuple[bytes, int]] = Counter()
        self._standing: set[StreamWriter] = set()
        self._listening: asyncio.Server

    async def __aenter__(self) -> Self:
        """Listens on a free loopback port."""
        self._listening = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        return self

    async def __aexit__(self, *_: object) -> None:
        """Cuts everything."""
        self._listening.close()
        for writer in self._standing:
            writer.transport.abort()
        await asyncio.sleep(0)

    @property
    def repeated(self) -> int:
        """Writes that came more than once."""
        return sum(times > 1 for times in self.writes.values())

    @property
    def uri(self) -> str:
        """For the driver, which must not ask the server for another way to it."""
        port = self._listening.sockets[0].getsockname()[1]
        return f"mongodb://127.0.0.1:{port}/?directConnection=true"

    async def _serve(self, reader: StreamReader, writer: StreamWriter) -> None:
        server_reader, server_writer = await asyncio.open_connection(
            self._server.hostname, self._server.port
        )
        ends = {writer, server_writer}
        self._standing |= ends
        with suppress(OSError, EOFError):
            while True:
                message = await _read(reader)
                if not await self._passed(message, server_reader, server_writer, writer):
                    break
        self._standing -= ends
        for end in ends:
            end.transport.abort()

    async def _passed(
        self, message: bytes, reader: StreamReader, server: StreamWriter, client: StreamWriter
    ) -> bool:
        """Whether the connection still stands after a command."""
        command = _command(message)
        self._note(command)
        outage = self._taken(command)
        if outage is Outage.CUT_BEFORE:
            return False
        answer = b""
        if outage not in _BEFORE:
            server.write(message)
            if _flags(message) & _MORE_TO_COME:
                return True  # a write of which nobody wants to hear
            answer = await _read(reader)
        if outage is Outage.CUT_AFTER:
            return False
        if outage in _ERRORS:
            answer = _refusal(message, *_ERRORS[outage], repeat="txnNumber" in command)
        if outage is Outage.SLOW:
            await asyncio.sleep(_SLOW_SECONDS)
        if outage not in {Outage.SWALLOWED, Outage.ANSWER_SWALLOWED}:
            client.write(answer)
            await client.drain()
        return True

    def _taken(self, command: Mapping[str, Any]) -> Outage | None:
        name = next(iter(command), "").lower()
        if self.outage is None or self.times == 0 or not name or name in _OWN:
            return None
        if self.times is not None:
            self.times -= 1
        return self.outage

    def _note(self, command: Mapping[str, Any]) -> None:
        """Remembers every write that may be repeated."""
        if "txnNumber" in command:
            self.writes[bytes(command["lsid"]["id"]), int(command["txnNumber"])] += 1


async def _read(reader: StreamReader) -> bytes:
    head = await reader.readexactly(_HEADER.size)
    return head + await reader.readexactly(_HEADER.unpack(head)[0] - _HEADER.size)


def _flags(message: bytes) -> int:
    if _HEADER.unpack_from(message)[3] != _OP_MSG:
        return 0
    return int.from_bytes(message[16:20], "little")


def _command(message: bytes) -> dict[str, Any]:
    """The command with its lists of documents; empty for the greeting's older form."""
    if _HEADER.unpack_from(message)[3] != _OP_MSG:
        return {}
    command: dict[str, Any] = {}
    lists: dict[str, list[dict[str, Any]]] = {}
    at = 20
    while at < len(message):
        kind, at = message[at], at + 1
        size = int.from_bytes(message[at : at + 4], "little")
        part = message[at : at + size]
        at += size
        if kind == _BODY:
            command = bson.decode(part)
            continue
        name, _, documents = part[4:].partition(b"\0")
        lists[name.decode()] = bson.decode_all(documents)
    return {**command, **lists}


def _refusal(message: bytes, code: int, name: str, *, repeat: bool) -> bytes:
    """The server's own error, in answer to `message`; with it drivers are told to repeat writes."""
    told: dict[str, Any] = {"ok": 0.0, "errmsg": name, "code": code, "codeName": name}
    if repeat and code not in _FOR_GOOD:
        told["errorLabels"] = ["RetryableWriteError"]
    body = b"\0\0\0\0" + bytes([_BODY]) + bson.encode(told)
    answers = _HEADER.unpack_from(message)[1]
    return _HEADER.pack(_HEADER.size + len(body), 1, answers, _OP_MSG) + body
