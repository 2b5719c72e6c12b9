"""What a hostile stranger gets, over real sockets."""

import asyncio
from collections.abc import AsyncIterator, Mapping

import pytest
from aiohttp import ClientSession, web
from pydantic import SecretStr

from floorbroker.observability.metrics import Metrics
from floorbroker.web.app import (
    LARGEST_BODY_BYTES,
    build_metrics_app,
    build_web_app,
    run_web,
)
from floorbroker.web.connection import LONGEST_LINE_BYTES, SECURITY_HEADERS
from tests.observability.captured import captured_stderr

TOKEN = "a-metrics-token"


class Ready:
    async def checks(self) -> Mapping[str, bool]:
        return {"store": True}


def _app() -> web.Application:
    app = build_web_app(readiness=Ready(), metrics=Metrics(), metrics_token=SecretStr(TOKEN))

    async def broken(_request: web.Request) -> web.Response:
        raise ZeroDivisionError("planted detail")

    async def reads(request: web.Request) -> web.Response:
        return web.Response(text=str(len(await request.read())))

    async def own_policy(_request: web.Request) -> web.Response:
        return web.Response(headers={"Content-Security-Policy": "default-src 'self'"})

    app.router.add_get("/broken", broken)
    app.router.add_post("/reads", reads)
    app.router.add_get("/own", own_policy)
    return app


@pytest.fixture
async def port() -> AsyncIterator[int]:
    async with run_web(_app(), "127.0.0.1", 0) as port:
        yield port


@pytest.fixture
async def http(port: int) -> AsyncIterator[ClientSession]:
    async with ClientSession(f"http://127.0.0.1:{port}", trust_env=False) as session:
        yield session


