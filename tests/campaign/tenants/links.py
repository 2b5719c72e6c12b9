"""Two people link, use and lose accounts in any order: nobody opens, uses or sees the other's."""

from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    initialize,
    multiple,
    rule,
)

from floorbroker.domain.errors import (
    AuthenticationFailed,
    Busy,
    FloorbrokerError,
    NotLinked,
    NotYours,
)
from floorbroker.domain.ids import AccountId, BrokerId, LinkId, UserId
from floorbroker.domain.modes import Environment
from floorbroker.domain.people import Link
from floorbroker.domain.portfolio import BrokerAccount
from floorbroker.services.link_requests import Wanted
from tests.campaign.tenants.machine import Machine
from tests.fakes.clock import ManualClock
from tests.fakes.exchange.venue import Venue
from tests.floor import ANNA, BEN, EXCHANGE, KEYED, built, opened

PEOPLE = st.sampled_from([ANNA, BEN])
NUMBERS = st.integers(min_value=1, max_value=3)
BROWSERS: Final = {ANNA: "the browser of Anna", BEN: "the browser of Ben"}


def keys_of(who: UserId, number: int) -> tuple[str, str]:
    return f"KEY-{who}-{number}", f"secret-{who}-{number}"


def account_of(who: UserId, number: int) -> BrokerAccount:
    return BrokerAccount(account_id=AccountId(f"{who}-{number}"), number=f"{who}{number}")


