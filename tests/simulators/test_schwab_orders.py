"""The Schwab simulator: orders placed, found and listed, as schwab-py asks for them."""

from collections.abc import AsyncIterator
from datetime import timedelta
from decimal import Decimal

import httpx
import pytest
from schwab.orders.equities import equity_buy_limit, equity_buy_market
from schwab.utils import AccountHashMismatchException, Utils

from tests.simulators.schwab import SentTo
from tests.simulators.schwab_clients import World, limit, market, opened, stop

BASE = "https://api.schwabapi.com/trader/v1"


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with opened(cash="100000", positions={"AAPL": ("10", "150")}) as world:
        yield world


async def ask(world: World, method: str, path: str, **query: str) -> httpx.Response:
    """As the person, past schwab-py."""
    token = world.client.session.token["access_token"]
    headers = {"Authorization": f"Bearer {token}"}
    async with httpx.AsyncClient(transport=SentTo(world.sim.url), headers=headers) as client:
        return await client.request(method, f"{BASE}{path}", params=query)


async def test_a_new_order_answers_201_with_a_location_and_no_body(world: World) -> None:
    answer = await world.place()

    order_id = Utils(world.client, world.account.hash).extract_order_id(answer)
    assert answer.status_code == 201
    assert answer.content == b""
    assert answer.headers["Location"] == (
        f"{BASE}/accounts/{world.account.hash}/orders/{world.sim.orders[0].id}"
    )
    assert order_id == world.sim.orders[0].id
    with pytest.raises(AccountHashMismatchException):
        Utils(world.client, "ANOTHER").extract_order_id(answer)


async def test_an_order_reads_as_recorded_ones_do(world: World) -> None:
    shown = await world.order(await world.placed(limit("150.25", quantity=3)))

    assert shown == {
        "session": "NORMAL",
        "duration": "DAY",
        "orderType": "LIMIT",
        "complexOrderStrategyType": "NONE",
        "quantity": 3.0,
        "filledQuantity": 0.0,
        "remainingQuantity": 3.0,
        "requestedDestination": "AUTO",
        "destinationLinkName": "AutoRoute",
        "price": 150.25,
        "orderLegCollection": [
            {
                "orderLegType": "EQUITY",
                "legId": 1,
                "instrument": {
                    "assetType": "EQUITY",
                    "cusip": "037833100",
                    "symbol": "AAPL",
                    "instrumentId": 95799436,
                },
                "instruction": "BUY",
                "positionEffect": "OPENING",
                "quantity": 3.0,
            }
        ],
        "orderStrategyType": "SINGLE",
        "orderId": 1005000000001,
        "cancelable": True,
        "editable": False,
        "status": "WORKING",
        "enteredTime": "2026-11-18T17:00:00+0000",
        "tag": world.app.tag,
        "accountNumber": 11112222,
    }


async def test_a_fill_is_an_activity_with_a_price_a_leg(world: World) -> None:
    shown = await world.order(await world.placed(market("BUY", 4)))

    (activity,) = shown["orderActivityCollection"]
    assert (shown["status"], shown["filledQuantity"]) == ("FILLED", 4.0)
    assert (shown["remainingQuantity"], shown["cancelable"]) == (0.0, False)
    assert shown["closeTime"] == "2026-11-18T17:00:00+0000"
    assert (activity["activityType"], activity["executionType"]) == ("EXECUTION", "FILL")
    assert (activity["quantity"], activity["orderRemainingQuantity"]) == (4.0, 0.0)
    assert activity["executionLegs"][0]["price"] == 190.0


async def test_an_order_may_fill_in_parts(world: World) -> None:
    world.sim.fill_in_parts(2)
    order_id = await world.placed(market("BUY", 5))
    half = await world.order(order_id)
    world.sim.market.set("AAPL", bid="190.90", ask="191.00")

    world.sim.match()

    whole = await world.order(order_id)
    assert (half["status"], half["filledQuantity"], half["remainingQuantity"]) == (
        "WORKING",
        2.0,
        3.0,
    )
    assert whole["status"] == "FILLED"
    assert [(a["quantity"], a["orderRemainingQuantity"], a["executionLegs"][0]["price"])
            for a in whole["orderActivityCollection"]] == [
        (2.0, 3.0, 190.0),
        (3.0, 0.0, 191.0),
    ]  # fmt: skip


async def test_orders_built_by_schwab_py_s_templates_are_taken(world: World) -> None:
    built = [equity_buy_market("AAPL", 1), equity_buy_limit("AAPL", 2, "150.10")]

    answers = [await world.client.place_order(world.account.hash, one) for one in built]

    assert [answer.status_code for answer in answers] == [201, 201]
    assert [order.ticket.price for order in world.sim.orders] == [None, Decimal("150.10")]


@pytest.mark.parametrize("price", ["150.00", 150, 150.5])
async def test_a_price_is_a_string_or_a_number(world: World, price: object) -> None:
    shown = await world.order(await world.placed({**limit(), "price": price}))

    assert shown["price"] == float(str(price))


