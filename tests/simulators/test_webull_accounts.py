"""The Webull simulator: accounts, balances, positions, and whose they are."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.simulators.webull_clients import Refused
from tests.simulators.webull_world import World, opened

ACCOUNTS = "/trading/accounts/list"
BALANCE = "/trading/assets/balances/get"
POSITIONS = "/trading/assets/positions/list"


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with opened() as world:
        yield world


async def test_accounts_are_listed_with_their_class(world: World) -> None:
    boris = world.sim.add_person("boris", accounts=("INDIVIDUAL_CASH", "CRYPTO"))
    his = world.client_of(world.sim.add_app(person=boris))

    shown = await his.get(ACCOUNTS)

    kinds = [(one["account_type"], one["account_class"]) for one in shown]
    assert kinds == [("CASH", "INDIVIDUAL_CASH"), ("CASH", "CRYPTO")]
    assert {one["user_id"] for one in shown} == {boris.user_id}
    assert shown[0]["account_label"] == "Individual Cash"


async def test_a_margin_account_s_balance_is_as_the_sandbox_shows_it(world: World) -> None:
    balance = await world.balance()

    (dollars,) = balance["account_currency_assets"]
    assert balance["total_net_liquidation_value"] == "100000.00"
    assert balance["day_trades_left"] == "UNLIMITED"
    assert balance["open_margin_calls"] == []
    assert dollars["day_buying_power"] == "400000.00"
    assert dollars["overnight_buying_power"] == "200000.00"
    assert "buying_power" not in dollars


async def test_a_cash_account_s_balance_has_a_buying_power() -> None:
    async with opened(accounts=("INDIVIDUAL_CASH",)) as world:
        await world.place(quantity="3")

        (dollars,) = (await world.balance())["account_currency_assets"]

        assert dollars["buying_power"] == "99700.00"
        assert dollars["cash_balance"] == dollars["settled_cash"] == "100000.00"
        assert "day_buying_power" not in dollars


async def test_a_position_shows_its_cost_and_its_profit(world: World) -> None:
    world.sim.give(world.account, "AAPL", "10", price="200")

    (position,) = await world.client.get(POSITIONS, account_id=world.account.id)
    balance = await world.balance()

    assert position["quantity"] == "10"
    assert (position["cost_price"], position["last_price"]) == ("200.00", "240.00")
    assert position["unrealized_profit_loss"] == "400.00"
    assert position["instrument_type"] == "EQUITY"
    assert balance["total_market_value"] == "2400.00"
    assert balance["total_unrealized_profit_loss"] == "400.00"


async def test_an_option_s_position_has_its_contract_in_a_leg(world: World) -> None:
    world.sim.give(world.account, "AAPL261218C00240000", "2", price="8")

    (position,) = await world.client.get(POSITIONS, account_id=world.account.id)

    (leg,) = position["legs"]
    assert (position["symbol"], position["instrument_type"]) == ("AAPL", "OPTION")
    assert (position["cost_price"], position["unrealized_profit_loss"]) == ("8.00", "400.00")
    assert (leg["option_exercise_price"], leg["option_type"]) == ("240.00", "CALL")
    assert leg["option_expire_date"] == "2026-12-18"


async def everything(world: World, client: Any, account_id: str) -> list[tuple[int, str]]:
    """What every request about an account says."""
    order = world.item()
    mine = {"account_id": account_id}
    asked = [
        client.get(BALANCE, **mine),
        client.get(POSITIONS, **mine),
        client.get("/trading/orders/open-orders/list", **mine),
        client.get("/trading/orders/historical-orders/list", **mine),
        client.get("/trading/orders/get", **mine, client_order_id="whatever-it-is"),
        client.post("/trading/orders/preview", {**mine, "new_orders": [order]}),
        client.post("/trading/orders/place", {**mine, "new_orders": [order]}),
        client.post("/trading/orders/batch-place", {**mine, "batch_orders": [order]}),
        client.post("/trading/orders/replace", {**mine, "modify_orders": [{}]}),
        client.post("/trading/orders/cancel", {**mine, "client_order_id": "whatever-it-is"}),
    ]
    found = []
    for one in asked:
        with pytest.raises(Refused) as failure:
            await one
        found.append((failure.value.status, failure.value.code))
    return found


async def test_two_people_never_see_each_other_s_accounts(world: World) -> None:
    boris = world.sim.add_person("boris")
    his = world.client_of(world.sim.add_app(person=boris))
    placed = await world.place()

    denied = await everything(world, his, world.account.id)
    with pytest.raises(Refused) as unfound:
        await his.get("/trading/orders/get", account_id=boris.account.id, client_order_id=placed)

    assert set(denied) == {(403, "ACCOUNT_ACCESS_DENIED")}
    assert unfound.value.code == "OPENAPI_ORDER_NOT_FOUND"
    assert [one["account_id"] for one in await his.get(ACCOUNTS)] == [boris.account.id]
    assert len(world.sim.orders) == 1


async def test_nor_do_two_people_behind_one_platform(world: World) -> None:
    boris = world.sim.add_person("boris")
    platform = world.platform()
    hers = world.granted(world.sim.grant(world.person, platform))
    his = world.granted(world.sim.grant(boris, platform))

    denied = await everything(world, his, world.account.id)

    assert set(denied) == {(403, "ACCOUNT_ACCESS_DENIED")}
    assert [one["account_id"] for one in await his.get(ACCOUNTS)] == [boris.account.id]
    assert [one["account_id"] for one in await hers.get(ACCOUNTS)] == [world.account.id]


async def test_the_same_client_id_is_two_orders_of_two_people(world: World) -> None:
    boris = world.sim.add_person("boris")
    his = world.client_of(world.sim.add_app(person=boris))
    item = world.item()

    await world.place(item)
    body = {"account_id": boris.account.id, "new_orders": [item]}
    answer = await his.post("/trading/orders/place", body)

    assert answer["order_id"] != world.sim.orders[0].id
    assert len(world.sim.orders) == 2


async def test_a_key_may_reach_some_accounts_only() -> None:
    async with opened(accounts=("INDIVIDUAL_MARGIN", "ROTH_IRA")) as world:
        first, second = world.person.accounts
        some = world.client_of(world.sim.add_app(person=world.person, accounts=[second]))
        granted = world.sim.grant(world.person, world.platform(), accounts=[second])

        denied = await everything(world, some, first.id)

        assert set(denied) == {(403, "ACCOUNT_ACCESS_DENIED")}
        assert [one["account_id"] for one in await some.get(ACCOUNTS)] == [second.id]
        assert [one["account_id"] for one in await world.granted(granted).get(ACCOUNTS)] == [
            second.id
        ]


async def test_an_account_has_to_be_named(world: World) -> None:
    with pytest.raises(Refused) as failure:
        await world.client.get(BALANCE)

    assert (failure.value.status, failure.value.code) == (417, "INVALID_PARAMETER")
