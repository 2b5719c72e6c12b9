"""Alice with accounts at Webull, by a key in its sandbox or by signing in; Webull is simulated."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

from pydantic import SecretStr

from floorbroker.domain.ids import BrokerId
from floorbroker.domain.modes import DeploymentMode, Environment
from floorbroker.services.link_requests import Connected, Wanted
from floorbroker.storage.documents import Documents
from tests.e2e.people import Somebody
from tests.e2e.world import SimulatedClock, World, opened
from tests.simulators.webull import Person, Platform, WebullSimulator

KEY: Final = "0ddba11c0ffee0ddba11c0ffee0ddba1"
SECRET: Final = "canary0webull0secret0of0the0key1"
CLIENT_ID: Final = "floorbroker-platform"
CLIENT_SECRET: Final = "canary-webull-client-secret-0001"
PLATFORM_KEY: Final = "facade00facade00facade00facade00"
PLATFORM_SECRET: Final = "canary0webull0platform0secret001"
REDIRECT: Final = "https://bot.example.com/oauth/webull"


@asynccontextmanager
async def at_webull(
    documents: Documents, mode: DeploymentMode = DeploymentMode.MULTI_USER, **changes: Any
) -> AsyncIterator[tuple[World, WebullSimulator]]:
    """A world in which Alice and Bob have accounts at Webull; nothing is linked yet."""
    clock = SimulatedClock()
    async with WebullSimulator(now=clock.now) as sim:
        sim.market.always_open = True
        sim.add_platform(
            CLIENT_ID, CLIENT_SECRET, REDIRECT, app_key=PLATFORM_KEY, app_secret=PLATFORM_SECRET
        )
        sim.add_app(KEY, SECRET, person=sim.add_person("alice"))
        sim.add_person("bob", cash="777")
        endpoints = (
            ("webull.paper", sim.url),
            ("webull.connect_paper", sim.url),
            ("webull.sign_in_paper", f"{sim.url}/oauth2/authenticate/login"),
        )
        async with opened(
            mode,
            documents,
            clock=clock,
            broker_endpoints=endpoints,
            webull_client_id=CLIENT_ID,
            webull_client_secret=SecretStr(CLIENT_SECRET),
            webull_app_key=PLATFORM_KEY,
            webull_app_secret=SecretStr(PLATFORM_SECRET),
            **changes,
        ) as world:
            priced(sim)
            yield world, sim


def priced(sim: WebullSimulator) -> None:
    """A price of now."""
    sim.market.set("AAPL", bid="189.90", ask="190.00")


def person(sim: WebullSimulator, name: str = "alice") -> Person:
    """Somebody at Webull."""
    return next(one for one in sim.people if one.name == name)


def platform(sim: WebullSimulator) -> Platform:
    """The operator's application there."""
    return sim._platforms[0]


async def linked_by_key(world: World) -> Connected:
    """What the page does after Discord has said who it is."""
    wanted = _wanted(world.alice)
    linking = world.app.floor.linking
    given = {"app_key": KEY, "app_secret": SECRET}
    return await linking.keep(await linking.try_out(wanted, given))


async def signed_in(world: World, sim: WebullSimulator, somebody: Somebody) -> Connected:
    """To Webull's own page and back, as the browser goes, and stored."""
    wanted = _wanted(somebody)
    floor = world.app.floor
    away, departure = await floor.signing_in.depart(
        wanted, state="a state", verifier="v" * 43, redirect=REDIRECT
    )
    asked = dict(parse_qsl(urlsplit(departure.address).query))
    back = sim.decide(asked, person(sim, somebody.name))
    answer = dict(parse_qsl(urlsplit(back).query))
    assert answer["state"] == "a state"
    return await floor.linking.keep(await floor.signing_in.tried(wanted, away, answer))


def _wanted(somebody: Somebody) -> Wanted:
    return Wanted(
        user_id=somebody.user_id, broker=BrokerId("webull"), environment=Environment.PAPER
    )
