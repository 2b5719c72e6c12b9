"""The web application: what every answer has in common, and how it is served."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import Final

import structlog
from aiohttp import hdrs, web
from aiohttp.typedefs import Middleware
from pydantic import SecretStr

from floorbroker.observability.metrics import Metrics
from floorbroker.web.connection import (
    PATIENCE,
    SECURITY_HEADERS,
    Connection,
    Connections,
    Patience,
    plain,
)
from floorbroker.web.discord_events import DiscordEvents
from floorbroker.web.errors_page import ErrorsPage
from floorbroker.web.health import Readiness, add_health
from floorbroker.web.interactions import LARGEST_BYTES as LARGEST_INTERACTION_BYTES
from floorbroker.web.interactions import PATH as INTERACTIONS
from floorbroker.web.interactions import Interactions
from floorbroker.web.links import LinkPages
from floorbroker.web.metrics_page import add_metrics

LARGEST_BODY_BYTES: Final = 16 * 1024
_TAKES_INTERACTIONS: Final = web.AppKey("takes_interactions", bool)

_log = structlog.stdlib.get_logger(__name__)
_Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def build_web_app(
    *,
    readiness: Readiness,
    metrics: Metrics,
    metrics_token: SecretStr | str | None,
    links: LinkPages | None = None,
    errors: ErrorsPage | None = None,
    events: DiscordEvents | None = None,
    interactions: Interactions | None = None,
) -> web.Application:
    """The public application: `/healthz`, `/readyz`, and `/metrics` behind its token.

    Without a token `/metrics` does not exist here; `build_metrics_app` serves a private port.

    Args:
        links: The pages on which accounts are linked, where they are set up.
        errors: The page on which every code is explained.
        events: What Discord tells by itself, where its key is known.
        interactions: Commands and clicks, where they come over HTTP.
    """
    app = _bare_app() if links is None else _bare_app(links.guard.middleware)
    add_health(app, readiness)
    app[_TAKES_INTERACTIONS] = interactions is not None
    for part in (links, errors, events, interactions):
        if part is not None:
            part.add_to(app)
    shown = links or errors
    if shown is not None:
        shown.pages.add_to(app)
    token = metrics_token or ""
    if isinstance(token, SecretStr):
        token = token.get_secret_value()
    if token:
        add_metrics(app, metrics, token=token)
    return app


def build_metrics_app(metrics: Metrics) -> web.Application:
    """`/metrics` and nothing else, open to whoever reaches the port."""
    app = _bare_app()
    add_metrics(app, metrics, token=None)
    return app


@asynccontextmanager
async def run_web(
    app: web.Application,
    host: str = "0.0.0.0",  # noqa: S104  # a container is reached from outside it
    port: int = 8080,
    drain_seconds: float = 5.0,
    patience: Patience = PATIENCE,
) -> AsyncIterator[int]:
    """Serves `app` until left; requests under way get `drain_seconds` to end.

    Args:
        port: 0 takes a free one.
        patience: With strangers who are slow, or many.

    Yields:
        The port that is served.

    Raises:
        OSError: The port is taken.
    """
    loop = asyncio.get_running_loop()
    # No access log: paths of callbacks hold codes, and the proxy in front has one.
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=drain_seconds)
    await runner.setup()
    try:
        server = await loop.create_server(Connections(runner, patience), host, port)
        try:
            yield server.sockets[0].getsockname()[1]
        finally:
            server.close()
    finally:
        await runner.cleanup()


def _bare_app(*guards: Middleware) -> web.Application:
    layers = [_plain_errors, *guards, _small_bodies]
    app = web.Application(middlewares=layers, client_max_size=LARGEST_BODY_BYTES)
    app[_TAKES_INTERACTIONS] = False
    app.on_response_prepare.append(_secure)
    return app


@web.middleware
async def _plain_errors(request: web.Request, handler: _Handler) -> web.StreamResponse:
    """Every failure is a status and its name; only the log knows more."""
    try:
        return await handler(request)
    except web.HTTPException as error:
        return _plain(HTTPStatus(error.status), keep=error)
    except Exception:  # noqa: BLE001  # the edge: a stranger sees no traceback
        _log.exception("web_request_failed")
        return _plain(HTTPStatus.INTERNAL_SERVER_ERROR)


@web.middleware
async def _small_bodies(request: web.Request, handler: _Handler) -> web.StreamResponse:
    """What announces itself as too large is not even read, and the rest has to come soon."""
    most = LARGEST_BODY_BYTES
    if request.path == INTERACTIONS and request.app[_TAKES_INTERACTIONS]:
        most = LARGEST_INTERACTION_BYTES
        request = request.clone(client_max_size=most)
    length = request.content_length or 0
    if length > most:
        raise web.HTTPRequestEntityTooLarge(max_size=most, actual_size=length)
    if hdrs.CONTENT_ENCODING in request.headers:
        raise web.HTTPUnsupportedMediaType  # no browser sends one with a form
    connection = request.protocol
    patience = connection.patience if isinstance(connection, Connection) else PATIENCE
    try:
        async with asyncio.timeout(patience.body_seconds):
            await request.read()  # kept: whoever reads it again has it at once
    except TimeoutError:
        raise web.HTTPRequestTimeout from None
    except web.RequestPayloadError:
        raise web.HTTPBadRequest from None
    return await handler(request)


def _plain(status: HTTPStatus, keep: web.HTTPException | None = None) -> web.Response:
    answer = plain(status)
    for name in (hdrs.ALLOW, hdrs.WWW_AUTHENTICATE, hdrs.LOCATION, hdrs.RETRY_AFTER):
        if keep is not None and name in keep.headers:
            answer.headers[name] = keep.headers[name]
    if status is HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        answer.force_close()  # nobody reads the rest
    return answer


async def _secure(_request: web.Request, response: web.StreamResponse) -> None:
    response.headers.popall(hdrs.SERVER, None)
    for name, value in SECURITY_HEADERS.items():
        response.headers.setdefault(name, value)
