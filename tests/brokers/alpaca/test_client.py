"""One request each, read by us: addresses, numbers, pages of proxies, and no secret let out."""

import json
import logging
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from floorbroker.brokers.alpaca.adapter import AlpacaAdapter
from floorbroker.brokers.alpaca.client import AlpacaClient
from floorbroker.brokers.alpaca.errors import Refusal
from floorbroker.brokers.shared.transport import Transport
from floorbroker.brokers.shared.wire import Failure, Unanswered, Unreadable
from floorbroker.domain.errors import FloorbrokerError
from tests.brokers.alpaca import recorded
from tests.brokers.alpaca.at_alpaca import KEY, SECRET, order_of, request, resting_request
from tests.brokers.fakes.surroundings import context as surroundings
from tests.brokers.shared.told_server import Said, ToldServer
from tests.fakes.clock import ManualClock
from tests.simulators.alpaca import AlpacaSimulator, Fault, Person

HTML = b"<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>"
Making = Callable[[ToldServer], AlpacaClient]


@pytest.fixture
def client_of(transport: Transport) -> Making:
    def made(server: ToldServer) -> AlpacaClient:
        endpoints = {"paper": server.url, "data": server.url}
        context = replace(surroundings(ManualClock()), transport=transport, endpoints=endpoints)
        return AlpacaClient(context, {"api_key": KEY, "secret_key": SECRET})

    return made


# Answers that are none


@pytest.mark.parametrize(
    "said",
    [
        Said(502, HTML),
        Said(401, HTML),
        Said(403, b'{"error": "blocked by the proxy"}'),
        Said(422, b'{"message": {"code": 1}}'),
        Said(422, b"[]"),
        Said(422, b'"refused"'),
        Said(422, b""),
        Said(302, b"", {"Location": "http://127.0.0.1:1/elsewhere"}),
        Said(200, HTML),
        Said(200, b""),
        Said(200, b"null"),
        Said(200, b'{"id": '),
        Said(200, b'{"id": NaN}'),
        Said(200, b"\xff\xfe\x00"),
        Said(200, b"[" * 100_000),
        Said(200, json.dumps(recorded.order(id="../orders")).encode()),
    ],
    ids=lambda said: f"{said.status} {said.body[:20]!r}",
)
async def test_what_cannot_be_alpacas_is_unreadable(said: Said, client_of: Making) -> None:
    async with ToldServer(said) as server:
        with pytest.raises(Unreadable) as unreadable:
            await client_of(server).post_order({"symbol": "AAPL"})

        assert unreadable.value.status == said.status
        assert len(server.heard) == 1


@pytest.mark.parametrize("body", [b"", b"null", b"{}", b"[]", HTML])
async def test_only_a_204_says_that_a_cancel_was_taken(body: bytes, client_of: Making) -> None:
    async with ToldServer(Said(200, body), Said(204, b"")) as server:
        client = client_of(server)
        with pytest.raises(Unreadable):
            await client.delete_order(recorded.ORDER_ID)
        await client.delete_order(recorded.ORDER_ID)


async def test_a_refusal_is_told_with_its_code_and_words(client_of: Making) -> None:
    said = Said(403, b'{"buying_power":"0","code":40310000,"message":"insufficient buying power"}')

    async with ToldServer(said) as server:
        with pytest.raises(Refusal) as refused:
            await client_of(server).post_order({"symbol": "AAPL"})

    assert (refused.value.status, refused.value.code) == (403, 40310000)
    assert refused.value.message == "insufficient buying power"


@pytest.mark.parametrize("code", [b'"40310000"', b"40310000.0", b"true", b"null"])
async def test_a_code_that_is_no_whole_number_is_none(code: bytes, client_of: Making) -> None:
    async with ToldServer(Said(403, b'{"code":' + code + b',"message":"no"}')) as server:
        with pytest.raises(Refusal) as refused:
            await client_of(server).get_account()

    assert refused.value.code is None


@pytest.mark.parametrize("status", [429, 504])
@pytest.mark.parametrize("method", ["post", "patch", "delete", "get"])
async def test_no_request_is_ever_repeated(status: int, method: str, client_of: Making) -> None:
    async with ToldServer(Said(status, b'{"message":"too many requests."}')) as server:
        client = client_of(server)
        asking = {
            "post": lambda: client.post_order({"symbol": "AAPL"}),
            "patch": lambda: client.patch_order(recorded.ORDER_ID, {"qty": "1"}),
            "delete": lambda: client.delete_order(recorded.ORDER_ID),
            "get": client.get_account,
        }[method]
        with pytest.raises(Failure):
            await asking()

        assert len(server.heard) == 1


# Addresses


@pytest.mark.parametrize(
    "order_id",
    [
        "",
        "../orders",
        "..",
        f"{recorded.ORDER_ID}/..",
        f"{recorded.ORDER_ID}\n",
        recorded.ORDER_ID.upper(),
        recorded.ORDER_ID.replace("-", ""),
        f"{{{recorded.ORDER_ID}}}",
    ],
)
async def test_no_address_is_made_of_what_is_no_id(order_id: str, client_of: Making) -> None:
    async with ToldServer(Said(200, b"{}")) as server:
        client = client_of(server)
        for asking in (
            client.delete_order(order_id),
            client.patch_order(order_id, {}),
            client.get_order(order_id),
        ):
            with pytest.raises(ValueError, match="not an order id"):
                await asking

        assert server.heard == []


