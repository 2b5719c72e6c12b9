"""What is one person's never reaches another: accounts, tokens, cookies."""

import asyncio
from decimal import Decimal
from random import Random

import httpx
import pytest

from floorbroker.brokers.context import BrokerContext
from floorbroker.brokers.shared.transport import Transport
from floorbroker.domain.errors import (
    BrokerError,
)
from tests.brokers.etrade.at_etrade import adapter_in, credential
from tests.fakes.clock import ManualClock
from tests.simulators.etrade import Account, App, EtradeSimulator


async def test_what_an_answer_sets_goes_out_with_no_later_request(transport: Transport) -> None:
    client = transport.async_httpx()
    request = httpx.Request("GET", "https://api.etrade.com/v1/accounts/list.json")
    answer = httpx.Response(200, headers={"Set-Cookie": "session=anna"}, request=request)

    client.cookies.extract_cookies(answer)

    assert "Cookie" not in client.build_request("GET", request.url).headers
    assert transport.async_httpx() is not client


async def test_two_people_interleaved_never_meet_each_others_accounts_or_tokens(
    context: BrokerContext, simulator: EtradeSimulator, app: App, clock: ManualClock
) -> None:
    people = [
        simulator.add_person(name, accounts=[Account(cash=Decimal(cash))])
        for name, cash in (("ben", 100), ("eva", 200), ("ida", 300))
    ]
    adapters = [
        adapter_in(context, credential(simulator.grant(one, app.key), clock.now()))
        for one in people
    ]
    for adapter in adapters:
        await adapter.connect()
    before, random = len(simulator.received), Random(7)

    async def look(at: int) -> None:
        (account,) = await adapters[at].accounts()
        balances = await adapters[at].balances(account)
        assert account.number == people[at].account.id
        assert balances.cash.amount == people[at].account.cash

    await asyncio.gather(*(look(random.randrange(3)) for _ in range(120)))

    for asked in simulator.received[before:]:
        owner = next(one for one in people if one.name == asked.person)
        others = {one.account.key for one in people if one is not owner}
        assert not any(key in asked.path for key in others)
    with pytest.raises(BrokerError):
        await adapters[0].balances((await adapters[1].accounts())[0])
