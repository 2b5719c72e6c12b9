"""What a person is told, and how loudly: news of their orders, and a summary of their day."""

from typing import Final

from floorbroker.bot.replies.card import Button, Card, Choice, Menu, Moment, Row
from floorbroker.domain.digests import DigestChoice, DigestTime
from floorbroker.domain.news import USUAL, NewsKind, NewsLevel
from floorbroker.domain.people import Person

NAMES: Final = {
    NewsKind.ACCEPTED: "Accepted",
    NewsKind.PARTIAL: "Partly filled",
    NewsKind.CHANGED: "Cancels and changes",
    NewsKind.ENDED: "Canceled or expired",
    NewsKind.FILLED: "Filled",
}
_LEVELS: Final = {
    NewsLevel.ON: ("On", "A direct message"),
    NewsLevel.SILENT: ("Silent", "A direct message without a sound"),
    NewsLevel.OFF: ("Off", "No message; the card still changes while it can"),
}


DIGEST: Final = "digest"
"""The menu of the daily summary, beside those of the kinds of news."""

DIGESTS: Final = {
    "off": DigestChoice(),
    "open": DigestChoice(at=DigestTime.OPEN),
    "close": DigestChoice(at=DigestTime.CLOSE),
    "open-daily": DigestChoice(at=DigestTime.OPEN, every_day=True),
    "close-daily": DigestChoice(at=DigestTime.CLOSE, every_day=True),
}
"""By the value of the menu's line."""

_TIMES: Final = {
    "off": ("Off", "No summary"),
    "open": ("At the open, on trading days", "When New York opens, usually 09:30 there"),
    "close": ("At the close, on trading days", "When New York closes, usually 16:00 there"),
    "open-daily": ("At the open, every day", "Weekends and holidays too, at 09:30 in New York"),
    "close-daily": ("At the close, every day", "Weekends and holidays too, at 16:00 in New York"),
}


def notifications_card(person: Person) -> Card:
    """One menu a kind, and a button that sets all of them aside and back; the summary's menu."""
    label, state = ("All off", "off") if person.notify else ("All as before", "on")
    return Card(
        title="Notifications",
        lead="For 14 minutes after your click the order's card itself tells. Later news comes by "
        "direct message, as loudly as you say here.",
        notes=(
            "Always told: an order whose outcome was unknown, one that you must decide on, one "
            "that turns up after all, a refusal that comes late, a link that no longer works.",
            *_missed(person),
        ),
        rows=_next_digest(person),
        menus=(
            *((NAMES[kind], _menu(kind, person.level(kind))) for kind in USUAL),
            ("Daily summary by direct message", _digest_menu(person.summary)),
        ),
        buttons=(Button(label=label, custom_id=f"fb:set:notify.{state}"),),
    )


def news_words(person: Person) -> str:
    """One line of /settings."""
    levels = {person.level(kind) for kind in USUAL}
    if levels == {NewsLevel.OFF}:
        return "at your next command; what is critical by direct message"
    return "by direct message" if NewsLevel.OFF not in levels else "some by direct message"


def digest_words(choice: DigestChoice) -> str:
    """One line of /settings."""
    if choice.at is DigestTime.OFF:
        return "off"
    days = "every day" if choice.every_day else "on trading days"
    return f"at the market's {choice.at.value}, {days}"


def _next_digest(person: Person) -> tuple[Row, ...]:
    due = person.summary.due_at
    return () if due is None else (Row("Next daily summary", Moment(due)),)


def _missed(person: Person) -> tuple[str, ...]:
    if person.summary.missed_at is None:
        return ()
    if not person.summary.closed:
        return (
            "Your last daily summary may not have reached you: it could not be handed to Discord, "
            "and it is not sent again. The next one comes as usual.",
        )
    return (
        "Your last daily summary was not delivered, since you take no direct messages from this "
        "bot, and it is gone. Allow them in Discord, or set the summary to off.",
    )


def _digest_menu(chosen: DigestChoice) -> Menu:
    return Menu(
        custom_id=f"fb:news:{DIGEST}",
        placeholder="Daily summary",
        choices=tuple(
            Choice(
                label=label,
                value=value,
                description=what,
                chosen=(DIGESTS[value].at, DIGESTS[value].every_day)
                == (chosen.at, chosen.every_day),
            )
            for value, (label, what) in _TIMES.items()
        ),
    )


def _menu(kind: NewsKind, level: NewsLevel) -> Menu:
    return Menu(
        custom_id=f"fb:news:{kind.value}",
        placeholder=NAMES[kind],
        choices=tuple(
            Choice(label=label, value=one.value, description=what, chosen=one is level)
            for one, (label, what) in _LEVELS.items()
        ),
    )
