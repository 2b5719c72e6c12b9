"""What Discord tells over HTTP: believed only if Discord signed it, and just now."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import ClientSession
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from floorbroker.domain.errors import StoreUnavailable
from floorbroker.observability.metrics import Metrics
from floorbroker.storage.documents import Documents
from floorbroker.web.app import build_web_app, run_web
from floorbroker.web.discord_events import PATH, DiscordEvents
from tests.fakes.clock import ManualClock
from tests.fakes.flaky_documents import FlakyDocuments
from tests.floor import ANNA, BEN, House, built, opened, settings
from tests.web.link_world import Ready

KEY = Ed25519PrivateKey.generate()
APPLICATION = "700000000000000001"


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest_asyncio.fixture
async def documents(tmp_path: Path) -> AsyncIterator[Documents]:
    documents = await opened(tmp_path / "floor.db")
    yield documents
    await documents.close()


@pytest.fixture
def store(documents: Documents) -> FlakyDocuments:
    return FlakyDocuments(documents)


@pytest_asyncio.fixture
async def house(store: FlakyDocuments, clock: ManualClock) -> AsyncIterator[House]:
    house = built(store, clock)
    yield house
    store.recover()
    await house.stop()


def told(event: str = "APPLICATION_DEAUTHORIZED", user: object = ANNA, **other: Any) -> bytes:
    """The body of an event."""
    data = {"user": {"id": user, "username": "anna"}}
    fields = {
        "version": 1,
        "application_id": APPLICATION,
        "type": 1,
        "event": {"type": event, "timestamp": "2026-03-04T17:00:00Z", "data": data},
    }
    return json.dumps({**fields, **other}).encode()


def signed(body: bytes, clock: ManualClock, key: Ed25519PrivateKey = KEY) -> dict[str, str]:
    """The headers that Discord sends with it."""
    moment = str(int(clock.now().timestamp()))
    return {
        "X-Signature-Timestamp": moment,
        "X-Signature-Ed25519": key.sign(moment.encode() + body).hex(),
    }


@asynccontextmanager
async def visiting(house: House) -> AsyncIterator[ClientSession]:
    """A stranger before the application."""
    chosen = settings(
        discord_public_key=KEY.public_key().public_bytes_raw().hex(),
        discord_client_id=APPLICATION,
    )
    app = build_web_app(
        readiness=Ready(),
        metrics=Metrics(),
        metrics_token=None,
        events=DiscordEvents(chosen, house.erasing, house.clock),
    )
    async with (
        run_web(app, "127.0.0.1", 0) as port,
        ClientSession(f"http://127.0.0.1:{port}", trust_env=False) as session,
    ):
        yield session


async def _sent(house: House, body: bytes, headers: dict[str, str]) -> int:
    async with visiting(house) as session, session.post(PATH, data=body, headers=headers) as answer:
        assert await answer.read() == b"" or answer.status != 204
        return answer.status


async def _leaving(house: House, who: Any = ANNA) -> bool:
    return (await house.accounts.person(who)).leaving is not None


async def test_who_takes_the_app_away_is_frozen_and_nobody_else(
    house: House, clock: ManualClock
) -> None:
    await house.bought()
    await house.bought(user_id=BEN)
    body = told()

    assert await _sent(house, body, signed(body, clock)) == 204

    person = await house.accounts.person(ANNA)
    assert person.leaving is not None
    assert person.leaving.deauthorised
    assert person.leaving.erase_at - clock.now() == timedelta(days=7)
    assert not await _leaving(house, BEN)


async def test_told_twice_the_timer_stays_as_it_was(house: House, clock: ManualClock) -> None:
    await house.bought()
    body = told()
    await _sent(house, body, signed(body, clock))
    before = (await house.accounts.person(ANNA)).leaving
    clock.advance(60)

    assert await _sent(house, body, signed(body, clock)) == 204

    assert (await house.accounts.person(ANNA)).leaving == before


async def test_a_ping_is_answered_and_changes_nothing(house: House, clock: ManualClock) -> None:
    body = json.dumps({"version": 1, "application_id": APPLICATION, "type": 0}).encode()

    assert await _sent(house, body, signed(body, clock)) == 204


async def test_of_whom_nothing_is_kept_nothing_is_stored(
    house: House, clock: ManualClock, documents: Documents
) -> None:
    body = told()

    assert await _sent(house, body, signed(body, clock)) == 204

    assert await documents.get("users", ANNA) is None


@pytest.mark.parametrize("event", ["APPLICATION_AUTHORIZED", "ENTITLEMENT_CREATE", "NEW_ONE"])
async def test_other_events_are_taken_and_change_nothing(
    house: House, clock: ManualClock, event: str
) -> None:
    await house.bought()
    body = told(event)

    assert await _sent(house, body, signed(body, clock)) == 204
    assert not await _leaving(house)


async def test_what_another_key_signed_is_refused(house: House, clock: ManualClock) -> None:
    await house.bought()
    body = told()

    status = await _sent(house, body, signed(body, clock, Ed25519PrivateKey.generate()))

    assert status == 401
    assert not await _leaving(house)


@pytest.mark.parametrize(
    "bent",
    [
        {"X-Signature-Ed25519": ""},
        {"X-Signature-Ed25519": "zz"},
        {"X-Signature-Ed25519": "0" * 128},
        {"X-Signature-Timestamp": ""},
        {"X-Signature-Timestamp": "1"},
        {"X-Signature-Timestamp": "９９"},
        {"X-Signature-Timestamp": "9" * 400},
    ],
)
async def test_bent_headers_are_refused(
    house: House, clock: ManualClock, bent: dict[str, str]
) -> None:
    await house.bought()
    body = told()

    assert await _sent(house, body, signed(body, clock) | bent) == 401
    assert not await _leaving(house)


async def test_a_body_that_was_changed_after_signing_is_refused(
    house: House, clock: ManualClock
) -> None:
    await house.bought(user_id=BEN)
    headers = signed(told(), clock)

    assert await _sent(house, told(user=BEN), headers) == 401
    assert not await _leaving(house, BEN)


@pytest.mark.parametrize("seconds", [301, -301])
async def test_an_old_request_that_is_repeated_is_refused(
    house: House, clock: ManualClock, seconds: int
) -> None:
    await house.bought()
    body = told()
    headers = signed(body, clock)
    clock.advance(seconds)

    assert await _sent(house, body, headers) == 401
    assert not await _leaving(house)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b'{"type": 1}',
        told(user="../../users"),
        told(user=None),
        told(event="APPLICATION_DEAUTHORIZED", application_id="1"),
    ],
)
async def test_signed_rubbish_is_a_bad_request(
    house: House, clock: ManualClock, body: bytes
) -> None:
    await house.bought()

    assert await _sent(house, body, signed(body, clock)) == 400
    assert not await _leaving(house)


async def test_while_the_store_is_away_discord_is_asked_to_come_again(
    house: House, clock: ManualClock, store: FlakyDocuments
) -> None:
    await house.bought()
    body = told()

    async def fail() -> None:
        raise StoreUnavailable

    store.before["replace", "users"] = store.before["insert", "users"] = fail

    assert await _sent(house, body, signed(body, clock)) == 503


async def test_without_a_key_there_is_no_such_path() -> None:
    app = build_web_app(readiness=Ready(), metrics=Metrics(), metrics_token=None)
    async with (
        run_web(app, "127.0.0.1", 0) as port,
        ClientSession(f"http://127.0.0.1:{port}", trust_env=False) as session,
        session.post(PATH, data=b"{}") as answer,
    ):
        assert answer.status == 404


@pytest.mark.parametrize("key", ["abc", "g" * 64, "0" * 63])
def test_a_key_that_is_none_ends_the_start(key: str) -> None:
    with pytest.raises(ValueError, match="discord_public_key"):
        settings(discord_public_key=key)
