"""Connecting, whose account it is, what the key may do, and letting go."""

import gc
import logging
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from floorbroker.brokers.binance.adapter import BinanceAdapter
from floorbroker.brokers.context import BrokerContext
from floorbroker.brokers.port import KeyRights
from floorbroker.brokers.shared.transport import Transport
from floorbroker.brokers.shared.wire import Unanswered
from floorbroker.domain.connections import ConnectionState
from floorbroker.domain.errors import (
    ApiError,
    AuthenticationFailed,
    BrokerConnectionError,
    BrokerError,
    FloorbrokerError,
    NotSent,
    RegionRefused,
)
from floorbroker.domain.ids import AccountId
from floorbroker.domain.modes import Environment
from tests.brokers.binance.at_binance import (
    BITCOIN,
    KEY,
    SECRET,
    adapter_in,
    context_at,
    order_of,
    request,
)
from tests.fakes.clock import ManualClock
from tests.simulators.binance import BinanceSimulator, Fault, Person

CANARY = (KEY, SECRET)


@pytest.fixture
async def live(
    simulator: BinanceSimulator, transport: Transport, clock: ManualClock
) -> AsyncIterator[BinanceAdapter]:
    adapter = adapter_in(context_at(simulator.url, transport, clock, environment=Environment.LIVE))
    yield adapter
    await adapter.close()


async def test_a_wrong_secret_is_told_as_refused_access(
    context: BrokerContext, anna: Person
) -> None:
    adapter = adapter_in(context, secret=SECRET[::-1])

    with pytest.raises(AuthenticationFailed, match="testnet does not accept"):
        await adapter.connect()

    assert adapter.status().state is ConnectionState.FAILED
    await adapter.close()


async def test_a_key_from_another_address_is_told_as_such(
    live: BinanceAdapter, anna: Person
) -> None:
    anna.rights.trusted = False

    with pytest.raises(AuthenticationFailed, match="address"):
        await live.connect()


async def test_a_region_that_is_not_served_is_told_as_such(
    context: BrokerContext, anna: Person, simulator: BinanceSimulator
) -> None:
    simulator.restrict_region()
    adapter = adapter_in(context)

    with pytest.raises(RegionRefused):
        await adapter.connect()
    await adapter.close()


async def test_an_account_that_may_not_order_is_connected_and_says_so(
    context: BrokerContext, anna: Person
) -> None:
    anna.can_trade = False
    adapter = adapter_in(context)

    await adapter.connect()

    assert adapter.status().detail == "Binance has blocked the account's orders."
    await adapter.close()


@pytest.mark.parametrize("seconds", [3, -30])
async def test_a_clock_that_is_wrong_is_made_up_for(
    context: BrokerContext, anna: Person, simulator: BinanceSimulator, seconds: int
) -> None:
    simulator.set_clock_ahead(seconds)
    adapter = adapter_in(context)

    await adapter.connect()
    receipt = await adapter.place_order(order_of(request(), anna.uid))

    assert receipt.fills
    await adapter.close()


async def test_a_clock_that_jumps_is_looked_at_again(
    adapter: BinanceAdapter, simulator: BinanceSimulator
) -> None:
    simulator.set_clock_ahead(60)

    with pytest.raises(BrokerError, match="too far apart"):
        await adapter.accounts()

    assert await adapter.accounts()


async def test_an_account_without_a_number_is_known_by_its_key_unreadably(
    context: BrokerContext, anna: Person, simulator: BinanceSimulator
) -> None:
    adapter = adapter_in(context)

    assert adapter._unnumbered.startswith("key-")
    assert not any(KEY[at : at + 6] in adapter._unnumbered for at in range(len(KEY) - 5))
    await adapter.close()


# What the key may do


async def test_the_testnet_tells_nothing_of_a_key_and_is_not_asked(
    adapter: BinanceAdapter, simulator: BinanceSimulator
) -> None:
    rights = await adapter.key_rights()

    assert rights == KeyRights(trade=None, withdraw=None, ip_restricted=None, expires_at=None)
    assert not [one for one in simulator.received if one.path.startswith("/sapi")]


