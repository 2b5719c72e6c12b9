"""The watch list: a line a symbol, refreshed while the card is open."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from itertools import groupby
from typing import Final

from floorbroker.bot.replies import custom_ids, figures
from floorbroker.bot.replies.card import Button, Card, Row, Section, Style, Timed, Tone
from floorbroker.domain.instruments import Instrument
from floorbroker.domain.watch_list import MOST, WatchList
from floorbroker.services.watching import Board, Line

TITLE: Final = "Watch list"
TOGETHER: Final = timedelta(seconds=30)
"""Prices of so nearly the same time share one age below the card: a line fits on a phone so. It is
that of the oldest of them."""


class Standing(StrEnum):
    """Whether a card is refreshed, and why not."""

    LIVE = "live"
    OVER = "over"
    STOPPED = "stopped"
    REPLACED = "replaced"
    RESTARTING = "restarting"


_LEADS = {
    Standing.LIVE: "",
    Standing.OVER: "This card is no longer refreshed. Press Refresh to go on.",
    Standing.STOPPED: "Stopped. Press Refresh to go on.",
    Standing.REPLACED: "A newer card of yours is refreshed now, and this one has stopped.",
    Standing.RESTARTING: "The bot is restarting: this card has stopped. Press Refresh in a minute.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Refreshing:
    """How a card is kept up to date.

    Attributes:
        card_id: Names the card in its buttons.
        named: The account that was named; empty: each symbol's default.
        until: When it ends, or has ended.
    """

    card_id: str
    named: str
    until: datetime


def watch_card(board: Board, refreshing: Refreshing, standing: Standing = Standing.LIVE) -> Card:
    """The board as it stands at this moment."""
    together = _together(board.lines)
    rows, sections = _lines(board.lines, together)
    sources = sorted({line.event.source for line in board.lines if line.event is not None})
    titles = _titles(board.lines)
    until = "Refreshed until" if standing is Standing.LIVE else "Was refreshed until"
    return Card(
        title=TITLE,
        tone=Tone.CAUTION if any(line.trouble for line in board.lines) else Tone.NEUTRAL,
        badges=_badges(board.lines),
        lead=_LEADS[standing],
        rows=rows,
        sections=sections,
        footer=(
            *((Row("Prices", Timed("", together)),) if together is not None else ()),
            Row("Change since", Timed("", board.opened_at, time_of_day=True)),
            *((Row("Source", ", ".join(sources)),) * bool(sources)),
            *((Row("Account", titles[0]),) * (len(titles) == 1)),
            Row(until, Timed("", refreshing.until, time_of_day=True)),
        ),
        buttons=_buttons(refreshing, live=standing is Standing.LIVE),
    )


def stopped_card(refreshing: Refreshing) -> Card:
    """Of a card that nobody refreshed any more when Stop was pressed."""
    return Card(
        title=TITLE,
        lead="This card had stopped already. Press Refresh for the prices of now.",
        buttons=_buttons(refreshing, live=False),
    )


def added_card(watched: WatchList, instrument: Instrument) -> Card:
    """It is on the list."""
    name = f" · {instrument.name}" if instrument.name else ""
    return Card(
        title=f"{instrument.symbol}{name}",
        tone=Tone.GOOD,
        lead="It is on your watch list.",
        rows=_listed(watched),
        buttons=_show(watched),
    )


def taken_off_card(watched: WatchList, symbol: str) -> Card:
    """It is off the list."""
    return Card(
        title=symbol,
        lead="It is no longer on your watch list.",
        rows=_listed(watched),
        buttons=_show(watched),
    )


def _listed(watched: WatchList) -> tuple[Row, ...]:
    count = f"{len(watched.symbols)} of {MOST}"
    return (Row(f"Your list ({count})", ", ".join(watched.symbols) or "empty"),)


def _show(watched: WatchList) -> tuple[Button, ...]:
    shown = Button(label="Show the list", custom_id="fb:watch:show", style=Style.PRIMARY)
    return (shown,) if watched.symbols else ()


def _together(lines: Sequence[Line]) -> datetime | None:
    """The oldest time that is not told on its own line; None without a price."""
    times = [line.event.timestamp for line in lines if line.event is not None]
    return min((at for at in times if at > max(times) - TOGETHER), default=None)


def _lines(
    lines: Sequence[Line], together: datetime | None
) -> tuple[tuple[Row, ...], tuple[Section, ...]]:
    """Rows where one account shows them all, else a section an account."""
    if len(_titles(lines)) <= 1:
        return tuple(_row(line, together) for line in lines), ()
    ordered = sorted(lines, key=_title)
    return (), tuple(
        Section(heading=title or "Not shown", rows=tuple(_row(line, together) for line in of_one))
        for title, of_one in groupby(ordered, key=_title)
    )


def _titles(lines: Sequence[Line]) -> list[str]:
    return sorted({_title(line) for line in lines if line.account is not None})


def _title(line: Line) -> str:
    return "" if line.account is None else line.account.title


def _row(line: Line, together: datetime | None) -> Row:
    event, trouble = line.event, line.trouble
    if event is None or line.instrument is None:
        return Row(line.symbol, "No price yet" if trouble is None else trouble.message)
    words = [_price(line)]
    if event.price is not None and line.opened:
        change = (event.price / line.opened - 1) * 100
        words.append(figures.percent(change, 2))
    words += ["·", "halted"] * event.halted
    words += ["·", "delayed"] * event.delayed
    words += ["·", "not answering now"] * (trouble is not None)
    if together is not None and event.timestamp >= together:
        return Row(line.symbol, " ".join(words))
    return Row(line.symbol, Timed(" ".join([*words, "·"]), event.timestamp))


def _price(line: Line) -> str:
    event, currency = line.event, line.instrument.currency if line.instrument else "USD"
    if event is None:
        return ""
    if event.last is not None:
        return figures.price(event.last, currency)
    sides = [_side(event.bid, currency), _side(event.ask, currency)]
    return " / ".join(sides)


def _side(price: Decimal | None, currency: str) -> str:
    return "–" if price is None else figures.price(price, currency)


def _badges(lines: Sequence[Line]) -> tuple[str, ...]:
    accounts = [line.account for line in lines if line.account is not None]
    return tuple(sorted({one.link.environment.value.upper() for one in accounts}))


def _buttons(refreshing: Refreshing, *, live: bool) -> tuple[Button, ...]:
    what = f"{refreshing.card_id}.{refreshing.named}"
    wanted = [("Refresh", "refresh", Style.SECONDARY if live else Style.PRIMARY)]
    wanted += [("Stop", "stop", Style.SECONDARY)] * live
    return tuple(
        Button(label=label, custom_id=custom_id, style=style)
        for label, action, style in wanted
        if (custom_id := custom_ids.choice("watch", f"{action}.{what}")) is not None
    )
