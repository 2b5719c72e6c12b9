"""The one file that talks to etrade-python: nothing sent twice, nothing kept, nobody mixed up."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest
from pydantic import SecretStr

from floorbroker.brokers.context import BrokerContext, LastingTokens
from floorbroker.brokers.etrade.calls import EtradeCalls
from floorbroker.brokers.etrade.client import Access, EtradeClient
from floorbroker.brokers.etrade.errors import Refusal
from floorbroker.brokers.etrade.line import lead
from floorbroker.brokers.shared.transport import Transport
from floorbroker.brokers.shared.wire import Failure, NotBegun, Unanswered, Unreadable
from tests.brokers.etrade.at_etrade import adapter_in, credential, endpoints_at
from tests.fakes.clock import NOON, ManualClock
from tests.simulators.etrade import App, EtradeSimulator, Fault, Person


@pytest.fixture
async def client(
    simulator: EtradeSimulator, app: App, transport: Transport, clock: ManualClock
) -> AsyncIterator[EtradeClient]:
    yield EtradeClient(
        key=app.key,
        secret=SecretStr(app.secret),
        endpoints=endpoints_at(simulator.url),
        http=transport.async_httpx(),
        now=clock.now,
    )


def access_of(simulator: EtradeSimulator, person: Person, app: App) -> Access:
    token = simulator.grant(person, app.key)
    return Access(token=token.token, secret=token.secret)


async def test_nothing_of_the_operators_environment_reaches_a_request(
    monkeypatch: pytest.MonkeyPatch,
    simulator: EtradeSimulator,
    app: App,
    anna: Person,
    context: BrokerContext,
    clock: ManualClock,
) -> None:
    for name, value in (
        ("ETRADE_ENVIRONMENT", "sandbox"),
        ("ETRADE_CONSUMER_KEY", "of-the-operator"),
        ("ETRADE_REQUEST_TIMEOUT_SECONDS", "0.0001"),
        ("HTTPS_PROXY", "http://127.0.0.1:1"),
        ("HTTP_PROXY", "http://127.0.0.1:1"),
    ):
        monkeypatch.setenv(name, value)
    adapter = adapter_in(context, credential(simulator.grant(anna, app.key), clock.now()))

    await adapter.connect()

    assert simulator.received[0].person == "anna"


async def test_a_request_that_found_no_connection_was_not_sent(
    context: BrokerContext, anna: Person, simulator: EtradeSimulator, app: App, clock: ManualClock
) -> None:
    calls = EtradeCalls(_with(context, simulator, app, anna, clock, live="http://127.0.0.1:1"))

    with pytest.raises(Unanswered) as failure:
        await calls.cancel(anna.account.key, 1)

    assert not failure.value.sent


def _with(
    context: BrokerContext,
    simulator: EtradeSimulator,
    app: App,
    person: Person,
    clock: ManualClock,
    **endpoints: str,
) -> BrokerContext:
    given = credential(simulator.grant(person, app.key), clock.now())
    return replace(
        context,
        tokens=LastingTokens(given),
        endpoints={**context.endpoints, **endpoints},
    )


@pytest.mark.parametrize("fault", [Fault.RESET, Fault.CLOSE, Fault.TRUNCATED, Fault.HANG])
async def test_a_request_whose_answer_did_not_come_was_sent(
    client: EtradeClient, simulator: EtradeSimulator, anna: Person, app: App, fault: Fault
) -> None:
    trouble = simulator.fail("any", fault)

    with pytest.raises(Unanswered) as failure:
        await client.ask(
            "GET", "/v1/accounts/list.json", access_of(simulator, anna, app), seconds=0.3
        )

    trouble.release()
    assert failure.value.sent
    assert failure.value.late is (fault is Fault.HANG)


async def test_what_the_sdk_would_not_ask_for_was_not_begun(
    client: EtradeClient, simulator: EtradeSimulator, anna: Person, app: App
) -> None:
    access = access_of(simulator, anna, app)

    for path in ("/v1/accounts/../list.json", "/v2/accounts/list.json", "/v1/a b"):
        with pytest.raises(NotBegun):
            await client.ask("GET", path, access, seconds=1)

    assert simulator.received == []


@pytest.mark.parametrize("status", [301, 302, 307, 308])
async def test_a_redirect_is_followed_nowhere(
    simulator: EtradeSimulator, app: App, anna: Person, clock: ManualClock, status: int
) -> None:
    asked: list[str] = []

    def answers(request: httpx.Request) -> httpx.Response:
        asked.append(str(request.url))
        return httpx.Response(status, headers={"Location": "https://elsewhere.example.com/"})

    client = EtradeClient(
        key=app.key,
        secret=SecretStr(app.secret),
        endpoints=endpoints_at("http://127.0.0.1:9"),
        http=httpx.AsyncClient(transport=httpx.MockTransport(answers), follow_redirects=True),
        now=clock.now,
    )

    with pytest.raises(Unreadable):
        await client.ask(
            "POST", "/v1/accounts/x/orders/place.json", access_of(simulator, anna, app), seconds=1
        )

    assert asked == ["http://127.0.0.1:9/v1/accounts/x/orders/place.json"]


async def test_no_host_but_etrades_is_led_anywhere() -> None:
    client = lead(
        httpx.AsyncClient(transport=httpx.MockTransport(lambda _: httpx.Response(200))),
        api="http://127.0.0.1:9",
        tokens="http://127.0.0.1:9",
    )

    with pytest.raises(httpx.ConnectError):
        await client.get("https://elsewhere.example.com/v1/accounts/list.json")


async def test_a_failure_holds_neither_request_nor_words_of_the_answer(
    client: EtradeClient, simulator: EtradeSimulator, anna: Person, app: App
) -> None:
    access = access_of(simulator, anna, app)
    seen: list[Failure] = []
    for fault in (Fault.CLOSE, Fault.INVALID_JSON, Fault.BAD_GATEWAY, Fault.TOO_MANY_REQUESTS):
        simulator.fail("any", fault, times=1)
        with pytest.raises(Failure) as failure:
            await client.ask("GET", "/v1/accounts/list.json", access, seconds=1)
        seen.append(failure.value)

    for error in seen:
        words = f"{error!r} {vars(error)} {error.__cause__!r} {error.__context__!r}"
        assert access.token not in words
        assert access.secret not in words
        assert app.secret not in words
        assert error.__context__ is None or isinstance(error, Refusal)


async def test_requests_of_two_people_at_once_are_each_signed_with_their_own_token(
    client: EtradeClient, simulator: EtradeSimulator, anna: Person, app: App
) -> None:
    ben = simulator.add_person("ben")
    accesses = {one.name: access_of(simulator, one, app) for one in (anna, ben)}

    async def ask(name: str) -> tuple[str, str]:
        told = await client.ask("GET", "/v1/accounts/list.json", accesses[name], seconds=5)
        return name, told["AccountListResponse"]["Accounts"]["Account"][0]["accountId"]

    told = await asyncio.gather(*(ask(name) for name in ("anna", "ben") * 30))

    assert set(told) == {("anna", anna.account.id), ("ben", ben.account.id)}


async def test_the_time_of_a_signature_is_the_clocks(
    client: EtradeClient, simulator: EtradeSimulator, anna: Person, app: App, clock: ManualClock
) -> None:
    clock.move_to(NOON + timedelta(hours=1))

    assert await client.ask(
        "GET", "/v1/accounts/list.json", access_of(simulator, anna, app), seconds=5
    )
