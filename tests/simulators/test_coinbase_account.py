"""The Coinbase simulator: accounts, portfolios, fees, and the clock."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
import requests

from tests.simulators.coinbase_clients import World, opened, plain, refusal


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with opened() as world:
        yield world


async def test_an_account_has_what_was_recorded(world: World) -> None:
    world.sim.give(world.person, "BTC", "0.5")
    await world.placed(base_size="1")

    page = await world.call("get_accounts")
    dollars, coins = page["accounts"]
    one = await world.call("get_account", coins["uuid"])

    assert dollars["available_balance"] == {"value": "49750", "currency": "USD"}
    assert dollars["hold"] == {"value": "50250", "currency": "USD"}
    assert (dollars["type"], coins["type"]) == ("ACCOUNT_TYPE_FIAT", "ACCOUNT_TYPE_CRYPTO")
    assert dollars["retail_portfolio_id"] == world.person.portfolio.id
    assert (dollars["active"], dollars["ready"], dollars["deleted_at"]) == (True, True, None)
    assert dollars["created_at"] == "2026-11-18T17:00:00.000Z"
    assert one["account"] == coins
    assert (page["has_next"], page["cursor"], page["size"]) == (False, "", 2)


async def test_accounts_come_in_pages_of_49_unless_more_are_asked_for(world: World) -> None:
    for n in range(60):
        world.sim.give(world.person, f"COIN{n}", "1")

    first = await world.call("get_accounts")
    rest = await world.call("get_accounts", cursor=first["cursor"])
    all_at_once = await world.call("get_accounts", limit=1000)

    currencies = [one["currency"] for one in first["accounts"] + rest["accounts"]]
    assert (first["size"], first["has_next"]) == (49, True)
    assert (rest["size"], rest["has_next"]) == (12, False)
    assert len(set(currencies)) == 61
    assert all_at_once["size"] == 61


async def test_unknown_accounts_and_portfolios_are_not_found(world: World) -> None:
    stranger = world.sim.add_person()
    account = stranger.portfolio.accounts["USD"]

    assert (await refusal(lambda: world.client.get_account(account.id)))[0] == 404
    theirs = stranger.portfolio.id
    assert (await refusal(lambda: world.client.get_portfolio_breakdown(theirs)))[0] == 404


async def test_portfolios_are_listed_by_kind(world: World) -> None:
    world.sim.add_portfolio(world.person, "Bot")

    everything = (await world.call("get_portfolios"))["portfolios"]
    consumer = (await world.call("get_portfolios", portfolio_type="CONSUMER"))["portfolios"]

    assert [(one["name"], one["type"]) for one in everything] == [
        ("Default", "DEFAULT"),
        ("Bot", "CONSUMER"),
    ]
    assert everything[0]["uuid"] == world.person.portfolio.id
    assert [one["name"] for one in consumer] == ["Bot"]
    assert consumer[0]["deleted"] is False


async def test_a_breakdown_has_numbers_where_everything_else_has_strings(world: World) -> None:
    world.sim.give(world.person, "BTC", "2", cost="100000")
    world.sim.give(world.person, "MEOW", "5")
    await world.placed(side="SELL", base_size="0.5", limit_price="70000")

    answer = await world.call("get_portfolio_breakdown", world.person.portfolio.id)

    found = answer["breakdown"]
    by_asset = {one["asset"]: one for one in found["spot_positions"]}
    balances = found["portfolio_balances"]
    coins = by_asset["BTC"]
    assert balances["total_balance"] == {"value": "220010", "currency": "USD"}
    assert balances["total_crypto_balance"]["value"] == "120010"
    assert balances["total_cash_equivalent_balance"]["value"] == "100000"
    assert (coins["total_balance_crypto"], coins["available_to_trade_crypto"]) == (2.0, 1.5)
    assert (coins["total_balance_fiat"], coins["unrealized_pnl"]) == (120010.0, 20010.0)
    assert coins["average_entry_price"] == {"value": "50000", "currency": "USD"}
    assert (coins["is_cash"], by_asset["USD"]["is_cash"]) == (False, True)
    assert by_asset["MEOW"]["total_balance_fiat"] == 0.0
    assert found["portfolio"]["uuid"] == world.person.portfolio.id


async def test_what_was_bought_has_its_cost_and_a_sale_takes_its_share(world: World) -> None:
    await world.placed("market_market_ioc", base_size="1")
    world.sim.market.set("BTC-USD", bid="70000", ask="70010")
    await world.placed("market_market_ioc", side="SELL", base_size="0.5")

    answer = await world.call("get_portfolio_breakdown", world.person.portfolio.id)
    coins = answer["breakdown"]["spot_positions"][1]
    assert coins["cost_basis"]["value"] == "30005"
    assert coins["average_entry_price"]["value"] == "60010"


async def test_the_summary_has_the_rates_and_what_was_paid(world: World) -> None:
    await world.placed("market_market_ioc", base_size="1")

    summary = await world.call("get_transaction_summary")

    assert summary["fee_tier"]["maker_fee_rate"] == "0.005"
    assert summary["fee_tier"]["taker_fee_rate"] == "0.009"
    assert (summary["total_volume"], summary["total_fees"]) == (60010.0, 540.09)
    assert summary["total_balance"] == "99454.91"


async def test_a_summary_can_say_what_a_test_wants(world: World) -> None:
    world.person.overrides["has_promo_fee"] = True

    assert (await world.call("get_transaction_summary"))["has_promo_fee"] is True


async def test_the_time_is_told_to_everybody_in_strings(world: World) -> None:
    def ask() -> Any:
        return requests.get(f"{world.sim.url}/api/v3/brokerage/time", timeout=5).json()

    assert await asyncio.to_thread(ask) == {
        "iso": "2026-11-18T17:00:00Z",
        "epochSeconds": "1795021200",
        "epochMillis": "1795021200000",
    }
    assert (await world.call("get_unix_time"))["epoch_seconds"] == "1795021200"


async def test_what_is_left_of_a_second_stands_in_the_headers(world: World) -> None:
    world.client.rate_limit_headers = True
    first = await asyncio.to_thread(world.client.get_accounts)
    second = await asyncio.to_thread(world.client.get_accounts)
    world.watch.advance(seconds=1)
    third = await asyncio.to_thread(world.client.get_accounts)

    assert first.rate_limit_limit == "30"
    left = [one.rate_limit_remaining for one in (first, second, third)]
    assert left == ["29", "28", "29"]


@pytest.mark.parametrize("with_page", [False, True])
async def test_more_than_the_limit_is_refused_as_documented_or_as_seen(
    world: World, with_page: bool
) -> None:
    world.sim.limit_rate(2, with_page=with_page)
    await world.placed(base_size="0.1")
    await world.call("get_accounts")

    status, said = await world.refused(base_size="0.1")
    world.watch.advance(seconds=1)
    await world.placed(base_size="0.1")

    assert status == 429
    assert ("<html>" if with_page else "rate_limit_exceeded") in said
    assert len(world.sim.orders) == 2


async def test_the_limit_is_a_person_s_own(world: World) -> None:
    world.sim.limit_rate(1)
    other = world.client_of(world.sim.add_person().key)

    await world.call("get_accounts")
    accounts = await asyncio.to_thread(other.get_accounts)

    assert plain(accounts)["size"] == 1
