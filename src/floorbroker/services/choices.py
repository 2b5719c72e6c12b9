"""What people, servers and the operator switch on and off; each change is audited."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from enum import StrEnum

from floorbroker.brokers.registry import get_broker
from floorbroker.config import Settings, Switch
from floorbroker.domain.errors import PolicyRefused, StoreUnavailable
from floorbroker.domain.ids import BrokerId, UserId
from floorbroker.domain.news import NewsKind, NewsLevel
from floorbroker.domain.people import Person, ServerPolicy
from floorbroker.domain.service_pause import ServicePause
from floorbroker.services.accounts import Accounts
from floorbroker.services.audit import Audit
from floorbroker.services.callers import Caller
from floorbroker.services.server_rules import ServerRules
from floorbroker.storage.people import People


class PersonalSwitch(StrEnum):
    """What a person can switch for themselves; the name of the field that holds it."""

    LIVE = "live"
    PAUSED = "paused"
    ALWAYS_PRIVATE = "always_private"
    NOTIFY = "notify"


class Choices:
    """Sets switches. Who may do it is checked here, not only by Discord."""

    def __init__(
        self, settings: Settings, people: People, accounts: Accounts, audit: Audit
    ) -> None:
        """`settings` name the operators and hold their own live switch."""
        self._settings = settings
        self._people = people
        self._accounts = accounts
        self._audit = audit

    async def switch(self, user_id: UserId, which: PersonalSwitch, on: bool) -> Person:
        """Sets one of a person's own switches.

        Raises:
            PolicyRefused: Live trading, where the operator has not switched it on.
        """
        if which is PersonalSwitch.LIVE and on and not self.live_offered:
            raise PolicyRefused("The operator has not switched live trading on.")
        person = await self._accounts.update(user_id, lambda p: _switched(p, which, on))
        await self._audit.write(user_id, "switch", {"which": which.value, "on": str(on)})
        return person

    async def set_level(self, user_id: UserId, kind: NewsKind, level: NewsLevel) -> Person:
        """Sets how loudly one kind of news of orders is told; critical news cannot be set."""
        person = await self._accounts.update(user_id, lambda p: p.with_level(kind, level))
        await self._audit.write(user_id, "news", {"kind": kind.value, "level": level.value})
        return person

    @property
    def live_offered(self) -> bool:
        """Whether the operator has switched live trading on."""
        return self._settings.live_trading is Switch.ON

    async def policy(self, guild_id: str) -> ServerPolicy:
        """A server's rules, or the strict ones that hold without any."""
        return await self._people.policy(guild_id) or ServerPolicy(guild_id=guild_id)

    async def set_policy(
        self,
        caller: Caller,
        *,
        manages_server: bool,
        live: bool | None = None,
        public_results: bool | None = None,
        paused: bool | None = None,
        rules: ServerRules | None = None,
    ) -> ServerPolicy:
        """Changes the rules of the caller's server; without a change it only tells them.

        Raises:
            PolicyRefused: The caller does not manage it, or this is not a server.
        """
        if caller.guild_id is None:
            raise PolicyRefused("This command belongs into a server.")
        if not manages_server:
            raise PolicyRefused("Only members who may manage this server can change its rules.")
        asked = {} if rules is None else rules.told()
        if live is None and public_results is None and paused is None and not asked:
            return await self.policy(caller.guild_id)
        for _ in range(5):
            policy = await self.policy(caller.guild_id)
            changed = replace(
                policy,
                live=policy.live if live is None else live,
                public_results=policy.public_results if public_results is None else public_results,
                paused=policy.paused if paused is None else paused,
            )
            if rules is not None:
                changed = rules.applied(changed, timedelta(hours=self._settings.limit_raise_hours))
            stored = await self._people.save_policy(changed)
            if stored is not None:
                fields = {
                    "guild_id": caller.guild_id,
                    "live": str(stored.live),
                    "public_results": str(stored.public_results),
                    "paused": str(stored.paused),
                    **asked,
                }
                await self._audit.write(caller.user_id, "policy", fields)
                return stored
        raise StoreUnavailable(detail="policy kept changing")

    def is_operator(self, user_id: UserId) -> bool:
        """Whether the id stands in `OPERATOR_IDS`, or is the owner's."""
        owner = bool(self._settings.owner_id) and user_id == self._settings.owner_id
        return owner or user_id in self._settings.operator_ids

    def check_operator(self, caller: Caller) -> None:
        """Before anything that is the operators' own; the same words whatever it was.

        Raises:
            PolicyRefused: The caller is not an operator.
        """
        if not self.is_operator(caller.user_id):
            raise PolicyRefused("Only the operators of this bot can do that.")

    async def paused_for(self, caller: Caller, broker: BrokerId | None = None) -> bool:
        """Whether any pause keeps the caller from opening positions here.

        Args:
            broker: Where; left out, pauses of single brokers do not count.
        """
        person, pause = await asyncio.gather(
            self._accounts.person(caller.user_id), self._people.service_pause()
        )
        if person.paused or person.suspended or person.leaving is not None:
            return True
        if pause.holds_at(broker):
            return True
        if caller.guild_id is None:
            return False
        policy = await self.policy(caller.guild_id)
        return policy.paused or policy.suspended

    async def service_pause(self) -> ServicePause:
        """What the operators have paused of the service as a whole."""
        return await self._people.service_pause()

    async def pause_service(
        self, caller: Caller, paused: bool, *, broker: BrokerId | None = None
    ) -> ServicePause:
        """Pauses or resumes everybody, or everybody at one broker.

        Raises:
            PolicyRefused: The caller is not an operator.
            InvalidInput: There is no such broker.
        """
        self.check_operator(caller)
        if broker is not None:
            get_broker(broker)
        for _ in range(5):
            pause = await self._people.service_pause()
            if broker is None:
                changed = replace(pause, everybody=paused)
            else:
                others = pause.brokers - {broker}
                changed = replace(pause, brokers=others | {broker} if paused else others)
            stored = await self._people.save_service_pause(changed)
            if stored is not None:
                fields = {"paused": str(paused), "broker": broker or ""}
                await self._audit.write(caller.user_id, "service_pause", fields)
                return stored
        raise StoreUnavailable(detail="service pause kept changing")

    async def suspend_server(self, caller: Caller, guild_id: str, on: bool) -> ServerPolicy:
        """Pauses or resumes one server, whatever its managers choose.

        Raises:
            PolicyRefused: The caller is not an operator.
        """
        self.check_operator(caller)
        for _ in range(5):
            policy = replace(await self.policy(guild_id), suspended=on)
            stored = await self._people.save_policy(policy)
            if stored is not None:
                fields = {"guild_id": guild_id, "suspended": str(on)}
                await self._audit.write(caller.user_id, "server_suspended", fields)
                return stored
        raise StoreUnavailable(detail="policy kept changing")

    async def suspend_person(self, caller: Caller, user_id: UserId, on: bool) -> Person:
        """Pauses or resumes one person, who reads of it in their own export.

        Raises:
            PolicyRefused: The caller is not an operator.
        """
        self.check_operator(caller)
        person = await self._accounts.update(user_id, lambda p: replace(p, suspended=on))
        fields = {"person": await self._audit.pseudonym(user_id), "suspended": str(on)}
        await self._audit.write(caller.user_id, "person_suspended", fields)
        await self._audit.write(user_id, "suspended", {"by": "operator", "suspended": str(on)})
        return person


def _switched(person: Person, which: PersonalSwitch, on: bool) -> Person:
    match which:
        case PersonalSwitch.LIVE:
            return replace(person, live=on)
        case PersonalSwitch.PAUSED:
            return replace(person, paused=on)
        case PersonalSwitch.ALWAYS_PRIVATE:
            return replace(person, always_private=on)
        case PersonalSwitch.NOTIFY:
            return replace(person, notify=on)
