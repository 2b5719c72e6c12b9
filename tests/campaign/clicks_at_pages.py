"""Links and states of the link pages, used once more or made up."""

from collections.abc import Awaitable, Callable
from random import Random
from typing import Any, Final
from urllib.parse import parse_qs, urlencode, urlsplit

from floorbroker.domain.ids import UserId
from tests.campaign.at_pages import address_at_broker, fresh_token, kept, way_back
from tests.fakes.signed.provider import Provider
from tests.floor import ANNA, BEN
from tests.web.link_world import LinkWorld, Visitor, links

_REFUSED: Final = frozenset({400, 403, 404, 410})


class AtThePages:
    """What is abused at the link pages."""

    def __init__(self, world: LinkWorld) -> None:
        """Anna was given links, Ben abuses them."""
        self._world = world

    async def a_reused_link(self, chance: Random) -> None:
        """A link that has linked an account, or the form that did it, once more."""
        async with self._world.browser() as anna, self._world.browser() as ben:
            token = await fresh_token(self._world)
            form = await anna.form(token)
            assert (await anna.send(form)).status == 200
            before = await links(self._world)
            ways: list[tuple[str, Callable[[], Awaitable[Any]]]] = [
                ("the address", lambda: anna.get(f"/link/{token}")),
                ("the address, by another", lambda: ben.get(f"/link/{token}")),
                ("the way to Discord", lambda: ben.post(f"/link/{token}")),
                ("the form", lambda: anna.send(form)),
                ("the form, by another", lambda: ben.send(form)),
                ("the form's page", lambda: anna.get(form.url)),
            ]
            what, way = chance.choice(ways)
            await self._refused(what, await way(), before)

    async def a_reused_state(self, chance: Random) -> None:
        """What Discord sent a browser back with, once more, here or in another browser."""
        async with self._world.browser() as anna, self._world.browser() as ben:
            token = await fresh_token(self._world)
            back = await way_back(anna, token)
            assert (await anna.get(back)).status == 303
            before = await links(self._world)
            who = chance.choice([anna, ben])
            await self._refused("a state once more", await who.get(back), before)

    async def a_forged_state(self, chance: Random) -> None:
        """A state with one letter changed, cut, of another link, or out of thin air."""
        async with self._world.browser() as anna, self._world.browser() as ben:
            token = await fresh_token(self._world)
            asked = await anna.leave(token)
            self._world.house.clock.advance(1)
            others = (await ben.leave(await fresh_token(self._world, BEN)))["state"]
            state = bent(asked["state"], others, chance)
            code = self._world.discord.code(asked)
            address = f"/identity?{urlencode({'code': code, 'state': state})}"
            before = await links(self._world)
            await self._refused(f"the state {state!r}", await anna.get(address), before)

    async def _refused(self, what: str, page: Any, before: object) -> None:
        assert kept(page).status in _REFUSED, (what, page.status, page.words)
        assert await links(self._world) == before, what


class SigningInAtABroker:
    """States that a broker hands back."""

    def __init__(self, world: LinkWorld, provider: Provider) -> None:
        """`provider` is the broker's own site."""
        self._world, self._provider = world, provider

    async def a_reused_state(self, chance: Random) -> None:
        """The way back from the broker, twice."""
        async with self._world.browser() as anna, self._world.browser() as ben:
            back = await self._back(anna)
            assert (await anna.get(back)).status == 200
            before, exchanges = await links(self._world), self._provider.exchanges
            page = await chance.choice([anna, ben]).get(back)
            await self._refused(page, before, exchanges)

    async def a_forged_state(self, chance: Random) -> None:
        """A state that was changed, or Discord's own at the broker's address."""
        async with self._world.browser() as anna, self._world.browser() as ben:
            theirs = parse_qs(urlsplit(await self._back(ben, BEN)).query)["state"][0]
            back = await self._back(anna)
            query = {name: one[0] for name, one in parse_qs(urlsplit(back).query).items()}
            query["state"] = bent(query["state"], theirs, chance)
            before, exchanges = await links(self._world), self._provider.exchanges
            page = await anna.get(f"/oauth/alpaca?{urlencode(query)}")
            await self._refused(page, before, exchanges)

    async def _back(self, who: Visitor, person: UserId = ANNA) -> str:
        self._world.discord.person = person
        token = await fresh_token(self._world, person)
        answer = self._provider.visit(await address_at_broker(who, token), person)
        self._world.discord.person = ANNA
        return f"/oauth/alpaca?{urlencode(answer)}"

    async def _refused(self, page: Any, before: object, exchanges: int) -> None:
        assert kept(page).status in _REFUSED, (page.status, page.words)
        assert await links(self._world) == before
        assert self._provider.exchanges == exchanges


def bent(state: str, others: str, chance: Random) -> str:
    """A state that nobody was given."""
    place = chance.randrange(len(state))
    letter = chance.choice([one for one in "0123456789abcdef." if one != state[place]])
    ref, version, mac = state.split(".")
    return chance.choice(
        [
            state[:place] + letter + state[place + 1 :],
            state[:place],
            others,
            f"{ref}.{int(version) + chance.choice([-1, 1])}.{mac}",
            f"{ref}.{version}.{others.rpartition('.')[2]}",
            f"{ref}.{version}.{chance.randbytes(32).hex()}",
            chance.randbytes(20).hex(),
            "",
        ]
    )
