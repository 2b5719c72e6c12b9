"""What of their orders a person is told, and how loudly."""

from typing import Final

from floorbroker.bot.replies.card import Button, Card, Choice, Menu
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


def notifications_card(person: Person) -> Card:
    """One menu a kind, and a button that sets all of them aside and back."""
    label, state = ("All off", "off") if person.notify else ("All as before", "on")
    return Card(
        title="Notifications",
        lead="For 14 minutes after your click the order's card itself tells. Later news comes by "
        "direct message, as loudly as you say here.",
        notes=(
            "Always told: an order whose outcome was unknown, one that you must decide on, one "
            "that turns up after all, a refusal that comes late, a link that no longer works.",
        ),
        menus=tuple((NAMES[kind], _menu(kind, person.level(kind))) for kind in USUAL),
        buttons=(Button(label=label, custom_id=f"fb:set:notify.{state}"),),
    )


def news_words(person: Person) -> str:
    """One line of /settings."""
    levels = {person.level(kind) for kind in USUAL}
    if levels == {NewsLevel.OFF}:
        return "at your next command; what is critical by direct message"
    return "by direct message" if NewsLevel.OFF not in levels else "some by direct message"


def _menu(kind: NewsKind, level: NewsLevel) -> Menu:
    return Menu(
        custom_id=f"fb:news:{kind.value}",
        placeholder=NAMES[kind],
        choices=tuple(
            Choice(label=label, value=one.value, description=what, chosen=one is level)
            for one, (label, what) in _LEVELS.items()
        ),
    )
