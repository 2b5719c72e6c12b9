"""Limits with whose they are, and what is at stake."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from floorbroker.bot.replies import figures
from floorbroker.bot.replies.card import Card, Row, Section, Tone
from floorbroker.bot.replies.portfolio_cards import ages, badges, failures
from floorbroker.domain.money import usd
from floorbroker.domain.own_limits import StandingLimits
from floorbroker.domain.risk import Limits, Scope
from floorbroker.services.limit_choices import LimitsView
from floorbroker.services.limit_words import written
from floorbroker.services.risk import Part, RiskView

_NAMES: Final[Mapping[str, str]] = {
    "max_order_value": "One order",
    "max_position_value": "One position",
    "max_orders_per_day": "Orders a day",
    "max_daily_loss": "Loss a day",
    "max_concentration_percent": "Concentration",
    "price_collar_percent": "Price collar",
    "only_in_market_hours": "Market orders",
    "allowed_symbols": "Only",
    "denied_symbols": "Never",
}
_DOLLARS: Final = frozenset({"max_order_value", "max_position_value", "max_daily_loss"})
_MOST_NAMED: Final = 12


def limit_rows(limits: Limits) -> tuple[Row, ...]:
    """The limits that hold, each with whose it is."""
    rows = []
    for name in _NAMES:
        value = getattr(limits, name)
        none_denied = name == "denied_symbols" and not value
        if value is not None and value is not False and not none_denied:
            rows.append(Row(_NAMES[name], f"{_value(name, value)} · {_whose(limits, name)}"))
    return tuple(rows)


def _whose(limits: Limits, name: str) -> str:
    match name:
        case "allowed_symbols":
            said = {one.scope for one in limits.symbols if one.allowed is not None}
        case "denied_symbols":
            said = {one.scope for one in limits.symbols if one.denied}
        case _:
            said = {limits.scope(name)}
    return " and ".join(scope.value for scope in Scope if scope in said)


def _value(name: str, value: Any) -> str:
    """One limit in words; None takes it away."""
    if value is None:
        return "removed"
    if name in _DOLLARS:
        return f"up to {figures.money(usd(value))}"
    if name == "max_concentration_percent":
        return f"up to {figures.quantity(value)} % of the account"
    if name == "price_collar_percent":
        return f"{figures.quantity(value)} % around the market"
    if name == "only_in_market_hours":
        return "open positions in market hours only"
    if isinstance(value, frozenset):
        return _listed(tuple(sorted(value))) or "no symbol"
    return written(value)


def waiting_rows(standing: StandingLimits, now: datetime) -> tuple[Row, ...]:
    """What becomes looser later, and when."""
    waiting = sorted(standing.waiting(now).items(), key=lambda one: one[1])
    return tuple(
        Row(f"{_NAMES[name]}: {_value(name, getattr(standing.later, name))}", since)
        for name, since in waiting
    )


def own_rows(standing: StandingLimits, now: datetime) -> tuple[Row, ...]:
    """What one scope says, whether or not another one is tighter."""
    own = standing.at(now)
    said = {name: getattr(own, name) for name in _NAMES}
    return tuple(Row(_NAMES[name], _value(name, v)) for name, v in said.items() if v is not None)


def limits_sections(view: LimitsView, now: datetime) -> tuple[Section, ...]:
    """What holds, and what is to come."""
    sections = [Section(heading="Limits on what opens a position", rows=limit_rows(view.limits))]
    for heading, standing in (("Your raises", view.own), ("This server's raises", view.servers)):
        rows = () if standing is None else waiting_rows(standing, now)
        if rows:
            sections.append(Section(heading=f"{heading}, still waiting", rows=rows))
    return tuple(sections)


def limits_card(view: LimitsView, now: datetime) -> Card:
    """What /risk set answers."""
    return Card(
        title="Limits",
        tone=Tone.GOOD,
        lead="What is tighter holds now. What is looser waits. Closing is never held up.",
        sections=limits_sections(view, now),
        rows=(_count(view),),
    )


def risk_card(view: LimitsView, risk: RiskView | None, trouble: str, now: datetime) -> Card:
    """What /risk show answers.

    Args:
        trouble: Why there is no view of what is at stake; empty where there is one.
    """
    rows = [_count(view)]
    sections = list(limits_sections(view, now))
    notes: list[str] = [trouble] if trouble else []
    if risk is not None:
        rows += [_loss(title, loss.amount, loss.basis, view.limits) for title, loss in risk.losses]
        for part in risk.parts:
            sections.append(Section(heading=f"At stake · {_name(part)}", rows=_figures(part)))
            notes += _notes(part)
        notes += failures(risk.overview)
    failed = risk is None or bool(risk.overview.failed)
    return Card(
        title="Risk",
        badges=() if risk is None else badges(risk.overview),
        tone=Tone.CAUTION if failed else Tone.NEUTRAL,
        rows=tuple(rows),
        sections=tuple(sections),
        notes=tuple(notes),
        footer=() if risk is None else ages(risk.overview, now),
    )


def _name(part: Part) -> str:
    return part.environment.value.upper()


def _count(view: LimitsView) -> Row:
    most = view.limits.max_orders_per_day
    return Row("Orders today", f"{view.orders_today} of {most}")


def _loss(title: str, lost: Decimal | None, basis: str, limits: Limits) -> Row:
    name = f"Today · {title}"
    if lost is None:
        return Row(name, f"not known: {basis}")
    most = limits.max_daily_loss
    against = "" if most is None else f", limit −{figures.money(usd(most))}"
    return Row(name, f"{figures.change(-lost)}{against} ({basis})")


def _figures(part: Part) -> tuple[Row, ...]:
    all_of = part.exposure
    leverage = "not known" if all_of.leverage is None else f"{all_of.leverage:.2f} × equity"
    rows = [
        Row("Equity", figures.money(usd(all_of.equity))),
        Row(
            "Exposure",
            f"{figures.money(usd(all_of.gross))} gross, {figures.money(usd(all_of.net))} net",
        ),
        Row("Leverage", leverage),
    ]
    if all_of.largest is not None:
        symbol, value, share = all_of.largest
        of = "" if share is None else f", {share:.1f} % of equity"
        rows.append(Row("Largest holding", f"{symbol} {figures.money(usd(value))}{of}"))
    if all_of.worst is not None:
        symbol, amount = all_of.worst
        rows.append(Row("Largest loss", f"{symbol} {figures.change(amount)}, unrealised"))
    rows += [Row("Margin in use", _margin(part)), Row("Value at risk", _at_risk(part))]
    return tuple(rows)


def _margin(part: Part) -> str:
    if part.margin_used is None:
        return "your broker does not tell"
    share = ""
    if part.exposure.equity > 0 and not part.margin_untold:
        share = f", {part.margin_used / part.exposure.equity * 100:.1f} % of equity"
    without = f" (without {_listed(part.margin_untold)})" if part.margin_untold else ""
    return f"{figures.money(usd(part.margin_used))}{share}{without}"


def _at_risk(part: Part) -> str:
    if part.at_risk is not None:
        amount = figures.money(usd(part.at_risk.amount))
        return f"about {amount} in a day (95 %), an estimate from {part.at_risk.days} days"
    if part.exposure.largest is None:
        return "nothing is held"
    return "cannot be estimated: too few daily prices"


def _notes(part: Part) -> list[str]:
    said = (
        (part.without_bars, "Not in the value at risk, for want of daily prices"),
        (part.unpriced, "Without a price and in no figure"),
        (part.foreign, "In another currency and in no figure"),
    )
    return [f"{words} ({_name(part)}): {_listed(names)}." for names, words in said if names]


def _listed(names: tuple[str, ...]) -> str:
    more = len(names) - _MOST_NAMED
    shown = ", ".join(names[:_MOST_NAMED])
    return f"{shown} and {more} more" if more > 0 else shown
