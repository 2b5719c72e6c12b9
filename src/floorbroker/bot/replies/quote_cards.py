"""A look at the market: what one unit costs, how old that is, and who says so."""

from datetime import datetime
from decimal import Decimal
from itertools import zip_longest
from typing import Final

from floorbroker.bot.replies import figures
from floorbroker.bot.replies.card import Card, Row, Section, Tone
from floorbroker.domain.market import Depth, Greeks, Level
from floorbroker.services.preflight import doubt
from floorbroker.services.quotes import Looked

MOST_LEVELS: Final = 5


def quote_card(looked: Looked, now: datetime) -> Card:
    """The quote, an option's Greeks, and the book where it was asked for."""
    quote, currency = looked.quote, looked.instrument.currency
    why = doubt(quote, now)
    prices = (("Bid", quote.bid), ("Ask", quote.ask), ("Last", quote.last))
    rows = [Row(name, figures.price(at, currency)) for name, at in prices if at is not None]
    if quote.volume is not None:
        rows.append(Row("Volume", figures.quantity(quote.volume)))
    sections = []
    if looked.greeks is not None:
        sections.append(greeks_section(looked.greeks))
    if looked.depth is not None:
        sections.append(_depth(looked.depth, currency))
    name = f" · {looked.instrument.name}" if looked.instrument.name else ""
    return Card(
        title=f"{looked.instrument.symbol}{name}",
        tone=Tone.CAUTION if why else Tone.NEUTRAL,
        badges=(looked.account.link.environment.value.upper(),),
        lead="" if rows else "There is no price now.",
        rows=tuple(rows),
        sections=tuple(sections),
        notes=(why,) if why else (),
        footer=(
            Row("Source", f"{quote.source}, {figures.age(quote.age(now))}"),
            Row("Account", looked.account.title),
        ),
    )


def greeks_section(greeks: Greeks) -> Section:
    """How the price moves, and whose figures these are."""
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
    return Section(heading=f"Greeks ({greeks.source})", lines=none, rows=tuple(rows))


def _rounded(number: Decimal) -> str:
    return f"{number:.4f}"


def _depth(depth: Depth, currency: str) -> Section:
    pairs = list(zip_longest(depth.bids[:MOST_LEVELS], depth.asks[:MOST_LEVELS]))
    lines = [f"{_level(bid, currency)} | {_level(ask, currency)}" for bid, ask in pairs]
    return Section(
        heading=f"Order book: bids | asks ({depth.source})",
        lines=tuple(lines) or ("Nobody stands in it.",),
    )


def _level(level: Level | None, currency: str) -> str:
    if level is None:
        return "–"
    return f"{figures.quantity(level.size)} at {figures.price(level.price, currency)}"
