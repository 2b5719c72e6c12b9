"""A token endpoint that is asked with secrets which must turn up nowhere."""

import base64
import traceback
from typing import Any, Final

import pytest
from pydantic import SecretStr

from floorbroker.brokers.shared.token_request import TokenAnswer, token_request
from floorbroker.brokers.shared.transport import Transport
from floorbroker.domain.errors import BrokerError
from tests.brokers.shared.told_server import Heard, Said, ToldServer

REFRESH: Final = "canary-refresh-3f1b"
SECRET: Final = "canary-secret-€-77ac"  # not every letter is one of Latin-1
GIVEN: Final = "canary-given-90de"
"""What must not be in anything that is raised."""

FORM: Final = {"grant_type": "refresh_token", "refresh_token": REFRESH}
CLIENT: Final = ("the bot", SecretStr(SECRET))
GOOD: Final = b'{"access_token": "canary-given-90de", "expires_in": 1800, "token_type": "Bearer"}'


async def asked(transport: Transport, said: Said, **terms: Any) -> tuple[TokenAnswer, list[Heard]]:
    """What was read, and the request that led to it."""
    async with ToldServer(said) as server:
        usual: dict[str, Any] = {"broker": "schwab", "client": CLIENT, "seconds": 5.0, **terms}
        answer = await token_request(transport, f"{server.url}/token", FORM, **usual)
        return answer, server.heard


async def refused(transport: Transport, said: Said, **terms: Any) -> BrokerError:
    """What is raised; it asks once and tells nobody's secrets."""
    async with ToldServer(said) as server:
        usual: dict[str, Any] = {"broker": "schwab", "client": CLIENT, "seconds": 5.0, **terms}
        with pytest.raises(BrokerError) as failure:
            await token_request(transport, f"{server.url}/token", FORM, **usual)
        assert len(server.heard) == 1
    assert_tells_nothing(failure.value)
    assert failure.value.broker == "schwab"
    return failure.value


def assert_tells_nothing(error: BrokerError) -> None:
    """Neither itself, nor what it came of, nor how it is printed."""
    assert error.__cause__ is error.__context__ is None
    printed = "".join(traceback.format_exception(error))
    shown = [repr(error), str(error), repr(error.args), error.message, error.detail, printed]
    basic = base64.b64encode(f"the bot:{SECRET}".encode()).decode()
    for secret in (REFRESH, SECRET, GIVEN, basic):
        assert not any(secret in text for text in shown)


def told(status: int, body: str, **headers: str) -> Said:
    """An answer in text."""
    return Said(status=status, body=body.encode(), headers=headers)
