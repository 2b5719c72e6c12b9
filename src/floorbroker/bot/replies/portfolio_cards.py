"""What a person owns: positions, balances, everything together."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Final

from floorbroker.bot.replies import custom_ids, figures
from floorbroker.bot.replies.card import Button, Card, Row, Section, Tone
from floorbroker.charts.picture import Picture
from floorbroker.domain.modes import Environment
from floorbroker.domain.portfolio import Balances, Position
from floorbroker.services.portfolio import Holdings, Overview

MOST_LINES = 20
DUST: Final = Decimal(1)
_NO_SUM: Final = (
    "Unrealised profit is unknown in a currency where one position has no price or no known cost."
)


def positions_card(overview: Overview, now: datetime) -> Card:
    """Every holding with its profit, a Close button for the first few."""
    held = [one for one in overview.holdings if one.positions]
    several = len(held) > 1
    buttons = [button for one in held for button in _close_buttons(one, several=several)]
    return Card(
        title="Positions",
        badges=badges(overview),
        tone=_tone(overview),
        # What could not be read is unknown, not nothing.
        lead="" if held or overview.failed else "No open positions.",
        sections=tuple(_positions(one) for one in held),
        notes=failures(overview),
        footer=ages(overview, now),
        buttons=tuple(buttons[:5]),
    )


def balance_card(overview: Overview, now: datetime) -> Card:
    """Cash, equity and buying power of each account."""
    return Card(
        title="Balance",
        badges=badges(overview),
        tone=_tone(overview),
        sections=tuple(
            Section(heading=_heading(one), rows=_balances(one.balances))
            for one in overview.holdings
        ),
        notes=failures(overview),
        footer=ages(overview, now),
    )


def portfolio_card(
    overview: Overview,
    now: datetime,
    pictures: Sequence[Picture] = (),
    *,
    hide_dust: bool = False,
) -> Card:
    """Totals by currency, the change of today and since each purchase, then each account.

    `hide_dust` leaves out what is worth less than one unit of its currency.
    """
    several = len({one.account.link.environment for one in overview.holdings}) > 1

    def name(what: str, environment: Environment) -> str:
        return f"{what} {environment.value.upper()}" if several else what

    totals = [Row(name("Total", kind), figures.money(total)) for kind, total in overview.totals()]
    totals += [
        Row(name("Today", kind), figures.change(profit.amount, profit.currency))
        for kind, profit in overview.today()
    ]
    unrealised = overview.unrealised()
    totals += [
        Row(
            name("Unrealised", kind),
            f"unknown in {currency}"
            if profit is None
            else figures.change(profit.amount, profit.currency),
        )
        for kind, currency, profit in unrealised
    ]
    totals.append(Row("Realised", "by day, week, month and year: /history"))
    unknown = any(profit is None for _, _, profit in unrealised)
    hidden = 0
    if hide_dust:
        overview, hidden = _without_dust(overview)
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
        badges=badges(overview),
        tone=_tone(overview),
        rows=tuple(totals),
        sections=tuple(sections),
        notes=(*failures(overview), *untold(overview), *(_NO_SUM,) * unknown, *_hidden(hidden)),
        footer=ages(overview, now),
        pictures=tuple(pictures),
    )


def _without_dust(overview: Overview) -> tuple[Overview, int]:
    """What is worth something, and how many holdings are not; one without a price stays."""
    kept = [
        replace(
            one,
            positions=[
                position
                for position in one.positions
                if position.market_value is None or abs(position.market_value) >= DUST
            ],
        )
        for one in overview.holdings
    ]
    before = sum(len(one.positions) for one in overview.holdings)
    return replace(overview, holdings=kept), before - sum(len(one.positions) for one in kept)


def _hidden(count: int) -> tuple[str, ...]:
    if not count:
        return ()
    holdings = "1 holding is" if count == 1 else f"{count} holdings are"
    return (f"{holdings} worth less than {DUST} and not shown.",)


def untold(overview: Overview) -> tuple[str, ...]:
    """Whose change of today is in no sum."""
    silent = [one.account.title for one in overview.holdings if one.balances.day_profit is None]
    if not silent or len(silent) == len(overview.holdings):
        return ()
    return (f"Today's change leaves out {', '.join(silent)}: not told there.",)


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
        parts.append(f"paid {figures.average(position.average_price, currency)}")
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


def badges(overview: Overview) -> tuple[str, ...]:
    """PAPER, LIVE or both, of links that failed too."""
    links = [one.account.link for one in overview.holdings]
    links += [one.link for one in overview.failed]
    return tuple(sorted({link.environment.value.upper() for link in links}))


def _tone(overview: Overview) -> Tone:
    return Tone.CAUTION if overview.failed else Tone.NEUTRAL


def failures(overview: Overview) -> tuple[str, ...]:
    """A sentence for each link that did not answer."""
    return tuple(
        f"{one.link.label} is missing: {_sentence(one.error.message)} {one.error.words.now}"
        for one in overview.failed
    )


def _sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else f"{text}."


def ages(overview: Overview, now: datetime) -> tuple[Row, ...]:
    """Whose figures they are, and how old the oldest is."""
    if not overview.holdings:
        return ()
    oldest = min(one.balances.as_of for one in overview.holdings)
    brokers = ", ".join(dict.fromkeys(one.account.spec.name for one in overview.holdings))
    return (Row("Source", f"{brokers}, {figures.age(now - oldest)}"),)
