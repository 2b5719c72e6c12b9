"""Signing in at Alpaca: where a person is sent, what is exchanged, and who is refused."""

from collections.abc import AsyncIterator, Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from pydantic import SecretStr

from floorbroker.brokers.alpaca.oauth import AlpacaOAuth
from floorbroker.brokers.oauth import Grant, OAuthContext
from floorbroker.brokers.shared.grants import ApplicationRefused, GrantRefused
from floorbroker.brokers.shared.transport import Transport
from floorbroker.domain.errors import (
    ApiError,
    BrokerConnectionError,
    BrokerError,
    NotSupported,
    SessionExpired,
)
from floorbroker.domain.modes import Environment
from tests.fakes.clock import ManualClock
from tests.simulators.alpaca import AlpacaSimulator, Fault, Person

CLIENT_ID = "fc9c55efa3924f369d6c1148e668bbe8"
CLIENT_SECRET = "canary-5b8027074d8ab434882c0806833e76508861c366"
REDIRECT = "https://bot.example.com/oauth/alpaca"
STATE, VERIFIER = "state-of-one-browser", "v" * 43


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
async def simulator(clock: ManualClock) -> AsyncIterator[AlpacaSimulator]:
    async with AlpacaSimulator(now=clock.now) as simulator:
        simulator.add_app(CLIENT_ID, CLIENT_SECRET, REDIRECT)
        yield simulator


@pytest.fixture
def anna(simulator: AlpacaSimulator) -> Person:
    return simulator.add_person("PKANNA00000000000001", "s" * 40)


@pytest.fixture
def transport() -> Iterator[Transport]:
    transport = Transport()
    yield transport
    transport.close()


def flow_at(
    simulator: AlpacaSimulator, transport: Transport, clock: ManualClock, **options: Any
) -> AlpacaOAuth:
    application = {"alpaca_client_id": CLIENT_ID, "alpaca_client_secret": SecretStr(CLIENT_SECRET)}
    return AlpacaOAuth(
        OAuthContext(
            environment=Environment.PAPER,
            clock=clock,
            transport=transport,
            endpoints={"sign_in": simulator.url, "token": simulator.url},
            options={**application, **options},
        )
    )


@pytest.fixture
def flow(simulator: AlpacaSimulator, transport: Transport, clock: ManualClock) -> AlpacaOAuth:
    return flow_at(simulator, transport, clock)


async def came_back(
    flow: AlpacaOAuth, simulator: AlpacaSimulator, person: Person
) -> Mapping[str, str]:
    """The query with which a browser comes back whose person agreed."""
    departure = await flow.depart(state=STATE, verifier=VERIFIER, redirect=REDIRECT)
    query = dict(parse_qsl(urlsplit(departure.address).query))
    return dict(parse_qsl(urlsplit(simulator.oauth.decide(query, person)).query))


async def test_a_person_is_sent_to_alpacas_own_page_for_one_account(flow: AlpacaOAuth) -> None:
    departure = await flow.depart(state=STATE, verifier=VERIFIER, redirect=REDIRECT)

    asked = dict(parse_qsl(urlsplit(departure.address).query))
    assert urlsplit(departure.address).path == "/oauth/authorize"
    assert not departure.by_hand
    assert asked == {
        "response_type": "code",
        "client_id": CLIENT_ID,
        "redirect_uri": REDIRECT,
        "state": STATE,
        "scope": "trading data",
        "env": "paper",
    }


async def test_a_code_becomes_a_token_that_needs_no_renewal(
    flow: AlpacaOAuth, simulator: AlpacaSimulator, anna: Person
) -> None:
    answer = await came_back(flow, simulator, anna)

    grant = await flow.grant({}, answer, redirect=REDIRECT)

    assert answer["state"] == STATE
    assert set(grant.credentials) == {"access_token"}
    assert (grant.renew_at, grant.ends_at) == (None, None)
    assert "canary" not in repr(grant)
    assert grant.credentials["access_token"] not in repr(grant)


