"""Renewing access: once, for fifteen more days, and when it is over."""

from collections.abc import Mapping
from datetime import timedelta

import pytest

from floorbroker.brokers.shared.grants import ApplicationRefused, GrantRefused
from floorbroker.brokers.webull import oauth
from floorbroker.brokers.webull.oauth import WebullOAuth
from floorbroker.domain.errors import (
    ApiError,
    BrokerConnectionError,
    BrokerError,
    BrokerTimeout,
    RateLimited,
    SessionExpired,
)
from tests.brokers.webull.answering import Told
from tests.brokers.webull.at_webull import (
    CLIENT_SECRET,
    PLATFORM_SECRET,
    REDIRECT,
    Renewed,
)
from tests.brokers.webull.signing_in import came_back
from tests.fakes.clock import ManualClock
from tests.simulators.webull import Fault, Person, Platform, WebullSimulator

TOKENS = "/oauth2/tokens/create"
A_DAY = 86_400


async def test_a_renewal_brings_two_other_tokens_and_begins_the_fifteen_days_anew(
    flow: WebullOAuth, simulator: WebullSimulator, anna: Person, clock: ManualClock
) -> None:
    first = await flow.grant({}, await came_back(flow, simulator, anna), redirect=REDIRECT)
    clock.advance(14 * A_DAY)

    second = await flow.renew(first.credentials)

    assert not set(first.credentials.values()) & set(second.credentials.values())
    assert second.renew_at == clock.now() + timedelta(minutes=28)
    assert second.ends_at == clock.now() + timedelta(days=15)
    with pytest.raises(SessionExpired):
        await flow.renew(first.credentials)


async def test_access_that_the_person_took_back_is_not_renewed(
    flow: WebullOAuth, simulator: WebullSimulator, anna: Person, platform: Platform
) -> None:
    given = await flow.grant({}, await came_back(flow, simulator, anna), redirect=REDIRECT)
    simulator.revoke(anna, platform)

    with pytest.raises(SessionExpired):
        await flow.renew(given.credentials)


async def test_access_that_nobody_renewed_for_fifteen_days_has_ended(
    flow: WebullOAuth, simulator: WebullSimulator, anna: Person, clock: ManualClock
) -> None:
    given = await flow.grant({}, await came_back(flow, simulator, anna), redirect=REDIRECT)
    clock.advance(15 * A_DAY + 1)

    with pytest.raises(SessionExpired):
        await flow.renew(given.credentials)


@pytest.mark.parametrize(
    "stored", [{}, {"access_token": "a" * 40}, {"refresh_token": "with space"}]
)
async def test_stored_tokens_that_cannot_be_read_mean_signing_in_again(
    flow: WebullOAuth, simulator: WebullSimulator, stored: Mapping[str, str]
) -> None:
    with pytest.raises(SessionExpired):
        await flow.renew(stored)

    assert not simulator.received


REFUSALS: list[tuple[int, str, str, type[BrokerError]]] = [
    (417, "INVALID_PARAMETER", "Parameter error, refresh_token", SessionExpired),
    (417, "token.refresh.error", "", SessionExpired),
    (417, "OPENAPI_SYSTEM_ERROR", "System error, token", ApiError),
    (417, "INVALID_PARAMETER", "Parameter error, client_id", ApplicationRefused),
    (417, "SOMETHING_ELSE", "Please agree to the new terms.", ApiError),
    (500, "INVALID_PARAMETER", "Parameter error, refresh_token", ApiError),
    (403, "FORBIDDEN", "token", ApiError),
    (401, "CLOCK_SKEW_EXCEEDED", "", ApiError),
    (401, "DUPPLICATED_REQUEST", "The nonce has been used", ApiError),
    (429, "TOO_MANY_REQUESTS", "Too many requests for token", RateLimited),
]


@pytest.mark.parametrize(("status", "code", "message", "told"), REFUSALS, ids=str)
async def test_only_a_refused_refresh_token_ends_the_session(
    flow: WebullOAuth,
    simulator: WebullSimulator,
    tokens: Renewed,
    status: int,
    code: str,
    message: str,
    told: type[BrokerError],
) -> None:
    simulator.refuse(TOKENS, code, message, status=status)

    with pytest.raises(BrokerError) as refused:
        await flow.renew(tokens.given)

    assert type(refused.value) is told


