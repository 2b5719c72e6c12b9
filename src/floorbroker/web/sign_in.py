"""Signing in at the broker's own site: the page before it, the way there, and the way back."""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from math import ceil
from typing import Final

from aiohttp import web

from floorbroker.brokers.oauth import Departure
from floorbroker.domain.clock import Clock
from floorbroker.domain.errors import (
    BrokerError,
    InvalidInput,
    NotLinked,
    NotSupported,
    PolicyRefused,
)
from floorbroker.domain.link_ticket import LinkTicket, LinkUsed
from floorbroker.domain.terms import TERMS
from floorbroker.services.link_labels import LONGEST_LABEL
from floorbroker.services.link_requests import Wanted
from floorbroker.services.link_tickets import MOST_TRIES
from floorbroker.services.linking import Linking
from floorbroker.services.signing_in import LONGEST_ANSWER, SigningIn
from floorbroker.web import notices
from floorbroker.web.browsers import BROKER, Browser
from floorbroker.web.finishing import Finishing, Shown, Trouble, trouble_with, used_up, wanted_by
from floorbroker.web.forms import posted
from floorbroker.web.notices import Ended
from floorbroker.web.pages import Pages
from floorbroker.web.public_url import PublicUrl

RETURN: Final = "/oauth/"
"""Behind it the broker's id: each has an address of its own to send browsers back to."""

_REFUSALS: Final = (BrokerError, InvalidInput, NotLinked, PolicyRefused)


@dataclass(frozen=True, slots=True)
class Left:
    """An answer, and the ticket as it is while the person is away."""

    page: web.Response
    ticket: LinkTicket


