"""Linking by signing in at the broker's own site: off to it, and back with what it gave.

What the way back needs is sealed in the one-time ticket, so any process can take the person back,
and nobody twice.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

import structlog

from floorbroker.brokers.factory import BrokerFactory
from floorbroker.brokers.oauth import Departure
from floorbroker.brokers.shared.grants import GrantRefused
from floorbroker.domain.link_ticket import LinkTicket, LinkUsed
from floorbroker.services.link_requests import Tried, Wanted
from floorbroker.services.link_tickets import Tickets
from floorbroker.services.linking import Linking
from floorbroker.vault.seal import Unsealable, Vault

LONGEST_ANSWER: Final = 4096
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Away:
    """A person who left for the broker.

    Attributes:
        keep: See `Departure`.
        redirect: Where the broker was told to send them back to.
        label: The name that they gave the account before they left.
    """

    keep: Mapping[str, str] = field(repr=False)
    redirect: str
    label: str


class SigningIn:
    """Sends people to brokers and takes them back."""

    def __init__(
        self, factory: BrokerFactory, linking: Linking, tickets: Tickets, vault: Vault
    ) -> None:
        """See the module's first line."""
        self._factory = factory
        self._linking = linking
        self._tickets = tickets
        self._vault = vault

    def offered(self, wanted: Wanted) -> bool:
        """Whether the person can sign in at the broker."""
        return self._factory.offers_sign_in(wanted.spec)

    async def leave(
        self,
        ticket: LinkTicket,
        wanted: Wanted,
        *,
        state: Callable[[LinkTicket], str],
        verifier: str,
        redirect: str,
    ) -> tuple[LinkTicket, Departure]:
        """The way to the broker.

        Args:
            state: Made of the ticket as it will be while the person is away.

        Raises:
            FloorbrokerError: It cannot be linked, or the broker does not answer.
        """
        while_away = replace(ticket, version=ticket.version + 1)
        away, departure = await self.depart(
            wanted, state=state(while_away), verifier=verifier, redirect=redirect
        )
        return await self._tickets.left(ticket, self._sealed(ticket, away)), departure

    async def back(
        self, ticket: LinkTicket, wanted: Wanted, answer: Mapping[str, str]
    ) -> tuple[LinkTicket, Tried]:
        """What the broker gave, tried out; nothing is stored yet.

        Args:
            wanted: Without a label; the one that was given before leaving counts.
            answer: See `OAuthFlow.grant`.

        Raises:
            LinkUsed: The person is not away, or came back already.
            GrantRefused: The broker does not stand by it.
            FloorbrokerError: As `Linking.try_grant`.
        """
        away = self._opened(ticket)
        ticket = await self._tickets.tried(ticket)
        wanted = replace(wanted, label=away.label)
        return ticket, await self.tried(wanted, away, answer)

    async def depart(
        self, wanted: Wanted, *, state: str, verifier: str, redirect: str
    ) -> tuple[Away, Departure]:
        """As `leave`, where the same process takes the person back."""
        await self._linking.check(wanted)
        flow = self._factory.flow(wanted.broker, wanted.environment)
        departure = await flow.depart(state=state, verifier=verifier, redirect=redirect)
        return Away(keep=departure.keep, redirect=redirect, label=wanted.label), departure

    async def tried(self, wanted: Wanted, away: Away, answer: Mapping[str, str]) -> Tried:
        """Exchanges an answer and tries what came.

        Raises:
            GrantRefused: The answer names another issuer (RFC 9207), or is not stood by.
            FloorbrokerError: As `Linking.try_grant`.
        """
        # Before the exchange: access that nobody may keep is not asked for.
        await self._linking.check_terms(wanted)
        flow = self._factory.flow(wanted.broker, wanted.environment)
        if flow.issuer and answer.get("iss", flow.issuer) != flow.issuer:
            raise GrantRefused(broker=wanted.broker, detail="another issuer")
        grant = await flow.grant(away.keep, answer, redirect=away.redirect)
        return await self._linking.try_grant(wanted, grant)

    def _sealed(self, ticket: LinkTicket, away: Away) -> str:
        text = json.dumps({"keep": dict(away.keep), "redirect": away.redirect, "label": away.label})
        return self._vault.seal(text, _belongs_to(ticket))

    def _opened(self, ticket: LinkTicket) -> Away:
        if not ticket.away:
            raise LinkUsed("You came back from the broker already, or did not leave from here.")
        try:
            return Away(**json.loads(self._vault.open(ticket.away, _belongs_to(ticket))))
        except Unsealable as error:
            _log.error("departure_not_opened", broker=ticket.broker, why=str(error))
            raise LinkUsed from None


def _belongs_to(ticket: LinkTicket) -> dict[str, str]:
    return {
        "what": "departure",
        "ticket": ticket.ticket_id,
        "user": ticket.user_id,
        "broker": ticket.broker,
        "environment": ticket.environment.value,
    }
