"""Everything that comes in: connecting, dispatching, counting, and what goes wrong on the way."""

import asyncio
import time
from collections import deque
from collections.abc import Callable, Mapping
from typing import Final

from tests.simulators.tws.clients import Client, Clients
from tests.simulators.tws.faults import Fault, Trouble
from tests.simulators.tws.refusals import Refusal
from tests.simulators.tws.wire import Garbled, Reading, Value, frame, read_frame, split

Handler = Callable[[Client, Reading], None]
START_API: Final = 71
_PLACE: Final = 3
_CANCELS: Final = frozenset({4, 58})
_SERVER_SIDE: Final = frozenset({1, 9, 10, 20, 78, 81, 87})
"""What TWS cannot answer by itself while it has lost the server."""
_UNVERSIONED: Final = frozenset({3, 20, 78, 81, 87, 90, 91, 92, 93, 94, 95})
"""Requests whose second field is their id; others have a version before it."""
_WITHOUT_ID: Final = frozenset({5, 6, 8, 12, 13, 14, 15, 16, 17, 49, 58, 59, 61, 64, 91, 99})
_NO_ANSWER: Final = frozenset({2, 11, 14, 25, 59, 63, 64, 75, 77, 90, 93, 95})
"""Nothing is answered to them, so that a fault for reads passes them by."""
_PACE: Final = 50


