"""The Schwab simulator: accounts, balances, positions, transactions, preferences."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from tests.simulators.schwab import CASH
from tests.simulators.schwab_clients import World, limit, market, opened


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with opened(cash="10000", positions={"AAPL": ("10", "150")}) as world:
        yield world


async def test_numbers_lead_to_hashes_and_only_hashes_open_accounts(world: World) -> None:
    (pair,) = (await world.client.get_account_numbers()).json()

    by_hash = await world.client.get_account(pair["hashValue"])
    by_number = await world.client.get_account(pair["accountNumber"])

    assert pair["accountNumber"] == "11112222"
    assert len(pair["hashValue"]) == 64
    assert by_hash.json()["securitiesAccount"]["accountNumber"] == "11112222"
    assert by_number.status_code == 400
    assert set(by_number.json()) == {"message", "errors"}
    assert by_hash.headers["Schwab-Client-CorrelId"]


async def test_positions_are_shown_where_they_are_asked_for(world: World) -> None:
    bare = (await world.client.get_accounts()).json()
    full = (await world.client.get_accounts(fields=["positions"])).json()
    wrong = await world.client.get_accounts(fields="positions")

    assert wrong.status_code == 400  # schwab-py makes letters of a string: p,o,s,…
    assert "positions" not in bare[0]["securitiesAccount"]
    (position,) = full[0]["securitiesAccount"]["positions"]
    assert position["instrument"]["symbol"] == "AAPL"
    assert (position["longQuantity"], position["shortQuantity"]) == (10.0, 0.0)
    assert (position["averagePrice"], position["marketValue"]) == (150.0, 1899.5)
    assert position["longOpenProfitLoss"] == 399.5
    assert full[0]["aggregatedBalance"]["liquidationValue"] == 11899.5


async def test_a_margin_account_and_a_cash_account_name_their_money_differently(
    world: World,
) -> None:
    boris = world.sim.add_person("boris", ["33334444"], cash="500", kind=CASH)
    (row,) = (await world.client_of(boris).get_accounts()).json()

    margin, cash = await world.balances(), row["securitiesAccount"]["currentBalances"]

    assert (margin["availableFunds"], margin["buyingPower"]) == (10949.75, 21899.5)
    assert "cashAvailableForTrading" not in margin
    assert (cash["cashAvailableForTrading"], cash["totalCash"]) == (500.0, 500.0)
    assert "buyingPower" not in cash
    assert row["securitiesAccount"]["type"] == "CASH"


async def test_fills_move_cash_and_positions(world: World) -> None:
    await world.placed(market("BUY", 5))
    await world.placed(market("SELL", 12))

    balances, positions = await world.balances(), await world.positions()

    assert balances["cashBalance"] == 10000 - 5 * 190 + 12 * 189.9
    assert positions == {"AAPL": 3.0}


async def test_an_open_order_holds_funds_until_it_ends(world: World) -> None:
    before = (await world.balances())["availableFunds"]
    order_id = await world.placed(limit("100.00", quantity=10))
    during = (await world.balances())["availableFunds"]

    await world.client.cancel_order(order_id, world.account.hash)

    assert (before - during, (await world.balances())["availableFunds"]) == (500.0, before)


async def test_a_test_may_say_what_the_balances_are(world: World) -> None:
    world.sim.set_cash(world.account, "-200")
    world.sim.set_balances(world.account, isInCall=1.0)

    balances = await world.balances()

    assert (balances["cashBalance"], balances["marginBalance"]) == (-200.0, -200.0)
    assert balances["isInCall"] == 1.0


async def test_transactions_tell_fills_in_a_window_of_kinds_and_of_a_symbol(world: World) -> None:
    order_id = await world.placed(market("BUY", 2))
    window = {
        "start_date": world.watch.at - timedelta(hours=1),
        "end_date": world.watch.at + timedelta(hours=1),
    }
    ask = world.client.get_transactions
    account = world.account.hash

    (row,) = (await ask(account, **window)).json()
    one = (await world.client.get_transaction(account, row["activityId"])).json()
    trades = (await ask(account, **window, transaction_types=["TRADE"], symbol="AAPL")).json()
    others = (await ask(account, **window, transaction_types=["DIVIDEND_OR_INTEREST"])).json()
    other_symbol = (await ask(account, **window, symbol="MSFT")).json()
    missing = await world.client.get_transaction(account, 1)

    assert (row["orderId"], row["netAmount"], row["type"]) == (order_id, -380.0, "TRADE")
    assert row["transferItems"][1]["price"] == 190.0
    assert one == trades[0] == row
    assert others == other_symbol == []
    assert missing.status_code == 404


async def test_preferences_tell_the_accounts_that_were_ticked(world: World) -> None:
    boris = world.sim.add_person("boris", ["33334444", "55556666"])
    client = world.client_of(boris, [boris.accounts[1]])

    shown = (await client.get_user_preferences()).json()

    (account,) = shown["accounts"]
    assert account["accountNumber"] == "55556666"
    assert account["displayAcctId"] == "...666"


async def test_two_people_never_see_each_other_s_accounts_and_orders(world: World) -> None:
    boris = world.sim.add_person("boris", ["33334444"])
    order_id = await world.placed()
    client, foreign = world.client_of(boris), world.account.hash
    window = {
        "from_entered_datetime": world.watch.at - timedelta(hours=1),
        "to_entered_datetime": world.watch.at + timedelta(hours=1),
    }

    refused = [
        await client.get_account(foreign),
        await client.get_order(order_id, foreign),
        await client.get_orders_for_account(foreign, **window),
        await client.place_order(foreign, limit()),
        await client.replace_order(foreign, order_id, limit()),
        await client.cancel_order(order_id, foreign),
        await client.preview_order(foreign, limit()),
        await client.get_transactions(foreign),
    ]
    own_hash = await client.get_order(order_id, boris.account.hash)
    everywhere = (await client.get_orders_for_all_linked_accounts(**window)).json()
    numbers = (await client.get_account_numbers()).json()

    assert [answer.status_code for answer in refused] == [400] * 8
    assert own_hash.status_code == 404
    assert everywhere == []
    assert [one["accountNumber"] for one in numbers] == ["33334444"]
    assert await world.status(order_id) == "WORKING"
    assert [one.person for one in world.sim.received][-1] == "anna"


async def test_an_account_that_was_not_ticked_stays_closed(world: World) -> None:
    boris = world.sim.add_person("boris", ["33334444", "55556666"])
    client = world.client_of(boris, [boris.accounts[0]])

    ticked = await client.get_account(boris.accounts[0].hash)
    other = await client.get_account(boris.accounts[1].hash)

    assert (ticked.status_code, other.status_code) == (200, 400)
