"""Signing in at Webull: where a person is sent, what is exchanged, and who is refused."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from pydantic import SecretStr

from floorbroker.brokers.shared.grants import ApplicationRefused, GrantRefused
from floorbroker.brokers.shared.transport import Transport
from floorbroker.brokers.webull.oauth import WebullOAuth
from floorbroker.domain.errors import NotSupported
from tests.brokers.webull.at_webull import (
    CLIENT_ID,
    REDIRECT,
)
from tests.brokers.webull.signing_in import STATE, VERIFIER, came_back, flow_at
from tests.fakes.clock import ManualClock
from tests.simulators.webull import Person, WebullSimulator


async def test_a_person_is_sent_to_webulls_own_page_for_trading(flow: WebullOAuth) -> None:
    departure = await flow.depart(state=STATE, verifier=VERIFIER, redirect=REDIRECT)

    asked = dict(parse_qsl(urlsplit(departure.address).query))
    assert urlsplit(departure.address).path == "/oauth2/authenticate/login"
    assert not departure.by_hand
    assert asked == {
        "response_type": "code",
        "client_id": CLIENT_ID,
        "scope": "user:trade:wr",
        "redirect_uri": REDIRECT,
        "state": STATE,
    }


async def test_a_code_becomes_access_for_half_an_hour_and_fifteen_days(
    flow: WebullOAuth, simulator: WebullSimulator, anna: Person, clock: ManualClock
) -> None:
    answer = await came_back(flow, simulator, anna)

    grant = await flow.grant({}, answer, redirect=REDIRECT)

    assert answer["state"] == STATE
    assert set(grant.credentials) == {"access_token", "refresh_token"}
    assert grant.renew_at == clock.now() + timedelta(minutes=28)
    assert grant.ends_at == clock.now() + timedelta(days=15)
    assert not any(value in repr(grant) for value in grant.credentials.values())


@pytest.mark.parametrize("answer", [{}, {"code": ""}, {"error": "access_denied"}])
async def test_whoever_comes_back_without_a_code_has_declined_and_nobody_is_asked(
    flow: WebullOAuth, simulator: WebullSimulator, answer: Mapping[str, str]
) -> None:
    with pytest.raises(GrantRefused):
        await flow.grant({}, answer, redirect=REDIRECT)

    assert not simulator.received


async def test_who_declines_is_told_as_such(flow: WebullOAuth, simulator: WebullSimulator) -> None:
    answer = await came_back(flow, simulator, None)

    with pytest.raises(GrantRefused):
        await flow.grant({}, answer, redirect=REDIRECT)


async def test_a_code_works_once_and_for_a_minute(
    flow: WebullOAuth, simulator: WebullSimulator, anna: Person, clock: ManualClock
) -> None:
    used, old = [await came_back(flow, simulator, anna) for _ in range(2)]
    await flow.grant({}, used, redirect=REDIRECT)
    clock.advance(61)

    for answer in (used, old, {"code": "not-one-of-theirs"}):
        with pytest.raises(GrantRefused):
            await flow.grant({}, answer, redirect=REDIRECT)


@pytest.mark.parametrize(
    "wrong",
    [
        {"webull_client_id": "somebody-else"},
        {"webull_client_secret": SecretStr("wrong-secret-of-the-client")},
        {"webull_app_key": "0" * 32},
        {"webull_app_secret": SecretStr("wrong-secret-of-the-key")},
    ],
    ids=lambda wrong: next(iter(wrong)),
)
async def test_an_application_that_webull_does_not_know_is_the_operators_business(
    flow: WebullOAuth,
    simulator: WebullSimulator,
    transport: Transport,
    clock: ManualClock,
    anna: Person,
    wrong: dict[str, Any],
) -> None:
    answer = await came_back(flow, simulator, anna)
    given = await flow.grant({}, await came_back(flow, simulator, anna), redirect=REDIRECT)
    unknown = flow_at(simulator, transport, clock, **wrong)

    with pytest.raises(ApplicationRefused):
        await unknown.grant({}, answer, redirect=REDIRECT)
    with pytest.raises(ApplicationRefused):
        await unknown.renew(given.credentials)


async def test_there_is_no_way_to_ask_whether_the_application_is_known(flow: WebullOAuth) -> None:
    with pytest.raises(NotSupported):
        await flow.check()
