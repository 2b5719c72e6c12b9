"""Trading hours: open or closed, the next change, holidays and early closes."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from floorbroker.bot.replies.card import Card, Moment, Row, Section, Tone
from floorbroker.domain.market import Market
from floorbroker.domain.trading_calendar import Holiday, TradingCalendar, TradingDay
from floorbroker.services.gates import EXCHANGE_ZONE
from floorbroker.services.hours_views import HoursView, MarketNow

MOST_DAYS: Final = 5
NAMES: Final = {Market.US_EQUITIES: "US shares", Market.CRYPTO: "Coins"}


def hours_card(view: HoursView, now: datetime) -> Card:
    """Each market, then what is out of the ordinary in the months ahead."""
    sections = []
    for one in view.markets:
        sections.append(_market(one, view.calendar, now))
        if view.calendar is not None and _differs(one, view.calendar, now):
            sections.append(_exchange(view.calendar, now))
    notes = [f"{why} {_not_theirs(of)}" for why, of in view.failures.items()]
    if view.calendar is not None:
        sections.append(_ahead(view.calendar, now))
    account = view.account
    return Card(
        title="Market hours",
        tone=Tone.CAUTION if view.failures else Tone.NEUTRAL,
        badges=() if account is None else (account.link.environment.value.upper(),),
        sections=tuple(sections),
        notes=tuple(notes),
        footer=() if account is None else (Row("Account", account.title),),
    )


def _not_theirs(markets: Sequence[Market]) -> str:
    which = f" of {' and '.join(NAMES[one] for one in markets)}" if markets else ""
    return f"The hours shown{which} are not your broker's."


def _market(one: MarketNow, calendar: TradingCalendar | None, now: datetime) -> Section:
    name, hours = NAMES[one.market], one.hours
    if hours is None:
        return Section(heading=f"{name} · unknown", lines=(_UNKNOWN,))
    rows: list[Row] = []
    if hours.open_now:
        times = (("Closes", hours.next_close), ("Opens again", hours.next_open))
    else:
        times = (("Opens", hours.next_open), ("Then closes", hours.next_close))
    rows += [Row(what, Moment(at)) for what, at in times if at is not None]
    nearest = calendar.nearest(now) if calendar is not None else None
    if one.market is Market.US_EQUITIES and nearest is not None and nearest.early and rows:
        rows.append(Row("Early close", _ends(nearest)))
    if one.source:
        rows.append(Row("Source", one.source))
    always = hours.open_now and hours.next_close is None
    return Section(
        heading=f"{name} · {'open' if hours.open_now else 'closed'}",
        lines=("Trades at all hours.",) if always else (),
        rows=tuple(rows),
    )


_UNKNOWN: Final = (
    "Nobody tells now whether this market is open: your broker does not, and the calendar could "
    "not be computed. Look at your broker, or ask again in a minute."
)


def _ahead(calendar: TradingCalendar, now: datetime) -> Section:
    today = now.astimezone(EXCHANGE_ZONE).date()
    coming: Sequence[Holiday | TradingDay] = calendar.coming(today, MOST_DAYS)
    return Section(
        heading="US shares · holidays and early closes",
        lines=tuple(f"{one.day:%a}, {one.day.day} {one.day:%b %Y}: {_what(one)}" for one in coming),
        rows=(Row("Source", calendar.source),),
    )


def _what(one: Holiday | TradingDay) -> str:
    if isinstance(one, TradingDay):
        return _ends(one)
    return f"closed, {one.name}" if one.name else "closed"


def _ends(day: TradingDay) -> str:
    return f"closes early, at {day.closes.astimezone(EXCHANGE_ZONE):%H:%M} in New York"


def _differs(one: MarketNow, calendar: TradingCalendar, now: datetime) -> bool:
    """Whether the broker trades while the exchange does not, the other way, or at all hours."""
    if one.market is not Market.US_EQUITIES or not one.by_broker or one.hours is None:
        return False
    hours = calendar.hours(now)
    if hours is None:
        return False
    return hours.open_now is not one.hours.open_now or one.hours.next_close is None


def _exchange(calendar: TradingCalendar, now: datetime) -> Section:
    told = MarketNow(market=calendar.market, hours=calendar.hours(now), source=calendar.source)
    shown = _market(told, calendar, now)
    state = shown.heading.rpartition(" · ")[2]
    return replace(
        shown,
        heading=f"The exchange itself · {state}",
        lines=("For your orders your broker's word counts.",),
    )
