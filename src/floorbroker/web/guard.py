"""What stands before every page of a link: limits, and a page for whatever goes wrong."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from http import HTTPStatus
from typing import Final

import structlog
from aiohttp import hdrs, web

from floorbroker.domain.errors import FloorbrokerError, NotYours, StoreUnavailable
from floorbroker.web import notices
from floorbroker.web.browsers import take_cookie
from floorbroker.web.identity import CALLBACK, IdentityError
from floorbroker.web.notices import Ended, Notice
from floorbroker.web.pages import Pages
from floorbroker.web.rate import TooMany, Visits
from floorbroker.web.sign_in import RETURN

_FORGOTTEN: Final = web.RequestKey("forgotten", str)
_log = structlog.stdlib.get_logger(__name__)
_Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Guard:
    """A middleware for the pages of links; other paths pass by it."""

    def __init__(self, pages: Pages, visits: Visits, *, secure: bool) -> None:
        """`secure` is whether browsers come over https."""
        self._pages = pages
        self._visits = visits
        self._secure = secure

    def forget(self, request: web.Request, ref: str) -> None:
        """Lets the browser forget a link, unless the answer gives it a new cookie for that."""
        request[_FORGOTTEN] = ref

    @web.middleware
    async def middleware(self, request: web.Request, handler: _Handler) -> web.StreamResponse:
        """Every failure is a page; only the log knows more."""
        if not _is_ours(request.path):
            return await handler(request)
        answer = await self._answer(request, handler)
        ref = request.get(_FORGOTTEN)
        if ref is not None and isinstance(answer, web.Response) and not answer.cookies:
            take_cookie(answer, ref, secure=self._secure)
        return answer

    async def _answer(self, request: web.Request, handler: _Handler) -> web.StreamResponse:
        try:
            await self._visits.count_address(request)
            if len(set(request.query)) != len(request.query):
                raise web.HTTPBadRequest  # which of two counts is anybody's guess
            return await handler(request)
        except Ended as ended:
            return self._pages.notice(ended.notice)
        except TooMany as error:
            return self._pages.notice(replace(notices.TOO_MANY, retry_after=error.seconds))
        except IdentityError as error:
            _log.warning("identity_not_shown", error=type(error).__name__, why=str(error))
            return self._pages.notice(notices.of_identity(error))
        except FloorbrokerError as error:
            return self._pages.notice(_told(error))
        except web.HTTPException as error:
            return self._of_status(error)
        except Exception:  # noqa: BLE001  # the edge: a stranger sees no traceback
            _log.exception("link_page_failed")
            return self._pages.notice(notices.unknown())

    def _of_status(self, error: web.HTTPException) -> web.Response:
        answer = self._pages.notice(notices.of_status(HTTPStatus(error.status)))
        if hdrs.ALLOW in error.headers:
            answer.headers[hdrs.ALLOW] = error.headers[hdrs.ALLOW]
        if error.status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
            answer.force_close()  # nobody reads the rest
        return answer


def came_from_here(request: web.Request, origin: str) -> None:
    """That a form was sent by a page of ours, as far as the browser tells.

    Under `no-referrer` browsers name the origin of a form as `null`
    (https://fetch.spec.whatwg.org/#append-a-request-origin-header), so that this proves nothing
    either way; `Sec-Fetch-Site` does, where a browser sends it.

    Raises:
        Ended: Another site sent it.
    """
    sites = request.headers.getall("Sec-Fetch-Site", [])
    origins = request.headers.getall(hdrs.ORIGIN, [])
    if any(site != "same-origin" for site in sites):
        raise Ended(notices.BAD_FORM)
    if any(one not in (origin, "null") for one in origins):
        raise Ended(notices.BAD_FORM)


def is_prefetch(request: web.Request) -> bool:
    """Whether a browser only guesses that somebody will ask for this."""
    purposes = (request.headers.get(name, "") for name in ("Sec-Purpose", "Purpose", "X-Moz"))
    return any("prefetch" in purpose.lower() for purpose in purposes)


def _told(error: FloorbrokerError) -> Notice:
    match error:
        case NotYours():
            return notices.ANOTHER_PERSON
        case StoreUnavailable():
            _log.warning("link_page_without_store", why=error.detail)
    return notices.of_error(error)


def _is_ours(path: str) -> bool:
    return path == CALLBACK or path.startswith(("/link/", RETURN))