@pytest.mark.parametrize(
    "fault",
    [
        Fault.CLOSE,
        Fault.RESET,
        Fault.BAD_GATEWAY,
        Fault.INTERNAL_ERROR,
        Fault.INVALID_JSON,
        Fault.EMPTY_OBJECT,
        Fault.LIST,
        Fault.TOO_MANY_REQUESTS,
    ],
)
async def test_a_broken_exchange_ends_no_session_is_asked_once_and_tells_no_secret(
    flow: WebullOAuth, simulator: WebullSimulator, tokens: Renewed, anna: Person, fault: Fault
) -> None:
    answer = await came_back(flow, simulator, anna)
    simulator.fail(TOKENS, fault, carried_out=True)

    for asking in (flow.grant({}, answer, redirect=REDIRECT), flow.renew(tokens.given)):
        with pytest.raises(BrokerError) as failure:
            await asking
        assert not isinstance(failure.value, GrantRefused | SessionExpired | ApplicationRefused)
        told = _everything_in(failure.value)
        hidden = (CLIENT_SECRET, PLATFORM_SECRET, answer["code"], *tokens.given.values())
        assert not any(secret in told for secret in hidden)

    assert len(simulator.received) == 2


def _everything_in(error: BaseException | None) -> str:
    told = ""
    while error is not None:
        told += f"{error!r} {vars(error)}"
        error = error.__cause__ or error.__context__
    return told


async def test_nobody_there_is_no_refusal(
    flow: WebullOAuth, simulator: WebullSimulator, tokens: Renewed
) -> None:
    simulator.be_unreachable()

    with pytest.raises(BrokerConnectionError):
        await flow.renew(tokens.given)


async def test_an_exchange_that_hangs_is_left_at_its_deadline(
    flow: WebullOAuth,
    simulator: WebullSimulator,
    tokens: Renewed,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(oauth, "TOKEN_SECONDS", 0.2)
    trouble = simulator.fail(TOKENS, Fault.HANG)

    with pytest.raises(BrokerTimeout):
        await flow.renew(tokens.given)

    trouble.release()


def given(**fields: object) -> Told:
    """An answer with tokens and whatever a test says beside them."""
    return Told({"access_token": "a" * 40, "refresh_token": "r" * 40, **fields})


@pytest.mark.parametrize("odd", [None, "", "soon", "-5", 0, 1.5, [], "9" * 40])
async def test_new_tokens_are_kept_however_odd_the_rest_of_the_answer_is(
    flow: WebullOAuth, simulator: WebullSimulator, tokens: Renewed, clock: ManualClock, odd: object
) -> None:
    simulator.refuse_with(TOKENS, given(expires_in=odd, rt_expires_in=odd, scope=odd))

    grant = await flow.renew(tokens.given)

    assert grant.credentials == {"access_token": "a" * 40, "refresh_token": "r" * 40}
    assert grant.renew_at == clock.now() + timedelta(minutes=28)
    assert grant.ends_at == clock.now() + timedelta(days=15)


@pytest.mark.parametrize("told", ["60", 60])
async def test_access_that_is_shorter_than_the_margin_is_renewed_halfway(
    flow: WebullOAuth, simulator: WebullSimulator, tokens: Renewed, clock: ManualClock, told: object
) -> None:
    simulator.refuse_with(TOKENS, given(expires_in=told))

    grant = await flow.renew(tokens.given)

    assert grant.renew_at == clock.now() + timedelta(seconds=30)


@pytest.mark.parametrize("missing", ["access_token", "refresh_token"])
async def test_half_an_answer_is_no_access(
    flow: WebullOAuth, simulator: WebullSimulator, tokens: Renewed, missing: str
) -> None:
    simulator.refuse_with(TOKENS, given(**{missing: ""}))

    with pytest.raises(ApiError, match="cannot be used"):
        await flow.renew(tokens.given)
