"""The Binance simulator: balances, commissions, rights, and that people are apart."""

from collections.abc import AsyncIterator
from contextlib import suppress
from decimal import Decimal
from random import Random

import pytest
from binance.exceptions import BinanceAPIException

from tests.simulators.binance import BinanceSimulator
from tests.simulators.binance.people import Balance
from tests.simulators.binance_clients import World, opened, refusal


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with opened(USDT="100000", BTC="2") as world:
        yield world


async def test_an_account_shows_every_asset_or_those_that_it_has(world: World) -> None:
    whole = await world.client.get_account()
    short = await world.client.get_account(omitZeroBalances="true")

    assert {"FDUSD", "EUR", "BTC"} <= {one["asset"] for one in whole["balances"]}
    assert short["balances"] == [
        {"asset": "USDT", "free": "100000.00000000", "locked": "0.00000000"},
        {"asset": "BTC", "free": "2.00000000", "locked": "0.00000000"},
    ]
    assert (whole["accountType"], whole["permissions"]) == ("SPOT", ["SPOT"])


async def test_a_resting_order_locks_what_it_may_need(world: World) -> None:
    await world.place()
    bought = await world.balance("USDT")
    await world.place(side="SELL", price="70000", newClientOrderId="sale")
    sold = await world.balance("BTC")
    world.sim.fill("mine", "0.2")
    half_filled = await world.balance("USDT")
    await world.client.cancel_order(symbol="BTCUSDT", origClientOrderId="mine")

    assert bought == ("75000.00000000", "25000.00000000")
    assert sold == ("1.50000000", "0.50000000")
    assert half_filled == ("75000.00000000", "15000.00000000")
    assert await world.balance("USDT") == ("90000.00000000", "0.00000000")


async def test_a_better_price_than_the_limit_frees_the_rest(world: World) -> None:
    await world.place(price="61000", quantity="1")

    assert await world.balance("USDT") == ("39990.00000000", "0.00000000")


async def test_commissions_are_kept_back_from_what_is_received(world: World) -> None:
    bought = await world.market(quantity="1")
    sold = await world.market(side="SELL", quantity="1")

    (fill,), (sale,) = bought["fills"], sold["fills"]
    assert (fill["commission"], fill["commissionAsset"]) == ("0.00100000", "BTC")
    assert (sale["commission"], sale["commissionAsset"]) == ("60.00000000", "USDT")
    assert (await world.balance("BTC"))[0] == "1.99900000"
    assert (await world.balance("USDT"))[0] == "99930.00000000"


async def test_commissions_in_bnb_cost_less_as_long_as_there_is_some(world: World) -> None:
    world.person.pays_in_bnb = True
    without = await world.market(quantity="1")
    world.sim.give(world.person, "BNB", "10")
    bought = await world.market(quantity="0.5", newClientOrderId="with")

    assert without["fills"][0]["commissionAsset"] == "BTC"
    fill = bought["fills"][0]
    # 0.5 × 60,010 × 0.1 % × 0.75 at 600 a coin
    assert (fill["commission"], fill["commissionAsset"]) == ("0.03750625", "BNB")
    assert (await world.balance("BNB"))[0] == "9.96249375"


async def test_rates_are_told_and_can_be_set(world: World) -> None:
    world.sim.set_commission(maker="0", taker="0.0005")

    rates = await world.client.v3_get_account_commission(symbol="BTCUSDT")
    await world.market(quantity="1")

    assert rates["standardCommission"]["maker"] == "0.00000000"
    assert rates["standardCommission"]["taker"] == "0.00050000"
    assert rates["discount"]["enabledForAccount"] is False
    assert (await world.client.get_account())["commissionRates"]["taker"] == "0.00050000"
    assert (await world.balance("BTC"))[0] == "2.99950000"


async def test_the_rights_of_a_key_are_told(world: World) -> None:
    safe = await world.client.get_account_api_permissions()
    world.person.rights.withdrawals = True
    world.person.rights.ip_restricted = True

    dangerous = await world.client.get_account_api_permissions()

    assert (safe["enableWithdrawals"], safe["enableSpotAndMarginTrading"]) == (False, True)
    assert (dangerous["enableWithdrawals"], dangerous["ipRestrict"]) == (True, True)


