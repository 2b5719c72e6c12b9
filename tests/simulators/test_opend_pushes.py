"""What OpenD tells without being asked, and on which thread the SDK hands it on."""

import threading
from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.simulators.opend import LIVE_ID
from tests.simulators.opend_clients import World, listener, opened


@pytest.fixture
async def world() -> AsyncIterator[World]:
    """Prices for AAPL, and live trading unlocked."""
    async with opened() as opened_world:
        opened_world.sim.locked = False
        yield opened_world


async def hearing(world: World, context: Any, base: str) -> list[Any]:
    """What a handler of that kind hears from now on."""
    handler, heard = listener(getattr(world.sdk, base))
    context.set_handler(handler)
    return heard


def states(heard: list[Any]) -> list[str]:
    """Of the orders that were told."""
    return [one["order_status"][0] for one in heard]


async def test_an_order_is_told_from_its_beginning_to_its_end(world: World) -> None:
    context = await world.trade()
    heard = await hearing(world, context, "TradeOrderHandlerBase")
    await world.listening()

    number = await world.place(context, remark="fb-1")
    world.sim.set_price("US.AAPL", bid=149, ask=150)

    assert states(await world.heard(heard, 3)) == ["SUBMITTING", "SUBMITTED", "FILLED_ALL"]
    assert {one["order_id"][0] for one in heard} == {number}
    assert (heard[2]["dealt_qty"][0], heard[2]["dealt_avg_price"][0]) == (1, 150)
    assert (heard[2]["trd_env"][0], heard[2]["remark"][0]) == ("SIMULATE", "fb-1")


async def test_a_live_deal_is_told_and_a_paper_one_is_not(world: World) -> None:
    context = await world.trade()
    heard = await hearing(world, context, "TradeDealHandlerBase")
    orders = await hearing(world, context, "TradeOrderHandlerBase")
    await world.listening()

    await world.place(context, order_type="MARKET")
    number = await world.place(context, paper=False, order_type="MARKET")

    deal = (await world.heard(heard))[0]
    await world.heard(orders, 6)
    assert len(heard) == 1
    assert (deal["order_id"][0], deal["price"][0], deal["qty"][0]) == (number, 190, 1)


async def test_one_connection_hears_of_anothers_orders(world: World) -> None:
    one, another = await world.trade(), await world.trade()
    heard = await hearing(world, another, "TradeOrderHandlerBase")
    await world.until(lambda: world.sim.names().count("Trd_SubAccPush") == 2)

    await world.place(one)
    world.sim.place_elsewhere(LIVE_ID, "US.AAPL")

    await world.heard(heard, 4)
    assert {frame["trd_env"][0] for frame in heard} == {"SIMULATE", "REAL"}


async def test_callbacks_run_in_a_thread_of_the_contexts_own(world: World) -> None:
    context = await world.trade()
    threads: list[threading.Thread] = []
    handler, _ = listener(
        world.sdk.TradeOrderHandlerBase, lambda: threads.append(threading.current_thread())
    )
    context.set_handler(handler)
    await world.listening()

    await world.place(context)

    await world.until(lambda: len(threads) == 2)
    assert {one.name.rpartition(" ")[2] for one in threads} == {"(run)"}
    assert set(threads) <= world.threads()
    assert all(one.daemon for one in threads)


async def test_a_handler_that_fails_does_not_stop_those_that_follow(world: World) -> None:
    context = await world.trade()
    handler, heard = listener(world.sdk.TradeOrderHandlerBase, lambda: 1 / 0)
    context.set_handler(handler)
    await world.listening()

    await world.place(context)

    await world.heard(heard, 2)


async def test_prices_are_pushed_to_those_who_subscribe(world: World) -> None:
    context = await world.quotes()
    quotes = await hearing(world, context, "StockQuoteHandlerBase")
    books = await hearing(world, context, "OrderBookHandlerBase")

    await world.ask(context.subscribe, ["US.AAPL"], ["QUOTE", "ORDER_BOOK"])
    await world.heard(quotes)
    await world.heard(books)
    world.sim.set_price("US.AAPL", bid=199, ask=201)

    quote = (await world.heard(quotes, 2))[1]
    book = (await world.heard(books, 2))[1]
    assert (quote["code"][0], quote["last_price"][0]) == ("US.AAPL", 200)
    assert (book["Bid"][0][:2], book["Ask"][0][:2]) == ((199, 100), (201, 100))


async def test_an_unsubscribed_price_is_not_pushed(world: World) -> None:
    context = await world.quotes()
    heard = await hearing(world, context, "StockQuoteHandlerBase")
    world.sim.set_price("US.MSFT", bid=400, ask=401)
    await world.ask(context.subscribe, ["US.AAPL", "US.MSFT"], ["QUOTE"], is_first_push=False)

    await world.ask(context.unsubscribe, ["US.AAPL"], ["QUOTE"])
    world.sim.set_price("US.AAPL", last=150)
    world.sim.set_price("US.MSFT", last=410)

    assert [one["code"][0] for one in await world.heard(heard)] == ["US.MSFT"]


async def test_clients_are_told_when_opend_loses_its_log_in(world: World) -> None:
    context = await world.quotes()
    heard = await hearing(world, context, "SysNotifyHandlerBase")

    world.sim.log_out()
    world.sim.log_in()

    out, back = await world.heard(heard, 2)
    assert out[:2] == ("CONN_STATUS", None)
    assert out[2] == {"qot_logined": False, "trd_logined": False}
    assert back[2] == {"qot_logined": True, "trd_logined": True}
