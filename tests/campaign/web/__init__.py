"""Attempts at the link pages: bent requests, raw bytes, slow clients, and a browser's list."""

import asyncio
from collections import Counter
from random import Random
from typing import Final
from urllib.parse import urlsplit

from floorbroker.web.connection import Patience
from tests.browser.demo import CHROMIUM
from tests.campaign.at_pages import fresh_token, pages
from tests.campaign.row import Reached, Row
from tests.campaign.web import raw, requests
from tests.campaign.web.browser import attempts
from tests.web.link_world import LinkWorld

_A_FLOW: Final = 25
"""So many attempts with the same two people's secrets."""

_RAW: Final = 0.3
"""The share of attempts that is bytes on a socket."""

_EXPIRED: Final = 0.05
"""The share of attempts that is valid, and too late."""

_BENT_A_VISIT: Final = 50
"""So many attempts go before one more of the browser's list."""

_ENOUGH: Final = 20
_LITTLE: Final = Patience(head_seconds=0.3, body_seconds=0.3, answer_seconds=0.3)


class Campaign:
    """What was tried, and what broke."""

    def __init__(self, seed: int) -> None:
        """With nothing yet."""
        self.chance = Random(seed)
        self.done: Counter[str] = Counter()
        self.broken: list[str] = []

    async def bent(self, world: LinkWorld, size: int) -> None:
        """Requests that are nearly valid, and bytes that are not."""
        async with world.browser() as visitor:
            for number in range(size):
                if number % _A_FLOW == 0:
                    anna, ben = await requests.begun(world)
                before = await requests.untouched(world)
                try:
                    if self.chance.random() < _RAW:
                        await self._raw(world)
                    else:
                        valid = self.chance.choice(requests.valid(anna))
                        sent = requests.bent(valid, anna, ben, self.chance)
                        sent = requests.noisy(sent, self.chance)
                        page = await requests.attempt(visitor, sent)
                        self.done["bent requests"] += 1
                        requests.assert_refused(page, sent, world)
                    assert await requests.untouched(world) == before, "something was linked"
                except AssertionError as error:
                    self._broke(str(error))
                if len(self.broken) >= _ENOUGH:
                    return

    async def late(self, world: LinkWorld, size: int) -> None:
        """Valid requests once the link is over."""
        async with world.browser() as visitor:
            for _ in range(size):
                anna, _ben = await requests.begun(world)
                world.house.clock.advance(301)
                before = await requests.untouched(world)
                sent = self.chance.choice(requests.valid(anna))
                page = await requests.attempt(visitor, sent)
                self.done["valid but late"] += 1
                try:
                    requests.assert_refused(page, sent, world)
                    assert await requests.untouched(world) == before, "something was linked"
                except AssertionError as error:
                    self._broke(str(error))

    async def in_a_browser(self, world: LinkWorld, most: int) -> None:
        """The list, once, or as much of it as there is time for."""
        if not CHROMIUM.exists():
            return
        async with attempts(world) as listed:
            every = sorted(listed.all().items())
            for name, attempt in self.chance.sample(every, min(most, len(every))):
                self.done["in a browser"] += 1
                try:
                    await attempt()
                except Exception as error:  # noqa: BLE001 # a wait that ends is one too
                    self._broke(f"{name}: {type(error).__name__} {error}")

    async def _raw(self, world: LinkWorld) -> None:
        token = await fresh_token(world) if self.chance.random() < 0.2 else "A" * 43
        kind, sent = raw.request(token, self.chance)
        answer = await raw.answered(urlsplit(world.url).port or 0, sent)
        self.done["raw bytes"] += 1
        raw.assert_refused(kind, sent, answer)

    def _broke(self, sentence: str) -> None:
        self.broken.append(sentence[:600])


async def _tried(size: int, seed: int) -> Reached:
    campaign = Campaign(seed)
    async with pages("web", patience=_LITTLE) as world:
        await campaign.bent(world, size)
        await campaign.late(world, max(1, round(size * _EXPIRED)))
    async with pages("web-browser") as world:
        await campaign.in_a_browser(world, -(-size // _BENT_A_VISIT))
    done = campaign.done
    return Reached(trials=done.total(), broken=campaign.broken, figures=dict(done))


def run(size: int, seed: int) -> Reached:
    """See `Row.run`."""
    return asyncio.run(_tried(size, seed))


ROW: Final = Row(
    name="web",
    what="The link pages: bent, late, malformed and slow requests, and another site in a browser",
    unit="attempts",
    goal=5_000,
    short=150,
    passes_when="None links, shows, repeats or keeps anything, and none is an error of ours.",
    run=run,
)
