"""Signing in and renewing while something is wrong: what it says about a link, and what not."""

from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from pydantic import SecretStr

from floorbroker.brokers.etrade.oauth import EtradeOAuth
from floorbroker.brokers.oauth import Grant, OAuthContext
from floorbroker.brokers.shared.grants import ApplicationRefused
from floorbroker.brokers.shared.transport import Transport
from floorbroker.domain.errors import ApiError, BrokerConnectionError, BrokerError, SessionExpired
from floorbroker.domain.modes import Environment
from tests.brokers.etrade.at_etrade import Told, endpoints_at
from tests.fakes.clock import ManualClock
from tests.simulators.etrade import App, EtradeSimulator, Fault, Person
from tests.simulators.etrade.faults import RENEW, REQUEST_TOKEN, TOKEN

REDIRECT = "https://bot.example.com/oauth/etrade"


def flow_at(
    simulator: EtradeSimulator, app: App, transport: Transport, clock: ManualClock, **options: Any
) -> EtradeOAuth:
    application = {
        "etrade_consumer_key": app.key,
        "etrade_consumer_secret": SecretStr(app.secret),
    }
    return EtradeOAuth(
        OAuthContext(
            environment=Environment.LIVE,
            clock=clock,
            transport=transport,
            endpoints=endpoints_at(simulator.url),
            options={**application, **options},
        )
    )


@pytest.fixture
def flow(
    simulator: EtradeSimulator, app: App, transport: Transport, clock: ManualClock
) -> EtradeOAuth:
    return flow_at(simulator, app, transport, clock)


async def away(flow: EtradeOAuth, simulator: EtradeSimulator, person: Person) -> tuple[Any, str]:
    """A departure, and the code that E*TRADE shows to a person who agreed."""
    departure = await flow.depart(state="state", verifier="v" * 43, redirect=REDIRECT)
    query = parse_qs(urlsplit(departure.address).query)
    return departure, simulator.accept(query["token"][0], person)


async def granted(flow: EtradeOAuth, simulator: EtradeSimulator, person: Person) -> Grant:
    departure, code = await away(flow, simulator, person)
    return await flow.grant(departure.keep, {"code": code}, redirect=REDIRECT)


@pytest.mark.parametrize(
    "fault",
    [Fault.BAD_GATEWAY, Fault.CLOSE, Fault.EMPTY_BODY, Fault.INVALID_JSON, Fault.LIST, Fault.RESET],
)
async def test_a_renewal_without_its_words_is_no_renewal_and_ends_no_link(
    flow: EtradeOAuth, simulator: EtradeSimulator, anna: Person, fault: Fault
) -> None:
    before = await granted(flow, simulator, anna)
    simulator.fail(RENEW, fault)

    with pytest.raises(BrokerError) as failure:
        await flow.renew(before.credentials)

    assert isinstance(failure.value, ApiError | BrokerConnectionError)
    assert not isinstance(failure.value, SessionExpired)


async def test_a_key_that_etrade_does_not_know_is_the_operators_business(
    simulator: EtradeSimulator, app: App, transport: Transport, clock: ManualClock, anna: Person
) -> None:
    right = flow_at(simulator, app, transport, clock)
    grant = await granted(right, simulator, anna)
    wrong = flow_at(simulator, app, transport, clock, etrade_consumer_key="unknown-key")
    forged = flow_at(
        simulator, app, transport, clock, etrade_consumer_secret=SecretStr("wrong-secret")
    )

    await right.check()
    for flow in (wrong, forged):
        with pytest.raises(ApplicationRefused):
            await flow.check()
        with pytest.raises(ApplicationRefused):
            await flow.depart(state="s", verifier="v" * 43, redirect=REDIRECT)
    with pytest.raises(ApplicationRefused):
        await wrong.renew(grant.credentials)
    with pytest.raises(BrokerError) as failure:
        await forged.renew(grant.credentials)
    assert not isinstance(failure.value, SessionExpired)


async def test_a_key_that_was_switched_off_ends_no_link(
    flow: EtradeOAuth, simulator: EtradeSimulator, app: App, anna: Person
) -> None:
    grant = await granted(flow, simulator, anna)
    app.active = False

    with pytest.raises(ApplicationRefused):
        await flow.renew(grant.credentials)


async def test_a_clock_that_is_wrong_ends_no_link(
    flow: EtradeOAuth, simulator: EtradeSimulator, anna: Person, clock: ManualClock
) -> None:
    grant = await granted(flow, simulator, anna)
    simulator._signatures.now = lambda: clock.now() + timedelta(hours=1)

    with pytest.raises(ApiError):
        await flow.renew(grant.credentials)


async def test_every_call_is_one_request(
    flow: EtradeOAuth, simulator: EtradeSimulator, anna: Person
) -> None:
    departure, code = await away(flow, simulator, anna)
    grant = await flow.grant(departure.keep, {"code": code}, redirect=REDIRECT)
    await flow.renew(grant.credentials)
    simulator.fail(TOKEN, Fault.UNAVAILABLE)
    simulator.fail(REQUEST_TOKEN, Fault.UNAVAILABLE)

    with pytest.raises(ApiError):
        await flow.grant(departure.keep, {"code": code}, redirect=REDIRECT)
    with pytest.raises(ApiError):
        await flow.check()

    assert [one.path for one in simulator.received] == [
        "/oauth/request_token",
        "/oauth/access_token",
        "/oauth/renew_access_token",
        "/oauth/access_token",
        "/oauth/request_token",
    ]


async def test_nothing_that_is_raised_holds_a_token_or_a_secret(
    flow: EtradeOAuth, simulator: EtradeSimulator, app: App, anna: Person
) -> None:
    grant = await granted(flow, simulator, anna)
    simulator.fail(RENEW, Fault.CLOSE)

    with pytest.raises(BrokerError) as failure:
        await flow.renew(grant.credentials)

    secrets = {app.secret, grant.credentials["access_token"], app.key}
    error: BaseException | None = failure.value
    while error is not None:
        words = f"{error!r} {vars(error)}"
        assert not any(secret in words for secret in secrets)
        assert not hasattr(error, "request")
        error = error.__cause__ or error.__context__


@pytest.mark.parametrize("body", [b"oauth_token=&oauth_token_secret=x", b"oauth_token=x", b""])
async def test_an_answer_without_a_whole_token_is_no_token(
    flow: EtradeOAuth, simulator: EtradeSimulator, body: bytes
) -> None:
    simulator.refuse_with(REQUEST_TOKEN, Told(body))

    with pytest.raises(ApiError):
        await flow.depart(state="state", verifier="v" * 43, redirect=REDIRECT)
