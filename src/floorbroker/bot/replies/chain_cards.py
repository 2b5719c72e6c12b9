"""A part of an option chain, strike by strike: two lines each, so that a phone shows them whole."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Final

from floorbroker.bot.replies import custom_ids, figures
from floorbroker.bot.replies.card import Button, Card, Choice, Menu, Row, Section, Tone
from floorbroker.domain.instruments import Instrument
from floorbroker.domain.market import Quote
from floorbroker.domain.option_chain import OptionQuote, Strike, nearest
from floorbroker.services.option_chains import Chain
from floorbroker.services.sources import Answered

BOTH: Final = "both"
NO_STRIKES: Final = "-"
_LEGEND: Final = "C call, P put: bid/ask · last · open interest · volume · implied volatility"
_NONE: Final = "–"


def chain_card(answered: Answered[Chain], now: datetime) -> Card:
    """The strikes of this part, with ways to the other parts and to each contract."""
    chain = answered.value
    if chain.asked.account:  # by whatever name: a button has room for one
        chain = replace(chain, asked=replace(chain.asked, account=answered.account.value))
    quotes = [one.quote for one in chain.told.values() if one.quote is not None]
    notes = (*((answered.note,) if answered.note else ()), *chain.remarks)
    delayed = any(one.delayed for one in quotes)
    return Card(
        title=f"{answered.instrument.symbol} options · {_day(chain)}",
        tone=Tone.CAUTION if notes else Tone.NEUTRAL,
        badges=(
            answered.account.link.environment.value.upper(),
            *(("DELAYED",) if delayed else ()),
        ),
        lead=_lead(answered, now),
        sections=(*_sections(chain), Section(heading="Each line", lines=(_LEGEND,))),
        notes=notes,
        footer=_footer(answered, quotes, now),
        buttons=_buttons(chain),
        menu=_menu(chain),
    )


def option_figures(told: OptionQuote | None) -> str:
    """`5.10/5.30 · 5.20 · 1,204 · 340 · 31%`; what nobody tells is a dash.

    A phone shows some forty characters a line.
    """
    quote = None if told is None else told.quote
    interest = None if told is None else told.open_interest
    volatility = None if told is None or told.greeks is None else told.greeks.implied_volatility
    parts = (
        _touch(told),
        _price(None if quote is None else quote.last),
        _count(interest),
        _count(None if quote is None else quote.volume),
        _NONE if volatility is None else f"{volatility * 100:.0f}%",
    )
    return " · ".join(parts)


def strike_words(strike: Decimal) -> str:
    """Without needless zeros: `230`, `232.5`."""
    return figures.quantity(strike)


def chain_button(chain: Chain, label: str, **changed: str) -> Button | None:
    """Leads to another part of the chain; None where its id would be too long."""
    asked = chain.asked
    low, high = asked.low, asked.high
    strikes = NO_STRIKES if low is None or high is None else f"{low:f}-{high:f}"
    fields = {
        "day": f"{asked.expiry:%y%m%d}",
        "middle": NO_STRIKES if asked.middle is None else f"{asked.middle:f}",
        **changed,
    }
    right = BOTH if asked.right is None else asked.right.value
    what = (asked.symbol, fields["day"], right, strikes, fields["middle"], asked.account or "")
    custom_id = custom_ids.choice("chain", ":".join(what))
    return None if custom_id is None else Button(label=label, custom_id=custom_id)


def _lead(answered: Answered[Chain], now: datetime) -> str:
    quote, symbol = answered.value.price, answered.instrument.symbol
    price = None if quote is None else quote.last or quote.bid or quote.ask
    if quote is None or price is None:
        return ""
    late = ", delayed" if quote.delayed else ""
    shown = figures.price(price, answered.instrument.currency)
    return f"{symbol} is at {shown}, {figures.age(quote.age(now))}{late}."


def _sections(chain: Chain) -> list[Section]:
    quote = chain.price
    price = None if quote is None else quote.last or quote.bid or quote.ask
    shown = list(chain.shown)
    first, last = shown[0].price, shown[-1].price
    within = price is not None and first <= price <= last
    marked = shown[nearest(shown, price)] if within and price is not None else None
    return [
        Section(
            heading=f"{strike_words(one.price)}{' · nearest' if one is marked else ''}",
            lines=_lines(one, chain),
        )
        for one in shown
    ]


def _lines(strike: Strike, chain: Chain) -> tuple[str, ...]:
    sides = (("C", strike.call), ("P", strike.put))
    return tuple(
        f"{letter} {option_figures(chain.told.get(contract.symbol))}"
        for letter, contract in sides
        if contract is not None
    )


def _footer(answered: Answered[Chain], quotes: Sequence[Quote], now: datetime) -> tuple[Row, ...]:
    chain = answered.value
    rows = [Row("Strikes", f"{len(chain.shown)} of {chain.strikes}")]
    if quotes:
        oldest = max(quote.age(now) for quote in quotes)
        rows.append(Row("Source", f"{quotes[0].source}, oldest price {figures.age(oldest)}"))
    return (*rows, Row("Account", answered.account.title))


def _buttons(chain: Chain) -> tuple[Button, ...]:
    days, asked = list(chain.expiries), chain.asked
    place = days.index(asked.expiry) if asked.expiry in days else 0
    wanted: list[Button | None] = []
    if place > 0:
        day = days[place - 1]
        wanted.append(chain_button(chain, f"◀ {day:%d %b %Y}", day=f"{day:%y%m%d}"))
    if place + 1 < len(days):
        day = days[place + 1]
        wanted.append(chain_button(chain, f"{day:%d %b %Y} ▶", day=f"{day:%y%m%d}"))
    if chain.lower is not None:
        wanted.append(chain_button(chain, "Lower strikes", middle=f"{chain.lower:f}"))
    if chain.higher is not None:
        wanted.append(chain_button(chain, "Higher strikes", middle=f"{chain.higher:f}"))
    wanted.append(chain_button(chain, "Refresh"))
    return tuple(button for button in wanted if button is not None)


def _menu(chain: Chain) -> Menu | None:
    custom_id = custom_ids.contracts(chain.asked.account or "")
    contracts = [one for strike in chain.shown for one in strike.contracts]
    if custom_id is None or not contracts:
        return None
    choices = tuple(
        Choice(label=_label(one), value=one.symbol, description=_touch(chain.told.get(one.symbol)))
        for one in contracts
    )
    return Menu(custom_id=custom_id, placeholder="A contract, to see and trade", choices=choices)


def _label(contract: Instrument) -> str:
    right = contract.right.value if contract.right else ""
    return f"{strike_words(contract.strike or Decimal(0))} {right}"


def _touch(told: OptionQuote | None) -> str:
    quote = None if told is None else told.quote
    bid, ask = (None, None) if quote is None else (quote.bid, quote.ask)
    return f"{_price(bid)}/{_price(ask)}"


def _day(chain: Chain) -> str:
    return f"{chain.asked.expiry:%d %b %Y}"


def _price(price: Decimal | None) -> str:
    return _NONE if price is None else f"{price:,.2f}"


def _count(number: Decimal | None) -> str:
    return _NONE if number is None else figures.quantity(number)
