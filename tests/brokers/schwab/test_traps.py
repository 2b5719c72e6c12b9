"""Each trap of schwab-py 1.5.1 and of what it stands on, sprung on the SDK and not on the adapter.

The first half of each test shows that the trap is still there: if it is not, an update of the SDK
has closed it, and what stands in the adapter against it can go.
"""

import json
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
import schwab
from authlib.integrations.httpx_client import (  # type: ignore[import-untyped] # authlib has none
    AsyncOAuth2Client,
)
from pydantic import SecretStr
from schwab.auth import TOKEN_ENDPOINT
from schwab.client import AsyncClient
from schwab.utils import Utils

from floorbroker.brokers.context import BrokerContext
from floorbroker.brokers.oauth import OAuthContext
from floorbroker.brokers.schwab.adapter import SchwabAdapter
from floorbroker.brokers.schwab.client import Words
from floorbroker.brokers.schwab.oauth import SchwabOAuth
from floorbroker.brokers.shared.transport import Transport
from floorbroker.domain.errors import BrokerError, OutcomeUnknown, SessionExpired
from floorbroker.domain.modes import Environment
from floorbroker.domain.order import Order
from floorbroker.domain.portfolio import BrokerAccount
from tests.brokers.schwab.at_schwab import (
    APP_KEY,
    APP_SECRET,
    Access,
    Canned,
    adapter_in,
    granted,
)
from tests.fakes.clock import ManualClock
from tests.simulators.schwab import Fault, Person, SchwabSimulator, SentTo

LONG_AGO = 1


def sdk(simulator: SchwabSimulator, token: dict[str, Any], **more: Any) -> Any:
    """The SDK's client as its own documentation builds it, but for the way to the simulator."""
    session = AsyncOAuth2Client(
        APP_KEY,
        client_secret=APP_SECRET,
        token=token,
        token_endpoint=TOKEN_ENDPOINT,
        leeway=300,
        transport=SentTo(simulator.url),
        **more,
    )
    return AsyncClient(APP_KEY, session, enforce_enums=False)


async def test_the_sdk_renews_by_itself_and_by_the_machines_clock_and_the_adapter_never(
    simulator: SchwabSimulator, anna: Person, adapter: SchwabAdapter, account: BrokerAccount
) -> None:
    client = sdk(simulator, {**simulator.grant(anna, APP_KEY), "expires_at": LONG_AGO})
    before = simulator.tokens_asked
    await client.get_account_numbers()
    await client.close_async_session()
    assert simulator.tokens_asked == before + 1

    await adapter.balances(account)

    assert simulator.tokens_asked == before + 1
    assert not hasattr(adapter._calls._line._session, "token")


async def test_the_sdk_takes_any_object_for_a_token_and_the_sign_in_does_not(
    simulator: SchwabSimulator, anna: Person, clock: ManualClock, transport: Transport
) -> None:
    given = simulator.grant(anna, APP_KEY)
    trouble = simulator.refuse_with("token", Canned({"message": "Service down"}, status=404))
    client = sdk(simulator, {**given, "expires_at": LONG_AGO})
    with pytest.raises(Exception):  # noqa: B017 # whatever it is: the token is lost by then
        await client.get_account_numbers()
    assert "Service down" in str(client.session.token)
    await client.close_async_session()

    options = {"schwab_app_key": APP_KEY, "schwab_app_secret": SecretStr(APP_SECRET)}
    flow = SchwabOAuth(
        OAuthContext(
            environment=Environment.LIVE,
            clock=clock,
            transport=transport,
            endpoints={"api": simulator.url},
            options=options,
        )
    )
    with pytest.raises(BrokerError) as failure:
        await flow.renew(granted(simulator, anna))
    trouble.lift()
    assert not isinstance(failure.value, SessionExpired)


