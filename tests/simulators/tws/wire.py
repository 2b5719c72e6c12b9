"""The TWS API's framing: a length of four bytes, then fields that each end with a NUL."""

import asyncio
import struct
from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

ZONED_FROM: Final = 174
"""From which server version times name their zone; that it is this one is unverified."""
LONGEST: Final = 0xFFFFFF
"""As `MAX_MSG_LEN` of ibapi's common.py."""
UNSET_DOUBLE: Final = "1.7976931348623157E308"
"""How TWS, which is Java, writes a number that is not there."""

_NO_NUMBER: Final = Decimal("1e300")

Value = str | int | Decimal | bool | None


class Garbled(Exception):
    """What came in is no message of the protocol."""


def text(value: Value) -> str:
    """One field as TWS writes it; None is an empty one."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    return str(value)


def frame(fields: Iterable[Value]) -> bytes:
    """A whole message."""
    body = "".join(f"{text(field)}\0" for field in fields).encode()
    return struct.pack(">I", len(body)) + body


async def read_frame(reader: asyncio.StreamReader) -> bytes:
    """The body of the next message.

    Raises:
        EOFError: The connection has ended.
        Garbled: Its length is none.
    """
    (length,) = struct.unpack(">I", await reader.readexactly(4))
    if length > LONGEST:
        raise Garbled(length)
    return await reader.readexactly(length)


def split(body: bytes) -> list[str]:
    """The fields of a body."""
    return body.decode().split("\0")[:-1]


class Reading:
    """Reads a request's fields one after the other."""

    def __init__(self, fields: Sequence[str]) -> None:
        """From the first, which is the message's number."""
        self._fields = fields
        self._at = 0

    def word(self) -> str:
        """The next field as it is."""
        if self._at >= len(self._fields):
            raise Garbled(f"ends after {self._at} fields")
        self._at += 1
        return self._fields[self._at - 1]

    def skip(self, count: int = 1) -> None:
        """Passes over fields that do not matter here."""
        for _ in range(count):
            self.word()

    def whole(self) -> int:
        """A whole number; an empty field is 0."""
        return int(self.word() or 0)

    def number(self) -> Decimal | None:
        """A number; None where the field is empty, or the highest double, which ibapi sends."""
        given = self.word()
        if not given or given == "Infinite":
            return None
        value = Decimal(given)
        return None if value > _NO_NUMBER else value

    def flag(self) -> bool:
        """A switch."""
        return bool(self.whole())

    @property
    def left(self) -> int:
        """How many fields have not been read."""
        return len(self._fields) - self._at


def moment(at: datetime, zone: str, version: int) -> str:
    """A time in the zone of TWS's login; without its name for clients of old versions."""
    local = at.astimezone(ZoneInfo(zone))
    if version >= ZONED_FROM:
        return f"{local:%Y%m%d %H:%M:%S} {zone}"
    return f"{local:%Y%m%d  %H:%M:%S}"