async def test_a_testnet_has_no_wallet(world: World) -> None:
    async with BinanceSimulator(wallet=False) as sim:
        sim.add_person("key", "secret")
        client = world.another("key", "secret")
        client.API_URL, client.MARGIN_API_URL = sim.api_url, sim.wallet_url

        status, *_ = await refusal(client.get_account_api_permissions())

        assert status == 404
        assert (await client.get_account())["canTrade"] is True


async def test_people_do_not_see_each_other(world: World) -> None:
    world.sim.add_person("second", "secret", balances={"EUR": "500"})
    second = world.another("second", "secret")
    await world.place()

    assert await second.get_open_orders() == []
    assert await second.get_all_orders(symbol="BTCUSDT") == []
    cancel = second.cancel_order(symbol="BTCUSDT", origClientOrderId="mine")
    assert await refusal(cancel) == (400, -2011, "Unknown order sent.")
    assert (await second.get_asset_balance("EUR"))["free"] == "500.00000000"
    assert {one.person for one in world.sim.received} == {"person 1", "person 2"}


async def test_pairs_in_other_currencies(world: World) -> None:
    world.sim.market.set("ETHEUR", bid="2500", ask="2501")
    world.sim.market.set("BTCFDUSD", bid="60000", ask="60010")
    world.sim.give(world.person, "EUR", "5002")

    euro = await world.market(symbol="ETHEUR", quantity="2")
    poor = await world.refused(symbol="BTCFDUSD")

    assert euro["status"] == "FILLED"
    assert (await world.balance("EUR"))[0] == "0.00000000"
    assert (await world.balance("ETH"))[0] == "1.99800000"
    assert poor[1] == -2010


async def test_the_filters_of_a_symbol_for_an_account(world: World) -> None:
    filters = await world.client._get("myFilters", True, data={"symbol": "BTCUSDT"})

    assert {one["filterType"] for one in filters["symbolFilters"]} >= {"LOT_SIZE", "PRICE_FILTER"}
    assert filters["exchangeFilters"][0]["filterType"] == "EXCHANGE_MAX_NUM_ORDERS"


@pytest.mark.parametrize("seed", range(4))
async def test_whatever_happens_trades_explain_the_balances_and_nothing_is_below_zero(
    world: World, seed: int
) -> None:
    chance = Random(seed)
    world.sim.set_commission("0", "0")
    world.sim.fill_in_parts(2)
    for number in range(40):
        await one_step(world, chance, f"o-{number}")
        for balance in world.person.balances.values():
            assert min(balance.free, balance.locked) >= 0
    for order in world.sim.orders:
        if order.open:
            await world.client.cancel_order(symbol="BTCUSDT", orderId=order.id)

    bought, spent = Decimal(0), Decimal(0)
    for trade in await world.client.get_my_trades(symbol="BTCUSDT", limit=1000):
        sign = 1 if trade["isBuyer"] else -1
        bought += sign * Decimal(trade["qty"])
        spent += sign * Decimal(trade["quoteQty"])
    assert world.person.balance("BTC") == Balance(2 + bought)
    assert world.person.balance("USDT") == Balance(100_000 - spent)
    assert spent != 0


async def one_step(world: World, chance: Random, client_id: str) -> None:
    """An order of any kind, and a step of the price; refusals are part of it."""
    last = chance.randrange(55_000, 65_000)
    world.sim.market.set("BTCUSDT", bid=f"{last - 5}", ask=f"{last + 5}", ask_qty="0.3")
    kind = chance.choice(("LIMIT", "MARKET", "STOP_LOSS", "TAKE_PROFIT_LIMIT"))
    priced, stopped = kind.endswith("LIMIT"), kind.startswith(("STOP", "TAKE"))
    with suppress(BinanceAPIException):
        await world.place(
            newClientOrderId=client_id,
            side=chance.choice(("BUY", "SELL")),
            type=kind,
            quantity=f"{chance.randrange(1, 200) / 100}",
            price=str(chance.randrange(55_000, 65_000)) if priced else None,
            timeInForce=chance.choice(("GTC", "IOC", "FOK")) if priced else None,
            stopPrice=str(chance.randrange(55_000, 65_000)) if stopped else None,
        )
    world.sim.match()
