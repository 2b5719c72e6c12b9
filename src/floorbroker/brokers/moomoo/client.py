"""One connection to OpenD over the vendor's SDK, in OpenD's own messages: each sent once.

Of moomoo-api the connection is used (common/open_context_base.py) and the messages (common/pb). Its
ready-made calls are not: they drop `retType`, which tells a refusal from an answer that OpenD never
got; they look the accounts up before each request, and ask up to three times for the order that
they placed (trade/open_trade_context.py); and while a connection is made anew they wait for ever.

The SDK is imported in a thread when the first connection opens: it takes seconds, and in the main
thread it would take SIGINT for itself (__init__.py, `quit_handler`).
"""

import asyncio
import importlib
import logging
import os
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import cache
from typing import Any, Final

from floorbroker.brokers.moomoo.errors import no_room_for_a_log, not_complete
from floorbroker.brokers.moomoo.refusals import Garbled, Refusal
from floorbroker.brokers.shared.wire import Unanswered

SOCKET_SECONDS: Final = 3.0
PUSHES: Final = ("Notify", "Trd_UpdateOrder", "Trd_UpdateOrderFill", "Qot_UpdateBasicQot")
_OK: Final = 0
_SILENT: Final = logging.CRITICAL + 1
_loading: Final = threading.Lock()

Pushed = Callable[[str, Any], None]
"""Hears the name and content of each message that nobody asked for; called on the loop."""

Gone = Callable[[], None]
"""Hears that the connection ended; called on the loop."""


def load() -> None:
    """Imports the SDK; blocks.

    Raises:
        BrokerError: It cannot be imported, and why.
    """
    with _loading:
        if "moomoo" not in sys.modules:
            try:
                _import_apart()
            except OSError as error:
                raise no_room_for_a_log() from error
            except SystemExit as error:  # what it does where a package is missing (`_check_module`)
                raise not_complete() from error
        _silence()


def connection(host: str, port: int, pushed: Pushed, gone: Gone) -> Any:
    """A connection that has not begun; `load` comes first. See `_kind`."""
    return _kind()(host, port, asyncio.get_running_loop(), pushed, gone)


async def ask(opened: Any, name: str, fields: Mapping[str, Any], seconds: float) -> Any:
    """The content of OpenD's answer to one request, which is sent once.

    Nobody's thread waits for it. Who stops waiting leaves nothing behind.

    Args:
        name: Of the messages, such as `Trd_PlaceOrder`.
        fields: By their names in the `.proto`; the id of the packet is added where one is needed.

    Raises:
        Unanswered: No connection, no answer in time, or the connection ended before it.
        Garbled: The answer is no message.
        Refusal: OpenD says that it did not do it, or does not know.
    """
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[Any] = loop.create_future()

    def ring(about: Any) -> None:
        with suppress(RuntimeError):  # the loop has ended meanwhile
            loop.call_soon_threadsafe(_settle, answer, about)

    sent = opened.send(name, fields, ring)
    try:
        async with asyncio.timeout(seconds):
            about = await answer
    except TimeoutError as error:
        raise Unanswered(sent=True, late=True) from error
    finally:
        opened.forget(sent)
    return _content(about)


