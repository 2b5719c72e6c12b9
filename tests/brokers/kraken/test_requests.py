"""One request each, in turn, read by us: numbers, pages of proxies, ids, and no secret let out."""

import asyncio
import json
import logging
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from floorbroker.brokers.context import BrokerContext
from floorbroker.brokers.kraken.adapter import KrakenAdapter
from floorbroker.brokers.kraken.client import KrakenClient
from floorbroker.brokers.kraken.errors import Refusal
from floorbroker.brokers.shared.transport import Transport
from floorbroker.brokers.shared.wire import Failure, Unreadable
from floorbroker.domain.errors import FloorbrokerError, NotSent, RateLimited, StoreUnavailable
from floorbroker.domain.ids import LinkId
from floorbroker.domain.orders import OrderChanges
from tests.brokers.kraken.at_kraken import (
    adapter_in,
    context_at,
    fields_of,
    order_of,
    request,
    resting_request,
)
from tests.brokers.shared.told_server import Said, ToldServer
from tests.fakes.clock import ManualClock
from tests.simulators.kraken import Fault, KrakenSimulator
from tests.simulators.kraken.form import Form
from tests.simulators.kraken_clients import KEY, SECRET

HTML = b"<html><head><title>520</title></head><body>cloudflare</body></html>"
TXID = "OUF4EM-FRGI2-MQMWZD"
PLACED = {"error": [], "result": {"descr": {"order": "buy"}, "txid": [TXID]}}
Making = Callable[[ToldServer], KrakenClient]


@pytest.fixture
def client_of(transport: Transport, clock: ManualClock) -> Making:
    def made(server: ToldServer) -> KrakenClient:
        return KrakenClient(context_at(server.url, transport, clock), key=KEY, secret=SECRET)

    return made


def body(told: Any) -> bytes:
    return json.dumps(told).encode()


# Answers that are none


@pytest.mark.parametrize(
    "said",
    [
        Said(520, HTML),
        Said(403, HTML),
        Said(302, b"", {"Location": "http://127.0.0.1:1/elsewhere"}),
        Said(500, body(PLACED)),
        Said(200, HTML),
        Said(200, b""),
        Said(200, b"null"),
        Said(200, b"[]"),
        Said(200, b"{}"),
        Said(200, b'{"error": [], "result": '),
        Said(200, b'{"error": "EOrder:Insufficient funds"}'),
        Said(200, b'{"error": [1]}'),
        Said(200, b'{"error": []}'),
        Said(200, body({**PLACED, "error": ["EOrder:Insufficient funds"]})),
        Said(200, body({"error": [], "result": {}})),
        Said(200, body({"error": [], "result": {"descr": {}}})),
        Said(200, body({"error": [], "result": {"txid": []}})),
        Said(200, body({"error": [], "result": {"txid": [TXID, TXID]}})),
        Said(200, body({"error": [], "result": {"txid": ["../orders"]}})),
        Said(200, body({"error": [], "result": {"txid": [f"{TXID}\n"]}})),
        Said(200, b'{"error": [], "result": {"txid": NaN}}'),
        Said(200, b"\xff\xfe\x00"),
        Said(200, b"[" * 100_000),
    ],
    ids=lambda said: f"{said.status} {said.body[:30]!r}",
)
async def test_what_is_no_answer_to_an_order_is_unreadable(said: Said, client_of: Making) -> None:
    async with ToldServer(said) as server:
        with pytest.raises(Unreadable):
            await client_of(server).add_order({"pair": "XXBTZUSD"}, urgent=False)

        assert len(server.heard) == 1


@pytest.mark.parametrize("told", [{}, {"count": 0}, {"count": "two"}, {"txid": [TXID]}, [], None])
async def test_only_a_count_says_that_a_cancel_was_taken(told: Any, client_of: Making) -> None:
    answers = (
        Said(200, body({"error": [], "result": told})),
        Said(200, body({"error": [], "result": {"count": 1}})),
    )
    async with ToldServer(*answers) as server:
        client = client_of(server)
        with pytest.raises(Unreadable):
            await client.cancel_order({"txid": TXID})
        await client.cancel_order({"txid": TXID})


async def test_a_refusal_keeps_its_words_and_a_warning_is_none(client_of: Making) -> None:
    refused = Said(200, body({"error": ["EOrder:Insufficient funds"], "result": {}}))
    warned = Said(200, body({**PLACED, "error": ["WGeneral:Slow today"]}))

    async with ToldServer(refused, warned) as server:
        client = client_of(server)
        with pytest.raises(Refusal) as told:
            await client.add_order({}, urgent=False)
        placed = await client.add_order({}, urgent=False)

    assert told.value.words == ("EOrder:Insufficient funds",)
    assert placed.txid == (TXID,)


