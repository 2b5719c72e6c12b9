"""The metrics, for the operator's Prometheus and nobody else."""

import hmac
from hashlib import sha256
from typing import Final

from aiohttp import hdrs, web

from floorbroker.observability.metrics import Metrics

_CHALLENGE: Final = {hdrs.WWW_AUTHENTICATE: 'Bearer realm="metrics"'}


def add_metrics(app: web.Application, metrics: Metrics, *, token: str | None) -> None:
    """Adds `/metrics`.

    Args:
        token: What a request must carry as bearer token; None on a private port.

    Raises:
        ValueError: The token is empty, which would let in everybody.
    """
    if token == "":
        raise ValueError("an empty metrics token")
    expected = None if token is None else _digest(token)

    async def page(request: web.Request) -> web.Response:
        if expected is not None and not _admits(request, expected):
            raise web.HTTPUnauthorized(headers=_CHALLENGE)
        body, content_type = metrics.render()
        return web.Response(body=body, headers={hdrs.CONTENT_TYPE: content_type})

    app.router.add_get("/metrics", page)


def _admits(request: web.Request, expected: bytes) -> bool:
    given = request.headers.getall(hdrs.AUTHORIZATION, [])
    if len(given) != 1:
        return False
    scheme, _, token = given[0].partition(" ")
    # Digests have one length, so that the time of the comparison says nothing.
    return hmac.compare_digest(_digest(token), expected) and scheme.lower() == "bearer"


def _digest(token: str) -> bytes:
    return sha256(token.encode(errors="surrogateescape")).digest()
