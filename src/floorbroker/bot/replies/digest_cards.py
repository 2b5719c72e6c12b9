"""A summary of a person's day: worth, fills, profit, what is still open, what needs them."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from floorbroker.bot.replies import figures
from floorbroker.bot.replies.card import Button, Card, Row, Section, Tone
from floorbroker.bot.replies.order_words import deed, one_line
from floorbroker.bot.replies.portfolio_cards import ages, untold
from floorbroker.domain.digests import DigestChoice, DigestTime
from floorbroker.domain.modes import Environment
from floorbroker.domain.order import Order
from floorbroker.domain.people import Link
from floorbroker.services.day_digest import Away, Compared, DayDigest, FilledToday, Traded
from floorbroker.services.gates import EXCHANGE_ZONE
from floorbroker.services.lookback import READ
from floorbroker.services.portfolio import Overview

MOST_LINES: Final = 8
_LATE: Final = timedelta(minutes=10)
_LIVE_FIRST: Final = (Environment.LIVE, Environment.PAPER)


def digest_card(choice: DigestChoice, digest: DayDigest, due_at: datetime, now: datetime) -> Card:
    """Real money and paper apart; a figure that is not known is not there."""
    local = due_at.astimezone(EXCHANGE_ZONE)
    sections = [
        section
        for environment in _LIVE_FIRST
        if (section := _money(environment, digest)) is not None
    ]
    if digest.open_orders:
        sections.append(_open_orders(digest.open_orders))
    if digest.ending:
        sections.append(_links(digest.ending))
    return Card(
        title=f"Your day · {local:%a}, {local.day} {local:%b %Y}",
        tone=Tone.CAUTION if digest.away or digest.ending else Tone.NEUTRAL,
        badges=_badges(digest),
        lead="" if sections else "You have no account here, and did nothing today.",
        sections=tuple(sections),
        notes=(*_late(choice, due_at, now), *untold(digest.overview), *_uncounted(digest)),
        footer=ages(digest.overview, now),
        buttons=(Button(label="Notifications", custom_id="fb:show:notifications"),),
    )


def _money(environment: Environment, digest: DayDigest) -> Section | None:
    overview = digest.overview
    totals = [one for kind, one in overview.totals() if kind is environment]
    today = [one for kind, one in overview.today() if kind is environment]
    rows = [Row("Worth", figures.money(total)) for total in totals]
    rows += [Row("Today", figures.change(one.amount, one.currency)) for one in today]
    for compared in digest.compared:
        if compared.held.account.link.environment is environment:
            rows.append(_compared(compared))
    for away in digest.away:
        if away.link.environment is environment:
            rows.append(_away(away))
    traded = digest.traded.get(environment)
    if traded is not None:
        rows += _traded(traded)
    elif rows:
        rows.append(Row("Filled today", "nothing that was sent here"))
    return Section(heading=environment.value.upper(), rows=tuple(rows)) if rows else None


def _compared(one: Compared) -> Row:
    account, since = one.held.account, one.since
    change = figures.change(one.change.amount, one.change.currency)
    return Row(f"{account.title} since {since.day} {since:%b}", f"{change}, deposits included")


def _away(one: Away) -> Row:
    name, known = f"{one.title} is away", one.known
    if known is None:
        return Row(name, "what it is worth is not known")
    when = f"on {known.at:%d %b %H:%M} UTC"
    return Row(name, f"{figures.money(known.value)} when last looked at, {when}")


def _traded(traded: Traded) -> list[Row]:
    rows = [_filled(one) for one in traded.filled[:MOST_LINES]]
    if len(traded.filled) > MOST_LINES:
        rows.append(Row("Filled today", f"and {len(traded.filled) - MOST_LINES} more orders"))
    rows += [
        Row("Realised today", figures.change(profit.amount, profit.currency))
        for profit in traded.made.profits.values()
    ]
    return rows


def _filled(one: FilledToday) -> Row:
    currency = one.order.request.instrument.currency
    at = f"{figures.quantity(one.quantity)} at {figures.price(one.price, currency)}"
    return Row("Filled today", f"{deed(one.order.request)}: {at}")


def _open_orders(orders: Sequence[Order]) -> Section:
    lines = [f"{one.environment.value.upper()} {one_line(one)}" for one in orders[:MOST_LINES]]
    if len(orders) > MOST_LINES:
        lines.append("and more: /orders lists them")
    return Section(heading="Open orders", lines=tuple(lines))


def _links(links: Sequence[Link]) -> Section:
    rows = [
        Row(one.label, "no longer works; /setup renew links it again")
        if one.dead_since is not None or one.ends_at is None
        else Row(f"{one.label} ends", one.ends_at)
        for one in links
    ]
    return Section(heading="Needs to be linked again", rows=tuple(rows))


def _late(choice: DigestChoice, due_at: datetime, now: datetime) -> tuple[str, ...]:
    if now - due_at < _LATE or choice.at is DigestTime.OFF:
        return ()
    local = due_at.astimezone(EXCHANGE_ZONE)
    return (f"This comes late: it was due at {local:%H:%M} in New York. The figures are of now.",)


def _uncounted(digest: DayDigest) -> tuple[str, ...]:
    unknown = sum(one.made.unknown for one in digest.traded.values())
    notes = []
    if unknown:
        what = "1 closing" if unknown == 1 else f"{unknown} closings"
        notes.append(f"{what} of today with units of unknown cost: those are in no profit here.")
    if digest.older:
        notes.append(
            f"Only your newest {READ:,} orders of each kind of money were looked through. What a "
            "trade made is left out where older ones may count."
        )
    if digest.unreadable:
        what = "1 order" if digest.unreadable == 1 else f"{digest.unreadable} orders"
        notes.append(f"{what} cannot be read by this version: what you realised is left out.")
    return tuple(notes)


def _badges(digest: DayDigest) -> tuple[str, ...]:
    overview: Overview = digest.overview
    links = [one.account.link for one in overview.holdings]
    links += [one.link for one in overview.failed]
    kinds = {link.environment for link in links} | set(digest.traded)
    return tuple(sorted(kind.value.upper() for kind in kinds))
