"""People who have signed in at the scripted site, and what a test asks about their links."""

import asyncio
from collections.abc import Mapping
from typing import Any, Final

from floorbroker.domain.errors import BrokerError
from floorbroker.domain.ids import UserId
from floorbroker.domain.modes import Environment
from floorbroker.domain.people import Link
from floorbroker.services.link_requests import Tried, Wanted
from tests.fakes.clock import ManualClock
from tests.fakes.exchange.venue import ACCOUNT
from tests.fakes.signed.provider import ACCESS_LIFE, Provider
from tests.floor import ANNA, EXCHANGE, House

REDIRECT: Final = "https://bot.example/oauth/alpaca"
VERIFIER: Final = "verifier-verifier-verifier-verifier-verifier"
DUE: Final = ACCESS_LIFE.total_seconds() - 300
"""So many seconds after it was given, access is renewed before it is used."""


class Waiting:
    """How a process waits for another one, and for the store.

    Attributes:
        clock: Goes on while one waits; None where what is waited for happens by itself.
        begun: Somebody waits.
    """

    def __init__(self, clock: ManualClock | None = None) -> None:
        """See the attributes."""
        self.clock = clock
        self.begun = asyncio.Event()

    async def __call__(self, seconds: float) -> None:
        """See `floorbroker.services.fresh_access.Pause`."""
        self.begun.set()
        if self.clock is not None:
            self.clock.advance(seconds)
        await asyncio.sleep(0 if self.clock is not None else seconds)


def wanted(user_id: UserId = ANNA, **changes: Any) -> Wanted:
    """A paper account at the exchange."""
    usual = {"broker": EXCHANGE, "environment": Environment.PAPER, **changes}
    return Wanted(user_id=user_id, **usual)


async def signed_in(
    house: House, provider: Provider, user_id: UserId = ANNA, login: str = "", **changes: Any
) -> Tried:
    """To the site and back in one process; who signs in there is `login`, or the person."""
    asked = wanted(user_id, **changes)
    away, departure = await house.signing_in.depart(
        asked, state="a state", verifier=VERIFIER, redirect=REDIRECT
    )
    answer = provider.visit(departure.address, login or user_id)
    return await house.signing_in.tried(asked, away, answer)


async def linked(
    house: House, provider: Provider, user_id: UserId = ANNA, login: str = "", **changes: Any
) -> Link:
    """The link that comes of it."""
    tried = await signed_in(house, provider, user_id, login, **changes)
    return (await house.linking.keep(tried)).link


async def present(house: House, link: Link) -> Link:
    """The link as the store has it."""
    found = await house.stored_people.link(link.user_id, link.link_id)
    assert found is not None
    return found


async def stored(house: House, link: Link) -> Mapping[str, str]:
    """The credential as the store has it."""
    return house.credentials.opened(await present(house, link))


async def use(house: House, link: Link) -> None:
    """A command that looks at the account, with the link as it is stored."""
    async with house.sessions.lease(await present(house, link)) as adapter:
        await adapter.positions(ACCOUNT)


async def tried_use(house: House, link: Link) -> BrokerError | None:
    """The same; what went wrong, if it was about the broker."""
    try:
        await use(house, link)
    except BrokerError as error:
        return error
    return None
