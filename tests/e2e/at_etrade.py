"""Alice with an account at E*TRADE, where all money is real; E*TRADE is simulated on the wire."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

from pydantic import SecretStr

from floorbroker.config import Switch
from floorbroker.domain.ids import BrokerId
from floorbroker.domain.modes import DeploymentMode, Environment
from floorbroker.services.choices import PersonalSwitch
from floorbroker.services.link_requests import Connected, Wanted
from floorbroker.storage.documents import Documents
from tests.e2e.people import Somebody
from tests.e2e.world import SimulatedClock, World, opened
from tests.simulators.etrade import EtradeSimulator, Person

KEY: Final = "consumer-key-CANARY-0123456789"
SECRET: Final = "consumer-secret-CANARY-0123456789"
ETRADE: Final = BrokerId("etrade")
REDIRECT: Final = "https://bot.example.com/oauth/etrade"


@asynccontextmanager
async def at_etrade(
    documents: Documents, mode: DeploymentMode = DeploymentMode.MULTI_USER, **changes: Any
) -> AsyncIterator[tuple[World, EtradeSimulator]]:
    """A world in which Alice's orders go to E*TRADE: every lock of live trading is open."""
    clock = SimulatedClock()
    async with EtradeSimulator(now=clock.now) as sim:
        sim.add_app(KEY, SECRET)
        alice = sim.add_person("alice")
        settings = {
            "broker_endpoints": tuple(
                (f"etrade.{name}", sim.url) for name in ("live", "tokens", "sign_in")
            ),
            "etrade_consumer_key": KEY,
            "etrade_consumer_secret": SecretStr(SECRET),
            "live_trading": Switch.ON,
            # Room for its preview and its place is waited for in real seconds.
            "order_deadline_seconds": 5.0,
        }
        async with opened(mode, documents, clock=clock, **{**settings, **changes}) as world:
            quoted_now(sim)
            await unlocked(world, world.alice)
            await linked(world, sim, alice)
            yield world, sim


def quoted_now(sim: EtradeSimulator) -> None:
    """A price of this moment: one of an hour ago is none for an order at the market."""
    sim.market.set("AAPL", bid="199.90", ask="200.10", last="200.00", name="APPLE INC COM")


async def unlocked(world: World, person: Somebody) -> None:
    """The person's own switch, their consent, and the server's rule."""
    floor = world.app.floor
    await floor.linking.accept_terms(person.user_id)
    await floor.choices.switch(person.user_id, PersonalSwitch.LIVE, True)


async def linked(
    world: World, sim: EtradeSimulator, login: Person, person: Somebody | None = None
) -> Connected:
    """Off to E*TRADE's page and back with the code that it shows, as the pages do it."""
    floor = world.app.floor
    who = person or world.alice
    wanted = Wanted(user_id=who.user_id, broker=ETRADE, environment=Environment.LIVE)
    away, departure = await floor.signing_in.depart(
        wanted, state="state-of-one-browser", verifier="v" * 43, redirect=REDIRECT
    )
    (token,) = parse_qs(urlsplit(departure.address).query)["token"]
    code = sim.accept(token, login)
    tried = await floor.signing_in.tried(wanted, away, {"code": code})
    return await floor.linking.keep(tried)
