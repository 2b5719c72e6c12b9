"""Who is connected: one API client each, with what it asked to be kept told."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from tests.simulators.tws.listing import Contract
from tests.simulators.tws.wire import Value, frame

ERROR: Final = 4
ADVANCED_REJECT_FROM: Final = 166
"""Errors have one more field from this version on: ib_insync's decoder.py, `errorMsg`."""


@dataclass(slots=True, kw_only=True)
class Stream:
    """Market data or depth that one request keeps."""

    contract: Contract
    kind: int = 1
    rows: int = 0
    smart: bool = False
    sent: dict[int, list[tuple[Decimal, Decimal]]] = field(default_factory=dict)


class Client:
    """One connection.

    Attributes:
        id: The client id; -1 until it has said it.
        version: The protocol's version that both speak.
        market_data_type: 1 live, 2 frozen, 3 delayed, 4 delayed and frozen.
        wants_positions: It is told when a position changes.
        account_updates: The account whose values it is told; empty: none.
        multi: Accounts whose values it is told, by request; likewise below.
        binds_manual: It asked for the orders of TWS itself (client 0 only).
    """

    def __init__(self, writer: asyncio.StreamWriter) -> None:
        """Just connected."""
        self._writer = writer
        self._kept: list[tuple[Value, ...]] | None = None
        self.id = -1
        self.version = 0
        self.ready = False
        self.market_data_type = 1
        self.wants_positions = False
        self.binds_manual = False
        self.account_updates = ""
        self.multi: dict[int, str] = {}
        self.summaries: dict[int, tuple[str, ...]] = {}
        self.positions_multi: dict[int, str] = {}
        self.pnl: dict[int, str] = {}
        self.pnl_single: dict[int, tuple[str, int]] = {}
        self.streams: dict[int, Stream] = {}
        self.depths: dict[int, Stream] = {}

    def send(self, *fields: Value) -> None:
        """One message, unless its connection has ended."""
        if self._kept is not None:
            self._kept.append(fields)
        else:
            self.write(frame(fields))

    def write(self, raw: bytes) -> None:
        """Bytes as they are."""
        if not self._writer.is_closing():
            self._writer.write(raw)

    def error(self, about: int, code: int, words: str) -> None:
        """An error or a notice; `about` is a request, an order or -1."""
        advanced = ("",) if self.version >= ADVANCED_REJECT_FROM else ()
        self.send(ERROR, 2, about, code, words, *advanced)

    @contextmanager
    def withheld(self) -> Iterator[list[tuple[Value, ...]]]:
        """Collects what would be sent meanwhile instead of sending it."""
        before, self._kept = self._kept, []
        try:
            yield self._kept
        finally:
            self._kept = before

    def cut(self) -> None:
        """Ends the connection without another byte."""
        self._writer.transport.abort()

    def close(self) -> None:
        """Ends it after what has been sent."""
        self._writer.close()

    @property
    def gone(self) -> bool:
        """Whether it has ended or is about to."""
        return self._writer.is_closing()


class Clients:
    """All connections that stand."""

    def __init__(self) -> None:
        """Nobody yet."""
        self.all: list[Client] = []

    def __iter__(self) -> Iterator[Client]:
        return iter([client for client in self.all if client.ready and not client.gone])

    def of(self, client_id: int) -> list[Client]:
        """The connection with that id, if it stands."""
        return [client for client in self if client.id == client_id]

    def notice(self, code: int, words: str) -> None:
        """Tells everybody something about no request."""
        for client in self:
            client.error(-1, code, words)
