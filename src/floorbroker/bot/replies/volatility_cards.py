"""How much something moved, beside how much its options expect it to move."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from floorbroker.bot.replies.card import Card, Row, Section, Tone
from floorbroker.bot.replies.quote_cards import told_by
from floorbroker.services.sources import Answered
from floorbroker.services.volatility import Historical, Implied, Moves


def volatility_card(moves: Moves, now: datetime) -> Card:
    """Both kinds, each with how it was made and by whom."""
    instrument, historical, implied = moves.instrument, moves.historical, moves.implied
    told: list[Answered[Any]] = [one for one in (historical, implied) if one is not None]
    accounts = {one.account.key: one.account for one in told}
    apart = len(accounts) > 1
    name = f" · {instrument.name}" if instrument.name else ""
    notes = tuple(dict.fromkeys(one.note for one in told if one.note))
    sections, footer = [], []
    if historical is not None:
        sections.append(_historical(historical, apart=apart))
        footer.append(_how(historical.value))
    if implied is not None:
        sections.append(_implied(implied, now, apart=apart))
    if not apart:
        footer += [
            row
            for one in accounts.values()
            for row in (Row("Source", one.spec.name), Row("Account", one.title))
        ]
    return Card(
        title=f"Volatility of {instrument.symbol}{name}",
        tone=Tone.CAUTION if notes else Tone.NEUTRAL,
        badges=tuple(sorted({one.link.environment.value.upper() for one in accounts.values()})),
        lead="A year's, in percent.",
        sections=tuple(sections),
        notes=(*notes, *moves.remarks),
        footer=tuple(footer),
    )


def _historical(answered: Answered[Historical], *, apart: bool) -> Section:
    made = answered.value
    rows = [
        Row(f"{span} days", "too few closes" if found is None else _percent(found))
        for span, found in made.by_days.items()
    ]
    return Section(
        heading=f"Historical ({made.source})",
        rows=(*rows, *(_whose(answered) if apart else ())),
    )


def _implied(answered: Answered[Implied], now: datetime, *, apart: bool) -> Section:
    implied = answered.value
    whose = told_by(implied.source, now - implied.at, delayed=implied.delayed)
    return Section(
        heading=f"Implied ({whose})",
        rows=(
            Row("At the money", _percent(implied.volatility)),
            Row("Expiry", f"{implied.expiry:%d %b %Y}"),
            Row("Strike", f"{implied.strike.normalize():f}"),
            *(_whose(answered) if apart else ()),
        ),
    )


def _whose(answered: Answered[Any]) -> tuple[Row, ...]:
    """Beside the figures, where both kinds are not of one account."""
    account = answered.account
    return (Row("Account", f"{account.title}, at {account.spec.name}"),)


def _how(made: Historical) -> Row:
    return Row(
        "Historical:",
        "sample standard deviation of the daily logarithmic returns × "
        f"√{made.days_a_year}, closes until {made.until:%d %b %Y}",
    )


def _percent(volatility: Decimal) -> str:
    return f"{volatility * 100:.1f} %"
