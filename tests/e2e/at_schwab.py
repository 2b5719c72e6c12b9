"""Alice and Bob with accounts at Schwab, linked by signing in there; Schwab is simulated."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

from pydantic import SecretStr

from floorbroker.config import Switch
from floorbroker.domain.ids import BrokerId
from floorbroker.domain.modes import DeploymentMode, Environment
from floorbroker.services.choices import PersonalSwitch
from floorbroker.services.link_requests import Connected, Wanted
from floorbroker.storage.documents import Documents
from tests.e2e.people import Answer, Somebody
from tests.e2e.world import SimulatedClock, World, opened
from tests.simulators.schwab import Person, SchwabSimulator

APP_KEY: Final = "appkey0123456789ABCDEFabcdef0123"
APP_SECRET: Final = "canary-appsecret-0123456789"
REDIRECT: Final = "https://bot.example.com/oauth/schwab"
NUMBERS: Final = {"alice": "11112222", "bob": "33334444"}


@asynccontextmanager
async def at_schwab(
    documents: Documents, mode: DeploymentMode = DeploymentMode.MULTI_USER, **changes: Any
) -> AsyncIterator[tuple[World, SchwabSimulator]]:
    """A world in which Alice's orders go to Schwab: every lock of live trading is open."""
    clock = SimulatedClock()
    async with SchwabSimulator(now=clock.now) as sim:
        sim.add_app(APP_KEY, APP_SECRET, REDIRECT)
        for name, number in NUMBERS.items():
            sim.add_person(name, [number])
        async with opened(
            mode,
            documents,
            clock=clock,
            broker_endpoints=(("schwab.api", sim.url),),
            schwab_app_key=APP_KEY,
            schwab_app_secret=SecretStr(APP_SECRET),
            live_trading=Switch.ON,
            **changes,
        ) as world:
            priced(sim)
            await unlocked(world, world.alice)
            await linked(world, sim, world.alice)
            yield world, sim


def priced(sim: SchwabSimulator) -> None:
    """A price of now: an old one is none for a market order."""
    sim.market.set("AAPL", bid="189.90", ask="190.00")


def person(sim: SchwabSimulator, name: str = "alice") -> Person:
    """Somebody at Schwab."""
    return next(one for one in sim.people if one.name == name)


async def unlocked(world: World, somebody: Somebody) -> None:
    """The person's own switch and their consent."""
    floor = world.app.floor
    await floor.linking.accept_terms(somebody.user_id)
    await floor.choices.switch(somebody.user_id, PersonalSwitch.LIVE, True)


async def linked(world: World, sim: SchwabSimulator, somebody: Somebody) -> Connected:
    """To Schwab's own page and back, as the browser goes, and stored."""
    wanted = Wanted(
        user_id=somebody.user_id, broker=BrokerId("schwab"), environment=Environment.LIVE
    )
    floor = world.app.floor
    away, departure = await floor.signing_in.depart(
        wanted, state="a state", verifier="v" * 43, redirect=REDIRECT
    )
    back = sim.decide(departure.address, person(sim, somebody.name))
    answer = dict(parse_qsl(urlsplit(back).query))
    assert answer["state"] == "a state"
    return await floor.linking.keep(await floor.signing_in.tried(wanted, away, answer))


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