@pytest.mark.parametrize("right", ["withdrawals", "internal_transfer", "universal_transfer"])
async def test_a_key_that_can_move_coins_out_is_told_as_such(
    live: BinanceAdapter, anna: Person, right: str
) -> None:
    await live.connect()
    harmless = await live.key_rights()
    setattr(anna.rights, right, True)

    assert harmless == KeyRights(trade=True, withdraw=False, ip_restricted=False, expires_at=None)
    assert (await live.key_rights()).withdraw is True


async def test_a_key_that_only_reads_and_one_that_is_bound_are_told_as_such(
    live: BinanceAdapter, anna: Person
) -> None:
    anna.rights.spot_trading, anna.rights.ip_restricted = False, True

    rights = await live.key_rights()

    assert (rights.trade, rights.ip_restricted) == (False, True)


async def test_a_host_without_that_call_tells_nothing(
    transport: Transport, clock: ManualClock
) -> None:
    async with BinanceSimulator(now=clock.now, wallet=False) as simulator:
        simulator.add_person(KEY, SECRET)
        context = context_at(simulator.url, transport, clock, environment=Environment.LIVE)
        adapter = adapter_in(context)

        assert (await adapter.key_rights()).withdraw is None
        await adapter.close()


async def test_rights_that_cannot_be_read_are_not_taken_for_harmless(
    live: BinanceAdapter, anna: Person, simulator: BinanceSimulator
) -> None:
    simulator.fail("/sapi/v1/account/apiRestrictions", Fault.EMPTY_OBJECT)

    with pytest.raises(ApiError):
        await live.key_rights()


# Letting go


async def test_a_closed_adapter_asks_nothing_and_holds_no_key(
    adapter: BinanceAdapter, anna: Person, simulator: BinanceSimulator
) -> None:
    asked = len(simulator.received)
    sdk = adapter._client._sdk

    await adapter.close()

    with pytest.raises(BrokerConnectionError):
        await adapter.accounts()
    with pytest.raises(NotSent):
        await adapter.place_order(order_of(request(), anna.uid))
    assert len(simulator.received) == asked
    assert sdk is not None
    held = gc.get_referents(sdk, sdk.__dict__, sdk.session, sdk.session.__dict__)
    assert not any(secret in str(one) for one in held for secret in CANARY)


async def test_somebody_elses_account_is_not_read(adapter: BinanceAdapter, anna: Person) -> None:
    account = replace((await adapter.accounts())[0], account_id=AccountId("1"))

    for asking in (
        adapter.balances(account),
        adapter.positions(account),
        adapter.open_orders(account),
        adapter.order_history(account, _NOW, _NOW + timedelta(days=1)),
    ):
        with pytest.raises(BrokerError, match="another account"):
            await asking


_NOW = ManualClock().now()


# Nothing shows the keys


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
async def test_no_failure_shows_a_key_or_a_signature(
    adapter: BinanceAdapter,
    anna: Person,
    simulator: BinanceSimulator,
    caplog: pytest.LogCaptureFixture,
    fault: Fault,
) -> None:
    caplog.set_level(logging.DEBUG)
    simulator.fail("any", fault)
    order = order_of(request(), anna.uid)

    with capture_logs() as logs:
        for asking in (
            adapter.place_order(order),
            adapter.cancel_order(order),
            adapter.find_order(order),
            adapter.connect(),
            adapter.quote(BITCOIN),
        ):
            with pytest.raises(FloorbrokerError) as failed:
                await asking
            shown = everything_in(failed.value)
            hidden = (*CANARY, "signature=")
            assert not any(secret in text for text in shown for secret in hidden)

    assert not any(secret in f"{caplog.text} {logs}" for secret in (*CANARY, "signature="))


async def test_without_a_connection_no_error_holds_a_key_either(
    adapter: BinanceAdapter, anna: Person, simulator: BinanceSimulator
) -> None:
    await simulator.stop_listening()

    with pytest.raises(FloorbrokerError) as failed:
        await adapter.find_order(order_of(request(), anna.uid))
    await simulator.listen_again()

    assert isinstance(failed.value.__cause__, Unanswered)
    assert not any(secret in text for text in everything_in(failed.value) for secret in CANARY)


async def test_what_holds_the_keys_does_not_show_them(adapter: BinanceAdapter) -> None:
    shown = f"{adapter!r} {adapter._client!r} {adapter._client._sdk!r} {adapter._orders!r}"

    assert not any(secret in shown for secret in CANARY)