async def _raw(port: int, request: bytes) -> bytes:
    """Everything that the server answers until it closes the connection."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(request)
        await writer.drain()
        async with asyncio.timeout(20):
            return await reader.read()
    finally:
        writer.close()


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/nowhere", "/metrics", "/broken"])
async def test_every_answer_carries_the_security_headers_and_no_server(
    http: ClientSession, path: str
) -> None:
    async with http.get(path) as answer:
        assert {name: answer.headers.get(name) for name in SECURITY_HEADERS} == SECURITY_HEADERS
        assert "Server" not in answer.headers


async def test_a_page_may_have_a_policy_of_its_own(http: ClientSession) -> None:
    async with http.get("/own") as answer:
        assert answer.headers.getall("Content-Security-Policy") == ["default-src 'self'"]


async def test_an_unknown_path_is_not_found_and_not_repeated(http: ClientSession) -> None:
    async with http.get("/%3Cscript%3Ealert(1)") as answer:
        assert (answer.status, await answer.text()) == (404, "Not Found\n")
        assert answer.content_type == "text/plain"


@pytest.mark.parametrize("method", ["POST", "DELETE", "TRACE", "PATCH"])
async def test_a_method_that_a_path_does_not_have_is_refused(
    http: ClientSession, method: str
) -> None:
    async with http.request(method, "/healthz") as answer:
        assert (answer.status, await answer.text()) == (405, "Method Not Allowed\n")
        assert answer.headers["Allow"] == "GET,HEAD"


async def test_an_error_shows_nothing_and_the_log_shows_what(http: ClientSession) -> None:
    with captured_stderr() as output:
        async with http.get("/broken", headers={"Accept": "text/html"}) as answer:
            body = await answer.text()

    assert (answer.status, body) == (500, "Internal Server Error\n")
    (line,) = output.records()
    assert line["event"] == "web_request_failed"
    assert "ZeroDivisionError: planted detail" in line["exception"]


async def test_an_announced_body_that_is_too_large_is_refused_unread(port: int) -> None:
    head = f"POST /reads HTTP/1.1\r\nHost: x\r\nContent-Length: {LARGEST_BODY_BYTES + 1}\r\n\r\n"

    answer = await _raw(port, head.encode())

    assert answer.startswith(b"HTTP/1.1 413 ")


async def test_a_body_that_turns_out_too_large_is_refused(http: ClientSession) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(20):
            yield b"x" * 1024

    async with http.post("/reads", data=endless()) as answer:
        assert answer.status == 413


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "identity"])
async def test_a_body_that_would_have_to_be_unpacked_is_refused(port: int, encoding: str) -> None:
    with captured_stderr() as output:
        head = f"POST /reads HTTP/1.1\r\nHost: x\r\nContent-Encoding: {encoding}\r\n"
        answer = await _raw(
            port, f"{head}Content-Length: 7\r\nConnection: close\r\n\r\nplanted".encode()
        )

    assert answer.split(b" ", 2)[1] in {b"415", b"400"}
    assert output.getvalue() == ""


async def test_a_body_within_the_limit_is_read(http: ClientSession) -> None:
    async with http.post("/reads", data=b"x" * LARGEST_BODY_BYTES) as answer:
        assert (answer.status, await answer.text()) == (200, str(LARGEST_BODY_BYTES))


@pytest.mark.parametrize(
    "request_bytes",
    [
        pytest.param(b"\x16\x03\x01 planted\r\n\r\n", id="not HTTP"),
        pytest.param(
            b"GET / HTTP/1.1\r\nA: " + b"planted" * LONGEST_LINE_BYTES + b"\r\n\r\n",
            id="long field",
        ),
        pytest.param(b"PLANTED / HTTP/1.1\r\nHost: x\r\n\r\n", id="unknown method"),
        pytest.param(b"GET /planted HTTP/9.9\r\nHost: x\r\n\r\n", id="unknown version"),
        pytest.param(b"GET / HTTP/1.1\r\n\r\n", id="no host"),
        pytest.param(b"GET / HTTP/1.1\r\nHost: x\r\nplanted\r\n\r\n", id="half a header"),
        pytest.param(b"GET / HTTP/1.1\r\nHost: x\r\nA: planted\x00b\r\n\r\n", id="null byte"),
        pytest.param(b"GET / HTTP/1.1\r\nHost: x\r\nA\r\n planted: b\r\n\r\n", id="folded header"),
        pytest.param(
            b"GET /" + b"planted" * LONGEST_LINE_BYTES + b" HTTP/1.1\r\nHost: x\r\n\r\n",
            id="long line",
        ),
        pytest.param(
            b"GET / HTTP/1.1\r\nHost: x\r\n" + b"A: planted\r\n" * 100 + b"\r\n", id="many headers"
        ),
        pytest.param(
            b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nplanted",
            id="two lengths",
        ),
        pytest.param(
            b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n"
            b"Transfer-Encoding: chunked\r\n\r\nplanted",
            id="length and chunks",
        ),
    ],
)
async def test_what_is_not_clean_http_is_refused_without_being_quoted(
    port: int, request_bytes: bytes
) -> None:
    with captured_stderr() as output:
        answer = await _raw(port, request_bytes)

    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith((b"HTTP/1.0 400 ", b"HTTP/1.1 400 "))
    assert body == b"Bad Request\n"
    assert b"nosniff" in head
    assert b"aiohttp" not in answer
    assert output.getvalue() == ""


async def test_an_encoded_line_break_in_a_path_makes_no_header(port: int) -> None:
    answer = await _raw(
        port, b"GET /a%0d%0aX-Planted:1 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    )

    assert answer.startswith(b"HTTP/1.1 404 ")
    assert b"Planted" not in answer


@pytest.mark.parametrize(
    "authorization",
    [None, "", TOKEN, f"Bearer {TOKEN}x", f"Bearer {TOKEN[:-1]}", "Bearer ", f"Basic {TOKEN}",
     f"Bearer {TOKEN} ,", "Bearer é"],
)  # fmt: skip
async def test_metrics_are_closed_without_the_token(
    http: ClientSession, authorization: str | None
) -> None:
    headers = {} if authorization is None else {"Authorization": authorization}

    async with http.get("/metrics", headers=headers) as answer:
        assert (answer.status, await answer.text()) == (401, "Unauthorized\n")
        assert answer.headers["WWW-Authenticate"] == 'Bearer realm="metrics"'


async def test_two_tokens_at_once_are_none(port: int) -> None:
    line = f"Authorization: Bearer {TOKEN}\r\n".encode()

    answer = await _raw(
        port, b"GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" + line * 2 + b"\r\n"
    )

    assert answer.split(b" ", 2)[1] in {b"400", b"401"}


async def test_metrics_open_with_the_token(http: ClientSession) -> None:
    async with http.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"}) as answer:
        assert answer.status == 200
        assert answer.headers["Content-Type"].startswith("text/plain; version=")
        assert "floorbroker_open_leases 0.0" in await answer.text()


@pytest.mark.parametrize("token", [None, "", SecretStr("")])
async def test_without_a_token_the_public_port_has_no_metrics(
    token: SecretStr | str | None,
) -> None:
    app = build_web_app(readiness=Ready(), metrics=Metrics(), metrics_token=token)
    async with run_web(app, "127.0.0.1", 0) as port, ClientSession() as session:
        url = f"http://127.0.0.1:{port}/metrics"
        answer = await session.get(url, headers={"Authorization": "Bearer "})

        assert answer.status == 404


async def test_a_private_port_serves_metrics_and_nothing_else() -> None:
    app = build_metrics_app(Metrics())
    async with run_web(app, "127.0.0.1", 0) as port, ClientSession() as session:
        statuses = []
        for path in ("metrics", "healthz", "readyz"):
            async with session.get(f"http://127.0.0.1:{port}/{path}") as answer:
                statuses.append(answer.status)

        assert statuses == [200, 404, 404]


async def test_a_request_under_way_is_answered_before_the_stop() -> None:
    app = _app()
    arrived, go = asyncio.Event(), asyncio.Event()

    async def slow(_request: web.Request) -> web.Response:
        arrived.set()
        await go.wait()
        return web.Response(text="done")

    app.router.add_get("/slow", slow)
    async with ClientSession() as session:
        async with run_web(app, "127.0.0.1", 0) as port:
            answer = asyncio.ensure_future(session.get(f"http://127.0.0.1:{port}/slow"))
            await arrived.wait()
            asyncio.get_running_loop().call_soon(go.set)

        assert (await answer).status == 200
        with pytest.raises(OSError, match=r"refused|Connect call failed"):
            await asyncio.open_connection("127.0.0.1", port)


async def test_a_port_that_is_taken_is_an_error_at_the_start(port: int) -> None:
    with pytest.raises(OSError, match="in use"):
        async with run_web(_app(), "127.0.0.1", port):
            pytest.fail("two servers on one port")
