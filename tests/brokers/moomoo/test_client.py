"""One connection over the SDK: how it opens, how often it asks, and what it hears."""

import asyncio
import threading
from collections.abc import AsyncIterator
from typing import Any

import pytest

from floorbroker.brokers.moomoo import client
from floorbroker.brokers.moomoo.refusals import Garbled, Refusal
from floorbroker.brokers.shared.wire import Unanswered
from tests.simulators.opend import Error, Fault, OpenDSimulator, sdk

STATE = {"userID": 0}


@pytest.fixture
async def heard() -> list[str]:
    """`gone`, or the name of what was pushed."""
    return []


@pytest.fixture
async def opened(simulator: OpenDSimulator, heard: list[str]) -> AsyncIterator[Any]:
    client.load()
    made = client.connection(
        simulator.host,
        simulator.port,
        lambda name, _: heard.append(name),
        lambda: heard.append("gone"),
    )
    await asyncio.to_thread(made.open)
    yield made
    made.close()


async def test_making_one_neither_connects_nor_waits(simulator: OpenDSimulator) -> None:
    client.load()

    made = client.connection(simulator.host, simulator.port, lambda *_: None, lambda: None)

    assert simulator.connections_made == 0
    assert made.status == "START"
    with pytest.raises(Unanswered) as failure:
        await client.ask(made, "GetGlobalState", STATE, 1.0)
    assert not failure.value.sent
    made.close()


async def test_a_port_that_has_closed_meanwhile_is_not_tried_again(
    simulator: OpenDSimulator,
) -> None:
    client.load()
    await simulator.stop()
    made = client.connection(simulator.host, simulator.port, lambda *_: None, lambda: None)

    async with asyncio.timeout(5):
        with pytest.raises(Unanswered) as failure:
            await asyncio.to_thread(made.open)

    assert not failure.value.sent
    made.close()


async def test_a_connection_that_ends_before_the_sdk_has_begun_to_wait_is_heard_of(
    simulator: OpenDSimulator,
) -> None:
    """There the SDK calls `on_connect` without the id (network_manager.py, `connect`)."""
    client.load()
    made = client.connection(simulator.host, simulator.port, lambda *_: None, lambda: None)
    network = sdk().common.network_manager
    info = network.ConnectInfo(True)
    info.set_result(network.ConnectErr.Fail, "unreachable")

    made.on_connect(info)

    assert info.event.is_set()
    made.close()


async def test_an_answer_is_its_content(opened: Any) -> None:
    told = await client.ask(opened, "GetGlobalState", STATE, 5.0)

    assert told.trdLogined
    assert not opened._req_map


async def test_no_thread_waits_for_answers(opened: Any, simulator: OpenDSimulator) -> None:
    simulator.fail("read", Fault.SILENCE, times=None)
    before = threading.active_count()

    asking = [
        asyncio.create_task(client.ask(opened, "GetGlobalState", STATE, 30.0)) for _ in range(200)
    ]
    async with asyncio.timeout(5):
        while len(simulator.received) < 201:  # noqa: ASYNC110  # it sets no event
            await asyncio.sleep(0)

    assert threading.active_count() <= before
    opened.close()
    ended = await asyncio.gather(*asking, return_exceptions=True)
    assert {type(one) for one in ended} == {Unanswered}


@pytest.mark.parametrize(
    ("fault", "sent", "late"),
    [
        (Fault.SILENCE, True, True),
        (Fault.DROP_BEFORE, True, False),
        (Fault.DROP_AFTER, True, False),
    ],
)
async def test_what_was_sent_and_not_answered_may_have_been_done(
    opened: Any, simulator: OpenDSimulator, fault: Fault, sent: bool, late: bool
) -> None:
    simulator.fail("read", fault)

    with pytest.raises(Unanswered) as failure:
        await client.ask(opened, "GetGlobalState", STATE, 0.2)

    assert (failure.value.sent, failure.value.late) == (sent, late)
    assert not opened._req_map


@pytest.mark.parametrize("fault", [Fault.RUBBISH, Fault.BAD_HASH])
async def test_what_is_no_message_is_garbled(
    opened: Any, simulator: OpenDSimulator, fault: Fault
) -> None:
    simulator.fail("read", fault)

    with pytest.raises(Garbled):
        await client.ask(opened, "GetGlobalState", STATE, 5.0)


async def test_a_refusal_has_its_kind_and_its_words(opened: Any, simulator: OpenDSimulator) -> None:
    simulator.fail("read", Error("Something is wrong", ret_type=-400, err_code=7))

    with pytest.raises(Refusal) as failure:
        await client.ask(opened, "GetGlobalState", STATE, 5.0)

    assert (failure.value.ret_type, failure.value.message) == (-400, "Something is wrong")
    assert not failure.value.proven


async def test_a_drop_is_heard_once_and_the_connection_stays_ended(
    opened: Any, simulator: OpenDSimulator, heard: list[str]
) -> None:
    simulator.drop()

    async with asyncio.timeout(5):
        while opened.status == "READY" or not heard:  # noqa: ASYNC110  # it sets no event
            await asyncio.sleep(0)
    with pytest.raises(Unanswered):
        await client.ask(opened, "GetGlobalState", STATE, 1.0)
    assert heard == ["gone"]
    assert simulator.connections_made == 1
    assert opened.status == "CLOSED"


async def test_a_packets_id_is_new_each_time(opened: Any, simulator: OpenDSimulator) -> None:
    header = {"trdEnv": 0, "accID": 1907581, "trdMarket": 2}
    for _ in range(3):
        with pytest.raises(Refusal):
            fields = {"header": header, "orderID": 0, "modifyOrderOp": 2, "orderIDEx": "7"}
            await client.ask(opened, "Trd_ModifyOrder", fields, 5.0)

    packets = [
        one.request.c2s.packetID for one in simulator.received if one.name == "Trd_ModifyOrder"
    ]
    assert len({one.serialNo for one in packets}) == 3
    assert {one.connID for one in packets} == {opened.get_sync_conn_id()}


async def test_closing_twice_does_no_harm(opened: Any) -> None:
    opened.close()
    opened.close()
