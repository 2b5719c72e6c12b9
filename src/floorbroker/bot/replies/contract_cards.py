"""One option contract: what it costs, how it moves, and the ways to an order."""

from datetime import datetime

from floorbroker.bot.replies import custom_ids, figures
from floorbroker.bot.replies.card import Button, Card, Row, Style, Tone
from floorbroker.bot.replies.quote_cards import greeks_section
from floorbroker.domain.instruments import Instrument
from floorbroker.domain.market import Quote
from floorbroker.services.option_chains import OneContract
from floorbroker.services.preflight import doubt
from floorbroker.services.sources import Answered


def contract_card(answered: Answered[OneContract], now: datetime, account: str | None) -> Card:
    """`account` is the one that was named: an order goes there too."""
    one, contract = answered.value, answered.instrument
    quote = one.told.quote
    why = doubt(quote, now)
    notes = tuple(note for note in (answered.note, why, one.remark) if note)
    delayed = quote is not None and quote.delayed
    environment = answered.account.link.environment.value.upper()
    return Card(
        title=contract.name or contract.symbol,
        tone=Tone.CAUTION if why else Tone.NEUTRAL,
        badges=(environment, *(("DELAYED",) if delayed else ())),
        lead=_lead(contract, quote),
        rows=_rows(answered, now),
        sections=() if one.greeks is None else (greeks_section(one.greeks, now),),
        notes=notes,
        footer=(
            *(
                (Row("Source", f"{quote.source}, {figures.age(quote.age(now))}"),)
                if quote is not None
                else ()
            ),
            Row("Account", answered.account.title),
        ),
        buttons=_buttons(contract, answered.account.value if account else ""),
    )


def _lead(contract: Instrument, quote: Quote | None) -> str:
    if quote is None or quote.ask is None:
        return ""
    cost = figures.price(quote.ask * contract.multiplier, contract.currency)
    units = figures.quantity(contract.multiplier)
    return f"One contract stands for {units} {contract.underlying}: {cost} at the ask."


def _rows(answered: Answered[OneContract], now: datetime) -> tuple[Row, ...]:
    one, contract = answered.value, answered.instrument
    quote, rows = one.told.quote, [Row("Symbol", contract.symbol)]
    if quote is not None:
        prices = (("Bid", quote.bid), ("Ask", quote.ask), ("Last", quote.last))
        rows += [
            Row(name, figures.price(at, contract.currency)) for name, at in prices if at is not None
        ]
        if quote.volume is not None:
            rows.append(Row("Volume", figures.quantity(quote.volume)))
    if one.told.open_interest is not None:
        rows.append(Row("Open interest", figures.quantity(one.told.open_interest)))
    under = one.price
    price = None if under is None else under.last or under.bid or under.ask
    if under is not None and price is not None:
        late = ", delayed" if under.delayed else ""
        shown = figures.price(price, contract.currency)
        age = figures.age(under.age(now))
        rows.append(Row(contract.underlying or "Underlying", f"{shown}, {age}{late}"))
    return tuple(rows)


def _buttons(contract: Instrument, account: str) -> tuple[Button, ...]:
    right, strike = contract.right, contract.strike
    chain = f"{contract.underlying}:{contract.expiry:%y%m%d}:both:-:{strike:f}:{account}"
    wanted = (
        ("Buy", Style.SUCCESS, custom_ids.trade("buy", contract.symbol, account)),
        ("Sell", Style.DANGER, custom_ids.trade("sell", contract.symbol, account)),
        ("Chain", Style.SECONDARY, custom_ids.choice("chain", chain) if right else None),
        (
            "Refresh",
            Style.SECONDARY,
            custom_ids.choice("contract", f"{contract.symbol}:{account}"),
        ),
    )
    return tuple(
        Button(label=label, custom_id=custom_id, style=style)
        for label, style, custom_id in wanted
        if custom_id is not None
    )
