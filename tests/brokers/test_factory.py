"""From an id and credentials to an adapter, and the test of a link."""

import asyncio
import traceback
from dataclasses import replace
from typing import Any

import pytest

from floorbroker.brokers.connection import ConnectionTest, GatewayWarning
from floorbroker.brokers.registry import all_brokers, get_broker
from floorbroker.brokers.spec import BrokerSpec
from floorbroker.domain.errors import (
    AuthenticationFailed,
    BrokerRetired,
    BrokerTimeout,
    GatewayNotRunning,
    InvalidInput,
    MissingExtra,
    NotSupported,
)
from floorbroker.domain.ids import BrokerId
from floorbroker.domain.modes import DeploymentMode, Environment
from tests.brokers.fakes.building import GIVEN, NOON, asked, built, factory_over
from tests.brokers.fakes.gatewayed.adapter import ACCOUNT, ScriptedAdapter

CLOUD, HOME = DeploymentMode.MULTI_USER, DeploymentMode.SINGLE_USER
CANARY = "c4n4ry"

# Making an adapter


def test_an_adapter_gets_its_surroundings_and_its_credentials() -> None:
    spec = built("alpaca")
    factory = factory_over(CLOUD, spec, options={spec.id: {"url": "http://127.0.0.1:1"}})

    adapter = factory.create("alpaca", **asked(environment=Environment.PAPER))

    assert isinstance(adapter, ScriptedAdapter)
    assert adapter.context.user_id == "42"
    assert adapter.context.link_id == "link"
    assert adapter.context.environment is Environment.PAPER
    assert adapter.context.clock.now() == NOON
    assert adapter.context.options == {"url": "http://127.0.0.1:1"}
    assert adapter.credentials.api_key.get_secret_value() == GIVEN["api_key"]


def test_one_brokers_options_never_reach_another() -> None:
    other = {BrokerId("kraken"): {"url": "http://127.0.0.1:1"}}
    factory = factory_over(CLOUD, built("alpaca"), options=other)

    adapter = factory.create("alpaca", **asked())

    assert isinstance(adapter, ScriptedAdapter)
    assert adapter.context.options == {}


def test_every_call_makes_an_adapter_of_its_own() -> None:
    factory = factory_over(CLOUD, built("alpaca"))

    first, second = (factory.create("alpaca", **asked()) for _ in range(2))

    assert first is not second


