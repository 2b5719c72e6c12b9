"""Every way of failing on one page, for people who come from the code at the foot of a card.

    GET  /errors             all of them; `/errors#TIMEOUT` is where that one stands

Made once at the start from what the cards themselves say. It holds nothing of anybody, so browsers
may keep it.
"""

from datetime import timedelta
from typing import Final

from aiohttp import hdrs, web

from floorbroker.config import Settings
from floorbroker.domain.error_codes import ErrorCode, Words
from floorbroker.domain.error_words import WORDS
from floorbroker.replicas.counts import SharedCounts
from floorbroker.web.pages import Pages
from floorbroker.web.public_url import PublicUrl
from floorbroker.web.rate import TooMany, Visits

PATH: Final = "/errors"
KEPT_SECONDS: Final = 3600


class ErrorsPage:
    """The page."""

    def __init__(self, pages: Pages, visits: Visits) -> None:
        """`visits` counts requests; the pages of links count theirs apart from these."""
        self.pages = pages
        self._visits = visits
        drawn = pages.page(
            "errors", codes=[(code.value, WORDS[code], _retry(WORDS[code])) for code in ErrorCode]
        )
        self._text = drawn.text

    def add_to(self, app: web.Application) -> None:
        """Adds the route."""
        app.router.add_get(PATH, self._all)

    async def _all(self, request: web.Request) -> web.Response:
        try:
            await self._visits.count_address(request)
        except TooMany as error:
            again = {hdrs.RETRY_AFTER: str(error.seconds)}
            raise web.HTTPTooManyRequests(headers=again) from None
        answer = self.pages.still(self._text)
        answer.headers[hdrs.CACHE_CONTROL] = f"public, max-age={KEPT_SECONDS}"
        return answer


def errors_page(settings: Settings, *, together: SharedCounts | None = None) -> ErrorsPage:
    """The page, under the address that browsers use, if there is one.

    Args:
        together: What other replicas count too.

    Raises:
        SettingsProblem: `PUBLIC_URL` is no address that browsers may be sent to.
    """
    address = PublicUrl.parse(settings.public_url) if settings.public_url else None
    visits = Visits(proxy_hops=settings.proxy_hops, pages="errors", together=together)
    return ErrorsPage(Pages(address), visits)


def _retry(words: Words) -> str:
    """Whether the same may succeed later, and after how long."""
    if not words.can_retry:
        return "No."
    return "Yes." if words.retry_after is None else f"Yes, after {_span(words.retry_after)}."


def _span(span: timedelta) -> str:
    seconds = int(span.total_seconds())
    if seconds < 60:
        return f"{seconds} seconds"
    return "a minute" if seconds == 60 else f"{seconds // 60} minutes"
