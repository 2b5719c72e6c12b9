"""The line below etrade-python, whose hosts are constants: led to where the operator says.

The address is changed after the SDK has signed the one that it means, so a signature fits whatever
stands in between. Refusals are read here, as far as the SDK loses something of them.
"""

import re
from collections.abc import Mapping
from typing import Any, Final

import httpx

from floorbroker.brokers.etrade.errors import Refusal
from floorbroker.brokers.shared.http_httpx import CONNECT_SECONDS
from floorbroker.brokers.shared.wire import read_json

MEANT: Final = frozenset({"api.etrade.com", "apisb.etrade.com"})
"""etrade-python 1.1.0: `enums.py`."""

TIMEOUTS: Final = {"connect": CONNECT_SECONDS, "pool": CONNECT_SECONDS, "read": None, "write": None}
"""Only connecting has one here; around every call is one of ours."""

_TOKENS: Final = "/oauth/"
_MOST_DIGITS: Final = 9
_PROBLEM: Final = re.compile(r"oauth_problem=([a-z_]{1,40})", re.ASCII)


class Mark:
    """Whether a request has begun to leave.

    Given along as httpcore's `trace`; it hears the names of steps and keeps nothing else.
    """

    __slots__ = ("begun",)

    def __init__(self) -> None:
        """Not yet."""
        self.begun = False

    async def __call__(self, name: str, info: Mapping[str, Any]) -> None:
        """See httpcore's `trace` extension."""
        del info  # it holds the request
        if name.endswith("send_request_headers.started"):
            self.begun = True


def lead(client: httpx.AsyncClient, *, api: str, tokens: str) -> httpx.AsyncClient:
    """`client`, whose requests for E*TRADE's API go to these addresses; no other host is asked.

    Args:
        api: For everything below /v1.
        tokens: For everything below /oauth, which the sandbox has not for itself.
    """
    to_api, to_tokens = httpx.URL(api), httpx.URL(tokens)

    async def move(request: httpx.Request) -> None:
        if request.url.host not in MEANT:
            raise httpx.ConnectError("not a host of E*TRADE's API")
        target = to_tokens if request.url.path.startswith(_TOKENS) else to_api
        request.url = request.url.copy_with(
            scheme=target.scheme, host=target.host, port=target.port
        )
        request.headers["Host"] = request.url.netloc.decode("ascii")
        request.extensions["timeout"] = TIMEOUTS

    client.event_hooks = {"request": [move], "response": [_refuse]}
    return client


async def _refuse(answer: httpx.Response) -> None:
    """Reads what the SDK would lose: it blacks out digits of a code that stand in the query too.

    Raises:
        Refusal: E*TRADE's own, in JSON, or whatever stands below /oauth.
    """
    if answer.is_success:
        return
    body = await answer.aread()
    if answer.request.url.path.startswith(_TOKENS):
        found = _PROBLEM.search(answer.text)
        raise Refusal(answer.status_code, None, found[0] if found else "")
    try:
        told = read_json(body)
    except ValueError:
        return
    error = told.get("Error") if isinstance(told, dict) else None
    if isinstance(error, dict) and {"code", "message"} & error.keys():
        raise Refusal(answer.status_code, _number(error.get("code")), _words(error.get("message")))


def _number(code: object) -> int | None:
    if isinstance(code, str) and code.isascii() and code.isdecimal() and len(code) <= _MOST_DIGITS:
        return int(code)
    return code if type(code) is int else None


def _words(message: object) -> str:
    return message if isinstance(message, str) else ""