async def test_the_sdk_leaves_a_refused_access_refused_and_the_adapter_gets_another(
    simulator: SchwabSimulator,
    anna: Person,
    adapter: SchwabAdapter,
    account: BrokerAccount,
    access: Access,
) -> None:
    client = sdk(simulator, simulator.grant(anna, APP_KEY))
    simulator.end_access(anna)
    answer = await client.get_account_numbers()
    await client.close_async_session()
    assert answer.status_code == 401

    assert (await adapter.balances(account)).cash.amount > 0
    assert access.asked == 1


@pytest.mark.parametrize("fault", [Fault.GATEWAY_TIMEOUT, Fault.INVALID_JSON])
async def test_the_sdk_hands_back_rubbish_as_if_it_were_an_answer_and_the_adapter_calls_it_unknown(
    simulator: SchwabSimulator, anna: Person, adapter: SchwabAdapter, resting: Order, fault: Fault
) -> None:
    simulator.fail("place", fault)
    client = sdk(simulator, simulator.grant(anna, APP_KEY))
    answer = await client.place_order(anna.account.hash, {})
    await client.close_async_session()
    assert isinstance(answer, httpx.Response)

    with pytest.raises(OutcomeUnknown):
        await adapter.place_order(resting)


async def test_the_sdk_knows_one_host_only_and_the_adapter_asks_the_operators(
    simulator: SchwabSimulator, adapter: SchwabAdapter
) -> None:
    answer = SimpleNamespace(
        is_error=False, headers={"Location": f"{simulator.url}/trader/v1/accounts/A/orders/1"}
    )
    assert Utils(None, "A").extract_order_id(answer) is None

    assert simulator.received  # the adapter's own, at an address that no SDK would take


def test_the_sdk_stamps_a_time_of_anywhere_as_if_it_were_of_greenwich() -> None:
    tokyo = datetime(2026, 3, 4, 17, tzinfo=timezone(timedelta(hours=9)))

    asked = Words().get_orders_for_account(
        "A", from_entered_datetime=tokyo, to_entered_datetime=tokyo
    )

    assert asked.params["fromEnteredTime"] == "2026-03-04T17:00:00Z"  # it was 08:00 there


async def test_a_clock_of_elsewhere_finds_the_same_orders(
    context: BrokerContext, simulator: SchwabSimulator, account: BrokerAccount, resting: Order
) -> None:
    tokyo = timezone(timedelta(hours=9))
    clock = context.clock
    there = SimpleNamespace(now=lambda: clock.now().astimezone(tokyo))
    adapter = adapter_in(replace(context, clock=there))
    await adapter.connect()
    await adapter.place_order(resting)

    assert len(await adapter.open_orders(account)) == 1


def test_the_sdk_takes_a_word_apart_letter_by_letter_and_is_never_given_one() -> None:
    words = Words()

    assert words.get_account("A", fields="positions").params["fields"] == "p,o,s,i,t,i,o,n,s"
    assert words.get_account("A", fields=["positions"]).params["fields"] == "positions"


async def test_the_sdk_keeps_keys_for_the_life_of_the_process_and_ours_is_not_among_them(
    simulator: SchwabSimulator, anna: Person, adapter: SchwabAdapter, account: BrokerAccount
) -> None:
    key = "a-key-that-the-library-keeps"
    AsyncClient(key, SimpleNamespace())
    assert key in schwab.LOG_REDACTOR.redacted_strings

    await adapter.balances(account)

    kept = json.dumps(sorted(schwab.LOG_REDACTOR.redacted_strings))
    assert anna.account.hash not in kept
    assert "11112222" not in kept


async def test_the_sdk_writes_whole_answers_into_the_log_and_the_adapter_nothing(
    simulator: SchwabSimulator,
    anna: Person,
    adapter: SchwabAdapter,
    account: BrokerAccount,
    caplog: pytest.LogCaptureFixture,
) -> None:
    client = sdk(simulator, simulator.grant(anna, APP_KEY))
    with caplog.at_level("DEBUG", logger="schwab"):
        await client.get_account_numbers()
        await client.close_async_session()
        assert anna.account.number in caplog.text
        caplog.clear()

        await adapter.balances(account)

        assert [one for one in caplog.records if one.name.startswith("schwab")] == []
