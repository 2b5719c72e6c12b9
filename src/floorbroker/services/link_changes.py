"""Changes of a person's links: an account left out or taken back, a link removed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from floorbroker.brokers.registry import get_broker
from floorbroker.brokers.spec import AuthFlow, Capability
from floorbroker.domain.errors import BrokerError, StoreUnavailable
from floorbroker.domain.ids import LinkId, UserId
from floorbroker.domain.people import AccountKey, Link, Person
from floorbroker.services.accounts import Accounts
from floorbroker.services.audit import Audit
from floorbroker.services.reachable import LinkedAccount, Reachable
from floorbroker.services.sessions import Sessions
from floorbroker.storage.own_alerts import StoredAlerts
from floorbroker.storage.people import People


@dataclass(frozen=True, slots=True, kw_only=True)
class Removed:
    """A link that is gone.

    Attributes:
        withdrawn: Whether the broker withdrew the access too.
    """

    link: Link
    withdrawn: bool


class LinkChanges:
    """Acts on links of the person who asks; no method reaches anybody else's."""

    def __init__(
        self,
        people: People,
        accounts: Accounts,
        sessions: Sessions,
        alerts: StoredAlerts,
        audit: Audit,
    ) -> None:
        """`alerts` are those that may be armed to send an order through a link."""
        self._alerts = alerts
        self._people = people
        self._accounts = accounts
        self._sessions = sessions
        self._audit = audit

    async def exclude(self, user_id: UserId, named: str) -> LinkedAccount:
        """Keeps one account of a link out of every command from now on.

        Raises:
            NotLinked: There is none of that name.
        """
        account = await self._accounts.choose(user_id, named)
        stored = await self._change_link(
            user_id,
            account.link.link_id,
            lambda link: replace(link, excluded=link.excluded | {account.account.account_id}),
        )
        await self._forget_defaults(user_id, lambda key: key == account.key)
        await self._audit.link(stored, "exclude")
        return replace(account, link=stored)

    async def include(self, user_id: UserId, named: str) -> LinkedAccount:
        """Takes an excluded account back.

        Raises:
            NotLinked: No excluded one has that name.
        """
        accounts, failed = await self._accounts.every_account(user_id)
        out = [account for account in accounts if account.excluded]
        own = Reachable(accounts=out, failed=failed, person=Person(user_id=user_id))
        account = own.choose(named)
        stored = await self._change_link(
            user_id,
            account.link.link_id,
            lambda link: replace(link, excluded=link.excluded - {account.account.account_id}),
        )
        await self._audit.link(stored, "include")
        return replace(account, link=stored)

    async def remove(self, user_id: UserId, link_id: LinkId) -> Removed:
        """Removes a link: its session ends, its sealed credential leaves the store.

        Access is withdrawn at the broker too where it offers that. If the broker does not answer
        or refuses the credential already, the link goes all the same.
        """
        link = await self._accounts.link(user_id, link_id)
        withdrawn = await self._withdrawn(link)
        stored = await self._change_link(
            user_id,
            link_id,
            lambda one: replace(one, removed=True, sealed="", sealed_by=""),
        )
        await self._sessions.close_everywhere(link_id)
        await self._alerts.disarm(user_id, link_id)
        await self._forget_defaults(user_id, lambda key: key.link_id == link_id)
        await self._audit.link(stored, "unlink")
        return Removed(link=stored, withdrawn=withdrawn)

    async def _withdrawn(self, link: Link) -> bool:
        spec = get_broker(link.broker)
        if Capability.REVOKE not in spec.capabilities:
            return False
        try:
            async with self._sessions.lease(link) as adapter:
                await adapter.revoke()
        except BrokerError:
            if spec.auth_flow is AuthFlow.NONE:
                raise  # the built-in broker's book is all that there is to remove
            return False
        return True

    async def _change_link(
        self, user_id: UserId, link_id: LinkId, change: Callable[[Link], Link]
    ) -> Link:
        for _ in range(5):
            stored = await self._people.save_link(
                change(await self._accounts.link(user_id, link_id))
            )
            if stored is not None:
                return stored
        raise StoreUnavailable(detail="link kept changing")

    async def _forget_defaults(self, user_id: UserId, gone: Callable[[AccountKey], bool]) -> None:
        """Whoever chose an account that is gone chooses again; nothing takes its place unseen."""
        person = await self._accounts.person(user_id)
        if any(gone(key) for key in person.defaults.values()):
            await self._accounts.update(
                user_id, lambda p: replace(p, defaults=_without(p.defaults, gone))
            )


def _without(
    defaults: Mapping[str, AccountKey], gone: Callable[[AccountKey], bool]
) -> dict[str, AccountKey]:
    return {kind: key for kind, key in defaults.items() if not gone(key)}
