"""What a page says when a visit ends on it: what happened, and what to do now."""

from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Final

from floorbroker.domain.error_codes import ErrorCode
from floorbroker.domain.errors import FloorbrokerError
from floorbroker.web.identity import ClientRefused, CodeRefused, IdentityError

LONGEST_WORDS: Final = 400
NOTHING_STORED: Final = "Nothing was stored."
_AGAIN: Final = "Open the link in Discord again and continue from there."


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One page without a form.

    Attributes:
        code: The name of the failure, where it has a row in `docs/errors.md`.
        retry_after: Seconds after which the same may work; 0 where waiting does not help.
    """

    status: HTTPStatus
    title: str
    happened: str
    now: str
    stored: str = NOTHING_STORED
    code: str = ""
    retry_after: int = 0


class Ended(Exception):
    """The visit ends on a page."""

    def __init__(self, notice: Notice) -> None:
        """`notice` is what the page says."""
        super().__init__(notice.title)
        self.notice = notice


ANOTHER_PERSON: Final = Notice(
    status=HTTPStatus.FORBIDDEN,
    title="This link was made for another person",
    happened="This browser is logged in to Discord as somebody else than who asked for the link.",
    now="If somebody sent you this link, do not use it: an account linked with it would be theirs "
    "to trade. If you asked for it yourself, log in to Discord as the person who asked, then open "
    "the link again.",
    code=ErrorCode.NOT_YOURS,
)
UNPROVEN: Final = Notice(
    status=HTTPStatus.FORBIDDEN,
    title="This browser has not shown whose it is",
    happened="The page opens only in the browser that came here by way of Discord last.",
    now=f"{_AGAIN} If that does not help, allow cookies for this page.",
    code=ErrorCode.NOT_YOURS,
)
NO_COOKIE: Final = Notice(
    status=HTTPStatus.BAD_REQUEST,
    title="Started in another browser",
    happened="You were sent back to a browser that did not leave from here, or that keeps no "
    "cookies.",
    now=f"{_AGAIN} On a phone, use the menu of the page to open it in your usual browser first.",
)
STALE: Final = Notice(
    status=HTTPStatus.BAD_REQUEST,
    title="This step is over",
    happened="The way back from Discord works once. It was used, or does not belong here.",
    now=_AGAIN,
)
STALE_RETURN: Final = Notice(
    status=HTTPStatus.BAD_REQUEST,
    title="This step is over",
    happened="The way back from a broker works once. It was used, or does not belong here.",
    now="Look at /setup accounts in Discord. If the account is not there, open the link in Discord "
    "again, or ask for a fresh one with /setup broker.",
    stored="Nothing more was stored.",
)
SWAPPED: Final = Notice(
    status=HTTPStatus.BAD_REQUEST,
    title="Not from the broker that you left for",
    happened="The answer came by the address of another broker, so it was not used.",
    now="Somebody may be trying to mix up two sign-ins. Ask for a fresh link with /setup broker, "
    "and use only links that this bot gives you.",
)
DENIED: Final = Notice(
    status=HTTPStatus.FORBIDDEN,
    title="You did not agree",
    happened="Discord was not allowed to tell who you are. Without that nobody can link an "
    "account here.",
    now=f"If you want to go on: {_AGAIN[0].lower()}{_AGAIN[1:]}",
)
CODE_REFUSED: Final = Notice(
    status=HTTPStatus.BAD_REQUEST,
    title="Discord does not confirm it",
    happened="Discord does not stand by this sign-in: it was used, or took too long.",
    now=_AGAIN,
)
DISCORD_DOWN: Final = Notice(
    status=HTTPStatus.SERVICE_UNAVAILABLE,
    title="Discord does not answer",
    happened="Discord could not be asked who you are.",
    now=f"Wait a minute. {_AGAIN}",
    retry_after=60,
)
CLIENT_REFUSED: Final = Notice(
    status=HTTPStatus.SERVICE_UNAVAILABLE,
    title="This bot is not set up right",
    happened="Discord does not know the bot by the client id and secret that it was given.",
    now="Tell its operator: DISCORD_CLIENT_ID and DISCORD_CLIENT_SECRET do not fit.",
)
BAD_FORM: Final = Notice(
    status=HTTPStatus.FORBIDDEN,
    title="This form is not from here",
    happened="What was sent does not come from the form that this browser was shown.",
    now=_AGAIN,
)
TOO_MANY: Final = Notice(
    status=HTTPStatus.TOO_MANY_REQUESTS,
    title="Too many requests",
    happened="This address or this link was used too often in the last minute.",
    now="Wait a minute, then load the page again.",
    code=ErrorCode.RATE_LIMIT_EXCEEDED,
)
UNSURE: Final = Notice(
    status=HTTPStatus.SERVICE_UNAVAILABLE,
    title="Not certain whether it was stored",
    happened="The broker accepted the keys, and the bot's storage failed while they were stored.",
    now="Look at /setup accounts in Discord. If the account is not there, ask for a fresh link "
    "with /setup broker: this one is used up.",
    stored="",
    code=ErrorCode.STORE_UNAVAILABLE,
)
PREFETCHED: Final = Notice(
    status=HTTPStatus.SERVICE_UNAVAILABLE,
    title="Not ahead of time",
    happened="This step is not done before somebody asks for it.",
    now="Load the page again.",
)

_STATUS: Final = {
    ErrorCode.LINK_EXPIRED: HTTPStatus.GONE,
    ErrorCode.LINK_USED: HTTPStatus.GONE,
    ErrorCode.NOT_YOURS: HTTPStatus.FORBIDDEN,
    ErrorCode.POLICY: HTTPStatus.FORBIDDEN,
    ErrorCode.BUSY: HTTPStatus.SERVICE_UNAVAILABLE,
    ErrorCode.STORE_UNAVAILABLE: HTTPStatus.SERVICE_UNAVAILABLE,
    ErrorCode.UNKNOWN: HTTPStatus.INTERNAL_SERVER_ERROR,
}
_NOW: Final = {
    ErrorCode.AUTHENTICATION_FAILED: "Copy the keys once more, whole. Paper and live accounts have "
    "keys of their own: these must be for the kind that is named above.",
    ErrorCode.TIMEOUT: "Try again in a moment.",
    ErrorCode.SESSION_EXPIRED: "Make fresh keys at your broker and enter those.",
    ErrorCode.INVALID_INPUT: "Correct it and connect again.",
    ErrorCode.NOT_LINKED: "Enter keys that reach an account, or ask for a fresh link with "
    "/setup broker.",
    ErrorCode.POLICY: "See /settings in Discord, or ask the operator of this bot.",
    ErrorCode.NOT_SUPPORTED: "Choose another broker with /setup broker.",
    ErrorCode.STORE_UNAVAILABLE: "Try again in a minute.",
    ErrorCode.UNKNOWN: "Try again with a fresh link from /setup broker.",
}
_HAPPENED: Final = {
    ErrorCode.AUTHENTICATION_FAILED: "The broker does not accept these keys.",
    ErrorCode.STORE_UNAVAILABLE: "The bot cannot reach its storage.",
    ErrorCode.UNKNOWN: "The bot met an error of its own; it is logged for the operator.",
}
"""In place of words that are meant for orders; an error's own message goes before them."""

