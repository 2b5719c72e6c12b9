"""Signing in at Schwab: where a person is sent, what is exchanged and renewed, who is refused."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from pydantic import SecretStr

from floorbroker.brokers.oauth import OAuthContext
from floorbroker.brokers.schwab.oauth import SchwabOAuth
from floorbroker.brokers.shared.grants import ApplicationRefused, GrantRefused
from floorbroker.brokers.shared.transport import Transport
from floorbroker.domain.errors import ApiError, BrokerConnectionError, BrokerError, SessionExpired
from floorbroker.domain.modes import Environment
from tests.brokers.schwab.at_schwab import APP_KEY, APP_SECRET, REDIRECT
from tests.fakes.clock import NOON, ManualClock
from tests.simulators.schwab import Fault, Person, SchwabSimulator

STATE, VERIFIER = "state-of-one-browser", "v" * 43
WEEK = timedelta(days=7)


def flow_at(
    simulator: SchwabSimulator, transport: Transport, clock: ManualClock, **options: Any
) -> SchwabOAuth:
    application = {"schwab_app_key": APP_KEY, "schwab_app_secret": SecretStr(APP_SECRET)}
    return SchwabOAuth(
        OAuthContext(
            environment=Environment.LIVE,
            clock=clock,
            transport=transport,
            endpoints={"api": simulator.url},
            options={**application, **options},
        )
    )


@pytest.fixture
def flow(simulator: SchwabSimulator, transport: Transport, clock: ManualClock) -> SchwabOAuth:
    return flow_at(simulator, transport, clock)


async def came_back(
    flow: SchwabOAuth, simulator: SchwabSimulator, person: Person, **terms: Any
) -> Mapping[str, str]:
    """The query with which a browser comes back, as a page reads it."""
    departure = await flow.depart(state=STATE, verifier=VERIFIER, redirect=REDIRECT)
    back = simulator.decide(departure.address, person, **terms)
    return dict(parse_qsl(urlsplit(back).query))


@pytest.fixture
async def granted(flow: SchwabOAuth, simulator: SchwabSimulator, anna: Person) -> dict[str, str]:
    """What Anna's signing in led to."""
    grant = await flow.grant({}, await came_back(flow, simulator, anna), redirect=REDIRECT)
    return dict(grant.credentials)


# There


async def test_a_person_is_sent_to_schwabs_own_page(flow: SchwabOAuth) -> None:
    departure = await flow.depart(state=STATE, verifier=VERIFIER, redirect=REDIRECT)

    asked = dict(parse_qsl(urlsplit(departure.address).query))
    assert urlsplit(departure.address).path == "/v1/oauth/authorize"
    assert not departure.by_hand
    assert asked == {
        "response_type": "code",
        "client_id": APP_KEY,
        "redirect_uri": REDIRECT,
        "state": STATE,
    }


async def test_a_code_becomes_two_tokens_with_their_times(
    flow: SchwabOAuth, simulator: SchwabSimulator, anna: Person
) -> None:
    answer = await came_back(flow, simulator, anna)

    grant = await flow.grant({}, answer, redirect=REDIRECT)

    assert answer["state"] == STATE
    assert answer["code"].endswith("@")
    assert set(grant.credentials) == {"access_token", "refresh_token", "ends_at"}
    assert grant.renew_at == NOON + timedelta(minutes=28)
    assert grant.ends_at == NOON + WEEK
    assert grant.credentials["access_token"] not in repr(grant)


async def test_the_application_is_named_in_the_header_and_nowhere_else(
    flow: SchwabOAuth, simulator: SchwabSimulator, granted: dict[str, str]
) -> None:
    (asked,) = [one for one in simulator.received if one.path == "/v1/oauth/token"]

    form = dict(parse_qsl(asked.body.decode()))
    assert set(form) == {"grant_type", "code", "redirect_uri"}
    assert granted["access_token"]


@pytest.mark.parametrize("answer", [{}, {"code": ""}, {"code": "not-one-of-theirs@"}])
async def test_no_code_and_a_foreign_code_are_refused(
    flow: SchwabOAuth, answer: Mapping[str, str]
) -> None:
    with pytest.raises(GrantRefused):
        await flow.grant({}, answer, redirect=REDIRECT)


async def test_a_code_that_was_not_unescaped_is_refused_and_no_defect(
    flow: SchwabOAuth, simulator: SchwabSimulator, anna: Person
) -> None:
    answer = await came_back(flow, simulator, anna)

    with pytest.raises(GrantRefused):
        await flow.grant({}, {"code": answer["code"].replace("@", "%40")}, redirect=REDIRECT)


async def test_a_code_works_once(
    flow: SchwabOAuth, simulator: SchwabSimulator, anna: Person
) -> None:
    answer = await came_back(flow, simulator, anna)
    await flow.grant({}, answer, redirect=REDIRECT)

    with pytest.raises(GrantRefused):
        await flow.grant({}, answer, redirect=REDIRECT)


async def test_a_code_works_for_its_own_address_only(
    flow: SchwabOAuth, simulator: SchwabSimulator, anna: Person
) -> None:
    answer = await came_back(flow, simulator, anna)

    with pytest.raises(BrokerError):
        await flow.grant({}, answer, redirect="https://elsewhere.example.com/oauth/schwab")


