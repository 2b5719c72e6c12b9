"""The form for a broker's keys: shown, sent, tried at the broker, stored."""

from collections.abc import Callable, Mapping
from http import HTTPStatus
from math import ceil

from aiohttp import web
from pydantic import BaseModel

from floorbroker.brokers.connection import warnings_for
from floorbroker.domain.clock import Clock
from floorbroker.domain.errors import (
    BrokerError,
    InvalidInput,
    NotLinked,
    PolicyRefused,
)
from floorbroker.domain.link_ticket import LinkTicket
from floorbroker.domain.terms import TERMS
from floorbroker.services.link_labels import LONGEST_LABEL
from floorbroker.services.link_requests import Wanted
from floorbroker.services.link_tickets import MOST_TRIES, Tickets
from floorbroker.services.linking import Linking
from floorbroker.web import notices
from floorbroker.web.browsers import Browser
from floorbroker.web.finishing import Finishing, Shown, Trouble, trouble_with, used_up, wanted_by
from floorbroker.web.forms import FormField, form_fields, given, posted, unreadable
from floorbroker.web.notices import Ended
from floorbroker.web.pages import Pages


class KeyForm:
    """What is entered here is never shown again, not even after a mistake."""

    def __init__(  # what connecting an account touches
        self,
        *,
        tickets: Tickets,
        linking: Linking,
        clock: Clock,
        pages: Pages,
        finishing: Finishing,
        signs_in: Callable[[Wanted], bool],
    ) -> None:
        """`signs_in` tells whether people can sign in at the broker instead."""
        self._tickets = tickets
        self._linking = linking
        self._clock = clock
        self._pages = pages
        self._finishing = finishing
        self._signs_in = signs_in

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
            return trouble_with(error, wanted.spec.name)
        wrong = unreadable(model, form_fields(model), values)
        if wrong:
            return Trouble(
                title="Look at what you entered",
                happened="Missing, or not of the form that the broker gives:",
                now="Enter all of it once more: keys are never shown again, so the form is empty.",
                fields=wrong,
            )
        return await self._finishing.terms(wanted, fields)

    async def _tried(
        self, browser: Browser, ticket: LinkTicket, wanted: Wanted, values: Mapping[str, str]
    ) -> Shown:
        try:
            tried = await self._linking.try_out(wanted, values)
        except (BrokerError, InvalidInput, NotLinked, PolicyRefused) as error:
            if ticket.tries >= MOST_TRIES:
                return Shown(self._pages.notice(used_up(error)), over=True)
            trouble = trouble_with(error, wanted.spec.name, MOST_TRIES - ticket.tries)
            return Shown(await self._form(browser, ticket, trouble))
        return await self._finishing.kept(ticket, tried)

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
            sign_in=self._signs_in(wanted),
        )

    def _fields(self, wanted: Wanted) -> tuple[FormField, ...]:
        return form_fields(self._linking.asks_for(wanted))
