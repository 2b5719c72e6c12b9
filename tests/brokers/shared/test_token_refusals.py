"""A token endpoint that refuses, is busy or silent: told as what it is, and no secret told."""

import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Final

import pytest

from floorbroker.brokers.shared.grants import ApplicationRefused, GrantRefused
from floorbroker.brokers.shared.token_request import token_request
from floorbroker.brokers.shared.transport import Transport
from floorbroker.domain.errors import (
    ApiError,
    BrokerConnectionError,
    BrokerError,
    BrokerTimeout,
    RateLimited,
)
from tests.brokers.shared.asking_tokens import (
    CLIENT,
    FORM,
    GOOD,
    REFRESH,
    SECRET,
    assert_tells_nothing,
    refused,
    told,
)
from tests.brokers.shared.told_server import Said, ToldServer

SOON: Final = 1.0
"""Seconds; long enough to get through to loopback on a busy machine."""

MUCH_LATER: Final = 15.0


@pytest.fixture
def transport() -> Iterator[Transport]:
    transport = Transport()
    yield transport
    transport.close()


# Refusals


@pytest.mark.parametrize("status", [400, 401, 403])
@pytest.mark.parametrize("said", ["invalid_grant", "access_denied"])
async def test_a_refused_grant_is_told_as_one(transport: Transport, status: int, said: str) -> None:
    body = f'{{"error": "{said}", "error_description": "{REFRESH} was used"}}'

    error = await refused(transport, told(status, body))

    assert type(error) is GrantRefused
    assert error.detail == f"token endpoint: HTTP {status}"


@pytest.mark.parametrize("status", [400, 401])
@pytest.mark.parametrize("said", ["invalid_client", "unauthorized_client"])
async def test_a_refused_application_is_not_the_persons_fault(
    transport: Transport, status: int, said: str
) -> None:
    body = f'{{"error": "{said}", "error_description": "{SECRET} is wrong"}}'

    assert type(await refused(transport, told(status, body))) is ApplicationRefused


@pytest.mark.parametrize("status", [200, 429, 500, 503])
async def test_only_a_refusing_status_refuses_a_grant(transport: Transport, status: int) -> None:
    error = await refused(transport, told(status, '{"error": "invalid_grant"}'))

    assert not isinstance(error, GrantRefused)


@pytest.mark.parametrize(
    "body",
    [
        '{"error": "invalid_request"}',
        '{"error": "invalid_scope"}',
        '{"error": {"code": "invalid_grant", "token": "canary-refresh-3f1b"}}',
        '{"error": ["invalid_grant"]}',
        '{"error": null}',
        '{"error": 7}',
        '["invalid_grant"]',
        '"invalid_grant"',
        "<html>invalid_grant</html>",
        "",
    ],
)
@pytest.mark.parametrize("status", [400, 401, 403])
async def test_a_refusal_in_other_words_proves_nothing(
    transport: Transport, status: int, body: str
) -> None:
    assert type(await refused(transport, told(status, body))) is ApiError


def own_words(error: str, description: str) -> bool:
    return error == "odd" and "over" in description


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (400, '{"error": "odd", "error_description": "it is over"}', GrantRefused),
        (401, '{"error": "odd", "error_description": "it is over"}', GrantRefused),
        (400, '{"error": "odd", "error_description": "later"}', ApiError),
        (400, '{"error": "odd"}', ApiError),
        (400, '{"error": ["odd"], "error_description": "it is over"}', ApiError),
        (400, '["odd", "it is over"]', ApiError),
        (200, '{"error": "odd", "error_description": "it is over"}', ApiError),
        (503, '{"error": "odd", "error_description": "it is over"}', ApiError),
        (400, '{"error": "invalid_grant", "error_description": "it is over"}', GrantRefused),
        (400, '{"error": "invalid_client", "error_description": "x"}', ApplicationRefused),
    ],
)
async def test_a_vendors_own_words_are_understood_where_they_are_known(
    transport: Transport, status: int, body: str, kind: type[BrokerError]
) -> None:
    assert type(await refused(transport, told(status, body), refuses=own_words)) is kind


# Later


@pytest.mark.parametrize(
    ("text", "pause"),
    [
        ("7", timedelta(seconds=7)),
        ("99999", timedelta(seconds=99_999)),
        ("100000", None),
        ("-1", None),
        ("1.5", None),
        ("Wed, 04 Mar 2026 17:00:00 GMT", None),
        ("soon", None),
    ],
)
async def test_a_pause_is_taken_from_the_vendor_if_it_can_be_read(
    transport: Transport, text: str, pause: timedelta | None
) -> None:
    error = await refused(transport, told(429, "{}", **{"Retry-After": text}))

    assert type(error) is RateLimited
    assert error.retry_after == (pause or RateLimited().retry_after)


@pytest.mark.parametrize("status", [500, 502, 503, 504])
@pytest.mark.parametrize("body", ["{}", "<html>", ""])
async def test_a_server_in_trouble_says_nothing_about_a_token(
    transport: Transport, status: int, body: str
) -> None:
    assert type(await refused(transport, told(status, body))) is ApiError


# Silence


async def test_silence_ends_at_the_deadline(transport: Transport) -> None:
    begun = time.monotonic()

    error = await refused(transport, Said(never=True), seconds=SOON)

    assert type(error) is BrokerTimeout
    assert time.monotonic() - begun < MUCH_LATER


async def test_a_trickle_ends_at_the_deadline(transport: Transport) -> None:
    begun = time.monotonic()

    error = await refused(transport, Said(body=GOOD * 50, pause=0.05), seconds=SOON)

    assert isinstance(error, BrokerTimeout | BrokerConnectionError)
    assert time.monotonic() - begun < MUCH_LATER


@pytest.mark.parametrize("address", ["{gone}/token", "http://", "nowhere", "http://[::1"])
async def test_where_nobody_listens_nothing_is_told_either(
    transport: Transport, address: str
) -> None:
    async with ToldServer() as server:
        gone = server.url

    with pytest.raises(BrokerConnectionError) as failure:
        await token_request(
            transport, address.format(gone=gone), FORM, broker="schwab", client=CLIENT, seconds=SOON
        )

    assert_tells_nothing(failure.value)


async def test_without_time_nothing_is_sent(transport: Transport) -> None:
    async with ToldServer() as server:
        with pytest.raises(BrokerConnectionError) as failure:
            await token_request(
                transport, server.url, FORM, broker="schwab", client=CLIENT, seconds=0
            )

    assert server.heard == []
    assert_tells_nothing(failure.value)