class Gate:
    """All connections.

    Attributes:
        received: The fields of every message, oldest first.
        paced: More than 50 messages a second end a connection.
        server_lost: TWS has no connection to IBKR.
        crashes: Failures of the simulator itself.
    """

    def __init__(
        self,
        clients: Clients,
        handlers: Mapping[int, Handler],
        kind_of_order: Callable[[Client, Reading], str],
        greet: Callable[[Client, Reading], None],
        greeting: Callable[[int], tuple[int, str]],
    ) -> None:
        """Over the handlers of all messages.

        Args:
            kind_of_order: "order", "change" or, of a what-if, "read".
            greet: What the message startApi does.
            greeting: The version that both speak, by the client's highest, and the time.
        """
        self.received: list[list[str]] = []
        self.troubles: list[Trouble] = []
        self.counts = {"order": 0, "change": 0, "cancel": 0, "read": 0}
        self.crashes: list[Exception] = []
        self.paced = False
        self.server_lost = False
        self._clients = clients
        self._handlers = handlers
        self._kind_of_order = kind_of_order
        self._greet = greet
        self._greeting = greeting
        self._late: set[asyncio.Task[None]] = set()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, until it ends."""
        client = Client(writer)
        self._clients.all.append(client)
        try:
            await self._shake_hands(client, reader)
            await self._listen(client, reader)
        except (EOFError, OSError, Garbled):
            pass
        except Exception as error:  # noqa: BLE001 # a bug here fails the test that met it
            self.crashes.append(error)
        finally:
            self._clients.all.remove(client)

    async def _shake_hands(self, client: Client, reader: asyncio.StreamReader) -> None:
        trouble = self._take("connect")
        name = trouble.fault.name if trouble else ""
        if name == "DROP_BEFORE":
            client.cut()
            raise EOFError
        if trouble is not None and name == "LATE":
            await _until_released(trouble)
        if await reader.readexactly(4) != b"API\0":
            raise Garbled("no handshake")
        versions = (await read_frame(reader)).decode().split(" ")[0]
        _, _, highest = versions.removeprefix("v").rpartition("..")
        client.version, at = self._greeting(int(highest))
        if name in {"SILENCE", "RUBBISH"}:
            client.write(frame(["rubbish", "rubbish"]) if name == "RUBBISH" else b"")
            await reader.read()
            raise EOFError
        client.write(frame([client.version, at]))
        started = await self._started(reader)
        if name == "DROP_AFTER":
            client.cut()
            raise EOFError
        if name == "SILENCE_AFTER":
            await reader.read()
            raise EOFError
        if trouble is not None and name == "ERROR":
            client.error(-1, trouble.fault.code, trouble.fault.text)
            client.close()
            raise EOFError
        self._greet(client, started)

    async def _started(self, reader: asyncio.StreamReader) -> Reading:
        fields = split(await read_frame(reader))
        if fields[0] != str(START_API):
            raise Garbled("not started")
        reading = Reading(fields)
        reading.skip(2)
        return reading

    async def _listen(self, client: Client, reader: asyncio.StreamReader) -> None:
        pace: deque[float] = deque()
        while not client.gone:
            fields = split(await read_frame(reader))
            if client.gone:  # it was on its way when the connection was cut
                return
            self.received.append(fields)
            if self.paced and _too_fast(pace):
                client.error(-1, 100, "Max rate of messages per second has been exceeded")
                client.close()
                return
            self._handle(client, fields)

    # One message

    def _handle(self, client: Client, fields: list[str]) -> None:
        number = int(fields[0])
        kind = self._kind(client, number, fields)
        if kind in self.counts:
            self.counts[kind] += 1
        if self.server_lost and number in _SERVER_SIDE:
            return
        trouble = self._take(kind)
        if trouble is None:
            self._carry_out(client, number, fields)
            return
        fault = trouble.fault
        if fault.name == "ERROR":
            client.error(_about(number, fields), fault.code, fault.text)
        elif fault == Fault.DROP_BEFORE:
            client.cut()
        elif fault != Fault.SILENCE:
            self._spoil(client, number, fields, trouble)
        trouble.reached.set()

    def _spoil(self, client: Client, number: int, fields: list[str], trouble: Trouble) -> None:
        with client.withheld() as kept:
            self._carry_out(client, number, fields)
        if trouble.fault == Fault.DROP_AFTER:
            client.cut()
        elif trouble.fault == Fault.RUBBISH:
            for message in kept:
                client.send(message[0], *("rubbish" for _ in message[1:]))
        elif trouble.fault == Fault.LATE:
            task = asyncio.get_running_loop().create_task(_send_later(client, kept, trouble))
            self._late.add(task)
            task.add_done_callback(self._late.discard)

    def _carry_out(self, client: Client, number: int, fields: list[str]) -> None:
        reading = Reading(fields)
        reading.skip()
        try:
            handler = self._handlers.get(number)
            if handler is None:
                raise Refusal(505, f"Fatal Error: Unknown message id.: {number}")
            handler(client, reading)
        except Refusal as refusal:
            client.error(_about(number, fields), refusal.code, refusal.words)
        except (Garbled, ValueError, ArithmeticError) as error:
            words = f"Server error when reading an API client request.: {error}"
            client.error(_about(number, fields), 320, words)

    def _kind(self, client: Client, number: int, fields: list[str]) -> str:
        if number in _CANCELS:
            return "cancel"
        if number in _NO_ANSWER:
            return ""
        if number != _PLACE:
            return "read"
        reading = Reading(fields)
        reading.skip()
        try:
            return self._kind_of_order(client, reading)
        except (Garbled, ValueError, ArithmeticError):
            return "order"

    def _take(self, kind: str) -> Trouble | None:
        for trouble in self.troubles:
            if trouble.meets(kind):
                trouble.take()
                if kind == "connect":
                    trouble.reached.set()
                return trouble
        return None

    async def settle(self) -> None:
        """Gives up on answers that are still late."""
        tasks = list(self._late)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _about(number: int, fields: list[str]) -> int:
    if number in _WITHOUT_ID:
        return -1
    place = 1 if number in _UNVERSIONED else 2
    try:
        return int(fields[place])
    except (IndexError, ValueError):
        return -1


def _too_fast(pace: deque[float]) -> bool:
    at = time.monotonic()
    pace.append(at)
    while at - pace[0] > 1:
        pace.popleft()
    return len(pace) > _PACE


async def _until_released(trouble: Trouble) -> None:
    try:
        await asyncio.wait_for(trouble.released.wait(), trouble.delay)
    except TimeoutError:
        return


async def _send_later(client: Client, kept: list[tuple[Value, ...]], trouble: Trouble) -> None:
    await _until_released(trouble)
    for message in kept:
        client.send(*message)
