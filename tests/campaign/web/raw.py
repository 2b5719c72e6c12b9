"""What no client would send: bytes on a socket that are hardly HTTP, too much, or too slow."""

import asyncio
from random import Random
from typing import Final

from floorbroker.web.app import LARGEST_BODY_BYTES
from floorbroker.web.connection import LONGEST_LINE_BYTES

_REFUSED: Final = (b"400", b"403", b"404", b"405", b"408", b"410", b"411", b"413", b"414", b"415",
                   b"417", b"429", b"431")  # fmt: skip
_END: Final = b"Connection: close\r\n\r\n"


def request(token: str, chance: Random) -> tuple[str, bytes]:
    """A kind, and its bytes."""
    head = f"POST /link/{token} HTTP/1.1\r\nHost: x\r\n".encode()
    form = b"Content-Type: application/x-www-form-urlencoded\r\n"
    long = b"planted" * (LONGEST_LINE_BYTES // 7 + chance.randrange(1, 500))
    rubbish = chance.randbytes(chance.randrange(1, 400))
    size = LARGEST_BODY_BYTES + chance.randrange(1, 5_000)
    evil = chance.choice([b"\r\n", b"\n", b"\r", b"\x00", b"\x0b", b"\x7f"])
    kinds = {
        "rubbish": rubbish + b"\r\n\r\n",
        "a long line": b"GET /" + long + b" HTTP/1.1\r\nHost: x\r\n" + _END,
        "a long field": head + b"A: " + long + b"\r\n" + _END,
        "many fields": head + b"A: planted\r\n" * chance.randrange(80, 400) + _END,
        "a field broken in two": head + b"A: b" + evil + b"X-Planted: 1" + evil + b" c\r\n" + _END,
        "a name broken in two": head + b"A" + evil + b"B: planted\r\n" + _END,
        "a line broken in two": b"GET /a" + evil + b"X-Planted:1 HTTP/1.1\r\nHost: x\r\n" + _END,
        "an encoded break": b"GET /link/%0d%0aX-Planted:%201 HTTP/1.1\r\nHost: x\r\n" + _END,
        "two lengths": head + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\nplanted",
        "a length and chunks": head
        + b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n",
        "a bent encoding": head + b"Transfer-Encoding: " + chance.choice(
            [b"xchunked", b"chunked, identity", b"\x0bchunked", b"chunked\r\nTransfer-Encoding: x"]
        ) + b"\r\n\r\n0\r\n\r\n",
        "a negative length": head + b"Content-Length: -1\r\n\r\n",
        "a length in words": head + b"Content-Length: +5\r\n\r\nplanted",
        "a large body": head + form + f"Content-Length: {size}\r\n\r\n".encode() + b"x" * size,
        "a large body unannounced": head + form + b"Transfer-Encoding: chunked\r\n\r\n"
        + b"1000\r\n" + b"x" * 0x1000 + b"\r\n" + (b"1000\r\n" + b"x" * 0x1000 + b"\r\n") * 5,
        "a bent chunk": head + form + b"Transfer-Encoding: chunked\r\n\r\nzz\r\nplanted\r\n",
        "another version": f"GET /link/{token} HTTP/9.9\r\nHost: x\r\n".encode() + _END,
        "another method": f"PLANTED /link/{token} HTTP/1.1\r\nHost: x\r\n".encode() + _END,
        "no host": b"GET / HTTP/1.1\r\n" + _END,
        "a proxy's request": b"GET http://evil.example/ HTTP/1.1\r\nHost: evil.example\r\n" + _END,
        "a tunnel": b"CONNECT evil.example:443 HTTP/1.1\r\nHost: evil.example\r\n" + _END,
        "TLS": b"\x16\x03\x01\x02\x00\x01\x00" + rubbish,
        "HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + rubbish,
        "a way out of the folder": b"GET /static/../../../../etc/passwd HTTP/1.1\r\nHost: x\r\n"
        + _END,
        "the same, encoded": b"GET /static/%2e%2e%2f%2e%2e%2fpyproject.toml HTTP/1.1\r\nHost: x\r\n"
        + _END,
        "a head in drops": head[: chance.randrange(1, len(head))],
        "half a body": head + form + b"Content-Length: 50\r\n\r\nfo",
        "an upgrade": b"GET /healthz/x HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n"
        b"Connection: Upgrade\r\n\r\n" + rubbish,
    }  # fmt: skip
    return chance.choice(sorted(kinds.items()))


async def answered(port: int, sent: bytes) -> bytes:
    """Everything that comes back, until the server ends it."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        async with asyncio.timeout(30):
            writer.write(sent)
            return await reader.read()
    except ConnectionError:
        return b""
    finally:
        writer.close()


def assert_refused(kind: str, sent: bytes, answer: bytes) -> None:
    """Nothing at all, or a plain no that repeats nothing of it."""
    what = (kind, sent[:120], answer[:200])
    if not answer:
        return
    assert answer.split(b" ", 2)[1] in _REFUSED, what
    head, _, body = answer.partition(b"\r\n\r\n")
    assert b"planted" not in answer.lower(), what
    assert b"aiohttp" not in answer, what
    assert b"Traceback" not in body, what
    assert b"nosniff" in head, what
    assert b"root:" not in body, what