class Links(Machine):
    """Every rule is done by one person, to a thing of either."""

    links = Bundle("links")
    tokens = Bundle("tokens")

    def __init__(self) -> None:
        super().__init__()
        self.clock, self.venue = ManualClock(), Venue()
        self.owners: dict[LinkId, UserId] = {}
        self.issued: dict[str, UserId] = {}

    @initialize()
    def two_people(self) -> None:
        self.venue.keys = {
            keys_of(who, number): (account_of(who, number),)
            for who in (ANNA, BEN)
            for number in (1, 2, 3)
        }

        async def begin() -> None:
            documents = await opened(self.place / "two.db")
            self.house = built(documents, self.clock, venue=self.venue, scripted=KEYED)

        self.run(begin())

    @rule(target=links, who=PEOPLE, number=NUMBERS)
    def link_an_account(self, who: UserId, number: int) -> LinkId:
        key, secret = keys_of(who, number)
        wanted = Wanted(user_id=who, broker=EXCHANGE, environment=Environment.PAPER)

        async def connect() -> Link:
            given = {"api_key": key, "api_secret": secret}
            return (
                await self.house.linking.keep(await self.house.linking.try_out(wanted, given))
            ).link

        link = self.run(connect())
        assert self.owners.setdefault(link.link_id, who) == who
        return link.link_id

    @rule(who=PEOPLE, link_id=links)
    def renew(self, who: UserId, link_id: LinkId) -> None:
        """With one's own keys; the other's link must not take them."""
        key, secret = keys_of(who, 1)
        wanted = Wanted(
            user_id=who, broker=EXCHANGE, environment=Environment.PAPER, relinks=link_id
        )
        before = self._stored(link_id)
        attempt = self.house.linking.try_out(wanted, {"api_key": key, "api_secret": secret})
        try:
            tried = self.run(attempt)
        except FloorbrokerError:
            assert self._stored(link_id) == before
            return
        assert self.owners[link_id] == who
        self.run(self.house.linking.keep(tried))

    @rule(who=PEOPLE, link_id=links)
    def open_it(self, who: UserId, link_id: LinkId) -> None:
        try:
            link = self.run(self.house.accounts.link(who, link_id))
        except NotLinked:
            assert self.owners[link_id] != who or self._stored(link_id).removed
            return
        assert self.owners[link_id] == who
        try:
            (account,) = self.run(self.house.sessions.accounts(link))
        except AuthenticationFailed:
            assert link.dead_since is not None
            return
        assert account.account_id.startswith(who)

    @rule(who=PEOPLE, link_id=links)
    def remove(self, who: UserId, link_id: LinkId) -> None:
        try:
            removed = self.run(self.house.links.remove(who, link_id))
        except NotLinked:
            assert self.owners[link_id] != who or self._stored(link_id).removed
            return
        assert self.owners[link_id] == who
        assert removed.link.sealed == ""

    @rule(who=PEOPLE)
    def list_everything(self, who: UserId) -> None:
        accounts, failed = self.run(self.house.accounts.every_account(who))
        for one in accounts:
            assert one.link.user_id == who
            assert one.link.broker != EXCHANGE or one.account.account_id.startswith(who)
        assert {one.link.user_id for one in failed} <= {who}

    @rule(mine=links, other=links)
    def move_a_sealed_credential(self, mine: LinkId, other: LinkId) -> None:
        """Whoever can write to the store still cannot read with another link's context."""
        here, there = self._stored(mine), self._stored(other)
        if mine == other or not there.sealed:
            return
        for moved in (
            replace(here, sealed=there.sealed, sealed_by=there.sealed_by),
            replace(there, user_id=BEN if there.user_id == ANNA else ANNA),
            replace(there, environment=Environment.LIVE),
            replace(there, broker=BrokerId("kraken")),
            replace(there, link_id=LinkId(f"{other}0")),
        ):
            with pytest.raises(AuthenticationFailed):
                self.house.credentials.opened(moved)

    @rule(mine=links, other=links)
    def swap_it_in_the_store(self, mine: LinkId, other: LinkId) -> None:
        """A document with another link's sealed credential reaches no account, whoever's it is."""
        here, there = self._stored(mine), self._stored(other)
        if mine == other or here.removed or not there.sealed:
            return

        async def swapped() -> None:
            await self.house.supervisor.settled(timedelta(seconds=5))
            await self.house.sessions.close(mine)
            documents = self.house.documents
            kept = await documents.get("links", mine)
            assert kept is not None
            asked = len(self.venue.requests)
            seal = {"sealed": there.sealed, "sealed_by": there.sealed_by, "dead_since": None}
            await documents.upsert("links", {**kept, **seal, "dead_code": None})
            owner = self.owners[mine]
            with pytest.raises(AuthenticationFailed):
                await self.house.sessions.accounts(await self.house.accounts.link(owner, mine))
            assert len(self.venue.requests) == asked
            await self.house.supervisor.settled(timedelta(seconds=5))
            await documents.upsert("links", kept)

        self.run(swapped())

    @rule(target=tokens, who=PEOPLE)
    def ask_for_a_page(self, who: UserId) -> Any:
        try:
            token = self.run(self.house.tickets.issue(who, EXCHANGE, Environment.PAPER))
        except Busy:
            return multiple()
        self.issued[token] = who
        return token

    @rule(who=PEOPLE, token=tokens)
    def prove(self, who: UserId, token: str) -> None:
        try:
            ticket = self.run(self.house.tickets.prove(token, who, BROWSERS[who]))
        except NotYours:
            assert self.issued[token] != who
            return
        except FloorbrokerError:
            return  # over by now
        assert ticket.user_id == self.issued[token] == who

    @rule(who=PEOPLE, token=tokens)
    def come_to_the_form(self, who: UserId, token: str) -> None:
        try:
            ticket = self.run(self.house.tickets.proven(token, BROWSERS[who]))
        except FloorbrokerError:
            return
        assert ticket.user_id == self.issued[token] == who

    @rule()
    def time_passes(self) -> None:
        self.clock.advance(200)
        self.run(self.house.sessions.close_idle())
        self.run(self.house.tickets.sweep())

    @rule()
    def keys_are_revoked_and_given_again(self) -> None:
        kept, self.venue.keys = self.venue.keys, {}
        for who in (ANNA, BEN):
            _, failed = self.run(self.house.accounts.accounts(who, anew=True))
            assert {one.link.user_id for one in failed} <= {who}
        self.run(self.house.supervisor.settled(timedelta(seconds=5)))
        self.venue.keys = kept

    def _stored(self, link_id: LinkId) -> Link:
        found = self.run(self.house.stored_people.link(self.owners[link_id], link_id))
        assert found is not None
        return found

    def teardown(self) -> None:
        if hasattr(self, "house"):
            for user_id, link_id in self.venue.opened:
                assert self.owners.get(link_id, user_id) == user_id
            self.run(self.house.stop())
            self.run(self.house.documents.close())
        super().teardown()