@pytest.mark.parametrize("symbol", ["", "..", "../orders", "BTC/USD", "AAPL?x=1", "AAPL\n", "aapl"])
async def test_no_address_is_made_of_what_is_no_symbol(symbol: str, client_of: Making) -> None:
    async with ToldServer(Said(200, b"{}")) as server:
        client = client_of(server)
        for asking in (client.get_asset(symbol), client.get_option_contract(symbol)):
            with pytest.raises(ValueError, match="not a symbol"):
                await asking

        assert server.heard == []


async def test_a_question_is_escaped(client_of: Making) -> None:
    async with ToldServer(Said(404, b'{"code":40410000,"message":"order not found"}')) as server:
        with pytest.raises(Refusal):
            await client_of(server).get_order_by_client_id("a&status=all#../orders")

        (heard,) = server.heard
    assert heard.target == (
        "/v2/orders:by_client_order_id?client_order_id=a%26status%3Dall%23..%2Forders"
    )


# Numbers


async def test_an_order_leaves_as_text_and_comes_back_exactly(client_of: Making) -> None:
    answer = recorded.order(qty="0.123456789", limit_price="83500.000000001")
    body = json.dumps(answer).replace('"83500.000000001"', "83500.000000001").encode()

    async with ToldServer(Said(200, body)) as server:
        order = await client_of(server).post_order({"qty": "0.1", "limit_price": "1e-9"})

        (heard,) = server.heard
    assert json.loads(heard.body) == {"qty": "0.1", "limit_price": "1e-9"}
    assert order.qty == Decimal("0.123456789")
    assert order.limit_price == Decimal("83500.000000001")


def floats_in(value: Any) -> list[float]:
    if isinstance(value, dict):
        return [one for part in value.values() for one in floats_in(part)]
    if isinstance(value, list):
        return [one for part in value for one in floats_in(part)]
    return [value] if isinstance(value, float) else []


async def test_no_body_that_leaves_holds_a_number_but_as_text(
    adapter: AlpacaAdapter, anna: Person, simulator: AlpacaSimulator
) -> None:
    asked = resting_request(
        quantity=Decimal(3), limit_price=Decimal("150.10"), stop_loss=Decimal("140.30")
    )
    await adapter.place_order(order_of(asked, anna.account_id))

    (body,) = (json.loads(body) for body in simulator.orders_bodies)

    assert floats_in(body) == []
    assert body["qty"] == "3"
    assert body["limit_price"] == "150.1"
    assert body["stop_loss"] == {"stop_price": "140.3"}


# Secrets


@pytest.mark.parametrize(
    "fault",
    [
        Fault.BAD_GATEWAY,
        Fault.RESET,
        Fault.CLOSE,
        Fault.INVALID_JSON,
        Fault.TOO_MANY_REQUESTS,
        Fault.EMPTY_OBJECT,
    ],
    ids=lambda fault: fault.name,
)
async def test_no_error_holds_a_key(
    adapter: AlpacaAdapter,
    anna: Person,
    simulator: AlpacaSimulator,
    caplog: pytest.LogCaptureFixture,
    fault: Fault,
) -> None:
    caplog.set_level(logging.DEBUG)
    simulator.fail("any", fault)
    order = order_of(request(), anna.account_id)

    for asking in (
        adapter.place_order(order),
        adapter.cancel_order(replace(order, broker_order_id=recorded.ORDER_ID)),
        adapter.find_order(order),
        adapter.connect(),
        adapter.search_instruments("AA"),
    ):
        with pytest.raises(FloorbrokerError) as failed:
            await asking
        assert not any(secret in text for text in everything_in(failed.value) for secret in CANARY)

    assert not any(secret in caplog.text for secret in CANARY)


CANARY = (KEY, SECRET)


def everything_in(error: BaseException | None) -> list[str]:
    """The words and fields of an error and of all that it came from."""
    told: list[str] = []
    while error is not None:
        told += [str(error), repr(error), str(vars(error))]
        request = getattr(error, "request", None)
        told += [str(request.headers)] if request is not None else []
        error = error.__cause__ or error.__context__
    return told


async def test_without_a_connection_no_error_holds_a_key_either(
    adapter: AlpacaAdapter, anna: Person, simulator: AlpacaSimulator
) -> None:
    await simulator.stop_listening()

    with pytest.raises(FloorbrokerError) as failed:
        await adapter.find_order(order_of(request(), anna.account_id))
    await simulator.listen_again()

    assert isinstance(failed.value.__cause__, Unanswered)
    assert not any(secret in text for text in everything_in(failed.value) for secret in CANARY)


def test_what_holds_the_keys_does_not_show_them(adapter: AlpacaAdapter) -> None:
    shown = f"{adapter!r} {adapter._client!r} {adapter._client._sdk!r}"

    assert not any(secret in shown for secret in CANARY)
