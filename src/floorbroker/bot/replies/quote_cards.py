"""A look at the market: what one unit costs, how old that is, and who says so."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import zip_longest
from typing import Final

from floorbroker.bot.replies import figures
from floorbroker.bot.replies.card import Card, Row, Section, Tone
from floorbroker.domain.market import Depth, Greeks, Level, Quote
from floorbroker.services.preflight import STALE, doubt
from floorbroker.services.quotes import Looked, NotSeen

MOST_LEVELS: Final = 5


def quote_card(looked: Looked, now: datetime) -> Card:
    """The quote, an option's Greeks, and the book where it was asked for."""
    quote, currency = looked.quote, looked.instrument.currency
    notes = _remarks(looked, now)
    sides = (("Bid", quote.bid), ("Ask", quote.ask))
    rows = [Row(name, figures.price(at, currency)) for name, at in sides if at is not None]
    if quote.last is not None:
        rows.append(Row("Last", _last(quote, quote.last, currency, now)))
    if quote.volume is not None:
        rows.append(Row("Volume", figures.quantity(quote.volume)))
    sections = []
    if looked.greeks is not None:
        sections.append(greeks_section(looked.greeks, now))
    if looked.depth is not None:
        sections.append(_depth(looked.depth, currency, now))
    name = f" · {looked.instrument.name}" if looked.instrument.name else ""
    return Card(
        title=f"{looked.instrument.symbol}{name}",
        tone=Tone.CAUTION if notes else Tone.NEUTRAL,
        badges=(looked.account.link.environment.value.upper(),),
        lead="" if rows else "There is no price now.",
        rows=tuple(rows),
        sections=tuple(sections),
        notes=notes,
        footer=(
            Row("Source", f"{quote.source}, {figures.age(quote.age(now))}"),
            Row("Account", looked.account.title),
        ),
    )


def quotes_card(seen: Sequence[Looked | NotSeen], now: datetime) -> Card:
    """Several symbols, a row each; one that has no quote says why."""
    looked = [one for one in seen if isinstance(one, Looked)]
    sound = all(isinstance(one, Looked) and not _remarks(one, now) for one in seen)
    titles = dict.fromkeys(one.account.title for one in looked)
    return Card(
        title="Quotes",
        tone=Tone.NEUTRAL if sound else Tone.CAUTION,
        badges=tuple(sorted({one.account.link.environment.value.upper() for one in looked})),
        rows=tuple(_row(one, now) for one in seen),
        footer=(Row("Accounts" if len(titles) > 1 else "Account", ", ".join(titles)),)
        if titles
        else (),
    )


def _row(one: Looked | NotSeen, now: datetime) -> Row:
    if isinstance(one, NotSeen):
        return Row(_plain(one.symbol), one.error.message)
    quote, currency = one.quote, one.instrument.currency
    words = _prices(quote, currency, now)
    words.append(f"{quote.source}, {figures.age(quote.age(now))}")
    return Row(one.instrument.symbol, ". ".join((" · ".join(words), *_remarks(one, now))))


def _last(quote: Quote, price: Decimal, currency: str, now: datetime) -> str:
    """With its age, where it is of long before bid and ask."""
    words = figures.price(price, currency)
    at = quote.last_at
    return words if at is None or quote.at - at < STALE else f"{words}, {figures.age(now - at)}"


def _prices(quote: Quote, currency: str, now: datetime) -> list[str]:
    """The last price, and what is bid and asked, which is called so."""
    named = (("bid", quote.bid), ("ask", quote.ask))
    sides = [f"{figures.price(at, currency)} {name}" for name, at in named if at is not None]
    words = [] if quote.last is None else [_last(quote, quote.last, currency, now)]
    words += [", ".join(sides)] * bool(sides)
    return words or ["No price now"]


def _remarks(looked: Looked, now: datetime) -> tuple[str, ...]:
    return (*_doubts(looked, now), *looked.notes)


def _doubts(looked: Looked, now: datetime) -> tuple[str, ...]:
    """Why not to rely on the price. At a closed market it is old for a reason."""
    if looked.market_open is not False:
        why = doubt(looked.quote, now)
        return (why,) if why else ()
    why = doubt(replace(looked.quote, at=now), now)
    closed = "The market is closed now: this is its last price."
    return (why, closed) if why else (closed,)


def _plain(typed: str) -> str:
    """What stands in a symbol, of what somebody typed."""
    return "".join(one for one in typed if one.isascii() and one.isalnum())[:21] or "(unreadable)"


def greeks_section(greeks: Greeks, now: datetime) -> Section:
    """How the price moves, whose figures these are, and of when: the quote may be of later."""
    told = (
        ("Delta", greeks.delta),
        ("Gamma", greeks.gamma),
        ("Theta a day", greeks.theta),
        ("Vega a point", greeks.vega),
    )
    rows = [Row(name, _rounded(number)) for name, number in told if number is not None]
    if greeks.implied_volatility is not None:
        rows.append(Row("Implied volatility", f"{greeks.implied_volatility * 100:.1f} %"))
    if greeks.underlying_price is not None:
        price = figures.price(greeks.underlying_price, greeks.instrument.currency)
        rows.append(Row("Underlying at", price))
    none = () if rows else ("The source has none now.",)
    whose = told_by(greeks.source, now - greeks.at, delayed=greeks.delayed)
    return Section(heading=f"Greeks ({whose})", lines=none, rows=tuple(rows))


def told_by(source: str, elapsed: timedelta, *, delayed: bool) -> str:
    """`Moomoo, delayed, 3 min old`; a source that says itself that it is delayed says it once."""
    late = delayed and "delayed" not in source
    return ", ".join((source, *(("delayed",) if late else ()), figures.age(elapsed)))


def _rounded(number: Decimal) -> str:
    return f"{number:.4f}"


def _depth(depth: Depth, currency: str, now: datetime) -> Section:
    pairs = list(zip_longest(depth.bids[:MOST_LEVELS], depth.asks[:MOST_LEVELS]))
    lines = [f"{_level(bid, currency)} | {_level(ask, currency)}" for bid, ask in pairs]
    return Section(
        heading=f"Order book: bids | asks ({depth.source}, {figures.age(now - depth.at)})",
        lines=tuple(lines) or ("Nobody stands in it.",),
    )


def _level(level: Level | None, currency: str) -> str:
    if level is None:
        return "–"
    return f"{figures.quantity(level.size)} at {figures.price(level.price, currency)}"
