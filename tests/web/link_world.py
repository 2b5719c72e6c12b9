"""The link page on a real port, between browsers, Discord's OAuth2 and a scripted broker."""

import asyncio
import random
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

from aiohttp import ClientSession, CookieJar
from limits import RateLimitItemPerMinute
from multidict import CIMultiDict

from floorbroker.config import Settings
from floorbroker.domain.ids import AccountId, LinkId, UserId
from floorbroker.domain.link_ticket import LinkTicket
from floorbroker.domain.modes import Environment
from floorbroker.domain.people import Link
from floorbroker.domain.portfolio import BrokerAccount
from floorbroker.observability.metrics import Metrics
from floorbroker.services.link_requests import Connected
from floorbroker.web.app import build_web_app, run_web
from floorbroker.web.connection import PATIENCE, Patience
from floorbroker.web.links import link_pages
from floorbroker.web.rate import Visits
from tests.fakes.exchange.venue import Venue
from tests.floor import ANNA, EXCHANGE, House, settings
from tests.simulators.discord_oauth import CLIENT_ID, CLIENT_SECRET, DiscordOAuth
from tests.web.link_page import Page

KEYS: Final = {"field.api_key": "AK-ONE", "field.api_secret": "canary-Secret-9fQ2xZ7t"}
"""What the exchange knows, as the form names it."""

FIRST: Final = BrokerAccount(account_id=AccountId("X-1"), number="ACC0001234")
_chance: Final = random.SystemRandom()  # not the seeded one: runs side by side would collide
UNLIMITED: Final = RateLimitItemPerMinute(1_000_000)


def keyed_venue() -> Venue:
    """An exchange that knows `KEYS`."""
    venue = Venue()
    venue.keys = {("AK-ONE", KEYS["field.api_secret"]): (FIRST,)}
    return venue


class Ready:
    """Nothing stands in the way."""

    async def checks(self) -> Mapping[str, bool]:
        return {"store": True}


def free_port() -> int:
    """A port that nobody listens on, from below those that the system itself hands out.

    It has to be known before anything listens: it is part of `PUBLIC_URL`.
    """
    while True:
        port = _chance.randrange(15_000, 32_000)
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)):
                return port


def chosen_settings(port: int, **changes: Any) -> Settings:
    """With everything that the page needs."""
    usual = {
        "public_url": f"http://127.0.0.1:{port}",
        "discord_client_id": CLIENT_ID,
        "discord_client_secret": CLIENT_SECRET,
        "live_trading": "on",
    }
    return settings(**{**usual, **changes})


@dataclass(slots=True)
class LinkWorld:
    """One process of ours, on a port.

    Attributes:
        told: What `on_connected` was told.
        news: Set once it was told something.
    """

    house: House
    venue: Venue
    discord: DiscordOAuth
    url: str
    told: list[tuple[LinkTicket, Connected]] = field(default_factory=list)
    news: asyncio.Event = field(default_factory=asyncio.Event)
    fails_to_tell: BaseException | None = None

    async def token(
        self,
        user_id: UserId = ANNA,
        environment: Environment = Environment.PAPER,
        relinks: LinkId | None = None,
    ) -> str:
        """A fresh link's."""
        tickets = self.house.tickets
        return await tickets.issue(user_id, EXCHANGE, environment, relinks=relinks)

    async def ticket(self, token: str) -> LinkTicket:
        """As the store has it."""
        return await self.house.tickets.open(token)

    def connected(self, ticket: LinkTicket, connected: Connected) -> None:
        """What the composition root would pass on."""
        self.told.append((ticket, connected))
        self.news.set()
        if self.fails_to_tell is not None:
            raise self.fails_to_tell

    @asynccontextmanager
    async def browser(self) -> AsyncIterator["Visitor"]:
        """With cookies of its own."""
        jar = CookieJar(unsafe=True)  # of an address without a name
        async with ClientSession(cookie_jar=jar, trust_env=False) as session:
            yield Visitor(self, session)


