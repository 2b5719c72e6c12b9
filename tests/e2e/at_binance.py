"""Alice with an account at Binance's testnet, which is simulated on the wire."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

from floorbroker.domain.ids import BrokerId
from floorbroker.domain.modes import DeploymentMode, Environment
from floorbroker.services.link_requests import Wanted
from floorbroker.storage.documents import Documents
from tests.e2e.world import SimulatedClock, World, opened
from tests.simulators.binance import BinanceSimulator

KEY: Final = "CanaryBinanceKey000000000000000000000000000000000000000000000001"
SECRET: Final = "CanaryBinanceSecret00000000000000000000000000000000000000000001"


@asynccontextmanager
async def at_binance(
    documents: Documents, mode: DeploymentMode = DeploymentMode.MULTI_USER, **changes: Any
) -> AsyncIterator[tuple[World, BinanceSimulator]]:
    """A world in which Alice's orders go to Binance."""
    clock = SimulatedClock()
    async with BinanceSimulator(now=clock.now, wallet=False) as sim:
        sim.add_person(KEY, SECRET)
        endpoints = tuple(
            (f"binance.{name}", sim.url) for name in ("paper", "paper_stream", "wallet")
        )
        async with opened(
            mode, documents, clock=clock, broker_endpoints=endpoints, **changes
        ) as world:
            sim.market.set("BTCUSDT", bid="83500.10", ask="83510.20")
            await linked(world)
            yield world, sim


async def linked(world: World) -> None:
    """What the page does after Discord has said who it is."""
    wanted = Wanted(
        user_id=world.alice.user_id, broker=BrokerId("binance"), environment=Environment.PAPER
    )
    linking = world.app.floor.linking
    given = {"api_key": KEY, "api_secret": SECRET}
    await linking.keep(await linking.try_out(wanted, given))
