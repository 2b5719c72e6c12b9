"""The Coinbase simulator: products, books, trades and candles, with a token and without."""

from collections.abc import AsyncIterator
from datetime import timedelta
from decimal import Decimal

import pytest

from tests.simulators.coinbase import Candle, Product
from tests.simulators.coinbase_clients import World, opened, refusal


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with opened() as world:
        yield world


async def test_a_product_has_its_steps_bounds_and_flags(world: World) -> None:
    product = await world.call("get_product", "BTC-USD")

    assert (product["price"], product["alias"], product["alias_to"]) == ("60005", "", ["BTC-USDC"])
    assert (product["base_increment"], product["base_min_size"]) == ("0.00000001", "0.00000001")
    assert (product["quote_increment"], product["price_increment"]) == ("0.01", "0.01")
    assert (product["quote_min_size"], product["status"]) == ("1", "online")
    flags = ("trading_disabled", "cancel_only", "limit_only", "post_only", "view_only")
    assert not any(product[flag] for flag in flags)
    assert (product["base_currency_id"], product["quote_currency_id"]) == ("BTC", "USD")


async def test_an_alias_has_the_price_of_the_book_that_it_shares(world: World) -> None:
    product = await world.call("get_product", "BTC-USDC")
    book = await world.call("get_product_book", "BTC-USDC")

    assert (product["alias"], product["price"]) == ("BTC-USD", "60005")
    assert book["pricebook"]["product_id"] == "BTC-USDC"


async def test_view_only_shows_when_it_is_asked_for(world: World) -> None:
    world.sim.change_product("BTC-USD", view_only=True, limit_only=True)

    usual = await world.call("get_product", "BTC-USD")
    asked = await world.call("get_product", "BTC-USD", get_tradability_status=True)

    assert (usual["view_only"], asked["view_only"]) == (False, True)
    assert usual["limit_only"] is True


async def test_products_are_listed_by_id_kind_and_place(world: World) -> None:
    world.sim.catalogue.add(Product(base="NEW", quote="USD"))

    everything = await world.call("get_products")
    some = await world.call("get_products", product_ids=["BTC-USD", "NEW-USD"])
    second = await world.call("get_products", limit=1, offset=1)
    futures = await world.call("get_products", product_type="FUTURE")

    assert everything["num_products"] == len(everything["products"]) == 7
    assert [one["product_id"] for one in some["products"]] == ["BTC-USD", "NEW-USD"]
    assert some["products"][1]["price"] == ""
    assert [one["product_id"] for one in second["products"]] == ["BTC-USDC"]
    assert futures["products"] == []


async def test_unknown_products_are_told_as_such(world: World) -> None:
    client = world.client

    assert await refusal(lambda: client.get_product("NOPE-USD")) == (
        404,
        "valid product_id is required",
    )
    assert await refusal(lambda: client.get_public_product("NOPE-USD")) == (
        404,
        "Product NOPE-USD not supported",
    )
    assert await refusal(lambda: client.get_product_book("OLD-USD")) == (404, "no pricebook found")
    assert (await refusal(lambda: client.get_best_bid_ask(["NOPE-USD"])))[0] == 404
    assert (await refusal(lambda: client.get_products(product_type="OPTIONS")))[0] == 400


async def test_best_prices_of_some_and_of_all(world: World) -> None:
    one = await world.call("get_best_bid_ask", ["BTC-USD"])
    everything = await world.call("get_best_bid_ask")

    assert one["pricebooks"] == [
        {
            "product_id": "BTC-USD",
            "bids": [{"price": "60000", "size": "1"}],
            "asks": [{"price": "60010", "size": "1"}],
            "time": "2026-11-18T17:00:00.000000Z",
        }
    ]
    found = {book["product_id"] for book in everything["pricebooks"]}
    assert found == {"BTC-USD", "BTC-USDC", "DOGE-USD"}