async def test_an_old_code_is_refused(
    flow: SchwabOAuth, simulator: SchwabSimulator, anna: Person, clock: ManualClock
) -> None:
    answer = await came_back(flow, simulator, anna)
    clock.advance(31)

    with pytest.raises(GrantRefused):
        await flow.grant({}, answer, redirect=REDIRECT)


async def test_an_application_that_schwab_does_not_know_is_the_operators_business(
    simulator: SchwabSimulator, transport: Transport, clock: ManualClock, anna: Person
) -> None:
    wrong = flow_at(simulator, transport, clock, schwab_app_secret=SecretStr("wrong"))
    answer = await came_back(wrong, simulator, anna)

    with pytest.raises(ApplicationRefused):
        await wrong.grant({}, answer, redirect=REDIRECT)
    with pytest.raises(ApplicationRefused):
        await wrong.check()


async def test_the_application_can_be_tried_without_anybodys_access(
    flow: SchwabOAuth, simulator: SchwabSimulator, granted: dict[str, str]
) -> None:
    await flow.check()

    assert (await flow.renew(granted)).credentials["access_token"]
    assert simulator.tokens_asked == 3


# Renewed


@pytest.mark.parametrize("rotates", [True, False])
async def test_a_renewal_lasts_as_long_as_the_sign_in_and_no_longer(
    flow: SchwabOAuth,
    simulator: SchwabSimulator,
    granted: dict[str, str],
    clock: ManualClock,
    rotates: bool,
) -> None:
    simulator.tokens.rotates_refresh_tokens = rotates
    clock.advance(28 * 60)

    renewed = await flow.renew(granted)
    again = await flow.renew(renewed.credentials)

    assert renewed.credentials["access_token"] != granted["access_token"]
    assert (renewed.credentials["refresh_token"] != granted["refresh_token"]) is rotates
    assert renewed.renew_at == NOON + timedelta(minutes=56)
    assert (renewed.ends_at, again.ends_at) == (NOON + WEEK, NOON + WEEK)
    assert again.credentials["ends_at"] == granted["ends_at"]


async def test_a_refresh_token_that_is_over_or_revoked_means_to_sign_in_again(
    flow: SchwabOAuth,
    simulator: SchwabSimulator,
    anna: Person,
    granted: dict[str, str],
    clock: ManualClock,
) -> None:
    simulator.revoke(anna)
    with pytest.raises(SessionExpired):
        await flow.renew(granted)

    again = await flow.grant({}, await came_back(flow, simulator, anna), redirect=REDIRECT)
    clock.advance(WEEK.total_seconds())
    with pytest.raises(SessionExpired):
        await flow.renew(again.credentials)


@pytest.mark.parametrize(
    "fault",
    [
        Fault.INTERNAL_ERROR,
        Fault.BAD_GATEWAY,
        Fault.UNAVAILABLE,
        Fault.GATEWAY_TIMEOUT,
        Fault.CLOSE,
        Fault.RESET,
        Fault.INVALID_JSON,
        Fault.EMPTY_OBJECT,
        Fault.EMPTY_BODY,
        Fault.LIST,
        Fault.TRUNCATED,
        Fault.TOO_MANY_REQUESTS,
    ],
    ids=lambda fault: fault.name,
)
async def test_an_unwell_schwab_ends_nobodys_access(
    flow: SchwabOAuth, simulator: SchwabSimulator, granted: dict[str, str], fault: Fault
) -> None:
    trouble = simulator.fail("token", fault)

    with pytest.raises(BrokerError) as failure:
        await flow.renew(granted)

    trouble.lift()
    assert not isinstance(failure.value, SessionExpired)
    assert simulator.tokens_asked == 2
    assert (await flow.renew(granted)).credentials["access_token"]


async def test_a_gateways_json_is_no_token(
    flow: SchwabOAuth, simulator: SchwabSimulator, granted: dict[str, str]
) -> None:
    simulator.refuse("token", status=400, message="fault")

    with pytest.raises(ApiError):
        await flow.renew(granted)


async def test_what_is_no_credential_of_schwabs_is_told_as_ended(flow: SchwabOAuth) -> None:
    with pytest.raises(SessionExpired) as failure:
        await flow.renew({"access_token": "canary-" * 4})

    assert "canary" not in repr(failure.value.__context__)


@pytest.mark.parametrize("fault", [Fault.CLOSE, Fault.BAD_GATEWAY, Fault.INVALID_JSON])
async def test_a_broken_exchange_tells_no_secret(
    flow: SchwabOAuth, simulator: SchwabSimulator, anna: Person, fault: Fault
) -> None:
    answer = await came_back(flow, simulator, anna)
    simulator.fail("token", fault, carried_out=True)

    with pytest.raises(BrokerError) as failure:
        await flow.grant({}, answer, redirect=REDIRECT)

    error: BaseException | None = failure.value
    told = ""
    while error is not None:
        told += f"{error!r} {vars(error)}"
        error = error.__cause__ or error.__context__
    assert APP_SECRET not in told
    assert answer["code"] not in told
    assert not isinstance(failure.value, GrantRefused)


async def test_nobody_there_is_no_refusal(
    flow: SchwabOAuth, simulator: SchwabSimulator, granted: dict[str, str]
) -> None:
    simulator.be_unreachable()

    with pytest.raises(BrokerConnectionError):
        await flow.renew(granted)
    with pytest.raises(BrokerConnectionError):
        await flow.check()
