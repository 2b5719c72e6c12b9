"""Connecting with a key, and whose accounts they are."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from floorbroker.brokers.context import BrokerContext
from floorbroker.brokers.shared.transport import Transport
from floorbroker.brokers.webull.adapter import WebullAdapter
from floorbroker.domain.connections import ConnectionState
from floorbroker.domain.errors import (
    AuthenticationFailed,
    BrokerError,
    NotSent,
)
from floorbroker.domain.ids import AccountId
from floorbroker.domain.modes import Environment
from tests.brokers.webull.at_webull import (
    CHEAPER,
    KEY,
    SECRET,
    adapter_in,
    context_at,
    order_of,
    resting_request,
)
from tests.fakes.clock import NOON, ManualClock
from tests.simulators.webull import App, Person, WebullSimulator
from tests.simulators.webull.apps import AccessToken

CANARY = (KEY, SECRET)


# Keys


@pytest.mark.parametrize(
    ("environment", "words"),
    [(Environment.PAPER, "sandbox does not know"), (Environment.LIVE, "or is the sandbox's")],
)
async def test_a_key_that_webull_does_not_know_is_told_as_such(
    simulator: WebullSimulator,
    transport: Transport,
    clock: ManualClock,
    environment: Environment,
    words: str,
) -> None:
    adapter = adapter_in(context_at(simulator.url, transport, clock, environment=environment))

    with pytest.raises(AuthenticationFailed, match=words):
        await adapter.connect()

    assert adapter.status().state is ConnectionState.FAILED
    await adapter.close()


async def test_a_wrong_secret_is_told_as_refused_access(context: BrokerContext, app: App) -> None:
    adapter = adapter_in(context, secret=SECRET[::-1])

    with pytest.raises(AuthenticationFailed, match="app key and its secret"):
        await adapter.connect()
    await adapter.close()


async def test_a_key_with_two_factor_authentication_needs_a_verified_token(
    context: BrokerContext, simulator: WebullSimulator, anna: Person
) -> None:
    simulator.add_app(KEY, SECRET, person=anna, two_factor=True)
    adapter = adapter_in(context)

    with pytest.raises(AuthenticationFailed, match="two-factor authentication is on"):
        await adapter.connect()
    await adapter.close()


async def test_a_verified_token_opens_such_a_key_until_it_ends(
    context: BrokerContext, simulator: WebullSimulator, anna: Person, clock: ManualClock
) -> None:
    app = simulator.add_app(KEY, SECRET, person=anna, two_factor=True)
    app.token = AccessToken(
        value="d" * 32, given="NORMAL", expires_at=clock.now() + timedelta(days=15)
    )
    adapter = adapter_in(context, token="d" * 32)

    await adapter.connect()
    clock.advance(15 * 86_400)

    with pytest.raises(AuthenticationFailed, match="has ended"):
        await adapter.accounts()
    await adapter.close()


async def test_a_clock_that_is_wrong_is_no_wrong_key(
    context: BrokerContext, app: App, simulator: WebullSimulator
) -> None:
    simulator.refuse("any", "CLOCK_SKEW_EXCEEDED", "Timestamp offset", status=401)
    adapter = adapter_in(context)

    with pytest.raises(BrokerError, match="too far apart") as failed:
        await adapter.connect()

    assert not isinstance(failed.value, AuthenticationFailed)
    await adapter.close()


@pytest.mark.parametrize("environment", list(Environment))
async def test_each_environment_is_asked_at_its_own_address(
    simulator: WebullSimulator,
    transport: Transport,
    clock: ManualClock,
    app: App,
    environment: Environment,
) -> None:
    adapter = adapter_in(context_at(simulator.url, transport, clock, environment=environment))

    await adapter.connect()

    assert [one.path for one in simulator.received] == ["/trading/accounts/list"]
    await adapter.close()


# Accounts


async def test_accounts_for_futures_and_events_are_left_out_and_the_others_have_their_rights(
    context: BrokerContext, simulator: WebullSimulator
) -> None:
    classes = ("INDIVIDUAL_MARGIN", "INDIVIDUAL_CASH", "CRYPTO", "ROTH_IRA", "EVENTS_CASH")
    person = simulator.add_person("bert", accounts=classes)
    simulator.add_app(KEY, SECRET, person=person)
    adapter = adapter_in(context)

    await adapter.connect()
    found = await adapter.accounts()

    assert [one.name for one in found] == [
        "Individual Margin",
        "Individual Cash",
        "Crypto",
        "Roth IRA",
    ]
    assert [one.may_short for one in found] == [True, False, False, False]
    assert [one.account_id for one in found] == [one.id for one in person.accounts[:4]]
    assert [one.number for one in found] == [one.number for one in person.accounts[:4]]
    await adapter.close()


async def test_each_call_is_about_the_account_that_it_names(
    adapter: WebullAdapter, anna: Person, simulator: WebullSimulator
) -> None:
    anna.accounts[0].cash, anna.accounts[1].cash = Decimal(111), Decimal(222)

    found = [await adapter.balances(one) for one in await adapter.accounts()]

    assert [one.cash.amount for one in found] == [111, 222]


async def test_somebody_elses_account_is_not_asked_about(
    adapter: WebullAdapter, simulator: WebullSimulator
) -> None:
    other = simulator.add_person("mallory").account.id
    account = replace((await adapter.accounts())[0], account_id=AccountId(other))
    order = order_of(resting_request(), other)
    asked = len(simulator.received)

    for reading in (
        adapter.balances(account),
        adapter.positions(account),
        adapter.open_orders(account),
        adapter.order_history(account, NOON, NOON + timedelta(days=1)),
        adapter.find_order(order),
        adapter.preview_order(order),
    ):
        with pytest.raises(BrokerError, match="other accounts"):
            await reading
    for sending in (
        adapter.place_order(order),
        adapter.cancel_order(order),
        adapter.modify_order(order, CHEAPER),
    ):
        with pytest.raises(NotSent, match="other accounts"):
            await sending

    assert len(simulator.received) == asked


async def test_two_people_see_their_own_accounts_over_the_same_connections(
    context: BrokerContext, adapter: WebullAdapter, simulator: WebullSimulator, anna: Person
) -> None:
    bert = simulator.add_person("bert")
    simulator.add_app("b" * 32, "c" * 32, person=bert)
    his = adapter_in(context, key="b" * 32, secret="c" * 32)
    await his.connect()

    await adapter.place_order(order_of(resting_request(), anna.account.id))
    (account,) = await his.accounts()

    assert account.account_id == bert.account.id
    assert await his.open_orders(account) == []
    assert simulator.connections == 1
    await his.close()
