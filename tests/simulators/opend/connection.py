"""One client's connection, and what OpenD knows of it."""

import asyncio
from typing import Any

from tests.simulators.opend import wire
from tests.simulators.opend.sealing import Seal


class Connection:
    """A TCP connection.

    Attributes:
        id: `connID`; 0 before InitConnect.
        wants_notices: Whether it asked for `Notify`.
        accounts: Whose orders are pushed to it.
        subscriptions: Kinds of quotes by code, such as {"US.AAPL": {1}} (`Qot_Common.SubType`).
        pushed: Those of them that are pushed.
        serials: Of its `PacketID`s so far.
    """

    def __init__(self, writer: asyncio.StreamWriter) -> None:
        """Just accepted."""
        self.id = 0
        self.wants_notices = False
        self.accounts: set[int] = set()
        self.subscriptions: dict[str, set[int]] = {}
        self.pushed: dict[str, set[int]] = {}
        self.serials: set[int] = set()
        self.seal: Seal | None = None
        self._writer = writer
        self._pushes = 0

    def send(self, proto_id: int, serial: int, body: bytes, *, broken: bool = False) -> None:
        """A packet, encrypted if the connection is; `broken` with a hash of something else."""
        if self._writer.is_closing():
            return
        sealed = None if self.seal is None else self.seal.seal(proto_id, body)
        packet = wire.pack(proto_id, serial, body, sealed=sealed)
        if broken:
            packet = packet[:16] + bytes(20) + packet[36:]
        self._writer.write(packet)

    def push(self, name: str, s2c: Any) -> None:
        """A message that nobody asked for."""
        self._pushes += 1
        number = wire.NUMBERS[name]
        self.send(number, self._pushes, wire.response(number, s2c))

    def abort(self) -> None:
        """Cuts it at once."""
        self._writer.transport.abort()