@pytest.mark.parametrize("answer", [{}, {"code": ""}, {"code": "not-one-of-theirs"}])
async def test_no_code_and_a_foreign_code_are_refused(
    flow: AlpacaOAuth, answer: Mapping[str, str]
) -> None:
    with pytest.raises(GrantRefused):
        await flow.grant({}, answer, redirect=REDIRECT)


async def test_a_code_works_once_and_for_its_own_address(
    flow: AlpacaOAuth, simulator: AlpacaSimulator, anna: Person
) -> None:
    answer = await came_back(flow, simulator, anna)
    other = await came_back(flow, simulator, anna)

    await flow.grant({}, answer, redirect=REDIRECT)

    with pytest.raises(GrantRefused):
        await flow.grant({}, answer, redirect=REDIRECT)
    with pytest.raises(GrantRefused):
        await flow.grant({}, other, redirect="https://elsewhere.example.com/oauth/alpaca")


async def test_an_old_code_is_refused(
    flow: AlpacaOAuth, simulator: AlpacaSimulator, anna: Person, clock: ManualClock
) -> None:
    answer = await came_back(flow, simulator, anna)
    clock.advance(601)

    with pytest.raises(GrantRefused):
        await flow.grant({}, answer, redirect=REDIRECT)


async def test_an_application_that_alpaca_does_not_know_is_the_operators_business(
    simulator: AlpacaSimulator, transport: Transport, clock: ManualClock, anna: Person
) -> None:
    wrong = flow_at(simulator, transport, clock, alpaca_client_secret=SecretStr("wrong"))
    answer = await came_back(wrong, simulator, anna)

    with pytest.raises(ApplicationRefused):
        await wrong.grant({}, answer, redirect=REDIRECT)


async def test_access_that_may_not_trade_is_not_taken(
    flow: AlpacaOAuth, simulator: AlpacaSimulator, anna: Person
) -> None:
    departure = await flow.depart(state=STATE, verifier=VERIFIER, redirect=REDIRECT)
    query = dict(parse_qsl(urlsplit(departure.address).query)) | {"scope": "data"}
    answer = dict(parse_qsl(urlsplit(simulator.oauth.decide(query, anna)).query))

    with pytest.raises(ApiError, match="may not trade"):
        await flow.grant({}, answer, redirect=REDIRECT)


@pytest.mark.parametrize("fault", [Fault.CLOSE, Fault.BAD_GATEWAY, Fault.INVALID_JSON])
async def test_a_broken_exchange_tells_no_secret(
    flow: AlpacaOAuth, simulator: AlpacaSimulator, anna: Person, fault: Fault
) -> None:
    answer = await came_back(flow, simulator, anna)
    simulator.fail("/oauth/token", fault, carried_out=True)

    with pytest.raises(BrokerError) as failure:
        await flow.grant({}, answer, redirect=REDIRECT)

    error: BaseException | None = failure.value
    told = ""
    while error is not None:
        told += f"{error!r} {vars(error)}"
        error = error.__cause__ or error.__context__
    assert CLIENT_SECRET not in told
    assert answer["code"] not in told
    assert not isinstance(failure.value, GrantRefused)


async def test_nobody_there_is_no_refusal(
    flow: AlpacaOAuth, simulator: AlpacaSimulator, anna: Person
) -> None:
    answer = await came_back(flow, simulator, anna)
    simulator.be_unreachable()

    with pytest.raises(BrokerConnectionError):
        await flow.grant({}, answer, redirect=REDIRECT)


async def test_there_is_nothing_to_renew_and_no_way_to_ask(flow: AlpacaOAuth) -> None:
    with pytest.raises(SessionExpired):
        await flow.renew(Grant(credentials={"access_token": "t"}).credentials)
    with pytest.raises(NotSupported):
        await flow.check()
