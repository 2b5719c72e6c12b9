"""Letting go, and nothing that shows a key, a token or a signature."""

import gc
import logging
from collections.abc import AsyncIterator

import pytest
from structlog.testing import capture_logs

from floorbroker.brokers.shared.wire import Unanswered
from floorbroker.brokers.webull.adapter import WebullAdapter
from floorbroker.domain.errors import (
    BrokerConnectionError,
    FloorbrokerError,
    NotSent,
)
from floorbroker.domain.orders import OrderChanges
from tests.brokers.webull.at_webull import (
    APPLE,
    CHEAPER,
    CLIENT_SECRET,
    KEY,
    PLATFORM_SECRET,
    SECRET,
    Renewed,
    order_of,
    resting_request,
)
from tests.fakes.clock import ManualClock
from tests.simulators.webull import Fault, Person, WebullSimulator

CANARY = (KEY, SECRET)


# Letting go


@pytest.fixture(params=["key", "token"])
async def either(
    request: pytest.FixtureRequest, adapter: WebullAdapter, guest: WebullAdapter
) -> AsyncIterator[WebullAdapter]:
    """By both ways in."""
    yield adapter if request.param == "key" else guest


async def test_a_closed_adapter_asks_nothing_and_holds_no_secret(
    either: WebullAdapter, simulator: WebullSimulator, anna: Person, tokens: Renewed
) -> None:
    order = order_of(resting_request(), anna.account.id)
    asked = len(simulator.received)
    access = either._client._line._access

    await either.close()

    with pytest.raises(BrokerConnectionError):
        await either.accounts()
    for sending in (
        either.place_order(order),
        either.cancel_order(order),
        either.modify_order(order, OrderChanges(limit_price=resting_request().limit_price)),
    ):
        with pytest.raises(NotSent):
            await sending
    assert len(simulator.received) == asked
    held = gc.get_referents(access, access.__dict__)
    secrets = (*CANARY, PLATFORM_SECRET, *tokens.given.values())
    assert not any(secret in str(one) for one in held for secret in secrets)
    assert access._signer is None  # type: ignore[attr-defined] # of both kinds


# Nothing shows a secret


def everything_in(error: BaseException | None) -> list[str]:
    """The words and fields of an error and of all that it came from."""
    told: list[str] = []
    while error is not None:
        told += [str(error), repr(error), str(vars(error)), str(error.args)]
        error = error.__cause__ or error.__context__
    return told


@pytest.mark.parametrize(
    "fault",
    [fault for fault in Fault if fault not in {Fault.FAR, Fault.HANG, Fault.DRIP, Fault.LATE}],
)
async def test_no_failure_shows_a_key_a_token_or_a_signature(
    either: WebullAdapter,
    simulator: WebullSimulator,
    anna: Person,
    tokens: Renewed,
    clock: ManualClock,
    caplog: pytest.LogCaptureFixture,
    fault: Fault,
) -> None:
    caplog.set_level(logging.DEBUG)
    simulator.fail("any", fault)
    order = order_of(resting_request(), anna.account.id)
    hidden = (*CANARY, CLIENT_SECRET, PLATFORM_SECRET, *tokens.given.values(), "x-signature")

    with capture_logs() as logs:
        for asking in (
            either.place_order(order),
            either.cancel_order(order),
            either.modify_order(order, CHEAPER),
            either.find_order(order),
            either.connect(),
            either.quote(APPLE),
        ):
            with pytest.raises(FloorbrokerError) as failed:
                await asking
            shown = everything_in(failed.value)
            assert not any(secret in text for text in shown for secret in hidden)
            clock.advance(60)

    assert not any(secret in f"{caplog.text} {logs}" for secret in hidden)


async def test_without_a_connection_no_error_holds_a_key_either(
    adapter: WebullAdapter, simulator: WebullSimulator, anna: Person
) -> None:
    await simulator.stop_listening()

    with pytest.raises(FloorbrokerError) as failed:
        await adapter.find_order(order_of(resting_request(), anna.account.id))
    await simulator.listen_again()

    assert isinstance(failed.value.__cause__, Unanswered)
    assert not any(secret in text for text in everything_in(failed.value) for secret in CANARY)


async def test_what_holds_the_keys_does_not_show_them(
    adapter: WebullAdapter, guest: WebullAdapter, tokens: Renewed
) -> None:
    shown = ""
    for one in (adapter, guest):
        line = one._client._line
        shown += f"{one!r} {one._client!r} {line!r} {line._access!r} {one._orders!r}"

    hidden = (*CANARY, PLATFORM_SECRET, *tokens.given.values())
    assert not any(secret in shown for secret in hidden)
