"""Connecting an account: tried first, then sealed, then stored. Pages and prompts call this.

What a broker refuses is never stored. The same account given again renews its link, and a link
that is renewed must reach an account that it reached before, so that old orders stay where they
belong.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

import structlog
from pydantic import BaseModel

from floorbroker.brokers.factory import BrokerFactory
from floorbroker.brokers.loading import credentials_model
from floorbroker.brokers.oauth import Grant
from floorbroker.brokers.spec import AuthFlow
from floorbroker.domain.clock import Clock
from floorbroker.domain.errors import (
    BrokerError,
    InvalidInput,
    NotLinked,
    NotSupported,
    PolicyRefused,
    StoreUnavailable,
)
from floorbroker.domain.ids import LinkId, UserId, new_link_id
from floorbroker.domain.modes import Environment
from floorbroker.domain.people import ANY, AccountKey, Link
from floorbroker.domain.portfolio import BrokerAccount
from floorbroker.domain.terms import TERMS_VERSION
from floorbroker.services.accounts import Accounts
from floorbroker.services.audit import Audit
from floorbroker.services.choices import Choices
from floorbroker.services.credentials import Credentials
from floorbroker.services.key_lint import refuse_dangerous, remarks
from floorbroker.services.link_labels import check_label, free_label
from floorbroker.services.link_requests import Connected, Tried, Wanted
from floorbroker.services.link_twins import linked_already, reaches, shares
from floorbroker.services.reminders import next_reminder
from floorbroker.services.sessions import Sessions
from floorbroker.storage.own_alerts import StoredAlerts
from floorbroker.storage.people import People

MOST_LINKS: Final = 20
_log = structlog.get_logger(__name__)


class Linking:
    """Connects accounts of the person who asks."""

    def __init__(  # noqa: PLR0913  # connecting touches all of these
        self,
        *,
        factory: BrokerFactory,
        people: People,
        accounts: Accounts,
        choices: Choices,
        credentials: Credentials,
        sessions: Sessions,
        alerts: StoredAlerts,
        audit: Audit,
        clock: Clock,
    ) -> None:
        """`alerts` are those that may be armed to send an order through a link."""
        self._factory = factory
        self._people = people
        self._accounts = accounts
        self._choices = choices
        self._credentials = credentials
        self._sessions = sessions
        self._alerts = alerts
        self._audit = audit
        self._clock = clock

    async def check(self, wanted: Wanted) -> None:
        """Refuses, before anybody types a key, what could not be linked.

        Raises:
            InvalidInput: The name for it cannot be one.
            PolicyRefused: The operator allows no live trading, the person has enough links, or
                everything kept on them is being erased.
            NotLinked: The link to renew is not there.
            FloorbrokerError: This deployment does not have the broker or the environment.
        """
        spec = self._factory.check(wanted.broker, wanted.environment)
        if spec.auth_flow is AuthFlow.NONE:
            raise NotSupported(f"{spec.name} needs no link. /setup broker opens it.")
        check_label(wanted.label)
        await self._check_not_erased(wanted.user_id)
        if wanted.environment is Environment.LIVE and not self._choices.live_offered:
            raise PolicyRefused(
                "The operator of this bot has not switched live trading on. Link a paper account."
            )
        if wanted.relinks is not None:
            await self._to_renew(wanted, wanted.relinks)
        elif len(await self._people.links(wanted.user_id)) >= MOST_LINKS:
            raise PolicyRefused(f"You have {MOST_LINKS} links. /setup remove makes room.")

    def asks_for(self, wanted: Wanted) -> type[BaseModel]:
        """The broker's own model of the keys it takes; forms and prompts are made from it.

        Raises:
            NotSupported: It takes none: people sign in there.
        """
        spec = self._factory.check(wanted.broker, wanted.environment)
        if not spec.takes_keys:
            raise NotSupported(f"{spec.name} takes no keys: you sign in there.", broker=spec.id)
        return credentials_model(spec)

    async def terms_needed(self, wanted: Wanted) -> bool:
        """Whether the person must accept the terms and risk text first."""
        if wanted.environment is Environment.PAPER:
            return False
        person = await self._accounts.person(wanted.user_id)
        return person.accepted_terms < TERMS_VERSION

    async def check_terms(self, wanted: Wanted) -> None:
        """That the terms are accepted where they must be.

        Raises:
            PolicyRefused: They are not.
        """
        if await self.terms_needed(wanted):
            raise PolicyRefused("Accept the terms and the risks before you link a live account.")

    async def accept_terms(self, user_id: UserId) -> None:
        """Stores that the person accepted the present text."""
        now = self._clock.now()
        await self._accounts.update(
            user_id, lambda p: replace(p, accepted_terms=TERMS_VERSION, accepted_at=now)
        )
        await self._audit.write(user_id, "terms_accepted", {"version": str(TERMS_VERSION)})

    async def try_out(self, wanted: Wanted, given: Mapping[str, str]) -> Tried:
        """Connects with keys and lets go again; nothing is stored.

        Raises:
            InvalidInput: A field is missing or unreadable, or the account is not the one to renew.
            PolicyRefused: The terms are not accepted yet, the key may withdraw, or another link
                reaches the account.
            BrokerError: The broker refuses it or does not answer.
        """
        return await self.try_grant(wanted, Grant(credentials=given))

    async def try_grant(self, wanted: Wanted, grant: Grant) -> Tried:
        """As `try_out`, with what a broker gave to a person who signed in there."""
        await self.check(wanted)
        await self.check_terms(wanted)
        link = await self._link_for(wanted)
        outcome = await self._factory.test_connection(
            wanted.broker,
            environment=wanted.environment,
            user_id=wanted.user_id,
            link_id=link.link_id,
            credentials=grant.credentials,
        )
        if outcome.error is not None:
            await self._refused(wanted, outcome.error)
            raise outcome.error
        if not outcome.accounts:
            raise NotLinked("These credentials reach no account.", broker=wanted.broker)
        refuse_dangerous(outcome.rights, wanted.spec)
        return Tried(
            wanted=wanted,
            link=await self._fitting(wanted, link, outcome.accounts),
            accounts=outcome.accounts,
            warnings=[
                *(warning.message for warning in outcome.warnings),
                *remarks(outcome.rights, wanted.environment, self._clock.now()),
            ],
            grant=grant,
        )

    async def keep(self, tried: Tried) -> Connected:
        """Seals and stores what `try_out` proved.

        Raises:
            StoreUnavailable: It could not be stored; nothing was linked.
            PolicyRefused: Since then the person's data is being erased, or another link was made
                that reaches the same account.
        """
        await self._check_not_erased(tried.wanted.user_id)
        renewed = tried.link.version > 0
        stored = await self._stored(tried, tried.link)
        if stored is None and renewed:
            # A rotation of the master keys, or a choice of accounts, was faster.
            present = await self._accounts.link(tried.wanted.user_id, tried.link.link_id)
            stored = await self._stored(tried, replace(present, label=tried.link.label))
        if stored is None:
            raise StoreUnavailable(
                "The account was changed meanwhile. Nothing was stored.", detail="link changed"
            )
        if renewed:
            await self._sessions.close_everywhere(stored.link_id)
            await self._alerts.disarm(stored.user_id, stored.link_id)
        else:
            await self._alone(stored)
        await self._audit.link(stored, "relink" if renewed else "link")
        return Connected(
            link=stored,
            accounts=tried.accounts,
            warnings=tried.warnings,
            renewed=renewed,
            made_default=not renewed and await self._made_default(stored, tried.accounts[0]),
        )

    async def _stored(self, tried: Tried, link: Link) -> Link | None:
        """`link` with the new credential; None if somebody else was faster."""
        known = frozenset(account.account_id for account in tried.accounts)
        now, grant = self._clock.now(), tried.grant
        fresh = replace(
            link,
            linked_at=now,
            renew_at=grant.renew_at,
            renewing_until=None,
            ends_at=grant.ends_at,
            remind_at=next_reminder(grant.ends_at, linked_at=now, after=now),
            known_accounts=known,
            excluded=link.excluded & known,
            dead_since=None,
            dead_code=None,
        )
        return await self._people.save_link(self._credentials.sealed(fresh, grant.credentials))

    async def _check_not_erased(self, user_id: UserId) -> None:
        leaving = (await self._accounts.person(user_id)).leaving
        if leaving is not None and leaving.begun:
            raise PolicyRefused("Your data is being erased; link again once you are told so.")

    async def _alone(self, stored: Link) -> None:
        """Takes a new link back if another window was faster; each looks once it has stored."""
        links = await self._people.links(stored.user_id)
        twin = next((one for one in links if shares(one, stored)), None)
        if twin is None:
            return
        gone = replace(stored, removed=True, sealed="", sealed_by="")
        if await self._people.save_link(gone) is None:
            raise StoreUnavailable(detail="link changed")
        raise linked_already(twin)

    async def _refused(self, wanted: Wanted, error: BrokerError) -> None:
        _log.info("link_refused", broker=wanted.broker, code=error.code)
        fields = {
            "broker": wanted.broker,
            "environment": wanted.environment.value,
            "code": error.code.value,
        }
        await self._audit.write(wanted.user_id, "link_refused", fields)

    async def _made_default(self, link: Link, account: BrokerAccount) -> bool:
        """The first practice account takes orders; one with real money only if it is chosen."""
        if link.environment is Environment.LIVE:
            return False
        person = await self._accounts.person(link.user_id)
        if ANY in person.defaults:
            return False
        key = AccountKey(link_id=link.link_id, account_id=account.account_id)
        await self._accounts.update(
            link.user_id, lambda p: replace(p, defaults={ANY: key, **p.defaults})
        )
        return True

    async def _link_for(self, wanted: Wanted) -> Link:
        if wanted.relinks is not None:
            return await self._to_renew(wanted, wanted.relinks)
        return Link(
            link_id=new_link_id(),
            user_id=wanted.user_id,
            broker=wanted.broker,
            environment=wanted.environment,
            label=wanted.label.strip(),
            created_at=self._clock.now(),
        )

    async def _to_renew(self, wanted: Wanted, link_id: LinkId) -> Link:
        link = await self._accounts.link(wanted.user_id, link_id)
        if (link.broker, link.environment) != (wanted.broker, wanted.environment):
            raise NotLinked("That link is at another broker or of another environment.")
        return link

    async def _fitting(self, wanted: Wanted, link: Link, accounts: Sequence[BrokerAccount]) -> Link:
        """The link to store: the one to renew, one that reaches the same account, or a new one."""
        found = {account.account_id for account in accounts}
        links = await self._people.links(wanted.user_id)
        if wanted.relinks is not None:
            if link.known_accounts and not link.known_accounts & found:
                raise InvalidInput(
                    f"These credentials reach another account than {link.label}. "
                    "Link it as an account of its own."
                )
        else:
            link = next((one for one in links if reaches(one, wanted, found)), link)
        others = [one for one in links if one.link_id != link.link_id]
        twin = next((one for one in others if reaches(one, wanted, found)), None)
        if twin is not None:
            raise linked_already(twin)
        usual = link.label or f"{wanted.spec.name} {wanted.environment.value}"
        return replace(link, label=free_label(wanted.label.strip() or usual, others))