@dataclass(slots=True)
class Visitor:
    """A person at a browser that follows no redirect unasked."""

    world: LinkWorld
    session: ClientSession
    headers: dict[str, str] = field(default_factory=dict)

    async def get(self, address: str, method: str = "GET", **headers: str) -> Page:
        """Looks at a page of ours, or at a full address."""
        return await self._ask(method, address, headers=headers)

    async def post(
        self, address: str, fields: Mapping[str, str] | str = "", **headers: str
    ) -> Page:
        """Sends a form."""
        headers = {"Content-Type": "application/x-www-form-urlencoded", **headers}
        if isinstance(fields, str):
            return await self._ask("POST", address, headers=headers, data=fields)
        return await self._ask("POST", address, headers=headers, data=dict(fields))

    async def leave(self, token: str) -> dict[str, str]:
        """Continues with Discord; what Discord is asked."""
        page = await self.post(f"/link/{token}")
        assert page.status == 303, page.words
        address = page.headers["Location"]
        assert address.startswith(f"{self.world.discord.base}/oauth2/authorize?")
        return dict(parse_qsl(urlsplit(address).query))

    async def come_back(self, token: str, *, agrees: bool = True) -> Page:
        """There and back again; the page behind the last redirect."""
        asked = await self.leave(token)
        back = await self.get(self.world.discord.decide(asked, agrees=agrees))
        if back.status != 303:
            return back
        return await self.get(back.headers["Location"])

    async def form(self, token: str) -> Page:
        """The form for the keys, as whoever Discord says it is."""
        page = await self.come_back(token)
        assert page.status == 200, page.words
        assert page.forms == 1
        return page

    async def send(self, form: Page, fields: Mapping[str, str] = KEYS, **headers: str) -> Page:
        """Fills a form in and sends it."""
        hidden = {
            name: control.value
            for name, control in form.controls.items()
            if control.attributes.get("type") == "hidden"
        }
        return await self.post(form.url, {**hidden, **fields}, **headers)

    def cookies(self) -> list[tuple[str, str]]:
        """Name and value of each."""
        return [(one.key, one.value) for one in self.session.cookie_jar]

    async def _ask(self, method: str, address: str, **more: Any) -> Page:
        url = address if "://" in address else self.world.url + address
        headers = CIMultiDict({**self.headers, **more.pop("headers", {})})
        async with (
            asyncio.timeout(30),
            self.session.request(
                method, url, headers=headers, allow_redirects=False, **more
            ) as answer,
        ):
            text = await answer.text()
            kept = CIMultiDict(answer.headers)
            return Page(status=answer.status, headers=kept, url=str(answer.url), text=text)


@asynccontextmanager
async def link_world(
    house: House,
    venue: Venue,
    discord: DiscordOAuth,
    *,
    visits: Visits | None = None,
    discord_seconds: float = 10.0,
    revokes: bool = False,
    patience: Patience = PATIENCE,
) -> AsyncIterator[LinkWorld]:
    """`house` on the port that its settings name, or on any if a proxy would stand before it."""
    port = urlsplit(house.settings.public_url).port or free_port()
    url = f"http://127.0.0.1:{port}"
    world = LinkWorld(house=house, venue=venue, discord=discord, url=url)
    discord.redirect_uris.add(f"{house.settings.public_url}/identity")
    links = link_pages(
        house,  # type: ignore[arg-type]  # it has what the pages use of a Floor
        house.settings,
        on_connected=world.connected,
        discord=discord.base,
        discord_seconds=discord_seconds,
        visits=visits or Visits(per_address=UNLIMITED, per_link=UNLIMITED),
        revokes=revokes,
    )
    assert links is not None
    app = build_web_app(readiness=Ready(), metrics=Metrics(), metrics_token=None, links=links)
    async with run_web(app, "127.0.0.1", port, patience=patience):
        yield world


async def unproven(world: LinkWorld, token: str) -> bool:
    """Whether no browser has shown whose it is."""
    return (await world.ticket(token)).browser == ""


def exchanged(world: LinkWorld) -> list[str]:
    """What Discord was asked by the process itself."""
    return [one.path for one in world.discord.asked]


def assert_over(page: Page, title: str, code: int = 400) -> None:
    """The page says what happened, that nothing was stored, and how to go on."""
    assert (page.status, page.title) == (code, f"{title} · floorbroker")
    assert "Nothing was stored." in page.words
    assert "open the link in Discord again" in page.words.replace("Open", "open")


async def links(world: LinkWorld) -> list[Link]:
    """What Anna has linked."""
    return list(await world.house.stored_people.links(ANNA))


async def assert_nothing_linked(world: LinkWorld) -> None:
    """Neither in the store nor told to anybody."""
    assert await links(world) == []
    assert world.told == []