async def test_orders_are_listed_newest_first_by_time_and_status_up_to_a_number(
    world: World,
) -> None:
    old = await world.placed()
    world.watch.advance(minutes=20)
    filled = await world.placed(market())
    new = await world.placed()

    listed = [one["orderId"] for one in await world.orders()]
    working = [one["orderId"] for one in await world.orders(status="WORKING")]
    two = [one["orderId"] for one in await world.orders(max_results=2)]
    answer = await world.client.get_orders_for_account(
        world.account.hash,
        from_entered_datetime=world.watch.at - timedelta(minutes=10),
        to_entered_datetime=world.watch.at,
    )

    assert listed == [new, filled, old]
    assert working == [new, old]
    assert two == [new, filled]
    assert [one["orderId"] for one in answer.json()] == [new, filled]


async def test_both_ends_of_the_window_are_required_with_or_without_milliseconds(
    world: World,
) -> None:
    order_id = await world.placed()
    path = f"/accounts/{world.account.hash}/orders"
    end = {"toEnteredTime": "2026-11-19T00:00:00.000Z"}

    whole = await ask(world, "GET", path, fromEnteredTime="2026-11-18T00:00:00.000Z", **end)
    coarse = await ask(world, "GET", path, fromEnteredTime="2026-11-18T00:00:00Z", **end)
    refused = [
        await ask(world, "GET", path, **end),
        await ask(world, "GET", path, fromEnteredTime="2026-11-18", **end),
        await ask(world, "GET", path, fromEnteredTime="2026-11-18T00:00:00+00:00", **end),
        await ask(world, "GET", path, fromEnteredTime="2025-11-01T00:00:00.000Z", **end),
        await ask(world, "GET", "/orders", fromEnteredTime="2026-08-01T00:00:00.000Z", **end),
    ]

    assert [one["orderId"] for one in whole.json()] == [order_id]
    assert coarse.json() == whole.json()
    assert [answer.status_code for answer in refused] == [400] * 5
    assert all(set(answer.json()) == {"message", "errors"} for answer in refused)


async def test_orders_of_all_accounts_stand_in_one_list(world: World) -> None:
    boris = world.sim.add_person("boris", ["33334444", "55556666"])
    client = world.client_of(boris)
    for account in boris.accounts:
        await client.place_order(account.hash, limit())

    answer = await client.get_orders_for_all_linked_accounts(
        from_entered_datetime=world.watch.at - timedelta(hours=1),
        to_entered_datetime=world.watch.at,
    )

    assert [one["accountNumber"] for one in answer.json()] == [55556666, 33334444]


async def test_an_order_placed_elsewhere_is_listed_under_another_tag_and_not_counted(
    world: World,
) -> None:
    await world.placed()
    other = world.sim.place_elsewhere(world.account, limit())

    tags = {one["orderId"]: one["tag"] for one in await world.orders()}

    assert tags[other.id] == "API_TOS:TRADE_ALL"
    assert len(set(tags.values())) == 2
    assert world.sim.orders_received == 1


async def test_reads_may_lag_behind_a_new_order(world: World) -> None:
    world.sim.let_reads_lag()
    order_id = await world.placed()
    lagging = await world.orders()
    missing = await world.client.get_order(order_id, world.account.hash)

    world.sim.let_reads_catch_up()

    assert lagging == []
    assert missing.status_code == 404
    assert [one["orderId"] for one in await world.orders()] == [order_id]


async def test_a_201_may_come_without_a_location(world: World) -> None:
    world.sim.hide_location()

    answer = await world.place()

    assert answer.status_code == 201
    assert Utils(world.client, world.account.hash).extract_order_id(answer) is None
    assert len(world.sim.orders) == 1


async def test_a_preview_places_nothing_and_tells_what_would_be_rejected(world: World) -> None:
    fine = await world.client.preview_order(world.account.hash, limit("150.00", quantity=2))
    dear = await world.client.preview_order(world.account.hash, limit("150.00", quantity=5000))
    wrong = await world.client.preview_order(world.account.hash, {"orderType": "LIMIT"})

    good, bad = fine.json(), dear.json()
    assert good["orderStrategy"]["orderBalance"]["orderValue"] == 300.0
    assert good["orderStrategy"]["orderLegs"][0]["askPrice"] == 190.0
    assert good["orderValidationResult"]["rejects"] == []
    assert dear.status_code == 200
    assert "buying power" in bad["orderValidationResult"]["rejects"][0]["activityMessage"]
    assert wrong.status_code == 400
    assert world.sim.orders == []
    assert world.sim.orders_received == 0


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (market(), "PENDING_ACTIVATION"),
        (limit(), "PENDING_ACTIVATION"),
        (limit(session="SEAMLESS"), "PENDING_ACTIVATION"),
        (stop("150.00"), "PENDING_ACTIVATION"),
    ],
)
async def test_before_the_market_opens_orders_wait_for_it(
    world: World, body: dict[str, object], status: str
) -> None:
    world.sim.market.open = False
    order_id = await world.placed(body)
    before = await world.status(order_id)

    world.sim.market.open = True
    world.sim.match()

    assert before == status
    assert await world.status(order_id) in {"FILLED", "WORKING", "AWAITING_STOP_CONDITION"}


async def test_a_seamless_limit_order_fills_in_the_extended_hours_and_a_normal_one_does_not(
    world: World,
) -> None:
    world.sim.market.open, world.sim.market.extended = False, True

    seamless = await world.placed(limit("195.00", session="SEAMLESS"))
    normal = await world.placed(limit("195.00"))

    assert await world.status(seamless) == "FILLED"
    assert await world.status(normal) == "PENDING_ACTIVATION"
