"""A person's own alert: what to look out for, what has happened, and what is still to be told.

The alerts of the service's operators are `domain/alerts.py`; nothing of theirs is in here.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Final

from floorbroker.domain.crossing import Level
from floorbroker.domain.ids import AccountId, BrokerId, LinkId, OrderId, UserId
from floorbroker.domain.instruments import Instrument
from floorbroker.domain.modes import Environment
from floorbroker.domain.orders import Side, TimeInForce
from floorbroker.domain.placing import Placing, Stage, at_firing

MOST: Final = 50
"""Alerts that one person has at work."""

USUAL_DAYS: Final = 30
MOST_DAYS: Final = 180
"""How long an alert is at work."""

REVIEWABLE: Final = timedelta(days=7)
"""So long after an alert has fired, its prepared order can be reviewed."""

MOST_LINES: Final = 10


class AlertKind(StrEnum):
    """What it looks out for."""

    PRICE = "price"
    PERCENT = "percent"
    FILL = "fill"
    EXPIRY = "expiry"


PRICED: Final = frozenset({AlertKind.PRICE, AlertKind.PERCENT})


class Standing(StrEnum):
    """Where an alert is in its life."""

    AT_WORK = "at_work"
    DONE = "done"


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparedOrder:
    """Terms for a review card that its person may ask for once the alert has fired.

    It is not sent: a draft is made of it, with the prices, gates and limits of that moment. What a
    person armed to go out by itself is a `Placing`.

    Attributes:
        account: What names the person's account, as a command's option does.
        currency: Of the symbol there; None in alerts that were set before it was kept.
    """

    symbol: str
    side: Side
    account: str
    quantity: Decimal | None = None
    amount: Decimal | None = None
    limit: Decimal | None = None
    stop: Decimal | None = None
    time_in_force: TimeInForce | None = None
    currency: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Firing:
    """What happened, for the message that tells it.

    Attributes:
        number: The how many'th time it was.
        at: When it was seen.
        price: Per unit, where a price has crossed a level.
        price_at: When the source says that the price was made.
        source: Who says so, in words for people.
        delayed: The source does not claim to be real time.
        lines: What else happened, a sentence each, at most ten.
        more: How many sentences beyond these there would be.
    """

    number: int
    at: datetime
    price: Decimal | None = None
    price_at: datetime | None = None
    source: str = ""
    delayed: bool = False
    lines: tuple[str, ...] = ()
    more: int = 0

    @classmethod
    def of_lines(cls, number: int, at: datetime, lines: Sequence[str]) -> "Firing":
        """Sentences, of which those beyond the most are counted only."""
        shown = tuple(lines[:MOST_LINES])
        return cls(number=number, at=at, lines=shown, more=len(lines) - len(shown))


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnAlert:
    """One alert of one person.

    Attributes:
        version: Counts every stored change; a writer names the version that it saw.
        ends_at: From then on it is forgotten, once nothing of it is left to be told.
        account_id: The account, where it is about orders or positions of one.
        instrument: What it is about; None where it is about whatever an account holds or does.
        level: Of a price or a percentage.
        order_id: The order of ours whose fill it waits for.
        days: So many days before an expiry it fires.
        repeat: It fires each time, and not only the first.
        prepared: What Review makes a draft of.
        armed: What it waits for was seen not to be there yet; only then its coming is news.
        firing: The last time that it fired.
        told: How many firings its person knows of.
        asleep_since: Since when nobody can look, because the link does not work.
        asleep_news: Its person is to be told of that, or of one that is done, that its link was
            removed; the other alerts of the link need not.
        tell_at: When something of it is told next; None: there is nothing to tell.
        unseen_at: Since when the next command has to show it, because no message could be sent.
        known: Fills and expiries that it has told of, so that they are told once.
        open_ids: Orders placed elsewhere that were open at the last look.
        guild_id: The server in which it was set; None: in a direct message.
        placing: The prepared order, where its person armed it or is asked whether to.
        place_at: When somebody sees next to an order that is due; None: none is.
    """

    alert_id: str
    version: int = 0
    user_id: UserId
    kind: AlertKind
    link_id: LinkId
    broker: BrokerId
    environment: Environment
    created_at: datetime
    ends_at: datetime
    account_id: AccountId | None = None
    account: str = ""
    instrument: Instrument | None = None
    level: Level | None = None
    order_id: OrderId | None = None
    order_words: str = ""
    days: int | None = None
    repeat: bool = False
    prepared: PreparedOrder | None = None
    standing: Standing = Standing.AT_WORK
    armed: bool = False
    firing: Firing | None = None
    told: int = 0
    asleep_since: datetime | None = None
    asleep_news: bool = False
    tell_at: datetime | None = None
    unseen_at: datetime | None = None
    known: tuple[str, ...] = field(default=())
    open_ids: tuple[str, ...] = field(default=())
    guild_id: str | None = None
    placing: Placing | None = None
    place_at: datetime | None = None

    @property
    def stage(self) -> Stage | None:
        """How far its armed order is; None: there is none."""
        return None if self.placing is None else self.placing.stage

    @property
    def times(self) -> int:
        """How often it has fired."""
        return 0 if self.firing is None else self.firing.number

    @property
    def looks_through_link(self) -> bool:
        """An order of ours and a named contract are known without one."""
        return self.kind in PRICED or self.instrument is None

    def rested(self, now: datetime, apart: timedelta) -> bool:
        """Whether it has been silent for long enough; always before it first fires.

        A firing that lies ahead was stored before the clock was set back, and holds nothing up.
        """
        return self.firing is None or not timedelta(0) <= now - self.firing.at < apart

    def reviewable(self, now: datetime) -> bool:
        """Whether Review still makes a draft of its prepared order.

        Not of one that was sent by itself, or is about to be: it would be a second one.
        """
        if self.prepared is None or self.firing is None or self.stage in {Stage.DUE, Stage.SENT}:
            return False
        return now - self.firing.at < REVIEWABLE


def fired(alert: OwnAlert, firing: Firing, *, against: str = "") -> OwnAlert:
    """The alert once it has fired; one that does not repeat has done its work.

    What its person has not been told of yet stays in the message: lines are added to lines.

    Args:
        against: Why an armed order does not go out all the same; its person gets the review.
    """
    before = alert.firing
    if before is not None and before.number > alert.told:
        lines = (*before.lines, *firing.lines)
        firing = replace(
            firing,
            lines=lines[:MOST_LINES],
            more=before.more + firing.more + max(len(lines) - MOST_LINES, 0),
        )
    done = not alert.repeat
    placing = at_firing(alert.placing, firing.at, against)
    due = placing is not None and placing.stage is Stage.DUE
    return replace(
        alert,
        armed=False,
        firing=firing,
        placing=placing,
        place_at=firing.at if due else None,
        tell_at=None if due else firing.at,  # then it is told what became of the order
        standing=Standing.DONE if done else Standing.AT_WORK,
        ends_at=firing.at + REVIEWABLE if done else alert.ends_at,
        asleep_since=None,
        asleep_news=False,
    )


def told(alert: OwnAlert, shown: OwnAlert, now: datetime, *, reached: bool) -> OwnAlert:
    """The alert once its person was told of `shown`, or could not be reached; else itself.

    Whatever happened since has set its own time, which stays.
    """
    if reached:
        seen = alert.unseen_at == shown.unseen_at
        alert = replace(
            alert,
            told=max(alert.told, shown.times),
            firing=_without(alert.firing, shown.firing),
            unseen_at=None if seen else alert.unseen_at,
        )
    if alert.tell_at != shown.tell_at:
        return alert
    if reached:
        return replace(alert, tell_at=None, asleep_news=False)
    return replace(alert, tell_at=None, unseen_at=now)


def _without(firing: Firing | None, shown: Firing | None) -> Firing | None:
    """What a later firing has beyond the one that was shown; the same one stays whole."""
    if firing is None or shown is None or firing.number == shown.number:
        return firing
    lines = len(shown.lines)
    if firing.lines[:lines] != shown.lines:
        return firing
    return replace(firing, lines=firing.lines[lines:], more=max(firing.more - shown.more, 0))


def asleep(alert: OwnAlert, now: datetime, *, tell: bool) -> OwnAlert:
    """The alert while nobody can look; what else it has to tell goes before that."""
    marked = replace(alert, asleep_since=now)
    if not tell or alert.tell_at is not None or alert.unseen_at is not None:
        return marked
    return replace(marked, asleep_news=True, tell_at=now)


def cut_off(alert: OwnAlert, now: datetime, *, tell: bool) -> OwnAlert:
    """The alert once its link was removed: over, as a link that is made anew is another one."""
    over = replace(awake(alert), standing=Standing.DONE, ends_at=now, placing=None, place_at=None)
    if not tell or over.tell_at is not None or over.unseen_at is not None:
        return over
    return replace(over, asleep_news=True, tell_at=now)


def awake(alert: OwnAlert) -> OwnAlert:
    """The alert once it was looked at again; nobody need hear any more that it slept."""
    if not alert.asleep_news:
        return replace(alert, asleep_since=None)
    return replace(alert, asleep_since=None, asleep_news=False, tell_at=None, unseen_at=None)
