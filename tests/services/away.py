"""People on the way to the site and back, by a one-time link."""

from collections.abc import Mapping
from typing import Any, Final

from floorbroker.brokers.oauth import Departure
from floorbroker.domain.ids import LinkId
from floorbroker.domain.link_ticket import LinkTicket
from floorbroker.domain.modes import Environment
from floorbroker.domain.people import Link
from floorbroker.services.link_requests import Tried
from tests.floor import ANNA, EXCHANGE, House
from tests.services.signed_in import REDIRECT, VERIFIER, wanted

BROWSER: Final = "the secret of one browser"


async def proven(
    house: House,
    environment: Environment = Environment.PAPER,
    relinks: LinkId | None = None,
) -> LinkTicket:
    """A one-time link whose browser has shown that it is Anna's."""
    token = await house.tickets.issue(ANNA, EXCHANGE, environment, relinks=relinks)
    await house.tickets.prove(token, ANNA, BROWSER)
    return await house.tickets.proven(token, BROWSER)


async def leave(
    house: House, ticket: LinkTicket, *, verifier: str = VERIFIER, **changes: Any
) -> tuple[LinkTicket, Departure]:
    """The way there."""
    usual = {"environment": ticket.environment, "relinks": ticket.relinks, **changes}
    return await house.signing_in.leave(
        ticket,
        wanted(ticket.user_id, **usual),
        state=lambda away: f"{away.ticket_id}.{away.version}",
        verifier=verifier,
        redirect=REDIRECT,
    )


async def back(
    house: House, ticket: LinkTicket, answer: Mapping[str, str]
) -> tuple[LinkTicket, Tried]:
    """The way back."""
    asked = wanted(ticket.user_id, environment=ticket.environment, relinks=ticket.relinks)
    return await house.signing_in.back(ticket, asked, answer)


async def tries_of(house: House, ticket: LinkTicket) -> int:
    """How many tries the store has counted."""
    document = await house.documents.get("link_tokens", ticket.ticket_id)
    assert document is not None
    return int(document["tries"])


async def links(house: House) -> list[Link]:
    """Anna's."""
    return list(await house.stored_people.links(ANNA))
