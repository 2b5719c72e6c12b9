"""The form for a broker's keys: shown, sent, tried at the broker, stored."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from math import ceil

import structlog
from aiohttp import web
from pydantic import BaseModel

from floorbroker.brokers.connection import warnings_for
from floorbroker.domain.clock import Clock
from floorbroker.domain.error_codes import ErrorCode
from floorbroker.domain.errors import (
    BrokerError,
    FloorbrokerError,
    InvalidInput,
    NotLinked,
    PolicyRefused,
    StoreUnavailable,
)
from floorbroker.domain.link_ticket import LinkTicket
from floorbroker.domain.terms import TERMS
from floorbroker.services.link_labels import LONGEST_LABEL
from floorbroker.services.link_requests import Connected, Wanted
from floorbroker.services.link_tickets import MOST_TRIES, Tickets
from floorbroker.services.linking import Linking
from floorbroker.web import notices
from floorbroker.web.browsers import Browser
from floorbroker.web.forms import FormField, form_fields, given, is_on, posted, unreadable
from floorbroker.web.notices import Ended, Notice
from floorbroker.web.pages import Pages

OnConnected = Callable[[LinkTicket, Connected], object]
"""Called after an account was stored, with the ticket that it was linked with."""

_log = structlog.stdlib.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """Why the form is shown once more.

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


class KeyForm:
    """What is entered here is never shown again, not even after a mistake."""

    def __init__(  # what connecting an account touches
        self,
        *,
        tickets: Tickets,
        linking: Linking,
        clock: Clock,
        pages: Pages,
        on_connected: OnConnected | None,
    ) -> None:
        """`on_connected` may hand news over; it must not make the page wait."""
        self._tickets = tickets
        self._linking = linking
        self._clock = clock
        self._pages = pages
        self._on_connected = on_connected

    async def empty(self, browser: Browser, ticket: LinkTicket) -> web.Response:
        """The form, for the first time.

        Raises:
            FloorbrokerError: What the ticket is for cannot be linked here any more.
        """
        await self._linking.check(wanted_by(ticket))
        return await self._form(browser, ticket)

    async def sent(self, request: web.Request, browser: Browser, ticket: LinkTicket) -> Shown:
        """What came of sending it.

        Raises:
            Ended: It was not made for this browser, or nobody knows what became of it.
            FloorbrokerError: As `empty`; or the link was used up meanwhile.
        """
        fields = await posted(request)
        if not browser.has_form(fields.get("form", ""), ticket):
            raise Ended(notices.BAD_FORM)
        wanted = wanted_by(ticket, fields.get("label", "").strip())
        model = self._linking.asks_for(wanted)
        values = given(form_fields(model), fields)
        trouble = await self._before_asking(wanted, model, values, fields)
        if trouble is not None:
            return Shown(await self._form(browser, ticket, trouble))
        return await self._tried(browser, await self._tickets.tried(ticket), wanted, values)

    async def _before_asking(
        self,
        wanted: Wanted,
        model: type[BaseModel],
        values: Mapping[str, str],
        fields: Mapping[str, str],
    ) -> Trouble | None:
        """What the broker need not be asked for; it costs no try."""
        try:
            await self._linking.check(wanted)
        except InvalidInput as error:
            return _trouble(error)
        wrong = unreadable(model, form_fields(model), values)
        if wrong:
            return Trouble(
                title="Look at what you entered",
                happened="Missing, or not of the form that the broker gives:",
                now="Enter all of it once more: keys are never shown again, so the form is empty.",
                fields=wrong,
            )
        if await self._linking.terms_needed(wanted):
            if not is_on(fields.get("terms")):
                return Trouble(
                    title="Accept the terms first",
                    happened="An account with real money is linked once you accept the text below.",
                    now="Read it, tick the box below it, and enter the keys once more.",
                )
            await self._linking.accept_terms(wanted.user_id)
        return None

    async def _tried(
        self, browser: Browser, ticket: LinkTicket, wanted: Wanted, values: Mapping[str, str]
    ) -> Shown:
        try:
            tried = await self._linking.try_out(wanted, values)
        except (BrokerError, InvalidInput, NotLinked, PolicyRefused) as error:
            if ticket.tries >= MOST_TRIES:
                return Shown(self._pages.notice(_used_up(error)), over=True)
            left = MOST_TRIES - ticket.tries
            return Shown(await self._form(browser, ticket, _trouble(error, left)))
        await self._tickets.used(ticket)
        try:
            connected = await self._linking.keep(tried)
        except StoreUnavailable as error:
            _log.error("link_not_certainly_stored", why=error.detail)
            return Shown(self._pages.notice(notices.UNSURE), over=True)
        self._tell(ticket, connected)
        page = self._pages.page("linked", wanted=wanted, connected=connected)
        return Shown(page, over=True)

    async def _form(
        self, browser: Browser, ticket: LinkTicket, trouble: Trouble | None = None
    ) -> web.Response:
        wanted = wanted_by(ticket)
        terms = TERMS if await self._linking.terms_needed(wanted) else ()
        left = (ticket.expires_at - self._clock.now()).total_seconds()
        status = HTTPStatus.OK if trouble is None else HTTPStatus.UNPROCESSABLE_ENTITY
        return self._pages.page(
            "keys",
            status=status,
            wanted=wanted,
            fields=self._fields(wanted),
            form_token=browser.form_token(ticket),
            gateways=warnings_for(wanted.spec),
            longest_label=LONGEST_LABEL,
            minutes=max(1, ceil(left / 60)),
            terms=terms,
            trouble=trouble,
        )

    def _fields(self, wanted: Wanted) -> tuple[FormField, ...]:
        return form_fields(self._linking.asks_for(wanted))

    def _tell(self, ticket: LinkTicket, connected: Connected) -> None:
        if self._on_connected is None:
            return
        try:
            self._on_connected(ticket, connected)
        except Exception:  # noqa: BLE001  # the account is stored: no news about it undoes that
            _log.exception("connected_not_told")


def _trouble(error: FloorbrokerError, tries_left: int | None = None) -> Trouble:
    if isinstance(error, PolicyRefused):  # what the broker said that the key may do
        return Trouble(
            title="This key is not taken",
            happened=notices.happened(error),
            now="Enter another one.",
            tries_left=tries_left,
        )
    return Trouble(
        title=error.words.title,
        happened=notices.happened(error),
        now=notices.to_do(error),
        tries_left=tries_left,
    )


def _used_up(error: FloorbrokerError) -> Notice:
    return Notice(
        status=HTTPStatus.GONE,
        title="This link was tried too often",
        happened=notices.happened(error),
        now=f"That was try {MOST_TRIES} of {MOST_TRIES}. Ask for a fresh link with /setup broker.",
        code=ErrorCode.LINK_USED,
    )