@pytest.mark.parametrize("status", [429, 503, 504, 520])
@pytest.mark.parametrize("method", ["place", "amend", "cancel", "read"])
async def test_no_request_is_ever_repeated(status: int, method: str, client_of: Making) -> None:
    async with ToldServer(Said(status, HTML)) as server:
        client = client_of(server)
        asking = {
            "place": lambda: client.add_order({}, urgent=False),
            "amend": lambda: client.amend_order(TXID, {"limit_price": "1"}),
            "cancel": lambda: client.cancel_order({"txid": TXID}),
            "read": client.get_balances,
        }[method]
        with pytest.raises(Failure):
            await asking()

        assert len(server.heard) == 1


# Ids


@pytest.mark.parametrize(
    "txid", ["", "123", "-123", "../orders", f"{TXID},{TXID}", f"{TXID}\n", TXID.lower(), "all"]
)
async def test_what_is_no_id_of_an_order_is_not_asked_for(txid: str, client_of: Making) -> None:
    async with ToldServer() as server:
        client = client_of(server)
        for asking in (client.amend_order(txid, {}), client.query_order(txid)):
            with pytest.raises(ValueError, match="not an order id"):
                await asking

        assert server.heard == []


@pytest.mark.parametrize("names", [[], ["all"], [TXID], ["TUF4EM-FRGI2-MQMWZD,x"]])
async def test_what_are_no_ids_of_fills_is_not_asked_for(
    names: list[str], client_of: Making
) -> None:
    async with ToldServer() as server:
        with pytest.raises(ValueError, match="not ids of fills"):
            await client_of(server).query_trades(names)

        assert server.heard == []


@pytest.mark.parametrize("pair", ["", "BTC/USD", "XXBTZUSD,XETHZUSD", "a&b=c", "XXBTZUSD\n"])
async def test_what_is_no_pair_is_not_asked_for(pair: str, client_of: Making) -> None:
    async with ToldServer() as server:
        client = client_of(server)
        for asking in (client.get_ticker(pair), client.get_bars(pair, 1, 0), client.get_fees(pair)):
            with pytest.raises(ValueError, match="not the id of a pair"):
                await asking

        assert server.heard == []


@pytest.mark.parametrize("word", ["true", "false", "False", ""])
async def test_an_order_that_is_meant_never_carries_the_word_validate(
    word: str, client_of: Making
) -> None:
    async with ToldServer() as server:
        with pytest.raises(ValueError, match="meant"):
            await client_of(server).add_order({"validate": word}, urgent=False)

        assert server.heard == []


# Numbers


async def test_numbers_of_an_answer_never_pass_through_a_float(client_of: Making) -> None:
    told = b'{"error":[],"result":{"ZUSD":{"balance":0.1234567890123456789,"hold_trade":"1e-9"}}}'

    async with ToldServer(Said(200, told)) as server:
        balances = await client_of(server).get_balances()

    assert balances["ZUSD"].balance == Decimal("0.1234567890123456789")
    assert balances["ZUSD"].hold_trade == Decimal("1e-9")


async def test_an_order_leaves_as_plain_digits(
    adapter: KrakenAdapter, simulator: KrakenSimulator
) -> None:
    asked = resting_request(quantity=Decimal("1E-4"), limit_price=Decimal("5.00E+4"))

    await adapter.place_order(order_of(asked))

    fields = fields_of(simulator.orders_bodies[0])
    assert (fields["volume"], fields["price"]) == ("0.0001", "50000")


# Nonces and turns


def nonces(simulator: KrakenSimulator) -> list[int]:
    return [
        int(Form.of_body(one.body).text("nonce"))
        for one in simulator.received
        if one.path.startswith("/0/private/")
    ]


async def test_a_hundred_requests_at_once_have_rising_numbers_and_are_all_taken(
    adapter: KrakenAdapter, simulator: KrakenSimulator, clock: ManualClock
) -> None:
    orders = [order_of(resting_request(quantity=Decimal("0.001"))) for _ in range(100)]

    receipts = await asyncio.gather(*map(adapter.place_order, orders))

    sent = nonces(simulator)
    assert len({one.broker_order_id for one in receipts}) == 100
    assert sent == sorted(set(sent))
    assert sent[0] == int(clock.now().timestamp() * 1000)


async def test_two_processes_with_one_link_do_not_use_a_number_twice(
    adapter: KrakenAdapter, context: BrokerContext, simulator: KrakenSimulator
) -> None:
    other = adapter_in(context)  # the same store of numbers, as two processes have
    await other.connect()

    for one in (adapter, other) * 5:
        await one.place_order(order_of(resting_request(quantity=Decimal("0.001"))))

    sent = nonces(simulator)
    assert sent == sorted(set(sent))


async def test_a_number_that_kraken_finds_too_low_is_a_refusal_and_no_doubt(
    adapter: KrakenAdapter, simulator: KrakenSimulator
) -> None:
    simulator.key(KEY).nonce = 10**18

    with pytest.raises(FloorbrokerError, match="out of turn"):
        await adapter.place_order(order_of(request()))

    assert simulator.orders == []


