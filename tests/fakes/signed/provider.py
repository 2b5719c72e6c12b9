"""The signed exchange's own site: it knows who has signed in, and which tokens are alive."""

import asyncio
import base64
import hashlib
import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import parse_qs, urlsplit

from floorbroker.domain.ids import AccountId, UserId
from floorbroker.domain.portfolio import BrokerAccount
from tests.fakes.clock import ManualClock

ACCESS_LIFE: Final = timedelta(minutes=30)
REFRESH_LIFE: Final = timedelta(days=7)
SITE: Final = "https://exchange.example/authorize"


class Refused(Exception):
    """The site does not stand by a code or a token. Its words repeat what it was given."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """Two tokens.

    Attributes:
        access_until: When the access token is over.
        ends_at: When the refresh token is.
    """

    access: str
    refresh: str
    access_until: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """What an agreement of a person is exchanged for."""

    login: str
    challenge: str
    redirect: str


@dataclass(slots=True, kw_only=True)
class Agreement:
    """One time that a person agreed: the refresh token that is alive, and the access tokens."""

    login: str
    ends_at: datetime
    refresh: str = ""
    access: dict[str, datetime] = field(default_factory=dict)


@dataclass(slots=True)
class Provider:
    """Codes once, access for half an hour, refresh tokens for a week.

    Attributes:
        rotates: A refresh token is dead the moment it is used.
        kills: A renewal ends the access tokens before it.
        slides: A renewal lets the week begin anew.
        strict: Whoever uses a dead refresh token loses everything of that person.
        by_hand: It shows the code instead of sending the browser back.
        accounts: By login; who is not in it has one account.
        before: Raised by a renewal while nothing has happened.
        after: Raised by a renewal once it has been carried out.
        held_before: A renewal waits for it before anything happens.
        held_after: The same once it has been carried out, before the answer.
        asked: How often a renewal was asked for; `renewals`: carried out.
        reused: How often a dead refresh token came.
        refused: How often an access token came that was not alive.
        exchanges: How often a code was taken.
        uses: Of each use of an access token: who used it, and whose it is.
    """

    clock: ManualClock
    rotates: bool = True
    kills: bool = True
    slides: bool = False
    strict: bool = True
    by_hand: bool = False
    accounts: dict[str, tuple[BrokerAccount, ...]] = field(default_factory=dict)
    before: Exception | None = None
    after: Exception | None = None
    held_before: asyncio.Event | None = None
    held_after: asyncio.Event | None = None
    asked: int = 0
    renewals: int = 0
    reused: int = 0
    refused: int = 0
    exchanges: int = 0
    uses: list[tuple[UserId, str]] = field(default_factory=list)
    _codes: dict[str, Code] = field(default_factory=dict)
    _agreements: list[Agreement] = field(default_factory=list)
    _by_token: dict[str, Agreement] = field(default_factory=dict)
    _number: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    def visit(self, address: str, login: str) -> Mapping[str, str]:
        """A person opens the address, signs in and agrees; what the browser comes back with."""
        assert address.startswith(SITE)
        query = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        code = f"code-{next(self._number)}-of-{login}"
        self._codes[code] = Code(
            login=login, challenge=query["code_challenge"], redirect=query["redirect_uri"]
        )
        return {"code": code, "state": query["state"]}

    def exchange(self, code: str, verifier: str, redirect: str) -> Given:
        """The first tokens, once a code."""
        known = self._codes.pop(code, None)
        if known is None or (known.challenge, known.redirect) != (challenge(verifier), redirect):
            raise Refused(f"{code} with {verifier} is not known.")
        self.exchanges += 1
        agreement = Agreement(login=known.login, ends_at=self.clock.now() + REFRESH_LIFE)
        self._agreements.append(agreement)
        return self._give(agreement)

    async def renew(self, refresh: str) -> Given:
        """The next tokens."""
        self.asked += 1
        self._news.set()
        if self.held_before is not None:
            await self.held_before.wait()
        await asyncio.sleep(0)
        if self.before is not None:
            raise self.before
        given = self._renewed(refresh)
        self._news.set()
        if self.held_after is not None:
            await self.held_after.wait()
        if self.after is not None:
            raise self.after
        return given

    def login(self, access: str, by: UserId) -> str:
        """Whose access it is; `by` is whose adapter uses it."""
        agreement = self._by_token.get(access)
        until = None if agreement is None else agreement.access.get(access)
        if agreement is None or until is None or self.clock.now() >= until:
            self.refused += 1
            raise Refused(f"{access} is over.")
        self.uses.append((by, agreement.login))
        return agreement.login

    def revoke(self, login: str) -> None:
        """The person takes back everything."""
        for agreement in self._agreements:
            if agreement.login == login:
                agreement.access.clear()
                agreement.refresh = ""

    def end_access(self) -> None:
        """Access tokens end before their time; what renews them does not."""
        for agreement in self._agreements:
            agreement.access.clear()

    def reached(self, login: str) -> Sequence[BrokerAccount]:
        """The person's accounts."""
        own = BrokerAccount(account_id=AccountId(f"A-{login}"), number=f"N{login}")
        return self.accounts.get(login, (own,))

    async def was_asked(self, times: int) -> None:
        """Returns once so many renewals were asked for."""
        while self.asked < times:
            self._news.clear()
            await self._news.wait()

    async def has_renewed(self, times: int) -> None:
        """Returns once so many were carried out."""
        while self.renewals < times:
            self._news.clear()
            await self._news.wait()

    def _renewed(self, refresh: str) -> Given:
        agreement = self._by_token.get(refresh)
        if agreement is None or refresh != agreement.refresh:
            self.reused += 1
            if agreement is not None and self.strict:
                self.revoke(agreement.login)
            raise Refused(f"{refresh} was used.")
        if self.clock.now() >= agreement.ends_at:
            raise Refused(f"{refresh} is over.")
        self.renewals += 1
        if self.slides:
            agreement.ends_at = self.clock.now() + REFRESH_LIFE
        return self._give(agreement)

    def _give(self, agreement: Agreement) -> Given:
        now, number = self.clock.now(), next(self._number)
        if self.kills:
            agreement.access.clear()
        if self.rotates or not agreement.refresh:
            agreement.refresh = f"refresh-{number}-of-{agreement.login}"
        access = f"access-{number}-of-{agreement.login}"
        agreement.access[access] = now + ACCESS_LIFE
        self._by_token[access] = self._by_token[agreement.refresh] = agreement
        return Given(
            access=access,
            refresh=agreement.refresh,
            access_until=agreement.access[access],
            ends_at=agreement.ends_at,
        )


def challenge(verifier: str) -> str:
    """S256 of RFC 7636, 4.2."""
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