@cache
def _kind() -> type[Any]:
    """The SDK's connection, made so that it neither waits for itself nor comes back by itself."""
    base = importlib.import_module("moomoo.common.open_context_base")
    utils = importlib.import_module("moomoo.common.utils")
    proto_id = importlib.import_module("moomoo.common.constant").ProtoId
    named = {getattr(proto_id, name): name for name in PUSHES}

    class Connection(base.OpenContextBase):  # type: ignore[misc, name-defined] # no types there
        """From its opening to its end; the next one is another object."""

        def __init__(
            self, host: str, port: int, loop: asyncio.AbstractEventLoop, pushed: Pushed, gone: Gone
        ) -> None:
            self._address = (host, port)
            self._loop, self._told, self._gone = loop, pushed, gone
            # "Async" leaves the connecting to a timer, and that to `_auto_reconnect`.
            super().__init__(host, port, is_encrypt=False, is_async_connect=True)

        @property
        def _auto_reconnect(self) -> bool:
            return False

        @_auto_reconnect.setter
        def _auto_reconnect(self, _: bool) -> None:
            """The SDK sets it; it stays off."""

        def open(self) -> None:
            """Connects and greets; blocks, and ends when `close` is called."""
            with self._lock:
                self._status = base.ContextStatus.CONNECTING
                _, begun = self._net_mgr.connect(
                    self._address, self, SOCKET_SECONDS, False, is_sync=True
                )
                self._conn_id = begun.conn_id
            if not begun.event.wait(SOCKET_SECONDS + 1) or begun.err is not base.ConnectErr.Ok:
                raise Unanswered(sent=False, late=False)
            ret, words = self._send_init_connect_sync()
            if ret != _OK:
                raise Refusal(ret, 0, str(words))

        def send(self, name: str, fields: Mapping[str, Any], ring: Callable[[Any], None]) -> Any:
            """Hands one request over; `ring` is called once, in the SDK's thread."""
            number, serial = getattr(proto_id, name), utils.get_unique_id32()
            request = _messages(name).Request(c2s=fields)
            if "packetID" in request.c2s.DESCRIPTOR.fields_by_name:
                request.c2s.packetID.connID = self._opend_conn_id
                request.c2s.packetID.serialNo = serial
            _, _, packet, _, _ = utils.pack_pb_req(request, number, self._opend_conn_id, serial)
            sent = utils.ProtoInfo(number, serial)
            about = base.ReqInfo(number, serial, time.time(), is_sync=False)
            about.event = _Bell(lambda: ring(about))
            with self._lock:
                if not self.can_send_proto(number):
                    raise Unanswered(sent=False, late=False)
                self._req_map[sent] = about
                self._net_mgr.send(self._conn_id, packet)
            return sent

        def forget(self, sent: Any) -> None:
            """An answer that comes later is dropped."""
            with self._lock:
                self._req_map.pop(sent, None)

        def handle_push(
            self, conn_id: int, proto_id: int, serial_no: int, rsp_pb: Any, err: Any, msg: str
        ) -> None:
            """Past the SDK's handlers and their thread."""
            name = named.get(proto_id)
            if name and err is base.PacketErr.Ok and rsp_pb.retType == _OK:
                self._tell(self._told, name, rsp_pb.s2c)

        def on_connect(self, conn_id: Any, conn_info: Any = None) -> None:
            """Where connecting ends at once, the SDK leaves the id out (network_manager.py)."""
            info = conn_id if conn_info is None else conn_info
            super().on_connect(info.conn_id, info)

        def on_disconnect(self, conn_id: int, reason: Any, msg: str) -> None:
            """Before whoever waits for an answer hears it, and asks for the next connection."""
            self._tell(self._gone)
            super().on_disconnect(conn_id, reason, msg)

        def close(self, reason: Any = base.CloseReason.Close) -> None:
            """Returns at once, and may be called twice."""
            super().close(reason)
            self._callback_executor.close()

        def _tell(self, listener: Callable[..., None], *what: Any) -> None:
            with suppress(RuntimeError):  # the loop has ended meanwhile
                self._loop.call_soon_threadsafe(listener, *what)

    return Connection


class _Bell:
    """Stands where the SDK keeps an event for the thread that waits."""

    def __init__(self, ring: Callable[[], None]) -> None:
        self._ring = ring

    def set(self) -> None:
        self._ring()


def _settle(answer: asyncio.Future[Any], about: Any) -> None:
    if not answer.done():
        answer.set_result(about)


def _content(about: Any) -> Any:
    """`about` is the SDK's `ReqInfo`, rung."""
    how = about.err.name
    if how != "Ok":
        if how == "Invalid":
            raise Garbled("no message")
        raise Unanswered(sent=True, late=how == "Timeout")
    told = about.rsp
    # What the SDK cannot parse it hands on half empty (utils.py, `binary2pb`).
    if not told.IsInitialized():
        raise Garbled("half a message")
    if told.retType != _OK:
        raise Refusal(told.retType, told.errCode, told.retMsg)
    return told.s2c


def _messages(name: str) -> Any:
    return importlib.import_module(f"moomoo.common.pb.{name}_pb2")


def _import_apart() -> None:
    """The import opens a log below HOME (common/ft_logger.py); here below a folder of its own."""
    importlib.import_module("pandas")  # most of the time, with HOME still as it is
    with tempfile.TemporaryDirectory(prefix="floorbroker-") as folder, _home_in(folder):
        import moomoo  # noqa: F401 # see the module's first lines

        _silence()


@contextmanager
def _home_in(folder: str) -> Iterator[None]:
    name = "APPDATA" if os.name == "nt" else "HOME"
    before = os.environ.get(name)
    os.environ[name] = folder
    try:
        yield
    finally:
        if before is None:
            del os.environ[name]
        else:
            os.environ[name] = before


def _silence() -> None:
    """Neither file nor console: whatever the SDK logs of accounts and answers goes nowhere."""
    moomoo = sys.modules["moomoo"]
    log = importlib.import_module("moomoo.common.ft_logger").logger
    log.file_level = log.console_level = _SILENT
    log.file_logger.removeHandler(log.fileHandler)
    log.console_logger.removeHandler(log.consoleHandler)
    log.fileHandler.close()
    moomoo.SysConfig.set_all_thread_daemon(True)
