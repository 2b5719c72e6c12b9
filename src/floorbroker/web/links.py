"""The pages behind a one-time link: who are you, which keys, connected.

    GET  /link/{token}       what is to be linked
    POST /link/{token}       off to Discord, with a cookie
    GET  /identity           back from it: whose browser is this?
    GET  /link/{ref}/keys    the form, for the browser that proved it
    POST /link/{ref}/keys    tried at the broker, sealed, stored

and where people sign in at the broker, instead of or beside the form for keys:

    GET  /link/{ref}/sign-in the page that leads there
    POST /link/{ref}/sign-in off to the broker
    GET  /oauth/{broker}     back from it: tried, sealed, stored
    POST /link/{ref}/code    the same, where the person carries a code

The token is in the first address, which Discord shows, and in the cookie. No page holds it and no
redirect names it: `ref` is the beginning of its digest. Everything that lasts is in the store.
"""

from collections.abc import AsyncIterator
from math import ceil

from aiohttp import hdrs, web

from floorbroker.config import Settings
from floorbroker.domain.clock import Clock
from floorbroker.domain.errors import NotYours
from floorbroker.domain.link_ticket import LinkExpired, LinkTicket
from floorbroker.services.floor import Floor
from floorbroker.services.link_tickets import Tickets
from floorbroker.web import notices
from floorbroker.web.browsers import Browser, give_cookie, is_token, ref_in, ref_of
from floorbroker.web.finishing import Finishing, OnConnected, Shown, wanted_by
from floorbroker.web.guard import Guard, came_from_here, is_prefetch
from floorbroker.web.identity import CALLBACK, DISCORD, DISCORD_SECONDS, DiscordIdentity
from floorbroker.web.key_form import KeyForm
from floorbroker.web.notices import Ended, Notice
from floorbroker.web.pages import Pages
from floorbroker.web.public_url import PublicUrl
from floorbroker.web.rate import Visits
from floorbroker.web.sign_in import RETURN, SignIn


def link_pages(
    floor: Floor,
    settings: Settings,
    *,
    on_connected: OnConnected | None = None,
    discord: str = DISCORD,
    discord_seconds: float = DISCORD_SECONDS,
    visits: Visits | None = None,
    revokes: bool = False,
) -> "LinkPages | None":
    """The pages, where the settings that they need are all there; else None.

    Args:
        discord: Where Discord is; another place in tests.
        visits: Counts requests; left out, with the usual limits.
        revokes: See `DiscordIdentity`.

    Raises:
        SettingsProblem: `PUBLIC_URL` is no address that browsers may be sent to.
    """
    secret = settings.discord_client_secret
    if not settings.has_pages or secret is None:
        return None
    public_url = PublicUrl.parse(settings.public_url)
    identity = DiscordIdentity(
        client_id=settings.discord_client_id,
        client_secret=secret,
        public_url=public_url,
        base=discord,
        seconds=discord_seconds,
        revokes=revokes,
    )
    pages = Pages(public_url)
    finishing = Finishing(
        tickets=floor.tickets, linking=floor.linking, pages=pages, on_connected=on_connected
    )
    return LinkPages(
        tickets=floor.tickets,
        clock=floor.clock,
        public_url=public_url,
        identity=identity,
        pages=pages,
        form=KeyForm(
            tickets=floor.tickets,
            linking=floor.linking,
            clock=floor.clock,
            pages=pages,
            finishing=finishing,
            signs_in=floor.signing_in.offered,
        ),
        sign_in=SignIn(
            linking=floor.linking,
            signing_in=floor.signing_in,
            clock=floor.clock,
            pages=pages,
            public_url=public_url,
            finishing=finishing,
        ),
        visits=visits or Visits(proxy_hops=settings.proxy_hops),
    )