async def test_without_a_number_from_the_store_nothing_is_sent(
    context: BrokerContext, simulator: KrakenSimulator
) -> None:
    class BrokenNonces:
        working = True

        async def next(self, link_id: LinkId, at_least: int) -> int:
            del link_id
            if not self.working:
                raise StoreUnavailable
            return at_least

    broken = BrokenNonces()
    adapter = adapter_in(replace(context, nonces=broken))
    await adapter.connect()
    broken.working = False

    with pytest.raises(NotSent):
        await adapter.place_order(order_of(request()))

    assert simulator.orders_received == 0


async def test_a_request_waits_for_the_one_before_it(
    adapter: KrakenAdapter, simulator: KrakenSimulator
) -> None:
    hanging = simulator.fail("place", Fault.HANG, times=1)
    first = asyncio.create_task(adapter.place_order(order_of(resting_request())))
    await hanging.reached.wait()
    second = asyncio.create_task(adapter.place_order(order_of(resting_request())))
    await asyncio.sleep(0.05)
    sent_meanwhile = simulator.orders_received

    hanging.release()
    await asyncio.gather(first, second)

    assert sent_meanwhile == 1
    assert simulator.orders_received == 2


async def test_an_order_that_was_given_up_in_the_line_never_leaves(
    adapter: KrakenAdapter, simulator: KrakenSimulator
) -> None:
    hanging = simulator.fail("place", Fault.HANG, times=1)
    for _ in range(3):  # the first hangs, the others stand behind it
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.1):
                await adapter.place_order(order_of(resting_request()))

    hanging.release()
    await adapter.place_order(order_of(resting_request()))

    assert simulator.orders_received == 2


# What Kraken allows


async def test_reads_stop_before_the_counter_is_full_and_orders_go_on(
    adapter: KrakenAdapter, simulator: KrakenSimulator, clock: ManualClock
) -> None:
    simulator.limit_rate()
    (account,) = await adapter.accounts()
    order = order_of(resting_request())
    with pytest.raises(RateLimited) as full:
        for _ in range(20):
            await adapter.open_orders(account)

    await adapter.place_order(order)
    await adapter.find_order(order)
    await adapter.cancel_order(order)

    assert full.value.retry_after is not None
    assert len(simulator.received) < 20
    clock.advance(60)
    await adapter.open_orders(account)


async def test_while_kraken_wants_to_be_left_alone_nothing_leaves(
    adapter: KrakenAdapter, simulator: KrakenSimulator, clock: ManualClock
) -> None:
    (account,) = await adapter.accounts()
    trouble = simulator.refuse("read", "EAPI:Rate limit exceeded", times=1)
    with pytest.raises(RateLimited):
        await adapter.open_orders(account)
    asked = len(simulator.received)

    with pytest.raises(NotSent) as refused:
        await adapter.place_order(order_of(request()))
    with pytest.raises(RateLimited):
        await adapter.find_order(order_of(request()))

    # The catalogue is public, and counted by address.
    assert len([one for one in simulator.received[asked:] if "private" in one.path]) == 0
    assert refused.value.retry_after is not None
    assert trouble.hits == 1
    clock.advance(11)
    await adapter.place_order(order_of(request()))


# Secrets

CANARY = (KEY, SECRET)
DEARER = OrderChanges(limit_price=Decimal(51000))


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
    adapter: KrakenAdapter,
    simulator: KrakenSimulator,
    caplog: pytest.LogCaptureFixture,
    clock: ManualClock,
    fault: Fault,
) -> None:
    caplog.set_level(logging.DEBUG)
    await adapter.search_instruments("BTC")
    clock.advance(60)
    simulator.fail("any", fault)
    order = order_of(request())

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
        assert not any(secret in text for text in everything_in(failed.value) for secret in CANARY)

    assert not any(secret in caplog.text for secret in CANARY)


def everything_in(error: BaseException | None) -> list[str]:
    """The words and fields of an error and of all that it came from."""
    told: list[str] = []
    while error is not None:
        told += [str(error), repr(error), str(vars(error))]
        sent = getattr(error, "request", None)
        told += [str(sent.headers)] if sent is not None else []
        error = error.__cause__ or error.__context__
    return told


async def test_without_a_connection_no_error_holds_a_key_either(
    adapter: KrakenAdapter, simulator: KrakenSimulator
) -> None:
    await simulator.stop_listening()

    with pytest.raises(FloorbrokerError) as failed:
        await adapter.find_order(order_of(request()))
    await simulator.listen_again()

    assert not any(secret in text for text in everything_in(failed.value) for secret in CANARY)


def test_what_holds_the_key_does_not_show_it(adapter: KrakenAdapter) -> None:
    shown = f"{adapter!r} {adapter._client!r} {adapter._client._sdk!r}"

    assert not any(secret in shown for secret in CANARY)


async def test_nothing_of_the_last_request_stays(
    adapter: KrakenAdapter, simulator: KrakenSimulator
) -> None:
    await adapter.place_order(order_of(request()))

    assert adapter._client._sdk.response is None
