"""A person's links and accounts, and which of them a command means."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

from floorbroker.domain.clock import Clock
from floorbroker.domain.errors import (
    BrokerTimeout,
    FloorbrokerError,
    InvalidInput,
    NotLinked,
    StoreUnavailable,
)
from floorbroker.domain.ids import BrokerId, LinkId, UserId
from floorbroker.domain.instruments import AssetClass
from floorbroker.domain.modes import Environment
from floorbroker.domain.people import ANY, AccountKey, Link, Person
from floorbroker.services.audit import Audit
from floorbroker.services.link_health import LinkHealth
from floorbroker.services.reachable import LinkedAccount, Reachable, UnreachableLink
from floorbroker.services.sessions import Sessions
from floorbroker.storage.people import People

PAPER: Final = BrokerId("paper")
"""The one broker that everybody has without asking."""

Change = Callable[[Person], Person]


class Accounts:
    """Links and accounts of the person who asks; no method reaches anybody else's."""

    def __init__(
        self, people: People, sessions: Sessions, audit: Audit, health: LinkHealth, clock: Clock
    ) -> None:
        """See the module's first line."""
        self._health = health
        self._audit = audit
        self._people = people
        self._sessions = sessions
        self._clock = clock

    async def person(self, user_id: UserId) -> Person:
        """The person's choices, or the defaults."""
        return await self._people.person(user_id) or Person(user_id=user_id)

    async def links(self, user_id: UserId) -> Sequence[Link]:
        """Links in use; a newcomer gets the paper one without asking."""
        links = await self._people.links(user_id)
        if links:
            return links
        known = await self._people.link(user_id, _paper_link_id(user_id))
        return [] if known else [await self.open_paper(user_id)]

    async def open_paper(self, user_id: UserId) -> Link:
        """The person's paper link, opened (again) if need be."""
        for _ in range(3):
            link = await self._people.link(user_id, _paper_link_id(user_id))
            if link is not None and not link.removed:
                return link
            fresh = replace(link, removed=False) if link else self._paper_link(user_id)
            stored = await self._people.save_link(fresh)
            if stored is not None:
                await self._audit.link(stored, "link")
                return stored
        raise StoreUnavailable(detail="paper link kept changing")

    async def accounts(
        self, user_id: UserId, *, anew: bool = False, within_seconds: float | None = None
    ) -> tuple[list[LinkedAccount], list[UnreachableLink]]:
        """The accounts that the person uses, and the links that could not be reached.

        Args:
            anew: Ask the brokers now, even where a session remembers their answer.
            within_seconds: A link that has not answered by then could not be reached.
        """
        accounts, failed = await self.every_account(
            user_id, anew=anew, within_seconds=within_seconds
        )
        return [account for account in accounts if not account.excluded], failed

    async def every_account(
        self, user_id: UserId, *, anew: bool = False, within_seconds: float | None = None
    ) -> tuple[list[LinkedAccount], list[UnreachableLink]]:
        """As `accounts`, with those that the person excluded."""
        accounts: list[LinkedAccount] = []
        failed: list[UnreachableLink] = []
        links = await self.links(user_id)
        # All at once: a broker that hangs must not hide the others.
        asked = (self._reached(link, anew, within_seconds) for link in links)
        for answer in await asyncio.gather(*asked):
            if isinstance(answer, UnreachableLink):
                failed.append(answer)
            else:
                accounts += answer
        return accounts, failed

    async def _reached(
        self, link: Link, anew: bool, within_seconds: float | None
    ) -> list[LinkedAccount] | UnreachableLink:
        try:
            async with asyncio.timeout(within_seconds):
                return await self._of(link, anew=anew)
        except TimeoutError:
            return UnreachableLink(link=link, error=BrokerTimeout(broker=link.broker))
        except FloorbrokerError as error:
            return UnreachableLink(link=link, error=error)

    async def reachable(self, user_id: UserId) -> Reachable:
        """Every account of the person, ready to choose from."""
        accounts, failed = await self.accounts(user_id)
        # With a single account there is nothing to choose, so the choices need not be read.
        several = len(accounts) + len(failed) > 1
        person = await self.person(user_id) if several else Person(user_id=user_id)
        return Reachable(accounts=accounts, failed=failed, person=person)

    async def choose(self, user_id: UserId, named: str | None) -> LinkedAccount:
        """The account that the person named, or their default.

        Raises:
            NotLinked: There is none, or none of that name.
            BrokerError: The one link that it could be does not answer.
        """
        return (await self.reachable(user_id)).choose(named)

    async def of_order(self, user_id: UserId, key: AccountKey) -> LinkedAccount:
        """The account that an order was made for.

        Raises:
            NotLinked: The person removed it since.
        """
        link = await self._people.link(user_id, key.link_id)
        if link is None or link.removed:
            raise NotLinked("The account that this order belongs to was removed.")
        for account in await self._of(link):
            if account.key == key:
                return account
        raise NotLinked("The broker no longer lists the account that this order belongs to.")

    async def link(self, user_id: UserId, link_id: LinkId) -> Link:
        """One of the person's links that is in use.

        Raises:
            NotLinked: There is none of that id.
        """
        link = await self._people.link(user_id, link_id)
        if link is None or link.removed:
            raise NotLinked
        return link

    async def link_named(self, user_id: UserId, named: str) -> Link:
        """A link by its label or by one of its accounts, also while its broker does not answer.

        Raises:
            NotLinked: There is none of that name.
        """
        wanted = named.strip().casefold()
        for link in await self.links(user_id):
            if wanted in {link.label.casefold(), link.link_id.casefold()}:
                return link
        return (await self.choose(user_id, named)).link

    async def set_default(self, user_id: UserId, named: str, kind: str = ANY) -> LinkedAccount:
        """Makes an account the default for one asset class, or for any."""
        if kind != ANY and kind not in set(AssetClass):
            raise InvalidInput("Choose a kind of instrument from the list.")
        account = await self.choose(user_id, named)
        await self.update(user_id, lambda p: replace(p, defaults={**p.defaults, kind: account.key}))
        await self._audit.link(account.link, "default")
        return account

    async def update(self, user_id: UserId, change: Change) -> Person:
        """Stores a changed choice."""
        for _ in range(5):
            stored = await self._people.save_person(change(await self.person(user_id)))
            if stored is not None:
                return stored
        raise StoreUnavailable(detail="person kept changing")

    async def _of(self, link: Link, *, anew: bool = False) -> list[LinkedAccount]:
        accounts = await self._sessions.accounts(link, anew=anew)
        if link.dead_since is not None:  # asked anew, and it works after all
            await self._health.revived(link)
        return [LinkedAccount(link=link, account=one) for one in accounts]

    def _paper_link(self, user_id: UserId) -> Link:
        return Link(
            link_id=_paper_link_id(user_id),
            user_id=user_id,
            broker=PAPER,
            environment=Environment.PAPER,
            label="Paper",
            created_at=self._clock.now(),
        )


def _paper_link_id(user_id: UserId) -> LinkId:
    return LinkId(f"paper-{user_id}")
