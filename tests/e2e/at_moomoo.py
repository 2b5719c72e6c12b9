"""Alice at home with an OpenD on her machine, which is simulated; the bot runs single-user."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from floorbroker.config import Switch
from floorbroker.domain.ids import BrokerId
from floorbroker.domain.modes import DeploymentMode, Environment
from floorbroker.services.choices import PersonalSwitch
from floorbroker.services.link_requests import Connected, Wanted
from floorbroker.storage.documents import Documents
from tests.e2e.people import Answer, Somebody
from tests.e2e.world import SimulatedClock, World, opened
from tests.simulators.opend import OpenDSimulator, sdk


@asynccontextmanager
async def at_moomoo(
    documents: Documents, environment: Environment = Environment.PAPER, **changes: Any
) -> AsyncIterator[tuple[World, OpenDSimulator]]:
    """A world in which Alice's orders go through her OpenD; live, every lock of ours is open."""
    sdk()
    clock = SimulatedClock()
    live = environment is Environment.LIVE
    async with OpenDSimulator(now=clock.now) as sim:
        sim.market.state = "AFTERNOON"
        priced(sim)
        async with opened(
            DeploymentMode.SINGLE_USER,
            documents,
            clock=clock,
            opend_host=sim.host,
            opend_port=sim.port,
            live_trading=Switch.ON if live else Switch.OFF,
            **changes,
        ) as world:
            if live:
                await _unlocked(world)
            connected = await linked(world, world.alice, environment)
            # The news of orders is listened to from here: what begins within a command is waited
            # for by this Discord, and that listening has no end.
            async with world.app.floor.sessions.lease(connected.link):
                pass
            yield world, sim


def priced(sim: OpenDSimulator) -> None:
    """A price of now: an old one is none for a market order."""
    sim.set_price("US.AAPL", bid="189.90", ask="190.00")


async def linked(
    world: World, somebody: Somebody, environment: Environment = Environment.PAPER
) -> Connected:
    """Tried and stored, as the terminal does it; nothing is asked for."""
    wanted = Wanted(user_id=somebody.user_id, broker=BrokerId("moomoo"), environment=environment)
    linking = world.app.floor.linking
    return await linking.keep(await linking.try_out(wanted, {}))


async def reviewed(world: World, command: str = "buy", **options: str) -> Answer:
    """The review of an order of ten AAPL, unless told otherwise."""
    usual = {"symbol": "AAPL", "quantity": "10", **options}
    return await world.alice.in_dms.types(command, **usual)


async def confirmed(world: World, command: str = "buy", **options: str) -> Answer:
    """The card of an order that was reviewed and confirmed."""
    review = await reviewed(world, command, **options)
    return await world.alice.in_dms.clicks(review, "Confirm")


async def _unlocked(world: World) -> None:
    """The person's own switch and their consent; OpenD's lock is another one."""
    floor, alice = world.app.floor, world.alice.user_id
    await floor.linking.accept_terms(alice)
    await floor.choices.switch(alice, PersonalSwitch.LIVE, True)