class LinkPages:
    """See the module's first line."""

    def __init__(  # what a visit touches
        self,
        *,
        tickets: Tickets,
        clock: Clock,
        public_url: PublicUrl,
        identity: DiscordIdentity,
        pages: Pages,
        form: KeyForm,
        sign_in: SignIn,
        visits: Visits,
    ) -> None:
        """Use `link_pages`."""
        self._tickets = tickets
        self._clock = clock
        self._public_url = public_url
        self._identity = identity
        self.pages = self._pages = pages
        self._form = form
        self._sign_in = sign_in
        self._visits = visits
        self.guard = Guard(pages, visits, secure=public_url.secure)

    def add_to(self, app: web.Application) -> None:
        """Adds the routes; connections to Discord live as long as the application."""
        app.router.add_get("/link/{token}", self._start)
        app.router.add_post("/link/{token}", self._identify)
        app.router.add_get(CALLBACK, self._back, allow_head=False)
        app.router.add_get("/link/{ref}/keys", self._keys)
        app.router.add_post("/link/{ref}/keys", self._connect)
        app.router.add_get("/link/{ref}/sign-in", self._before_signing_in)
        app.router.add_post("/link/{ref}/sign-in", self._leave)
        app.router.add_post("/link/{ref}/code", self._code)
        app.router.add_get(f"{RETURN}{{broker}}", self._returned, allow_head=False)
        app.cleanup_ctx.append(self._connections)

    async def _connections(self, _app: web.Application) -> AsyncIterator[None]:
        async with self._identity.open():
            yield

    async def _start(self, request: web.Request) -> web.Response:
        """Changes nothing, whoever looks: a preview, a scanner, a person."""
        ticket = await self._tickets.open(await self._token(request))
        return self._pages.page("start", leaves_to=self._identity.base, wanted=wanted_by(ticket))

    async def _identify(self, request: web.Request) -> web.Response:
        token = await self._token(request)
        came_from_here(request, self._public_url.origin)
        ticket = await self._tickets.open(token)
        browser = Browser.fresh(token)
        address = self._identity.authorize_address(browser.state(ticket), browser.challenge)
        return self._sent(address, browser, ticket)

    async def _back(self, request: web.Request) -> web.Response:
        if is_prefetch(request):
            raise Ended(notices.PREFETCHED)
        query = request.query
        state = query.get("state", "")
        browser = self._left_with(request, state, notices.STALE)
        await self._visits.count_link(browser.ref)
        ticket = await self._tickets.open(browser.token)
        if not browser.left_with(state, ticket):
            raise Ended(notices.STALE)
        # Whatever happens from here on, nobody comes back with this state once more.
        self.guard.forget(request, browser.ref)
        if query.get("iss", self._identity.base) != self._identity.base:
            raise Ended(notices.STALE)
        code = query.get("code", "")
        if not code:
            denied = query.get("error") == "access_denied"
            raise Ended(notices.DENIED if denied else notices.CODE_REFUSED)
        person = await self._identity.person(code, browser.verifier)
        proven = Browser.fresh(browser.token)  # not the one that somebody may have handed over
        ticket = await self._tickets.prove(proven.token, person, proven.secret)
        step = "keys" if wanted_by(ticket).spec.takes_keys else "sign-in"
        address = f"{self._public_url.path}/link/{proven.ref}/{step}"
        return self._sent(address, proven, ticket)

    async def _keys(self, request: web.Request) -> web.Response:
        browser, ticket = await self._proven(request)
        return await self._form.empty(browser, ticket)

    async def _connect(self, request: web.Request) -> web.Response:
        came_from_here(request, self._public_url.origin)
        browser, ticket = await self._proven(request)
        return self._ended(request, browser, await self._form.sent(request, browser, ticket))

    async def _before_signing_in(self, request: web.Request) -> web.Response:
        browser, ticket = await self._proven(request)
        return await self._sign_in.before(browser, ticket)

    async def _leave(self, request: web.Request) -> web.Response:
        came_from_here(request, self._public_url.origin)
        browser, ticket = await self._proven(request)
        left = await self._sign_in.leave(request, browser, ticket)
        self._carried(left.page, browser, left.ticket)
        return left.page

    async def _returned(self, request: web.Request) -> web.Response:
        if is_prefetch(request):
            raise Ended(notices.PREFETCHED)
        state = request.query.get("state", "")
        left = self._left_with(request, state, notices.STALE_RETURN)
        browser, ticket = await self._proven_at(request, left.ref)
        shown = await self._sign_in.back(
            browser, ticket, request.match_info["broker"], request.query
        )
        return self._ended(request, browser, shown)

    async def _code(self, request: web.Request) -> web.Response:
        came_from_here(request, self._public_url.origin)
        browser, ticket = await self._proven(request)
        return self._ended(request, browser, await self._sign_in.code(request, browser, ticket))

    def _ended(self, request: web.Request, browser: Browser, shown: Shown) -> web.Response:
        if shown.over:
            self.guard.forget(request, browser.ref)
        return shown.page

    async def _token(self, request: web.Request) -> str:
        token = request.match_info["token"]
        if not is_token(token):
            raise LinkExpired
        await self._visits.count_link(ref_of(token))
        return token

    def _left_with(self, request: web.Request, state: str, stale: Notice) -> Browser:
        ref = ref_in(state)
        if ref is None:
            raise Ended(stale)
        browser = Browser.at(request, ref, secure=self._public_url.secure)
        if browser is None:
            raise Ended(notices.NO_COOKIE)
        return browser

    async def _proven(self, request: web.Request) -> tuple[Browser, LinkTicket]:
        return await self._proven_at(request, request.match_info["ref"])

    async def _proven_at(self, request: web.Request, ref: str) -> tuple[Browser, LinkTicket]:
        browser = Browser.at(request, ref, secure=self._public_url.secure)
        if browser is None:
            raise Ended(notices.UNPROVEN)
        await self._visits.count_link(ref)
        try:
            return browser, await self._tickets.proven(browser.token, browser.secret)
        except NotYours:
            raise Ended(notices.UNPROVEN) from None

    def _sent(self, address: str, browser: Browser, ticket: LinkTicket) -> web.Response:
        answer = web.Response(status=303, headers={hdrs.LOCATION: address})
        self._carried(answer, browser, ticket)
        return answer

    def _carried(self, answer: web.Response, browser: Browser, ticket: LinkTicket) -> None:
        """Lets the browser carry its secret for as long as the ticket holds."""
        left = (ticket.expires_at - self._clock.now()).total_seconds()
        give_cookie(answer, browser, seconds=max(1, ceil(left)), secure=self._public_url.secure)
