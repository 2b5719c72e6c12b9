"""One websocket over the shared pool: JSON in both directions, and whatever ends it is a `Failure`.

What `http_async.py` says of sessions holds here too. Nothing is opened a second time: whoever holds
one hears that it has ended.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from datetime import timedelta
from types import SimpleNamespace
from typing import Any, Final

import aiohttp

from floorbroker.brokers.shared.http_async import failure, session_over
from floorbroker.brokers.shared.wire import Failure, NoAllowance, Unanswered, Unreadable, read_json

HEARTBEAT_SECONDS: Final = 20.0
"""After so long without a byte the other side is asked whether it is there; it has half as long."""

LARGEST_MESSAGE_BYTES: Final = 1024 * 1024
SEND_SECONDS: Final = 5.0
_CLOSING: Final = aiohttp.ClientWSTimeout(ws_close=1.0)
_TOO_MANY: Final = timedelta(minutes=1)
_OPENED: Final = 101


class WebSocket:
    """An open one. There is one reader."""

    def __init__(self, socket: "aiohttp.ClientWebSocketResponse[bool]") -> None:
        """`socket` is closed by whoever opened it."""
        self._socket = socket

    async def send(self, message: Any) -> None:
        """Writes `message` as JSON.

        Raises:
            Unanswered: The connection is gone, or takes nothing any more.
        """
        try:
            async with asyncio.timeout(SEND_SECONDS):
                await self._socket.send_str(json.dumps(message))
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            told = failure(error)
        else:
            return
        raise told

    async def hear(self) -> Any:
        """The next message, its numbers as int and Decimal.

        Raises:
            Unanswered: The connection has ended.
            Unreadable: What came is no JSON, or too long.
        """
        # What has arrived already is given without waiting: a flood would let nobody else run.
        await asyncio.sleep(0)
        message = await self._socket.receive()
        if message.type in {aiohttp.WSMsgType.TEXT, aiohttp.WSMsgType.BINARY}:
            try:
                return read_json(message.data)
            except ValueError:
                pass
            raise Unreadable(_OPENED)
        if isinstance(message.data, aiohttp.WebSocketError):
            raise Unreadable(_OPENED)
        raise Unanswered(sent=True, late=isinstance(message.data, TimeoutError))


@asynccontextmanager
async def websocket_over(
    connector: aiohttp.TCPConnector,
    address: str,
    headers: Mapping[str, str],
    *,
    door: AbstractAsyncContextManager[None] | None = None,
    heartbeat_seconds: float = HEARTBEAT_SECONDS,
) -> AsyncIterator[WebSocket]:
    """A websocket at `address` (ws, wss, or as http and https), for as long as the block lasts.

    Args:
        door: Held while it is opened.
        heartbeat_seconds: Stands in for the usual patience with a silent one.

    Raises:
        NoAllowance: The other side has too many of them.
        Unanswered: There is no connection.
        Unreadable: Whatever is there, it opens no websocket.
    """
    session = session_over(connector, headers, tracing=(_no_redirect(),))
    try:
        async with door or nullcontext():
            socket = await _opened(session, address, heartbeat_seconds)
        try:
            yield WebSocket(socket)
        finally:
            await socket.close()
    finally:
        session.detach()


async def _opened(
    session: aiohttp.ClientSession, address: str, heartbeat_seconds: float
) -> "aiohttp.ClientWebSocketResponse[bool]":
    told: Failure
    try:
        return await session.ws_connect(
            address,
            heartbeat=heartbeat_seconds,
            max_msg_size=LARGEST_MESSAGE_BYTES,
            timeout=_CLOSING,
        )
    except aiohttp.WSServerHandshakeError as error:
        told = NoAllowance(_TOO_MANY) if error.status == 429 else Unreadable(error.status)
    except Unreadable as error:
        told = error
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        told = failure(error)
    # Out here, since the error holds the request.
    raise told


def _no_redirect() -> aiohttp.TraceConfig:
    """A login must not follow to another place; `ws_connect` has no switch of its own for it."""
    trace = aiohttp.TraceConfig()
    trace.on_request_redirect.append(_redirected)
    return trace


async def _redirected(
    session: aiohttp.ClientSession,
    context: SimpleNamespace,
    told: aiohttp.TraceRequestRedirectParams,
) -> None:
    del session, context
    raise Unreadable(told.response.status)
