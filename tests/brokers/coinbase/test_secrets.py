"""No key in an error, in a log, or in what is printed, however a request ends."""

import logging

import pytest

from floorbroker.brokers.coinbase.adapter import CoinbaseAdapter
from floorbroker.brokers.context import BrokerContext
from floorbroker.domain.errors import FloorbrokerError
from floorbroker.domain.order import Order
from tests.brokers.coinbase.at_coinbase import (
    EC_SECRET,
    KEY,
    SECRET,
    adapter_in,
    order_of,
    resting_request,
)
from tests.brokers.coinbase.test_changes import DEARER
from tests.fakes.clock import ManualClock
from tests.simulators.coinbase import CoinbaseSimulator, Fault

CANARY = (KEY, SECRET, EC_SECRET, EC_SECRET.split("\n")[1], "Bearer ")


def everything_in(error: BaseException | None) -> list[str]:
    """The words and fields of an error and of all that it came from."""
    told: list[str] = []
    while error is not None:
        told += [str(error), repr(error), str(vars(error))]
        sent = getattr(error, "request", None)
        told += [str(sent.headers)] if sent is not None else []
        error = error.__cause__ or error.__context__
    return told


@pytest.mark.parametrize("secret", [SECRET, EC_SECRET], ids=["Ed25519", "ECDSA"])
@pytest.mark.parametrize(
    "fault",
    [
        Fault.BAD_GATEWAY,
        Fault.RESET,
        Fault.CLOSE,
        Fault.INVALID_JSON,
        Fault.EMPTY_OBJECT,
        Fault.LIST,
        Fault.TRUNCATED,
    ],
    ids=lambda fault: fault.name,
)
async def test_no_error_holds_a_key(
    context: BrokerContext,
    simulator: CoinbaseSimulator,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
    clock: ManualClock,
    fault: Fault,
    secret: str,
) -> None:
    caplog.set_level(logging.DEBUG)
    person = simulator.add_person(api_secret=secret)
    key, order = person.key.api_key, order_of(resting_request(), person.portfolio.id)
    adapter = adapter_in(context, key, secret)
    await adapter.connect()
    await adapter.search_instruments("BTC")
    clock.advance(60)
    simulator.fail("any", fault)

    for asking in (
        adapter.place_order(order),
        adapter.cancel_order(order),
        adapter.modify_order(order, DEARER),
        adapter.find_order(order),
        adapter.preview_order(order),
        adapter.connect(),
    ):
        with pytest.raises(FloorbrokerError) as failed:
            await asking
        told = everything_in(failed.value)
        assert not any(one in text for text in told for one in (*CANARY, key))

    printed = capsys.readouterr()
    seen = f"{caplog.text}{printed.out}{printed.err}"
    assert not any(one in seen for one in (*CANARY, key))


async def test_without_a_connection_no_error_holds_a_key_either(
    adapter: CoinbaseAdapter, simulator: CoinbaseSimulator, resting: Order
) -> None:
    await simulator.stop_listening()

    with pytest.raises(FloorbrokerError) as failed:
        await adapter.find_order(resting)
    await simulator.listen_again()

    assert not any(one in text for text in everything_in(failed.value) for one in CANARY)


def test_what_holds_the_key_does_not_show_it(adapter: CoinbaseAdapter) -> None:
    shown = f"{adapter!r} {adapter._client!r} {adapter._client._sdk!r}"

    assert not any(one in shown for one in CANARY)


async def test_nothing_of_a_request_stays(adapter: CoinbaseAdapter, resting: Order) -> None:
    await adapter.place_order(resting)

    session = adapter._client._sdk.session
    assert not any("Bearer" in str(value) for value in session.headers.values())
    assert list(session.cookies) == []
