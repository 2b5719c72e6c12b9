"""What every way to link an account has in common: terms before, storing and telling after."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus

import structlog
from aiohttp import web

from floorbroker.brokers.shared.grants import ApplicationRefused, GrantRefused
from floorbroker.domain.error_codes import ErrorCode
from floorbroker.domain.errors import FloorbrokerError, PolicyRefused, StoreUnavailable
from floorbroker.domain.link_ticket import LinkTicket
from floorbroker.services.link_requests import Connected, Tried, Wanted
from floorbroker.services.link_tickets import MOST_TRIES, Tickets
from floorbroker.services.linking import Linking
from floorbroker.web import notices
from floorbroker.web.forms import is_on
from floorbroker.web.notices import Notice
from floorbroker.web.pages import Pages

OnConnected = Callable[[LinkTicket, Connected], object]
"""Called after an account was stored, with the ticket that it was linked with."""

_log = structlog.stdlib.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """Why a page is shown once more.

    Attributes:
        fields: Titles of those that cannot be used.
        tries_left: None where the broker was not asked.
    """

    title: str
    happened: str
    now: str
    fields: tuple[str, ...] = ()
    tries_left: int | None = None


@dataclass(frozen=True, slots=True)
class Shown:
    """An answer, and whether the browser has nothing more to do with the link."""

    page: web.Response
    over: bool = False


def wanted_by(ticket: LinkTicket, label: str = "") -> Wanted:
    """What a ticket is for."""
    return Wanted(
        user_id=ticket.user_id,
        broker=ticket.broker,
        environment=ticket.environment,
        relinks=ticket.relinks,
        label=label,
    )


class Finishing:
    """The first and the last step of linking, whichever way leads from one to the other."""

    def __init__(
        self, *, tickets: Tickets, linking: Linking, pages: Pages, on_connected: OnConnected | None
    ) -> None:
        """`on_connected` may hand news over; it must not make the page wait."""
        self._tickets = tickets
        self._linking = linking
        self._pages = pages
        self._on_connected = on_connected

    async def terms(self, wanted: Wanted, fields: Mapping[str, str]) -> Trouble | None:
        """Stores that the terms were accepted, where that is needed."""
        if not await self._linking.terms_needed(wanted):
            return None
        if not is_on(fields.get("terms")):
            return Trouble(
                title="Accept the terms first",
                happened="An account with real money is linked once you accept the text below.",
                now="Read it, tick the box below it, and go on from there.",
            )
        await self._linking.accept_terms(wanted.user_id)
        return None

    async def kept(self, ticket: LinkTicket, tried: Tried) -> Shown:
        """Ends the ticket, stores the account, and says so."""
        await self._tickets.used(ticket)
        try:
            connected = await self._linking.keep(tried)
        except StoreUnavailable as error:
            _log.error("link_not_certainly_stored", why=error.detail)
            return Shown(self._pages.notice(notices.UNSURE), over=True)
        self._tell(ticket, connected)
        page = self._pages.page("linked", wanted=tried.wanted, connected=connected)
        return Shown(page, over=True)

    def _tell(self, ticket: LinkTicket, connected: Connected) -> None:
        if self._on_connected is None:
            return
        try:
            self._on_connected(ticket, connected)
        except Exception:  # noqa: BLE001  # the account is stored: no news about it undoes that
            _log.exception("connected_not_told")


def trouble_with(error: FloorbrokerError, broker: str, tries_left: int | None = None) -> Trouble:
    """What a page says of a refusal; `broker` is its name."""
    title, happened, now = error.words.title, notices.happened(error), notices.to_do(error)
    match error:
        case PolicyRefused():  # what the broker said that the key may do
            title, now = "This key is not taken", "Enter another one."
        case GrantRefused():
            title = f"{broker} does not confirm it"
            happened = f"{broker} does not stand by this sign-in: it was used, or took too long."
            now = "Start once more below."
        case ApplicationRefused():
            title = "This bot is not set up right"
            happened = f"{broker} does not know the bot by what its operator has set."
            now = "Tell the operator; nothing that you can do here helps."
    return Trouble(title=title, happened=happened, now=now, tries_left=tries_left)


def used_up(error: FloorbrokerError) -> Notice:
    """The page after the last try."""
    return Notice(
        status=HTTPStatus.GONE,
        title="This link was tried too often",
        happened=notices.happened(error),
        now=f"That was try {MOST_TRIES} of {MOST_TRIES}. Ask for a fresh link with /setup broker.",
        code=ErrorCode.LINK_USED,
    )
