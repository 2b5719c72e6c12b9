"""How a fault reaches the wire."""

import asyncio
import socket
import struct
from typing import Final

from aiohttp import web

from tests.simulators.serving.asking import Answer, html
from tests.simulators.serving.faults import Fault, Trouble

_TITLES: Final = {
    500: "Internal Server Error",
    502: "Bad Gateway",
    503: "Service Temporarily Unavailable",
    504: "Gateway Time-out",
}
_BODIES: Final = {
    Fault.INVALID_JSON: b'{"id": "61e69015-8549-4bfd',
    Fault.LIST: b"[]",
    Fault.EMPTY_OBJECT: b"{}",
    Fault.EMPTY_BODY: b"",
}
_NO_LINGER: Final = struct.pack("ii", 1, 0)


async def misbehave(
    request: web.BaseRequest, answer: Answer, trouble: Trouble, closing: asyncio.Event
) -> web.StreamResponse:
    """Sends something else than `answer`, or `answer` in another way."""
    fault = trouble.fault
    if fault is Fault.HANG:
        await _either(trouble.released, closing)
        return respond(answer)
    if fault in {Fault.LATE, Fault.FAR}:
        await pause(trouble.delay, closing)
        return respond(answer)
    if fault is Fault.DRIP:
        return await _drip(request, answer, trouble.delay, closing)
    if fault in {Fault.RESET, Fault.CLOSE}:
        return _hang_up(request, reset=fault is Fault.RESET)
    if fault is Fault.TRUNCATED:
        return _truncate(request, answer)
    if fault in _BODIES:
        return respond(Answer(body=_BODIES[fault], headers=answer.headers))
    assert fault is not None
    status = int(fault.value)
    return respond(html(status, _TITLES[status]))


def respond(answer: Answer) -> web.Response:
    """`answer` in HTTP."""
    headers = dict(answer.headers)
    if answer.status != 204:
        headers["Content-Type"] = answer.content_type
    return web.Response(status=answer.status, body=answer.body or None, headers=headers)


async def _either(*events: asyncio.Event) -> None:
    tasks = [asyncio.create_task(event.wait()) for event in events]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def pause(seconds: float, closing: asyncio.Event) -> None:
    """Lets `seconds` go by, or less if the server ends."""
    try:
        async with asyncio.timeout(seconds):
            await closing.wait()
    except TimeoutError:
        return


async def _drip(
    request: web.BaseRequest, answer: Answer, delay: float, closing: asyncio.Event
) -> web.StreamResponse:
    if not answer.body:
        return respond(answer)
    headers = {**answer.headers, "Content-Type": answer.content_type}
    stream = web.StreamResponse(status=answer.status, headers=headers)
    stream.content_length = len(answer.body)
    await stream.prepare(request)
    for place in range(len(answer.body)):
        await stream.write(answer.body[place : place + 1])
        await pause(delay, closing)
        if closing.is_set():
            return _hang_up(request, reset=True)
    return stream


def _hang_up(request: web.BaseRequest, *, reset: bool) -> web.Response:
    transport = request.transport
    if transport is not None:
        if reset:
            own = transport.get_extra_info("socket")
            own.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGER)
        transport.abort()
    return web.Response()  # goes nowhere


def _truncate(request: web.BaseRequest, answer: Answer) -> web.Response:
    transport = request.transport
    body = answer.body or b'{"id": "61e69015-8549-4bfd-b9c3-01e75843f47d"}'
    if transport is not None:
        head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}"
        transport.write(f"{head}\r\n\r\n".encode() + body[: len(body) // 2])
        transport.close()
    return web.Response()  # goes nowhere