@pytest.mark.parametrize("text", ["", "robinhood", "Alpaca", "alpaca.adapter:AlpacaAdapter"])
def test_an_unknown_broker_is_unsupported(text: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        factory_over(HOME).create(text, **asked())

    assert refusal.value.message == "Unsupported broker"


@pytest.mark.parametrize("mode", DeploymentMode)
def test_a_retired_broker_leads_to_its_successor(mode: DeploymentMode) -> None:
    with pytest.raises(BrokerRetired, match="Charles Schwab") as refusal:
        factory_over(mode).create("tdameritrade", **asked())

    assert refusal.value.successor == "schwab"


def test_a_missing_sdk_tells_the_operator_how_to_install_it() -> None:
    factory = factory_over(CLOUD, built("alpaca", sdk_module="no_such_sdk"))

    with pytest.raises(MissingExtra) as refusal:
        factory.create("alpaca", **asked())

    assert refusal.value.detail == 'pip install "floorbroker[alpaca]"'
    assert "pip" not in refusal.value.message


def test_a_broker_without_an_adapter_says_so_plainly() -> None:
    factory = factory_over(CLOUD, built("alpaca", adapter=None, sdk_module="no_such_sdk"))

    with pytest.raises(NotSupported) as refusal:
        factory.create("alpaca", **asked())

    assert refusal.value.message == "Alpaca is not built into this version yet."


def test_paper_is_refused_where_the_broker_has_no_paper_account() -> None:
    factory = factory_over(CLOUD, built("kraken"))

    with pytest.raises(NotSupported, match="Kraken has no paper trading"):
        factory.create("kraken", **asked(environment=Environment.PAPER))


def test_live_is_refused_at_the_paper_broker() -> None:
    factory = factory_over(CLOUD, get_broker("paper"))

    with pytest.raises(NotSupported, match="never trades real money"):
        factory.create("paper", **asked(environment=Environment.LIVE, credentials={}))


def test_the_paper_broker_is_made_by_the_real_registry_without_any_credential() -> None:
    request = asked(environment=Environment.PAPER, credentials={})

    adapter = factory_over(CLOUD).create("paper", **request)

    assert type(adapter).__name__ == "PaperAdapter"


def test_every_broker_of_the_registry_is_built_or_retired() -> None:
    assert [spec.id for spec in all_brokers() if not spec.adapter and not spec.retired] == []


def test_a_broker_that_is_not_built_says_so_at_home() -> None:
    unbuilt = replace(get_broker("moomoo"), adapter=None)

    with pytest.raises(NotSupported, match="is not built into this version yet"):
        factory_over(HOME, unbuilt).create("moomoo", **asked())


# Credentials


def refusal_of(credentials: dict[str, Any]) -> InvalidInput:
    factory = factory_over(CLOUD, built("alpaca"))
    with pytest.raises(InvalidInput) as refusal:
        factory.create("alpaca", **asked(credentials=credentials))
    return refusal.value


def test_what_is_missing_is_named() -> None:
    message = refusal_of({}).message

    assert message == (
        "The credentials for Alpaca do not fit. Missing or unreadable: api_key, api_secret."
    )


@pytest.mark.parametrize(
    "credentials",
    [
        {"api_key": CANARY},  # too short, and the validator quotes it
        {"api_key": CANARY * 2, "api_secret": ["c4n4ry"]},  # not a text
        {**GIVEN, "passphrase": CANARY},
        {**GIVEN, CANARY: "a name that is itself a secret, as a bad paste makes it"},
    ],
)
def test_a_refusal_of_credentials_never_holds_a_value(credentials: dict[str, Any]) -> None:
    refusal = refusal_of(credentials)

    told = [str(refusal), repr(refusal), refusal.detail, *traceback.format_exception(refusal)]
    assert not [text for text in told if CANARY in text]
    assert refusal.__cause__ is refusal.__context__ is None


# Testing a connection


async def connection_of(
    spec: BrokerSpec, mode: DeploymentMode = HOME, **script: Any
) -> ConnectionTest:
    factory = factory_over(mode, spec, options={spec.id: script})
    return await factory.test_connection(spec.id, **asked())


async def test_a_good_credential_shows_its_accounts() -> None:
    calls: list[str] = []

    outcome = await connection_of(built("alpaca"), CLOUD, calls=calls)

    assert outcome.success
    assert outcome.accounts == (ACCOUNT,)
    assert outcome.warnings == ()
    assert calls == ["connect", "accounts", "close"]


@pytest.mark.parametrize(
    ("broker_id", "process", "port"),
    [("ibkr", "TWS or IB Gateway", 7497), ("moomoo", "OpenD Gateway", 11111)],
)
async def test_a_gateway_is_warned_of_even_when_the_test_succeeds(
    broker_id: str, process: str, port: int
) -> None:
    outcome = await connection_of(built(broker_id))

    assert outcome.success
    assert outcome.warnings == (
        GatewayWarning(
            type="gateway-required",
            message=f"{process} must be running on localhost:{port}",
            gateway_process=process,
            gateway_port=port,
        ),
    )


async def test_a_gateway_that_does_not_answer_fails_the_test_and_keeps_the_warning() -> None:
    async def refuse() -> None:
        raise GatewayNotRunning(broker="ibkr")

    calls: list[str] = []

    outcome = await connection_of(built("ibkr"), connect=refuse, calls=calls)

    assert not outcome.success
    assert isinstance(outcome.error, GatewayNotRunning)
    assert outcome.accounts == ()
    assert [warning.type for warning in outcome.warnings] == ["gateway-required"]
    assert calls == ["connect", "close"]


async def test_a_refused_credential_fails_the_test() -> None:
    async def refuse() -> None:
        raise AuthenticationFailed(broker="alpaca")

    outcome = await connection_of(built("alpaca"), CLOUD, connect=refuse)

    assert isinstance(outcome.error, AuthenticationFailed)


async def test_a_broker_that_never_answers_is_given_up_and_closed() -> None:
    calls: list[str] = []
    spec = built("alpaca")
    script = {"connect": asyncio.Event().wait, "calls": calls}
    factory = factory_over(CLOUD, spec, options={spec.id: script})

    outcome = await factory.test_connection("alpaca", **asked(), deadline_seconds=0)

    assert isinstance(outcome.error, BrokerTimeout)
    assert calls == ["connect", "close"]


async def test_an_adapter_that_breaks_is_closed_and_its_error_is_not_hidden() -> None:
    async def break_down() -> None:
        raise ZeroDivisionError

    calls: list[str] = []

    with pytest.raises(ZeroDivisionError):
        await connection_of(built("alpaca"), CLOUD, connect=break_down, calls=calls)

    assert calls == ["connect", "close"]


async def test_a_cancelled_test_closes_its_adapter() -> None:
    calls: list[str] = []
    waiting = asyncio.Event()

    async def wait() -> None:
        waiting.set()
        await asyncio.Event().wait()

    task = asyncio.create_task(connection_of(built("alpaca"), CLOUD, connect=wait, calls=calls))
    await waiting.wait()
    task.cancel()

    with pytest.raises(asyncio.CancelledError):
        await task
    assert calls == ["connect", "close"]


async def test_bad_credentials_are_refused_before_anything_is_tried() -> None:
    calls: list[str] = []
    spec = built("alpaca")
    factory = factory_over(CLOUD, spec, options={spec.id: {"calls": calls}})

    with pytest.raises(InvalidInput):
        await factory.test_connection("alpaca", **asked(credentials={}))

    assert calls == []
