"""A token endpoint, asked once: what a token is read from, and what is none."""

import base64
from collections.abc import Iterator
from urllib.parse import parse_qs

import pytest

from floorbroker.brokers.shared.transport import Transport
from floorbroker.domain.errors import ApiError
from tests.brokers.shared.asking_tokens import FORM, GOOD, SECRET, asked, refused, told
from tests.brokers.shared.told_server import Said, ToldServer


@pytest.fixture
def transport() -> Iterator[Transport]:
    transport = Transport()
    yield transport
    transport.close()


# Good


async def test_a_good_answer_is_read_and_its_tokens_are_not_printed(transport: Transport) -> None:
    body = '{"access_token": "A1", "refresh_token": "R1", "expires_in": 1800, "scope": "x y"}'

    answer, _ = await asked(transport, told(200, body))

    assert answer.access_token.get_secret_value() == "A1"
    assert answer.refresh_token is not None
    assert answer.refresh_token.get_secret_value() == "R1"
    assert (answer.expires_in, answer.scope) == (1800, "x y")
    assert "A1" not in f"{answer!r}{answer}"
    assert "R1" not in f"{answer!r}{answer}"


@pytest.mark.parametrize(
    ("body", "expires_in"),
    [
        ('{"access_token": "A1"}', None),
        ('{"access_token": "A1", "expires_in": null}', None),
        ('{"access_token": "A1", "expires_in": "1800"}', 1800),
        ('{"access_token": "A1", "expires_in": 1800.0}', 1800),
        ('{"access_token": "A1", "refresh_token": null, "scope": null}', None),
        ('{"access_token": "A1", "refresh_token": "", "scope": ["x"]}', None),
        ('{"access_token": "A1", "token_type": 7, "more": {"x": []}}', None),
    ],
)
async def test_a_token_is_worth_no_less_for_what_is_said_beside_it(
    transport: Transport, body: str, expires_in: int | None
) -> None:
    answer, _ = await asked(transport, told(200, body))

    assert answer.access_token.get_secret_value() == "A1"
    assert answer.expires_in == expires_in
    assert answer.refresh_token is None
    assert answer.scope == ""


async def test_it_sends_one_form_with_the_application_in_the_header(transport: Transport) -> None:
    _, [heard] = await asked(transport, Said(body=GOOD))

    kind, _, text = heard.headers["Authorization"].partition(" ")
    assert (heard.method, heard.target, kind) == ("POST", "/token", "Basic")
    assert base64.b64decode(text).decode() == f"the bot:{SECRET}"
    assert parse_qs(heard.body.decode()) == {name: [value] for name, value in FORM.items()}
    assert heard.headers["Accept"] == "application/json"


async def test_an_application_that_is_in_the_form_is_in_no_header(transport: Transport) -> None:
    _, [heard] = await asked(transport, Said(body=GOOD), client=None)

    assert "Authorization" not in heard.headers


# Rubbish


@pytest.mark.parametrize(
    "body",
    [
        "",
        "null",
        "[]",
        '"canary-given-90de"',
        "{}",
        '{"access_token": ""}',
        '{"access_token": null}',
        '{"access_token": 12345}',
        '{"access_token": ["canary-given-90de"]}',
        '{"access_token": "canary-given-90de", "expires_in": 0}',
        '{"access_token": "canary-given-90de", "expires_in": -5}',
        '{"access_token": "canary-given-90de", "expires_in": NaN}',
        '{"access_token": "canary-given-90de", "expires_in": Infinity}',
        '{"access_token": "canary-given-90de", "expires_in": 1e400}',
        '{"access_token": "canary-given-90de", "expires_in": "soon"}',
        '{"access_token": "canary-given-90de", "refresh_token": {"canary-given-90de": 1}}',
        '{"access_token": "canary-given-90de',
        '{"canary-given-90de": "' + "x" * 9000 + '"}',
        '{"access_token": "' + "canary-given-90de" * 600 + '"}',
        "<html>canary-given-90de</html>",
        "[" * 100_000,
    ],
    ids=lambda body: body[:60],
)
async def test_a_good_status_with_rubbish_is_no_token(transport: Transport, body: str) -> None:
    error = await refused(transport, told(200, body))

    assert type(error) is ApiError
    assert error.detail == "token endpoint: HTTP 200"


async def test_bytes_that_are_no_text_are_no_token(transport: Transport) -> None:
    assert type(await refused(transport, Said(body=b"\xff\xfe\x00{"))) is ApiError


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_nobody_is_followed_elsewhere_with_a_secret(
    transport: Transport, status: int
) -> None:
    async with ToldServer(Said(body=GOOD)) as elsewhere:
        said = Said(status=status, body=GOOD, headers={"Location": f"{elsewhere.url}/token"})

        error = await refused(transport, said)

    assert type(error) is ApiError
    assert elsewhere.heard == []


@pytest.mark.parametrize("status", [201, 204, 404, 409, 418])
async def test_any_other_status_is_no_token(transport: Transport, status: int) -> None:
    assert type(await refused(transport, Said(status=status, body=GOOD))) is ApiError
