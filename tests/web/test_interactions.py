"""Commands over HTTP: handed over only if Discord signed them, and just now."""

import json
from collections.abc import AsyncIterator, Mapping
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import ClientSession
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from floorbroker.observability.metrics import Metrics
from floorbroker.services.supervisor import Supervisor
from floorbroker.web.app import LARGEST_BODY_BYTES, build_web_app, run_web
from floorbroker.web.discord_signature import FRESH
from floorbroker.web.interactions import LARGEST_BYTES, PATH, Interactions
from tests.fakes.clock import ManualClock
from tests.floor import settings
from tests.simulators.discord import APPLICATION_ID, slash
from tests.web.link_world import Ready

KEY = Ed25519PrivateKey.generate()


class Door:
    """The endpoint, what came through, and a stranger or Discord before it."""

    def __init__(self, clock: ManualClock) -> None:
        self.clock = clock
        self.received: list[Any] = []
        self.reachable = True
        self.supervisor = Supervisor()
        self.session: ClientSession | None = None

    def can_be_reached(self) -> bool:
        return self.reachable

    def receive(self, interaction: Mapping[str, Any]) -> None:
        if "token" not in interaction:
            raise KeyError("token")
        self.received.append(interaction)

    async def sends(
        self, body: bytes, *, key: Ed25519PrivateKey = KEY, age: float = 0, **headers: str
    ) -> tuple[int, str]:
        """Status and text of the answer to a request that was signed `age` seconds ago."""
        moment = str(int(self.clock.now().timestamp() - age))
        signed = {
            "X-Signature-Timestamp": moment,
            "X-Signature-Ed25519": key.sign(moment.encode() + body).hex(),
        }
        assert self.session is not None
        given = {**signed, **{name.replace("_", "-"): text for name, text in headers.items()}}
        async with self.session.post(PATH, data=body, headers=given) as answer:
            return answer.status, await answer.text()


@pytest_asyncio.fixture
async def door() -> AsyncIterator[Door]:
    door = Door(ManualClock())
    chosen = settings(
        discord_public_key=KEY.public_key().public_bytes_raw().hex(),
        discord_client_id=APPLICATION_ID,
    )
    app = build_web_app(
        readiness=Ready(),
        metrics=Metrics(),
        metrics_token=None,
        interactions=Interactions(chosen, door.clock, door, door.supervisor),
    )
    async with (
        run_web(app, "127.0.0.1", 0) as port,
        ClientSession(f"http://127.0.0.1:{port}", trust_env=False) as session,
    ):
        door.session = session
        yield door


def body(**changes: Any) -> bytes:
    return json.dumps({**slash("quote", "1", symbol="AAPL"), **changes}).encode()


async def test_a_command_that_discord_signed_is_handed_over(door: Door) -> None:
    sent = body()

    status, text = await door.sends(sent)

    assert (status, text) == (202, "")
    assert door.received == [json.loads(sent)]


async def test_a_ping_is_answered_and_not_handed_over(door: Door) -> None:
    status, text = await door.sends(body(type=1))

    assert status == 200
    assert json.loads(text) == {"type": 1}
    assert door.received == []


@pytest.mark.parametrize(
    "age", [FRESH.total_seconds() + 1, -FRESH.total_seconds() - 1], ids=["old", "of the future"]
)
async def test_a_request_that_is_repeated_later_is_refused(door: Door, age: float) -> None:
    status, _ = await door.sends(body(), age=age)

    assert status == 401
    assert door.received == []


async def test_what_somebody_else_signed_is_refused(door: Door) -> None:
    status, _ = await door.sends(body(), key=Ed25519PrivateKey.generate())

    assert status == 401
    assert door.received == []


@pytest.mark.parametrize(
    "header",
    [
        {"X_Signature_Timestamp": ""},
        {"X_Signature_Timestamp": "soon"},
        {"X_Signature_Timestamp": "9" * 400},
        {"X_Signature_Ed25519": ""},
        {"X_Signature_Ed25519": "zz"},
        {"X_Signature_Ed25519": "00" * 64},
    ],
)
async def test_what_is_not_signed_is_refused(door: Door, header: dict[str, str]) -> None:
    status, _ = await door.sends(body(), **header)

    assert status == 401
    assert door.received == []


async def test_a_changed_byte_is_refused(door: Door) -> None:
    moment = str(int(door.clock.now().timestamp()))
    signature = KEY.sign(moment.encode() + body()).hex()

    status, _ = await door.sends(
        body(), X_Signature_Timestamp=f"{moment[:-1]}0", X_Signature_Ed25519=signature[:-2] + "00"
    )

    assert status == 401


@pytest.mark.parametrize(
    "sent",
    [b"", b"[]", b"{", b"1", body(type=9), body(type=None), body(application_id="1")],
    ids=["nothing", "a list", "half", "a number", "unknown kind", "no kind", "another app's"],
)
async def test_what_cannot_be_read_is_refused_and_not_handed_over(door: Door, sent: bytes) -> None:
    status, _ = await door.sends(sent)

    assert status == 400
    assert door.received == []


async def test_a_click_on_a_large_card_fits_and_more_does_not(door: Door) -> None:
    fits = body(message={"content": "x" * (4 * LARGEST_BODY_BYTES)})
    too_large = body(message={"content": "x" * LARGEST_BYTES})

    assert (await door.sends(fits))[0] == 202
    assert (await door.sends(too_large))[0] == 413
    assert len(door.received) == 1


async def test_the_moment_is_still_good_at_the_edge(door: Door) -> None:
    status, _ = await door.sends(body(), age=(FRESH - timedelta(seconds=1)).total_seconds())

    assert status == 202


async def test_before_the_bot_is_logged_in_nothing_is_taken(door: Door) -> None:
    door.reachable = False

    assert (await door.sends(body()))[0] == 503
    assert (await door.sends(body(type=1)))[0] == 200
    assert door.received == []


async def test_from_the_first_moment_of_its_end_on_nothing_is_taken(door: Door) -> None:
    await door.supervisor.drain(timedelta(0))

    assert (await door.sends(body()))[0] == 503
    assert (await door.sends(body(type=1)))[0] == 200
    assert door.received == []


async def test_what_the_library_cannot_read_is_refused(door: Door) -> None:
    sent = {name: value for name, value in json.loads(body()).items() if name != "token"}

    assert (await door.sends(json.dumps(sent).encode()))[0] == 400


@pytest.mark.parametrize("path", ["/healthz", "/nowhere", PATH])
async def test_nobody_makes_the_bot_keep_a_large_body_of_unknown_length(
    door: Door, path: str
) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(40 if path == PATH else 5):
            yield b"x" * 4096

    assert door.session is not None
    async with door.session.post(path, data=pieces()) as answer:
        assert answer.status == 413
