"""What a person owns: positions, balances, everything together."""

from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from floorbroker.bot.replies import custom_ids, figures
from floorbroker.bot.replies.card import Button, Card, Row, Section, Tone
from floorbroker.domain.portfolio import Balances, Position
from floorbroker.services.portfolio import Holdings, Overview

MOST_LINES = 20


def positions_card(overview: Overview, now: datetime) -> Card:
    """Every holding with its profit, a Close button for the first few."""
    held = [one for one in overview.holdings if one.positions]
    several = len(held) > 1
    buttons = [button for one in held for button in _close_buttons(one, several=several)]
    return Card(
        title="Positions",
        badges=_badges(overview),
        tone=_tone(overview),
        # What could not be read is unknown, not nothing.
        lead="" if held or overview.failed else "No open positions.",
        sections=tuple(_positions(one) for one in held),
        notes=_failures(overview),
        footer=_ages(overview, now),
        buttons=tuple(buttons[:5]),
    )


def balance_card(overview: Overview, now: datetime) -> Card:
    """Cash, equity and buying power of each account."""
    return Card(
        title="Balance",
        badges=_badges(overview),
        tone=_tone(overview),
        sections=tuple(
            Section(heading=_heading(one), rows=_balances(one.balances))
            for one in overview.holdings
        ),
        notes=_failures(overview),
        footer=_ages(overview, now),
    )


def portfolio_card(overview: Overview, now: datetime) -> Card:
    """Totals by currency, then each account with what it holds."""
    totals = tuple(Row("Total", figures.money(total)) for total in overview.totals())
    sections = []
    for one in overview.holdings:
        worth = (
            f"Equity {figures.money(one.balances.equity)}",
            f"Cash {figures.money(one.balances.cash)}",
        )
        none = () if one.positions else ("No open positions.",)
        sections.append(replace(_positions(one), lines=(" · ".join(worth), *none)))
    return Card(
        title="Portfolio",
        badges=_badges(overview),
        tone=_tone(overview),
        rows=totals,
        sections=tuple(sections),
        notes=_failures(overview),
        footer=_ages(overview, now),
    )


def _heading(one: Holdings) -> str:
    return f"{one.account.title} · {one.account.link.environment.value.upper()}"


def _positions(one: Holdings) -> Section:
    ordered = _largest_first(one)
    rows = [_position(position) for position in ordered[:MOST_LINES]]
    if len(ordered) > MOST_LINES:
        rows.append(Row("…", f"and {len(ordered) - MOST_LINES} more"))
    return Section(heading=_heading(one), rows=tuple(rows))


def _largest_first(one: Holdings) -> list[Position]:
    return sorted(one.positions, key=_weight, reverse=True)


def _weight(position: Position) -> Decimal:
    return abs(position.market_value or Decimal(0))


def _position(position: Position) -> Row:
    currency = position.instrument.currency
    held = figures.quantity(position.quantity)
    if position.market_price is not None:
        held += f" at {figures.price(position.market_price, currency)}"
    parts = [held]
    if position.average_price is not None:
        parts.append(f"paid {figures.price(position.average_price, currency)}")
    if position.profit is not None and position.profit_percent is not None:
        profit = figures.change(position.profit, currency)
        parts.append(f"{profit} ({figures.percent(position.profit_percent)})")
    return Row(position.instrument.symbol, " · ".join(parts))


def _close_buttons(one: Holdings, *, several: bool) -> list[Button]:
    where = f" · {one.account.link.label}" if several else ""
    made = []
    for position in _largest_first(one):
        symbol = position.instrument.symbol
        custom_id = custom_ids.choice("close", f"{one.account.value}@{symbol}")
        if custom_id is not None:
            made.append(Button(label=f"Close {symbol}{where}", custom_id=custom_id))
    return made


def _balances(balances: Balances) -> tuple[Row, ...]:
    rows = [
        Row("Cash", figures.money(balances.cash)),
        Row("Equity", figures.money(balances.equity)),
        Row("Buying power", figures.money(balances.buying_power)),
    ]
    if balances.day_profit is not None:
        day = balances.day_profit
        rows.append(Row("Today", figures.change(day.amount, day.currency)))
    if balances.realised_profit is not None:
        realised = balances.realised_profit
        rows.append(Row("Realised", figures.change(realised.amount, realised.currency)))
    return tuple(rows)


def _badges(overview: Overview) -> tuple[str, ...]:
    links = [one.account.link for one in overview.holdings]
    links += [one.link for one in overview.failed]
    return tuple(sorted({link.environment.value.upper() for link in links}))


def _tone(overview: Overview) -> Tone:
    return Tone.CAUTION if overview.failed else Tone.NEUTRAL


def _failures(overview: Overview) -> tuple[str, ...]:
    return tuple(
        f"{one.link.label} is missing: {_sentence(one.error.message)} {one.error.words.now}"
        for one in overview.failed
    )


def _sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else f"{text}."


def _ages(overview: Overview, now: datetime) -> tuple[Row, ...]:
    if not overview.holdings:
        return ()
    oldest = min(one.balances.as_of for one in overview.holdings)
    brokers = ", ".join(dict.fromkeys(one.account.spec.name for one in overview.holdings))
    return (Row("Source", f"{brokers}, {figures.age(now - oldest)}"),)
