"""The model of a card. Texts are plain: each renderer escapes them for its own medium."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

from floorbroker.charts.picture import Picture
from floorbroker.domain.ids import UserId
from floorbroker.domain.order import Order

PAUSED: Final = "PAUSED"
"""The badge of every card while a pause keeps its reader from opening positions."""


class Tone(StrEnum):
    """What the colour says; the words of the card say it too."""

    NEUTRAL = "neutral"
    GOOD = "good"
    CAUTION = "caution"
    BAD = "bad"


class Style(StrEnum):
    """How a button looks."""

    PRIMARY = "primary"
    SUCCESS = "success"
    DANGER = "danger"
    SECONDARY = "secondary"


@dataclass(frozen=True, slots=True)
class Mention:
    """A person, shown by their name in Discord; nobody is notified."""

    user_id: UserId


@dataclass(frozen=True, slots=True)
class Roles:
    """Roles of a server, shown by their names in Discord, then a text; nobody is notified."""

    ids: tuple[str, ...]
    text: str = ""


@dataclass(frozen=True, slots=True)
class Channels:
    """The same with channels."""

    ids: tuple[str, ...]
    text: str = ""


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment with its date, and how far away it is, in the reader's own time zone."""

    at: datetime


@dataclass(frozen=True, slots=True)
class Linked:
    """A text that opens an address of ours."""

    text: str
    url: str


@dataclass(frozen=True, slots=True)
class Timed:
    """A text and its moment: how long ago that is, or the time of day where the reader lives."""

    text: str
    at: datetime
    time_of_day: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """A name and its value; a bare `datetime` shows only how far away it is."""

    name: str
    value: str | datetime | Moment | Mention | Roles | Channels | Linked | Timed


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    """A button that survives a restart: all it knows is in `custom_id`, or it opens `url`."""

    label: str
    custom_id: str = ""
    url: str = ""
    style: Style = Style.SECONDARY
    disabled: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One line of a select menu."""

    label: str
    value: str
    description: str = ""
    emoji: str = ""
    chosen: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Menu:
    """A select menu; its line that is chosen already stands in it, else the placeholder."""

    custom_id: str
    placeholder: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A heading with lines of text or rows below it."""

    heading: str
    lines: tuple[str, ...] = ()
    rows: tuple[Row, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CardFile:
    """A file below a card."""

    name: str
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One reply.

    Attributes:
        badges: `PAPER`, `LIVE`, `PAUSED`: always shown beside the title.
        lead: The one sentence that matters most.
        notes: Warnings and remarks, a sentence each.
        footer: Age and source of the figures.
        pictures: Shown large, below the texts.
        menus: Further menus, each below its name.
        tells: The order whose present state the person knows once they see the card.
        public: A redacted card for the channel, posted after this one.
        live: Called once it is shown: from then on it is edited by itself, so that nothing else may
            stand in its message.
    """

    title: str
    tone: Tone = Tone.NEUTRAL
    badges: tuple[str, ...] = ()
    lead: str = ""
    rows: tuple[Row, ...] = ()
    sections: tuple[Section, ...] = ()
    notes: tuple[str, ...] = ()
    footer: tuple[Row, ...] = ()
    buttons: tuple[Button, ...] = ()
    menu: Menu | None = None
    menus: tuple[tuple[str, Menu], ...] = ()
    files: tuple[CardFile, ...] = ()
    pictures: tuple[Picture, ...] = ()
    tells: Order | None = None
    public: "Card | None" = None
    live: Callable[[], None] | None = field(default=None, compare=False, repr=False)
