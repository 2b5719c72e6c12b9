"""Orders with real money need an OpenD that is unlocked, and the bot never sees the password."""

import asyncio
import hashlib
from typing import Any, Final

import pytest

from floorbroker.brokers.moomoo.adapter import MoomooAdapter
from floorbroker.brokers.moomoo.unlock import unlock
from floorbroker.domain.errors import (
    AuthenticationFailed,
    BrokerConnectionError,
    BrokerError,
    GatewayNotRunning,
    OrderRejected,
    RateLimited,
)
from floorbroker.domain.order import Order
from tests.brokers.moomoo.at_moomoo import CHEAPER, placed
from tests.simulators.opend import Error, OpenDSimulator

PASSWORD: Final = "canary-trade-password-0815"


@pytest.fixture
def options(simulator: OpenDSimulator) -> dict[str, Any]:
    simulator.unlock_password_md5 = hashlib.md5(PASSWORD.encode()).hexdigest()
    return {
        "opend_host": simulator.host,
        "opend_port": simulator.port,
        "opend_security_firm": "FUTUINC",
    }


async def test_a_paper_order_needs_no_unlocking(
    adapter: MoomooAdapter, simulator: OpenDSimulator, resting: Order
) -> None:
    assert simulator.locked

    await adapter.place_order(resting)


async def test_a_locked_opend_refuses_and_the_person_hears_how_to_unlock_it(
    live: MoomooAdapter, simulator: OpenDSimulator, live_resting: Order
) -> None:
    with pytest.raises(OrderRejected) as refusal:
        await live.place_order(live_resting)

    assert "in OpenD's window" in refusal.value.message
    assert "`floorbroker unlock moomoo` in the terminal" in refusal.value.message
    assert simulator.orders_received == 1
    assert simulator.unlocks_received == 0


@pytest.mark.parametrize(
    "words", ["Not unlcok trade, please unlock first", "请重新解锁！", "Please unlock trade first"]
)
async def test_the_lock_is_known_by_its_words(
    live: MoomooAdapter, simulator: OpenDSimulator, live_resting: Order, words: str
) -> None:
    simulator.fail("order", Error(words))

    with pytest.raises(OrderRejected, match="trading is locked"):
        await live.place_order(live_resting)


async def test_cancels_and_changes_are_locked_too(
    live: MoomooAdapter, simulator: OpenDSimulator, live_resting: Order
) -> None:
    simulator.locked = False
    order = await placed(live, live_resting)
    simulator.locked = True

    with pytest.raises(OrderRejected, match="trading is locked"):
        await live.cancel_order(order)
    with pytest.raises(OrderRejected, match="trading is locked"):
        await live.modify_order(order, CHEAPER)


async def test_unlocking_from_the_terminal_lets_the_bots_orders_through(
    live: MoomooAdapter,
    simulator: OpenDSimulator,
    live_resting: Order,
    options: dict[str, Any],
) -> None:
    await unlock(options, PASSWORD)

    await live.place_order(live_resting)

    (asked,) = [one for one in simulator.received if one.kind == "unlock"]
    assert asked.request.c2s.unlock
    assert asked.request.c2s.pwdMD5 == simulator.unlock_password_md5


async def test_its_connection_is_gone_afterwards(
    simulator: OpenDSimulator, options: dict[str, Any]
) -> None:
    await unlock(options, PASSWORD)

    async with asyncio.timeout(5):
        while simulator.connections:  # noqa: ASYNC110  # the SDK's thread sets no event
            await asyncio.sleep(0)


async def test_a_wrong_password_is_told_in_opends_words_and_nowhere_repeated(
    simulator: OpenDSimulator, options: dict[str, Any]
) -> None:
    with pytest.raises(AuthenticationFailed, match="wrong trade password") as failure:
        await unlock(options, "something else")

    assert simulator.locked
    assert "something else" not in f"{failure.value!r} {failure.value.detail}"


async def test_an_opend_that_wants_its_window_says_so(
    simulator: OpenDSimulator, options: dict[str, Any]
) -> None:
    simulator.unlocking_allowed = False

    with pytest.raises(AuthenticationFailed, match="OpenD's own window"):
        await unlock(options, PASSWORD)


async def test_too_many_tries_are_told(simulator: OpenDSimulator, options: dict[str, Any]) -> None:
    simulator.fail("unlock", Error("Trd_UnlockTrade is called with high frequency", ret_type=-1))

    with pytest.raises((RateLimited, AuthenticationFailed), match=r"high frequency|limit"):
        await unlock(options, PASSWORD)


async def test_nothing_to_unlock_is_told_before_the_password_is_sent(
    simulator: OpenDSimulator, options: dict[str, Any]
) -> None:
    with pytest.raises(BrokerError, match="OPEND_SECURITY_FIRM=FUTUINC"):
        await unlock({**options, "opend_security_firm": "FUTUSG"}, PASSWORD)

    assert simulator.unlocks_received == 0


async def test_an_opend_that_is_not_logged_in_is_told(
    simulator: OpenDSimulator, options: dict[str, Any]
) -> None:
    simulator.log_out()

    with pytest.raises(BrokerConnectionError, match="not logged in"):
        await unlock(options, PASSWORD)


async def test_nothing_listening_is_told(
    simulator: OpenDSimulator, options: dict[str, Any]
) -> None:
    await simulator.stop()

    with pytest.raises(GatewayNotRunning):
        await unlock(options, PASSWORD)
