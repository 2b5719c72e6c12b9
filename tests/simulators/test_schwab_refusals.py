"""The Schwab simulator: what answers 400, and what answers 201 and is rejected afterwards."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from tests.simulators.schwab import CASH, SentTo
from tests.simulators.schwab_clients import World, leg, limit, market, opened, stop

VALIDATION = "A validation error occurred while processing the request."
NO_FUNDS = "You do not have enough available cash/buying power for this order."
OVERSOLD = "This order may result in an oversold/overbought position in your account."


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with opened(cash="1000", positions={"AAPL": ("10", "150")}) as world:
        yield world


def without(body: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in body.items() if key != name}


def legged(instruction: str, quantity: Any = 1, asset: str = "EQUITY") -> dict[str, Any]:
    return market(orderLegCollection=[leg("AAPL", instruction, quantity, asset)])


@pytest.mark.parametrize(
    "body",
    [
        without(market(), "orderType"),
        without(market(), "session"),
        without(market(), "duration"),
        without(market(), "orderLegCollection"),
        without(limit(), "price"),
        market(price="100.00"),
        limit("0"),
        limit("-1.00"),
        limit("1e2"),
        limit("NaN"),
        market(orderType="NOSUCH"),
        market(session="NIGHT"),
        market(duration="GTC"),
        market(orderStrategyType="BLAST_ALL"),
        market(orderLegCollection=[]),
        market(orderLegCollection="AAPL"),
        legged("BUY", 0),
        legged("BUY", 1.5),
        legged("BUY", "1"),
        legged("BUY_TO_OPEN"),
        legged("BUY", asset="OPTION"),
        legged("BUY", asset="FUTURE"),
        market(orderLegCollection=[leg("AAPL", "BUY", 1), leg("MSFT", "BUY", 1)]),
        market(orderLegCollection=[leg("NOSUCH", "BUY", 1)]),
        market(orderType="TRAILING_STOP"),
        market(orderType="STOP"),
        market(orderStrategyType="TRIGGER"),
        {"orderStrategyType": "OCO", "childOrderStrategies": [limit()]},
    ],
)
async def test_a_body_that_cannot_be_is_refused_in_one_sentence_and_places_nothing(
    world: World, body: dict[str, Any]
) -> None:
    answer = await world.place(body)

    assert answer.status_code == 400
    assert answer.json() == {"message": VALIDATION, "errors": []}
    assert "Location" not in answer.headers
    assert world.sim.orders == []


@pytest.mark.parametrize("field", ["requestedDestination", "tag", "clientOrderId", "orderTag"])
async def test_there_is_no_field_for_an_id_of_one_s_own(world: World, field: str) -> None:
    assert await world.refused({**limit(), field: "AUTO"}) == (400, VALIDATION)


async def test_what_is_no_json_is_refused_too(world: World) -> None:
    token = world.client.session.token["access_token"]
    url = f"https://api.schwabapi.com/trader/v1/accounts/{world.account.hash}/orders"
    async with httpx.AsyncClient(transport=SentTo(world.sim.url)) as client:
        client.headers["Authorization"] = f"Bearer {token}"
        answers = [await client.post(url, content=raw) for raw in (b"", b"[1]", b'{"price":')]

    assert [answer.status_code for answer in answers] == [400] * 3


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (limit("150.00", quantity=100), NO_FUNDS),
        (market("BUY", 100), NO_FUNDS),
        (market("SELL", 11), OVERSOLD),
        (legged("BUY_TO_COVER"), OVERSOLD),
        (limit("150.001"), "increment"),
        (stop("200.00"), "wrong side"),
        (stop("150.00", "BUY"), "wrong side"),
        (market(session="SEAMLESS"), "limit orders"),
        (market(orderLegCollection=[leg("GME", "SELL_SHORT", 1)]), "not available to short"),
    ],
)
async def test_what_the_rules_forbid_answers_201_and_is_rejected(
    world: World, body: dict[str, Any], why: str
) -> None:
    shown = await world.order(await world.placed(body))

    assert shown["status"] == "REJECTED"
    assert why in shown["statusDescription"]
    assert (shown["filledQuantity"], shown["remainingQuantity"]) == (0.0, 0.0)
    assert shown["cancelable"] is False
    assert "orderActivityCollection" not in shown
    assert await world.positions() == {"AAPL": 10.0}


async def test_the_verdict_may_take_its_time(world: World) -> None:
    world.sim.let_orders_wait()
    bad, good = await world.placed(market("SELL", 11)), await world.placed(market("SELL", 4))
    pondered = [await world.status(one) for one in (bad, good)]

    world.sim.finish_orders()

    assert pondered == ["PENDING_ACKNOWLEDGEMENT"] * 2
    assert [await world.status(one) for one in (bad, good)] == ["REJECTED", "FILLED"]


async def test_resting_orders_reserve_shares_and_money(world: World) -> None:
    await world.placed(limit("300.00", "SELL", 8))
    await world.placed(limit("100.00", "BUY", 20))

    third = await world.rejected(limit("300.00", "SELL", 3))
    dear = await world.rejected(limit("150.00", "BUY", 20))
    fine = await world.placed(limit("300.00", "SELL", 2))

    assert third.startswith(OVERSOLD)
    assert dear == NO_FUNDS
    assert await world.status(fine) == "WORKING"


async def test_a_cash_account_spends_what_it_has_and_sells_nothing_short(world: World) -> None:
    boris = world.sim.add_person("boris", ["33334444"], cash="190", kind=CASH)
    world.account = boris.account
    world.client = world.client_of(boris)

    dear = await world.rejected(market("BUY", 2))
    short = await world.rejected(legged("SELL_SHORT"))
    fine = await world.placed(market("BUY", 1))

    assert (dear, short) == (NO_FUNDS, "Short sales are not allowed in this account.")
    assert await world.status(fine) == "FILLED"
    assert (await world.balances())["cashAvailableForTrading"] == 0.0


async def test_a_margin_account_sells_short_and_covers(world: World) -> None:
    world.sim.market.set("MSFT", bid="400", ask="400.10")
    body = market(orderLegCollection=[leg("MSFT", "SELL_SHORT", 2)])

    await world.placed(body)
    short = await world.positions()
    await world.placed(market(orderLegCollection=[leg("MSFT", "BUY_TO_COVER", 2)]))

    assert short == {"AAPL": 10.0, "MSFT": -2.0}
    assert await world.positions() == {"AAPL": 10.0}


async def test_restrictions_of_an_account_reject_in_the_recorded_words(world: World) -> None:
    world.account.halted = True
    halted = await world.rejected(market("SELL", 1))
    world.account.halted, world.account.closing_only = False, True

    opening = await world.rejected(market("BUY", 1))
    closing = await world.placed(market("SELL", 1))

    assert halted == "No trades are currently allowed"
    assert "closing" in opening
    assert await world.status(closing) == "FILLED"


async def test_a_test_may_reject_orders_in_words_of_its_own(world: World) -> None:
    world.sim.reject_on_arrival("Opening transactions must be placed with a broker.")
    why = await world.rejected(limit())
    world.sim.arrive_well()

    assert why == "Opening transactions must be placed with a broker."
    assert await world.status(await world.placed()) == "WORKING"


@pytest.mark.parametrize("carried_out", [True, False])
async def test_a_refusal_of_a_test_may_come_although_the_order_was_placed(
    world: World, carried_out: bool
) -> None:
    world.sim.refuse("place", status=500, message="Internal", times=1, carried_out=carried_out)

    assert await world.refused(limit()) == (500, "Internal")
    assert len(world.sim.orders) == carried_out


async def test_the_throttle_counts_writes_of_an_account_and_reads_of_an_app(
    world: World,
) -> None:
    world.sim.limit_rate(writes=2, reads=3)
    for _ in range(2):
        await world.placed(limit("10.00"))

    throttled = await world.place(limit("10.00"))
    reads = [(await world.client.get_account_numbers()).status_code for _ in range(4)]
    world.watch.advance(minutes=1)

    assert (throttled.status_code, len(world.sim.orders)) == (429, 2)
    assert reads == [200, 200, 200, 429]
    assert await world.placed(limit("10.00"))
