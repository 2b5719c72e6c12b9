"""Alice with a paper account at Alpaca, which is simulated on the wire."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

from floorbroker.domain.ids import BrokerId
from floorbroker.domain.modes import DeploymentMode, Environment
from floorbroker.services.link_requests import Wanted
from floorbroker.storage.documents import Documents
from tests.e2e.world import SimulatedClock, World, opened
from tests.simulators.alpaca import AlpacaSimulator

KEY: Final = "PKCANARY000000000001"
SECRET: Final = "canary/Alpaca+Secret0123456789abcdefghij"


@asynccontextmanager
async def at_alpaca(
    documents: Documents, mode: DeploymentMode = DeploymentMode.MULTI_USER, **changes: Any
) -> AsyncIterator[tuple[World, AlpacaSimulator]]:
    """A world in which Alice's orders go to Alpaca."""
    clock = SimulatedClock()
    async with AlpacaSimulator(now=clock.now) as sim:
        sim.add_person(KEY, SECRET)
        endpoints = (
            ("alpaca.paper", sim.url),
            ("alpaca.data", sim.data_url),
            ("alpaca.stream", sim.stream_url),
        )
        async with opened(
            mode, documents, clock=clock, broker_endpoints=endpoints, **changes
        ) as world:
            sim.market.set("AAPL", bid="189.90", ask="190.00")
            await linked(world)
            yield world, sim


async def linked(world: World) -> None:
    """What the page does after Discord has said who it is."""
    wanted = Wanted(
        user_id=world.alice.user_id, broker=BrokerId("alpaca"), environment=Environment.PAPER
    )
    linking = world.app.floor.linking
    given = {"api_key": KEY, "api_secret": SECRET}
    await linking.keep(await linking.try_out(wanted, given))
