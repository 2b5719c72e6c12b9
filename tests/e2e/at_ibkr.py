"""Alice at home with a TWS on her machine, which is simulated; the bot runs in single-user mode."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count
from typing import Any

from floorbroker.brokers.ibkr.line import IbkrLine
from floorbroker.brokers.ibkr.pacing import Pacing
from floorbroker.brokers.ibkr.spec import SPEC
from floorbroker.domain.ids import BrokerId
from floorbroker.domain.modes import DeploymentMode, Environment
from floorbroker.services.link_requests import Connected, Wanted
from floorbroker.storage.documents import Documents
from tests.e2e.people import Answer, Somebody
from tests.e2e.world import SimulatedClock, World, opened
from tests.simulators.tws import TwsSimulator


@asynccontextmanager
async def at_ibkr(
    documents: Documents, **changes: Any
) -> AsyncIterator[tuple[World, TwsSimulator]]:
    """A world in which Alice's orders go to the paper account that TWS is logged in to."""
    clock = SimulatedClock()
    async with TwsSimulator(now=clock.now) as sim:
        priced(sim)
        async with opened(
            DeploymentMode.SINGLE_USER,
            documents,
            clock=clock,
            ib_host=sim.host,
            ib_port=sim.port,
            ib_market_data_type=1,
            **changes,
        ) as world:
            # Hours go by in an instant here, and TWS counts messages by the second.
            line_of(world).pacing = Pacing(now=count().__next__)
            connected = await linked(world, world.alice)
            # The news of orders is listened to from here: what begins within a command is waited
            # for by this Discord, and that listening has no end.
            async with world.app.floor.sessions.lease(connected.link):
                pass
            yield world, sim


def line_of(world: World) -> IbkrLine:
    """The process's way to TWS; it stands once `stands` returns."""
    settings = world.app.settings
    options = {"ib_host": settings.ib_host, "ib_port": settings.ib_port, "ib_market_data_type": 1}
    return world.app.gateways.of(SPEC.id, lambda: IbkrLine(options, world.clock)).wire


def priced(sim: TwsSimulator) -> None:
    """A price of now: an old one is none for a market order."""
    sim.set_price("AAPL", bid="189.90", ask="190.00", last="189.95", close="188.00")


async def linked(
    world: World, somebody: Somebody, environment: Environment = Environment.PAPER
) -> Connected:
    """Tried and stored, as the terminal does it; nothing is asked for."""
    wanted = Wanted(user_id=somebody.user_id, broker=BrokerId("ibkr"), environment=environment)
    linking = world.app.floor.linking
    return await linking.keep(await linking.try_out(wanted, {}))


async def reviewed(
    world: World, command: str = "buy", who: Somebody | None = None, **options: str
) -> Answer:
    """The review of an order of ten AAPL, unless told otherwise."""
    usual = {"symbol": "AAPL", "quantity": "10", **options}
    return await (who or world.alice).in_dms.types(command, **usual)


async def confirmed(
    world: World, command: str = "buy", who: Somebody | None = None, **options: str
) -> Answer:
    """The card of an order that was reviewed and confirmed."""
    review = await reviewed(world, command, who, **options)
    return await (who or world.alice).in_dms.clicks(review, "Confirm")