async def test_a_side_without_anybody_is_empty(world: World) -> None:
    world.sim.market.set("BTC-USD", bid="60000", ask="0", last="60001")

    book = (await world.call("get_product_book", "BTC-USD"))["pricebook"]

    assert (len(book["bids"]), book["asks"]) == (1, [])


async def test_a_book_has_its_middle_and_its_spread(world: World) -> None:
    book = await world.call("get_product_book", "BTC-USD", limit=1)

    assert (book["last"], book["mid_market"]) == ("60005", "60005")
    assert book["spread_absolute"] == "10"
    assert Decimal(book["spread_bps"]).quantize(Decimal("0.001")) == Decimal("1.667")


async def test_the_last_trade_is_told_with_the_best_prices(world: World) -> None:
    world.sim.market.set("BTC-USD", bid="60000", ask="60010", last="60003.5")

    answer = await world.call("get_market_trades", "BTC-USD", 5)

    assert [trade["price"] for trade in answer["trades"]] == ["60003.5"]
    assert (answer["best_bid"], answer["best_ask"]) == ("60000", "60010")
    no_limit = await refusal(lambda: world.client.get_market_trades("BTC-USD", None))
    assert no_limit == (400, "limit is required")


async def test_candles_come_newest_first_between_both_ends(world: World) -> None:
    world.sim.market.make_candles("BTC-USD", "ONE_HOUR", 30)
    end = int(world.watch.at.timestamp())

    answer = await world.call("get_candles", "BTC-USD", str(end - 3 * 3600), str(end), "ONE_HOUR")
    public = await world.call(
        "get_public_candles", "BTC-USD", str(end - 7200), str(end), "ONE_HOUR", limit=1
    )

    starts = [int(candle["start"]) for candle in answer["candles"]]
    assert starts == [end - 3600, end - 7200, end - 10800]
    assert set(answer["candles"][0]) == {"start", "low", "high", "open", "close", "volume"}
    assert Decimal(answer["candles"][0]["low"]) <= Decimal(answer["candles"][0]["open"])
    assert [int(candle["start"]) for candle in public["candles"]] == [end - 3600]


async def test_a_test_can_give_candles_of_its_own(world: World) -> None:
    at = world.watch.at - timedelta(days=1)
    one = Candle(at=at, open=Decimal(1), high=Decimal(4), low=Decimal("0.5"), close=Decimal(2))
    world.sim.market.give_candles("BTC-USD", "ONE_DAY", [one])
    start = str(int(at.timestamp()))

    answer = await world.call("get_candles", "BTC-USD", start, start, "ONE_DAY")

    assert answer["candles"] == [
        {"start": start, "low": "0.5", "high": "4", "open": "1", "close": "2", "volume": "10"}
    ]


async def test_too_many_candles_and_odd_questions_are_refused(world: World) -> None:
    client = world.client

    for start, end, granularity in (
        ("0", str(350 * 60), "ONE_MINUTE"),
        ("60", "0", "ONE_MINUTE"),
        ("yesterday", "60", "ONE_MINUTE"),
        ("0", "60", "TWO_WEEKS"),
        ("0", "60", ""),
    ):
        status, _ = await refusal(
            lambda s=start, e=end, g=granularity: client.get_candles("BTC-USD", s, e, g)
        )
        assert status == 400
    fits = await world.call("get_candles", "BTC-USD", "0", str(349 * 60), "ONE_MINUTE")
    assert fits["candles"] == []


async def test_public_paths_need_no_token_and_the_others_do(world: World) -> None:
    client = world.client
    client.is_authenticated = False

    product = await world.call("get_public_product", "BTC-USD")
    products = await world.call("get_public_products")
    book = await world.call("get_public_product_book", "BTC-USD")
    trades = await world.call("get_public_market_trades", "BTC-USD", 1)
    private = await refusal(lambda: client.get("/api/v3/brokerage/products/BTC-USD", public=True))

    assert product["price"] == book["last"] == trades["trades"][0]["price"] == "60005"
    assert products["num_products"] == 6
    assert private == (401, "Unauthorized\n")
    assert {one.person for one in world.sim.received} == {None}
