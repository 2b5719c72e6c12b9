"""What a connection tells of itself while it is opened, when it fails, and after its end."""

import asyncio
from datetime import timedelta

import pytest

from floorbroker.brokers.shared.connection import Connection
from floorbroker.domain.connections import ConnectionState
from floorbroker.domain.errors import AuthenticationFailed
from tests.fakes.clock import ManualClock


@pytest.fixture
def connection(clock: ManualClock) -> Connection:
    return Connection(clock)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


def test_it_is_connected_from_the_moment_it_is_opened(
    connection: Connection, clock: ManualClock
) -> None:
    before = connection.status
    with connection.opening():
        meanwhile = connection.status
        clock.advance(2)
    connection.opened("Trading is blocked.")

    assert (before.state, before.healthy) == (ConnectionState.DISCONNECTED, False)
    assert (meanwhile.state, meanwhile.healthy) == (ConnectionState.CONNECTING, False)
    assert connection.status.state is ConnectionState.CONNECTED
    assert connection.status.healthy
    assert connection.status.detail == "Trading is blocked."
    assert connection.status.since - meanwhile.since == timedelta(seconds=2)


@pytest.mark.parametrize(
    ("error", "detail"),
    [
        (AuthenticationFailed("These keys are not accepted."), "These keys are not accepted."),
        (ValueError("holds who knows what"), ""),
        (asyncio.CancelledError(), ""),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_failure_is_raised_on_and_only_our_own_words_are_told(
    connection: Connection, error: BaseException, detail: str
) -> None:
    with pytest.raises(type(error)) as raised, connection.opening():
        raise error

    assert raised.value is error
    assert (connection.status.state, connection.status.healthy) == (ConnectionState.FAILED, False)
    assert connection.status.detail == detail


def test_one_that_was_closed_stays_so_even_while_it_is_opened(connection: Connection) -> None:
    connection.close()
    ended = connection.status
    with connection.opening():
        closed = connection.closed

    assert ended.state is ConnectionState.DISCONNECTED
    assert closed