class SignIn:
    """One person's way to the broker and back; `links.py` has proven whose browser it is."""

    def __init__(  # what signing in touches
        self,
        *,
        linking: Linking,
        signing_in: SigningIn,
        clock: Clock,
        pages: Pages,
        public_url: PublicUrl,
        finishing: Finishing,
    ) -> None:
        """See the module's first line."""
        self._linking = linking
        self._signing_in = signing_in
        self._clock = clock
        self._pages = pages
        self._public_url = public_url
        self._finishing = finishing

    def offered(self, wanted: Wanted) -> bool:
        """Whether people can sign in at this broker."""
        return self._signing_in.offered(wanted)

    async def before(self, browser: Browser, ticket: LinkTicket) -> web.Response:
        """The page that leads to the broker.

        Raises:
            FloorbrokerError: What the ticket is for cannot be linked here any more.
        """
        await self._linking.check(wanted_by(ticket))
        return await self._page(browser, ticket)

    async def leave(self, request: web.Request, browser: Browser, ticket: LinkTicket) -> Left:
        """Off to the broker, once terms and label are fine.

        Raises:
            Ended: It was not sent by the form of this browser.
        """
        fields = await self._sent(request, browser, ticket)
        wanted = wanted_by(ticket, fields.get("label", "").strip())
        try:
            await self._linking.check(wanted)
        except InvalidInput as error:
            return await self._stays(browser, ticket, trouble_with(error, wanted.spec.name))
        trouble = await self._finishing.terms(wanted, fields)
        if trouble is not None:
            return await self._stays(browser, ticket, trouble)
        try:
            ticket, departure = await self._signing_in.leave(
                ticket,
                wanted,
                state=lambda away: browser.state(away, BROKER),
                verifier=browser.verifier,
                redirect=self._public_url.of(f"{RETURN}{ticket.broker}"),
            )
        except BrokerError as error:
            return await self._stays(browser, ticket, trouble_with(error, wanted.spec.name))
        return Left(self._away(browser, ticket, wanted, departure), ticket)

    async def back(
        self, browser: Browser, ticket: LinkTicket, broker: str, query: Mapping[str, str]
    ) -> Shown:
        """The broker sent the browser back.

        Raises:
            Ended: It does not belong to this link, was used, or the person did not agree.
        """
        if not browser.left_with(query.get("state", ""), ticket, BROKER):
            raise Ended(notices.STALE_RETURN)
        if broker != ticket.broker:
            raise Ended(notices.SWAPPED)
        if sum(len(name) + len(value) for name, value in query.items()) > LONGEST_ANSWER:
            raise Ended(notices.STALE_RETURN)
        if "error" in query:
            return await self._declined(browser, ticket, query["error"])
        return await self._tried(browser, ticket, query)

    async def code(self, request: web.Request, browser: Browser, ticket: LinkTicket) -> Shown:
        """The person brought a code back.

        Raises:
            Ended: It was not sent by the form of this browser.
        """
        fields = await self._sent(request, browser, ticket)
        return await self._tried(browser, ticket, {"code": fields.get("code", "").strip()})

    async def _declined(self, browser: Browser, ticket: LinkTicket, said: str) -> Shown:
        name = wanted_by(ticket).spec.name
        agreed = said != "access_denied"
        happened = f"{name} sent you back without access for this bot."
        trouble = Trouble(
            title=f"{name} reports a failure" if agreed else f"You did not agree at {name}",
            happened=happened,
            now="If you want to go on, start once more below.",
        )
        return Shown(await self._page(browser, ticket, trouble))

    async def _tried(
        self, browser: Browser, ticket: LinkTicket, answer: Mapping[str, str]
    ) -> Shown:
        wanted = wanted_by(ticket)
        tries = ticket.tries + 1
        try:
            ticket, tried = await self._signing_in.back(ticket, wanted, answer)
        except LinkUsed:
            raise Ended(notices.STALE_RETURN) from None
        except _REFUSALS as error:
            if tries >= MOST_TRIES:
                return Shown(self._pages.notice(used_up(error)), over=True)
            trouble = trouble_with(error, wanted.spec.name, MOST_TRIES - tries)
            return Shown(await self._page(browser, ticket, trouble))
        return await self._finishing.kept(ticket, tried)

    async def _sent(
        self, request: web.Request, browser: Browser, ticket: LinkTicket
    ) -> Mapping[str, str]:
        if not self.offered(wanted_by(ticket)):
            raise NotSupported
        fields = await posted(request)
        if not browser.has_form(fields.get("form", ""), ticket):
            raise Ended(notices.BAD_FORM)
        return fields

    async def _stays(self, browser: Browser, ticket: LinkTicket, trouble: Trouble) -> Left:
        return Left(await self._page(browser, ticket, trouble), ticket)

    def _away(
        self, browser: Browser, ticket: LinkTicket, wanted: Wanted, departure: Departure
    ) -> web.Response:
        name = "code" if departure.by_hand else "away"
        return self._pages.page(
            name,
            wanted=wanted,
            address=departure.address,
            form_token=browser.form_token(ticket),
            code_path=f"{self._public_url.path}/link/{browser.ref}/code",
            minutes=self._minutes(ticket),
        )

    async def _page(
        self, browser: Browser, ticket: LinkTicket, trouble: Trouble | None = None
    ) -> web.Response:
        wanted = wanted_by(ticket)
        if not self.offered(wanted):
            raise NotSupported
        terms = TERMS if await self._linking.terms_needed(wanted) else ()
        status = HTTPStatus.OK if trouble is None else HTTPStatus.UNPROCESSABLE_ENTITY
        return self._pages.page(
            "sign_in",
            status=status,
            wanted=wanted,
            form_token=browser.form_token(ticket),
            path=f"{self._public_url.path}/link/{browser.ref}/sign-in",
            keys_path=f"{self._public_url.path}/link/{browser.ref}/keys",
            longest_label=LONGEST_LABEL,
            minutes=self._minutes(ticket),
            terms=terms,
            trouble=trouble,
        )

    def _minutes(self, ticket: LinkTicket) -> int:
        return max(1, ceil((ticket.expires_at - self._clock.now()).total_seconds() / 60))
