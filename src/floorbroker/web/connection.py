"""One stranger's connection: what is not HTTP, and what comes or is taken too slowly.

A connection that says nothing is closed after `KEEP_ALIVE_SECONDS`, which the library counts from
its beginning and from each answer, so that a head that comes in drops ends there too. Everything
else that one end could wait for without end has a limit here.
"""

import asyncio
import time
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

import structlog
from aiohttp import hdrs, web

LONGEST_LINE_BYTES: Final = 4096
MOST_HEADERS: Final = 64
KEEP_ALIVE_SECONDS: Final = 75.0
_TOLD_EVERY_SECONDS: Final = 60.0

SECURITY_HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Cache-Control": "no-store",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
"""On every answer; a page that needs more sets its own and keeps it."""

_log = structlog.stdlib.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """What is waited for, and for how many.

    Attributes:
        head_seconds: Until the first request's head is there. Browsers connect a little early.
        body_seconds: Until a body is there, from when it is asked for.
        answer_seconds: Until an answer is taken, and what is left of it after the end.
        most_connections: Beyond them nobody is let in: every one takes a file descriptor, which
            the store and the brokers need too, and 1,024 are usual.
    """

    head_seconds: float = 15.0
    body_seconds: float = 10.0
    answer_seconds: float = 20.0
    most_connections: int = 500


PATIENCE: Final = Patience()


class Connection(web.RequestHandler):
    """See the module's first line."""

    def __init__(
        self, manager: web.Server, *, loop: asyncio.AbstractEventLoop, patience: Patience
    ) -> None:
        """Of one server, see `Connections`."""
        super().__init__(
            manager,
            loop=loop,
            access_log=None,  # type: ignore[arg-type]  # None is how the library turns it off
            keepalive_timeout=KEEP_ALIVE_SECONDS,
            lingering_time=1.0,
            max_line_size=LONGEST_LINE_BYTES,
            max_field_size=LONGEST_LINE_BYTES,
            max_headers=MOST_HEADERS,
        )
        self.patience = patience
        self._line: asyncio.BaseTransport | None = None
        self._late: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The head of the first request has to come soon."""
        self._line = transport
        self._late = asyncio.get_running_loop().call_later(
            self.patience.head_seconds, self._without_a_request
        )
        super().connection_made(transport)

    def connection_lost(self, exc: BaseException | None) -> None:
        """Nothing is waited for any more."""
        self._line = None
        if self._late is not None:
            self._late.cancel()
        super().connection_lost(exc)

    async def start(self) -> None:
        """Serves it to its end; what nobody takes of the last answer is thrown away."""
        try:
            await super().start()
        finally:
            if self._line is not None:
                asyncio.get_running_loop().call_later(self.patience.answer_seconds, self._abort)

    async def finish_response(
        self, request: web.BaseRequest, resp: web.StreamResponse, start_time: float | None
    ) -> tuple[web.StreamResponse, bool]:
        """Writes an answer; the second value tells that nobody took it."""
        try:
            async with asyncio.timeout(self.patience.answer_seconds):
                return await super().finish_response(request, resp, start_time)
        except TimeoutError:
            self._abort()
            return resp, True

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """Says the status and nothing else; the library would quote the request."""
        if request.writer.output_size > 0:
            raise ConnectionError("part of an answer was sent")
        answer = plain(HTTPStatus(status))
        answer.headers.update(SECURITY_HEADERS)
        answer.headers[hdrs.SERVER] = "floorbroker"  # the library adds its own only where none is
        answer.force_close()
        return answer

    def _without_a_request(self) -> None:
        if not self._request_count:
            self._abort()

    def _abort(self) -> None:
        if isinstance(self._line, asyncio.WriteTransport):
            self._line.abort()


class Connections:
    """Makes each connection of a server, up to so many at once."""

    def __init__(self, runner: web.AppRunner, patience: Patience) -> None:
        """`runner` is set up."""
        self._runner = runner
        self._patience = patience
        self._told_at = -_TOLD_EVERY_SECONDS

    def __call__(self) -> asyncio.Protocol:
        """The next one."""
        server = self._runner.server
        if server is None:
            return _Refused()  # stopping
        if len(server.connections) >= self._patience.most_connections:
            self._tell()
            return _Refused()
        return Connection(server, loop=asyncio.get_running_loop(), patience=self._patience)

    def _tell(self) -> None:
        now = time.monotonic()
        if now - self._told_at >= _TOLD_EVERY_SECONDS:
            self._told_at = now
            _log.warning("connections_refused", most=self._patience.most_connections)


class _Refused(asyncio.Protocol):
    """Gone at once."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """See the class."""
        if isinstance(transport, asyncio.WriteTransport):
            transport.abort()


def plain(status: HTTPStatus) -> web.Response:
    """A status and its name."""
    return web.Response(status=status, text=f"{status.phrase}\n")
