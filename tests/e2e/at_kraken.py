"""Alice with an account at Kraken, where all money is real; Kraken is simulated on the wire."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

from floorbroker.config import Switch
from floorbroker.domain.ids import BrokerId
from floorbroker.domain.modes import DeploymentMode, Environment
from floorbroker.services.choices import PersonalSwitch
from floorbroker.services.link_requests import Connected, Wanted
from floorbroker.storage.documents import Documents
from tests.e2e.world import SimulatedClock, World, opened
from tests.simulators.kraken import KrakenSimulator

KEY: Final = "kraken-canary/KEY+0123456789"
SECRET: Final = "Y2FuYXJ5L0tyYWtlbitQcml2YXRlS2V5MDEyMzQ1Njc4OWFiY2RlZmdoaWprbG1ub3A="


@asynccontextmanager
async def at_kraken(
    documents: Documents, mode: DeploymentMode = DeploymentMode.MULTI_USER, **changes: Any
) -> AsyncIterator[tuple[World, KrakenSimulator]]:
    """A world in which Alice's orders go to Kraken: every lock of live trading is open."""
    clock = SimulatedClock()
    async with KrakenSimulator(now=clock.now) as sim:
        sim.add_person(KEY, SECRET)
        async with opened(
            mode,
            documents,
            clock=clock,
            broker_endpoints=(("kraken.live", sim.url), ("kraken.live_stream", sim.url)),
            live_trading=Switch.ON,
            **changes,
        ) as world:
            sim.market.set("XBTUSD", bid="60000.0", ask="60010.0", last="60005.0")
            await unlocked(world)
            await linked(world)
            yield world, sim


async def unlocked(world: World) -> None:
    """The person's own switch, their consent, and the server's rule."""
    floor, alice = world.app.floor, world.alice.user_id
    await floor.linking.accept_terms(alice)
    await floor.choices.switch(alice, PersonalSwitch.LIVE, True)


async def linked(world: World) -> Connected:
    """What the page does after Discord has said who it is."""
    wanted = Wanted(
        user_id=world.alice.user_id, broker=BrokerId("kraken"), environment=Environment.LIVE
    )
    linking = world.app.floor.linking
    given = {"api_key": KEY, "private_key": SECRET}
    return await linking.keep(await linking.try_out(wanted, given))
