"""Prices that a broker in the cloud pushes, from its websocket to whoever follows them."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any, Final

import pytest

from floorbroker.domain.instruments import AssetClass, Instrument
from floorbroker.services.quote_feed import Heard, Subscription
from floorbroker.services.quote_streams import QuoteStreams
from floorbroker.services.quote_upstream import Patience
from tests.e2e.at_binance import at_binance
from tests.e2e.at_coinbase import at_coinbase
from tests.e2e.at_kraken import at_kraken
from tests.e2e.world import World
from tests.services.following import next_of
from tests.stores import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A broker, and its names of two instruments."""

    opened: Callable[..., AbstractAsyncContextManager[tuple[World, Any]]]
    coins: tuple[Instrument, Instrument]
    names: tuple[str, str]


def coins(quote: str) -> tuple[Instrument, Instrument]:
    first, second = (
        Instrument(symbol=f"{base}/{quote}", asset_class=AssetClass.CRYPTO, currency=quote)
        for base in ("BTC", "ETH")
    )
    return first, second


PLACES: Final = {
    "kraken": Place(opened=at_kraken, coins=coins("USD"), names=("XBTUSD", "ETHUSD")),
    "binance": Place(opened=at_binance, coins=coins("USDT"), names=("BTCUSDT", "ETHUSDT")),
    "coinbase": Place(opened=at_coinbase, coins=coins("USD"), names=("BTC-USD", "ETH-USD")),
}


def hub_in(world: World) -> QuoteStreams:
    """Another one beside the product's, whose pauses are the simulated clock's, one at a time."""
    app, turn = world.app, asyncio.Lock()

    async def pause(seconds: float) -> None:
        async with turn:
            await world.env.advance_time(seconds)

    return QuoteStreams(
        app.floor.accounts,
        app.floor.sessions,
        app.supervisor,
        app.metrics,
        world.clock,
        patience=Patience(pause=pause),
    )


async def pushed(sim: Any, place: Place, events: Subscription) -> tuple[Heard, int]:
    """The next price that is pushed, and its bid; those that were asked for are passed over."""
    for bid in range(200, 300):
        sim.market.set(place.names[0], bid=str(bid), ask="400")
        while (heard := await next_of(events)).event.bid != bid:
            pass
        if heard.pushed:
            return heard, bid
    raise AssertionError("all of them were asked for")


@pytest.mark.parametrize("place", PLACES.values(), ids=PLACES)
async def test_all_that_a_link_follows_comes_over_one_connection_that_outlives_a_drop(
    place: Place, sqlite: Store
) -> None:
    async with place.opened(sqlite.open()) as (world, sim):
        bitcoin, ether = place.coins
        for name in place.names:
            sim.market.set(name, bid="100", ask="102")
        (link,) = await world.app.floor.accounts.links(world.alice.user_id)
        hub = hub_in(world)
        async with (
            hub.subscribe(link, bitcoin) as first,
            hub.subscribe(link, bitcoin) as second,
            hub.subscribe(link, ether) as third,
        ):
            for one in (first, second, third):
                assert (await next_of(one)).event.bid == 100
            assert sim.stream.opened == 1

            sim.stream.cut()
            await sim.stream.until(lambda: sim.stream.opened == 2)
            await sim.stream.until(lambda: any(s.subscribed for s in sim.stream.standing))
            heard, bid = await pushed(sim, place, first)
            assert heard.event.bid == bid
        await sim.stream.until(lambda: not sim.stream.standing)


@pytest.mark.parametrize("place", PLACES.values(), ids=PLACES)
async def test_a_link_that_is_removed_leaves_no_connection(place: Place, sqlite: Store) -> None:
    async with place.opened(sqlite.open()) as (world, sim):
        sim.market.set(place.names[0], bid="100", ask="102")
        (link,) = await world.app.floor.accounts.links(world.alice.user_id)
        async with hub_in(world).subscribe(link, place.coins[0]) as subscription:
            await next_of(subscription)
            await sim.stream.until(lambda: len(sim.stream.standing) == 1)

            await world.app.floor.links.remove(link.user_id, link.link_id)

            await sim.stream.until(lambda: not sim.stream.standing)