_PLAIN: Final = {
    HTTPStatus.NOT_FOUND: "There is no such page.",
    HTTPStatus.METHOD_NOT_ALLOWED: "The page does not take this kind of request.",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "More was sent than the form can hold.",
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: "What was sent is not the form of this page.",
    HTTPStatus.BAD_REQUEST: "What was sent cannot be read.",
    HTTPStatus.REQUEST_TIMEOUT: "What was sent came too slowly.",
}


def of_error(error: FloorbrokerError) -> Notice:
    """The page of one of our own errors."""
    used = error.code is ErrorCode.LINK_USED
    waits = error.retry_after
    return Notice(
        status=_STATUS.get(error.code, HTTPStatus.CONFLICT),
        title=error.words.title,
        happened=happened(error),
        now=_NOW.get(error.code, error.words.now),
        stored="" if used else NOTHING_STORED,
        code=error.code,
        retry_after=0 if waits is None else round(waits.total_seconds()),
    )


def of_identity(error: IdentityError) -> Notice:
    """The page for a Discord that does not say who it is."""
    match error:
        case CodeRefused():
            return CODE_REFUSED
        case ClientRefused():
            return CLIENT_REFUSED
        case _:
            return DISCORD_DOWN


def of_status(status: HTTPStatus) -> Notice:
    """The page for what is wrong with a request as such."""
    return Notice(
        status=status,
        title=status.phrase,
        happened=_PLAIN.get(status, "This request cannot be answered."),
        now=_AGAIN,
    )


def unknown() -> Notice:
    """The page for a mistake of ours."""
    return replace(of_error(FloorbrokerError()), stored="")


def happened(error: FloorbrokerError) -> str:
    """What happened, in the error's own words where it has any; cut, on one line."""
    own = error.message if error.message != error.words.happened else ""
    words = own or _HAPPENED.get(error.code, error.words.happened)
    printable = "".join(one if one.isprintable() else " " for one in words)
    return printable if len(printable) <= LONGEST_WORDS else f"{printable[: LONGEST_WORDS - 1]}…"


def to_do(error: FloorbrokerError) -> str:
    """What to do about a broker's refusal, on the page with the form."""
    return _NOW.get(error.code, error.words.now)
