"""Access from signing in: whose it is, when it is renewed, and what becomes of a refused one."""

from dataclasses import replace

import pytest

from floorbroker.brokers.context import BrokerContext
from floorbroker.brokers.shared.grants import ApplicationRefused
from floorbroker.brokers.webull.adapter import WebullAdapter
from floorbroker.domain.connections import ConnectionState
from floorbroker.domain.errors import (
    AuthenticationFailed,
    BrokerError,
    NotSent,
    NotSupported,
    SessionExpired,
)
from tests.brokers.webull.at_webull import (
    KEY,
    SECRET,
    Renewed,
    adapter_in,
    order_of,
    resting_request,
    signed_in,
)
from tests.simulators.webull import Person, Platform, WebullSimulator

CANARY = (KEY, SECRET)


async def test_whoever_signed_in_is_asked_with_their_token_under_the_operators_key(
    guest: WebullAdapter, simulator: WebullSimulator, anna: Person
) -> None:
    found = await guest.accounts()

    assert [one.account_id for one in found] == [one.id for one in anna.accounts]
    assert {one.person for one in simulator.received} == {"anna"}


async def test_an_access_that_opens_no_account_is_no_connection(
    context: BrokerContext, simulator: WebullSimulator
) -> None:
    person = simulator.add_person("bert", accounts=("EVENTS_CASH",))
    simulator.add_app(KEY, SECRET, person=person)
    adapter = adapter_in(context)

    with pytest.raises(BrokerError, match="opens no account"):
        await adapter.connect()

    assert adapter.status().state is ConnectionState.FAILED
    await adapter.close()


async def test_a_read_whose_token_is_refused_is_asked_once_more_with_another(
    guest: WebullAdapter,
    simulator: WebullSimulator,
    tokens: Renewed,
    anna: Person,
    platform: Platform,
) -> None:
    other = simulator.grant(anna, platform)
    tokens.later.append({"access_token": other.access_token, "refresh_token": other.refresh_token})
    simulator.refuse("/trading/accounts/list", "UNAUTHORIZED", "no", status=401, times=1)

    found = await guest.accounts()

    assert len(found) == 2
    assert tokens.refused == 1


async def test_a_token_that_is_refused_again_and_again_is_renewed_once(
    guest: WebullAdapter, simulator: WebullSimulator, tokens: Renewed, anna: Person
) -> None:
    tokens.later += [{"access_token": one * 40, "refresh_token": "r" * 40} for one in "xyz"]
    simulator.refuse("any", "UNAUTHORIZED", "no", status=401)
    asked = len(simulator.received)

    with pytest.raises(AuthenticationFailed):
        await guest.accounts()

    assert len(simulator.received) == asked + 2
    assert tokens.refused == 1


async def test_access_that_cannot_be_had_asks_nothing_and_says_why(
    guest: WebullAdapter, simulator: WebullSimulator, tokens: Renewed, anna: Person
) -> None:
    tokens.failing = SessionExpired(broker="webull")
    order = order_of(resting_request(), anna.account.id)
    asked = len(simulator.received)

    with pytest.raises(SessionExpired):
        await guest.accounts()
    with pytest.raises(NotSent, match="Nothing was sent"):
        await guest.place_order(order)
    with pytest.raises(NotSent):
        await guest.cancel_order(order)

    assert len(simulator.received) == asked


async def test_an_operators_key_that_is_refused_is_no_persons_fault(
    context: BrokerContext, simulator: WebullSimulator, tokens: Renewed
) -> None:
    tokens.later.append({"access_token": "x" * 40, "refresh_token": "r" * 40})
    simulator.refuse("any", "INCORRECT_SIGN", "no", status=401)
    adapter = signed_in(context, tokens)

    with pytest.raises(ApplicationRefused):
        await adapter.connect()

    assert tokens.refused == 0
    await adapter.close()


async def test_an_operators_key_that_is_gone_is_the_operators_business(
    context: BrokerContext, tokens: Renewed
) -> None:
    options = {**context.options, "webull_app_key": "0" * 32}
    adapter = signed_in(replace(context, options=options), tokens)

    with pytest.raises(ApplicationRefused):
        await adapter.connect()
    await adapter.close()


@pytest.mark.parametrize("missing", ["webull_app_key", "webull_app_secret"])
async def test_without_the_operators_application_nobody_who_signed_in_is_let_in(
    context: BrokerContext, tokens: Renewed, missing: str
) -> None:
    options = {**context.options, missing: None}

    with pytest.raises(NotSupported, match="not registered"):
        signed_in(replace(context, options=options), tokens)
