"""Alice with an account at Coinbase, where all money is real; Coinbase is simulated on the wire."""

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
from tests.simulators.coinbase import EDDSA, ES256, CoinbaseSimulator
from tests.simulators.coinbase.keys import new_api_key, new_secret

KEY: Final = new_api_key()
SECRETS: Final = {"Ed25519": new_secret(EDDSA), "ECDSA": new_secret(ES256)}
"""Fresh ones in every run: nothing that looks like a key stands in a file."""


@asynccontextmanager
async def at_coinbase(
    documents: Documents,
    mode: DeploymentMode = DeploymentMode.MULTI_USER,
    *,
    secret: str = SECRETS["Ed25519"],
    **changes: Any,
) -> AsyncIterator[tuple[World, CoinbaseSimulator]]:
    """A world in which Alice's orders go to Coinbase: every lock of live trading is open."""
    clock = SimulatedClock()
    async with CoinbaseSimulator(now=clock.now) as sim:
        sim.add_person(api_key=KEY, api_secret=secret)
        async with opened(
            mode,
            documents,
            clock=clock,
            broker_endpoints=(("coinbase.live", sim.url), ("coinbase.live_stream", sim.url)),
            live_trading=Switch.ON,
            **changes,
        ) as world:
            priced(sim)
            await unlocked(world)
            await linked(world, secret=secret)
            yield world, sim


def priced(sim: CoinbaseSimulator) -> None:
    """A price of now: an old one is none for a market order."""
    sim.market.set("BTC-USD", bid="60000.00", ask="60010.00", last="60005.00")


async def unlocked(world: World) -> None:
    """The person's own switch, their consent, and the server's rule."""
    floor, alice = world.app.floor, world.alice.user_id
    await floor.linking.accept_terms(alice)
    await floor.choices.switch(alice, PersonalSwitch.LIVE, True)


async def linked(world: World, key: str = KEY, secret: str = SECRETS["Ed25519"]) -> Connected:
    """What the page does after Discord has said who it is: a field there has one line."""
    wanted = Wanted(
        user_id=world.alice.user_id, broker=BrokerId("coinbase"), environment=Environment.LIVE
    )
    linking = world.app.floor.linking
    given = {"key_name": key, "private_key": secret.replace("\n", "")}
    return await linking.keep(await linking.try_out(wanted, given))
