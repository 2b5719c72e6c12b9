"""The Alpaca simulator: who may ask, the account, assets, clock and calendar."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from uuid import UUID

import pytest
import requests
from alpaca.common.exceptions import APIError
from alpaca.data.historical.stock import StockHistoricalDataClient
from alpaca.data.requests import StockLatestQuoteRequest
from alpaca.trading.client import TradingClient
from alpaca.trading.enums import AssetClass
from alpaca.trading.requests import GetAssetsRequest, GetCalendarRequest

from tests.simulators.alpaca import AlpacaSimulator
from tests.simulators.alpaca_clients import KEY, SECRET, World, opened


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with opened() as world:
        yield world


async def status_of(world: World, key: str, secret: str, url: str | None = None) -> int:
    client = world.client(TradingClient, url or world.sim.url, key, secret)
    try:
        await asyncio.to_thread(client.get_account)
    except APIError as error:
        assert error.message == "unauthorized."
        return error.status_code
    return 200


async def test_an_account_tells_its_money_in_strings_with_the_sdks_names(world: World) -> None:
    account = await asyncio.to_thread(world.trading.get_account)

    assert (account.cash, account.equity, account.currency) == ("100000", "100000", "USD")
    assert account.buying_power == "400000"
    assert account.account_number.startswith("PA")
    assert account.shorting_enabled
    assert account.daytrade_count is None


async def test_wrong_unknown_and_revoked_keys_are_refused_and_never_echoed(world: World) -> None:
    assert await status_of(world, KEY, SECRET) == 200
    assert await status_of(world, KEY, "wrong") == 401
    assert await status_of(world, "PKOTHER", SECRET) == 401

    world.sim.revoke(KEY)

    assert await status_of(world, KEY, SECRET) == 401


async def test_a_request_without_credentials_meets_the_proxy_s_page(world: World) -> None:
    answer = await asyncio.to_thread(requests.get, f"{world.sim.url}/v2/account", timeout=5)

    assert answer.status_code == 401
    assert "401 Authorization Required" in answer.text


async def test_keys_of_the_other_environment_are_refused_for_trading_but_see_prices(
    world: World,
) -> None:
    world.sim.add_person("AKLIVE", "other", environment="live")
    stocks = world.client(StockHistoricalDataClient, world.sim.data_url, "AKLIVE", "other")
    request = StockLatestQuoteRequest(symbol_or_symbols="AAPL")

    quotes = await asyncio.to_thread(stocks.get_stock_latest_quote, request)

    assert await status_of(world, "AKLIVE", "other") == 401
    assert quotes["AAPL"].ask_price == 190


async def test_a_token_opens_the_account_of_its_person_until_it_is_revoked(world: World) -> None:
    other = world.sim.add_person("PKTWO", "two", cash="500")
    world.sim.add_token("token-of-two", other)
    client = TradingClient(oauth_token="token-of-two", url_override=world.sim.url)
    world.clients.append(client)

    account = await asyncio.to_thread(client.get_account)
    world.sim.revoke("token-of-two")

    assert account.cash == "500"
    with pytest.raises(APIError) as failure:
        await asyncio.to_thread(client.get_account)
    assert failure.value.status_code == 401
    assert await status_of(world, "PKTWO", "two") == 200


async def test_two_people_never_see_each_other_s_orders(world: World) -> None:
    world.sim.add_person("PKTWO", "two")
    mine = await world.place(type="limit", limit_price="100")
    other = world.client(TradingClient, world.sim.url, "PKTWO", "two")

    orders = await asyncio.to_thread(other.get_orders)

    assert orders == []
    with pytest.raises(APIError, match="order not found for"):
        await asyncio.to_thread(other.get_order_by_id, mine["id"])
    assert [one.person for one in world.sim.received] == ["person 1", "person 2", "person 2"]


async def test_settings_can_be_read_and_changed_one_by_one(world: World) -> None:
    before = await asyncio.to_thread(world.trading.get_account_configurations)
    change = {"no_shorting": True}
    await asyncio.to_thread(world.trading.patch, "/account/configurations", change)

    account = await asyncio.to_thread(world.trading.get_account)

    assert before.no_shorting is False
    assert account.shorting_enabled is False


async def test_assets_are_found_by_symbol_id_and_escaped_pair(world: World) -> None:
    apple = await asyncio.to_thread(world.trading.get_asset, "AAPL")
    again = await asyncio.to_thread(world.trading.get_asset, UUID(str(apple.id)))
    coin = await asyncio.to_thread(world.trading.get_asset, "BTC%2FUSD")
    old_name = await asyncio.to_thread(world.trading.get_asset, "BTCUSD")

    assert again.symbol == "AAPL"
    assert coin.symbol == old_name.symbol == "BTC/USD"
    assert coin.min_order_size == 0.000015739
    with pytest.raises(APIError) as failure:
        await asyncio.to_thread(world.trading.get_asset, "QZXQZX")
    assert (failure.value.status_code, failure.value.code) == (404, 40410000)


async def test_assets_are_listed_by_class(world: World) -> None:
    shares = await asyncio.to_thread(world.trading.get_all_assets)
    request = GetAssetsRequest(asset_class=AssetClass.CRYPTO)
    coins = await asyncio.to_thread(world.trading.get_all_assets, request)

    assert {"AAPL", "BRK.B"} <= {asset.symbol for asset in shares}
    assert {asset.symbol for asset in coins} == {"BTC/USD", "ETH/USD"}


async def test_the_clock_follows_the_test_and_the_calendar_knows_thanksgiving(
    world: World,
) -> None:
    world.sim.market.open = None
    noon = await asyncio.to_thread(world.trading.get_clock)
    world.watch.at = datetime(2026, 11, 26, 17, tzinfo=UTC)
    holiday = await asyncio.to_thread(world.trading.get_clock)
    world.sim.market.open = True
    forced = await asyncio.to_thread(world.trading.get_clock)
    request = GetCalendarRequest(start=date(2026, 11, 23), end=date(2026, 11, 29))
    week = await asyncio.to_thread(world.trading.get_calendar, request)

    assert noon.is_open
    assert noon.next_close == datetime(2026, 11, 18, 21, tzinfo=UTC)
    assert not holiday.is_open
    assert holiday.next_open == datetime(2026, 11, 27, 14, 30, tzinfo=UTC)
    assert holiday.next_close == datetime(2026, 11, 27, 18, tzinfo=UTC)
    assert forced.is_open
    assert [day.date.day for day in week] == [23, 24, 25, 27]
    assert week[-1].close.hour == 13


async def test_headers_count_the_rate_and_a_limit_can_be_enforced(world: World) -> None:
    headers = {"APCA-API-KEY-ID": KEY, "APCA-API-SECRET-KEY": SECRET}
    url = f"{world.sim.url}/v2/clock"

    first = await asyncio.to_thread(requests.get, url, headers=headers, timeout=5)
    world.sim.limit_rate(1)
    second = await asyncio.to_thread(requests.get, url, headers=headers, timeout=5)
    world.watch.advance(minutes=1)
    third = await asyncio.to_thread(requests.get, url, headers=headers, timeout=5)

    assert first.headers["X-RateLimit-Limit"] == "200"
    assert first.headers["X-RateLimit-Remaining"] == "199"
    assert int(first.headers["X-RateLimit-Reset"]) == int(
        datetime(2026, 11, 18, 17, 1, tzinfo=UTC).timestamp()
    )
    assert first.headers["X-Request-ID"] != second.headers["X-Request-ID"]
    assert (second.status_code, second.json()) == (429, {"message": "too many requests."})
    assert third.status_code == 200


async def test_a_live_simulator_refuses_paper_keys() -> None:
    async with AlpacaSimulator(environment="live") as sim:
        sim.add_person("PKPAPER", "x", environment="paper")
        client = TradingClient("PKPAPER", "x", url_override=sim.url)

        with pytest.raises(APIError) as failure:
            await asyncio.to_thread(client.get_account)
        client._session.close()

    assert failure.value.status_code == 401
    assert "PKPAPER" not in str(failure.value)
