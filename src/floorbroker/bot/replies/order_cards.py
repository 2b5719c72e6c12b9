"""The card of one order, from review to receipt: one card, a face for each state."""

from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from floorbroker.bot.replies import custom_ids, figures
from floorbroker.bot.replies.card import Button, Card, Row, Section, Style, Tone
from floorbroker.bot.replies.order_words import deed, filled, terms
from floorbroker.domain.error_codes import ErrorCode
from floorbroker.domain.error_words import WORDS
from floorbroker.domain.money import Money
from floorbroker.domain.order import Candidate, Intent, IntentKind, IntentState, Order
from floorbroker.domain.order_life import can_be_canceled
from floorbroker.domain.order_state import UNRESOLVED, OrderState
from floorbroker.domain.orders import LegRole, Side

MOST_TO_CHOOSE = 3
"""Beside Refresh and None of them, one row of buttons holds no more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Face:
    title: str
    tone: Tone
    lead: str


_UNKNOWN_WORDS = WORDS[ErrorCode.OUTCOME_UNKNOWN]
_NOT_SENT_WORDS = WORDS[ErrorCode.NOT_SENT]
_REJECTED_WORDS = WORDS[ErrorCode.ORDER_REJECTED]

_S = OrderState
_FACES = {
    _S.DRAFT: _Face(title="Review", tone=Tone.NEUTRAL, lead="Nothing is sent until you confirm."),
    _S.DISCARDED: _Face(
        title="Not sent", tone=Tone.NEUTRAL, lead="You canceled this review. Nothing was sent."
    ),
    _S.LAPSED: _Face(
        title="Review expired", tone=Tone.NEUTRAL, lead="Too old to confirm. Nothing was sent."
    ),
    _S.SENDING: _Face(
        title="Sending", tone=Tone.CAUTION, lead="On its way to your broker. Do not repeat it."
    ),
    _S.UNKNOWN: _Face(
        title=_UNKNOWN_WORDS.title,
        tone=Tone.CAUTION,
        lead=f"{_UNKNOWN_WORDS.happened} {_UNKNOWN_WORDS.now}",
    ),
    _S.NOT_PLACED: _Face(
        title="Not placed",
        tone=Tone.BAD,
        lead=f"Your broker does not have this order. {_NOT_SENT_WORDS.now}",
    ),
    _S.REJECTED: _Face(
        title=_REJECTED_WORDS.title,
        tone=Tone.BAD,
        lead=f"{_REJECTED_WORDS.sent.value} {_REJECTED_WORDS.now}",
    ),
    _S.ACCEPTED: _Face(
        title="Accepted", tone=Tone.NEUTRAL, lead="Your broker has the order; nothing filled yet."
    ),
    _S.PARTIALLY_FILLED: _Face(
        title="Partly filled", tone=Tone.GOOD, lead="The rest is still working."
    ),
    _S.FILLED: _Face(title="Filled", tone=Tone.GOOD, lead=""),
    _S.CANCELED: _Face(
        title="Canceled", tone=Tone.NEUTRAL, lead="The order is no longer at work at your broker."
    ),
    _S.EXPIRED: _Face(title="Expired", tone=Tone.NEUTRAL, lead="Its time ran out at your broker."),
    _S.REPLACED: _Face(
        title="Replaced", tone=Tone.NEUTRAL, lead="Another order took its place at your broker."
    ),
    _S.GONE: _Face(
        title="Gone",
        tone=Tone.CAUTION,
        lead="Your broker no longer has this order. What became of it is not known here: look at "
        "your broker before you order again.",
    ),
}


def order_card(order: Order, account: str, now: datetime, *, may_share: bool = False) -> Card:
    """The card in the state that the order has reached.

    Args:
        account: The account's title; empty where it is no longer known.
        may_share: Whether a Share button makes sense where the card is shown.
    """
    face = _face(order)
    return Card(
        title=f"{face.title} · {deed(order.request)}",
        tone=face.tone,
        badges=(order.environment.value.upper(),),
        lead=face.lead,
        rows=_rows(order, account),
        sections=(*_legs(order), *_candidates(order)),
        notes=_notes(order),
        footer=_footer(order, now),
        buttons=_buttons(order, may_share),
        tells=order,
    )


def _face(order: Order) -> _Face:
    """A refusal is told by its own name where it has one: market closed, too little money."""
    face, code = _FACES[order.state], order.refusal
    if order.state is _S.DRAFT and order.asked_again:
        return _Face(title="Are you sure?", tone=Tone.CAUTION, lead=_doubt(order))
    if order.state is not _S.REJECTED or code in {None, ErrorCode.ORDER_REJECTED}:
        return face
    words = WORDS[code or ErrorCode.ORDER_REJECTED]
    return replace(face, title=words.title, lead=f"{_REJECTED_WORDS.sent.value} {words.now}")


def _doubt(order: Order) -> str:
    return (
        f"{order.review.doubt} A market order with real money fills at whatever price there is: "
        "it may be far from the one below. Nothing has been sent."
    )


def shared_card(order: Order, who: str) -> Card:
    """What a channel may see: the deed and its price; no account, no balance, no order id."""
    done = filled(order) or order.state.value.replace("_", " ")
    return Card(
        title=f"{_FACES[order.state].title} · {order.request.instrument.symbol}",
        tone=_FACES[order.state].tone,
        badges=(order.environment.value.upper(),),
        rows=(Row("Who", who), Row("What", f"{order.request.side.value.capitalize()} {done}")),
    )


def _fees(order: Order) -> str:
    """In whatever they were paid: an exchange may take a part of the coins, or coins of its own.

    A small part of a coin may be worth much, so that is not rounded to cents.
    """
    currency = order.request.instrument.currency
    return " + ".join(
        figures.money(Money(amount=amount, currency=paid_in))
        if paid_in in {currency, "USD"}
        else f"{figures.quantity(amount)} {paid_in}"
        for paid_in, amount in (order.fees or {currency: Decimal(0)}).items()
    )


def _rows(order: Order, account: str) -> tuple[Row, ...]:
    currency = order.request.instrument.currency
    rows = []
    if order.fills:
        total = sum((fill.quantity * fill.price for fill in order.fills), start=Decimal(0))
        paid = "Paid" if order.request.side is Side.BUY else "Received"
        amount = Money(amount=total * order.request.instrument.multiplier, currency=currency)
        rows += [Row("Filled", filled(order)), Row(paid, figures.money(amount))]
        fees = _fees(order)
        rows += [Row("Fees", fees)] if fees else []
    if order.request.instrument.name:
        rows.append(Row("Instrument", order.request.instrument.name))
    rows.append(Row("Type", terms(order.request)))
    if not order.fills and order.state in _ESTIMATED and not _changed(order):
        rows += _estimate(order)
    if account:
        rows.append(Row("Account", account))
    if order.reason:
        rows.append(Row("Reason", order.reason))
    return tuple(rows)


_ESTIMATED = frozenset({_S.DRAFT, _S.SENDING, _S.UNKNOWN, _S.ACCEPTED})


def _changed(order: Order) -> bool:
    """Whether other terms were taken than those that the review had figures for."""
    taken = {f"{IntentKind.MODIFY}:{state}" for state in (IntentState.ACCEPTED, IntentState.DONE)}
    return any(line.what in taken for line in order.events)


def _estimate(order: Order) -> list[Row]:
    review, request = order.review, order.request
    rows = []
    if review.price is not None and order.state is _S.DRAFT:
        rows.append(Row("Price now", figures.price(review.price, request.instrument.currency)))
    if review.cost is not None:
        receives = review.cost.amount < 0
        amount = Money(amount=abs(review.cost.amount), currency=review.cost.currency)
        rows.append(Row("You receive about" if receives else "Cost about", figures.money(amount)))
    if review.fees is not None:
        rows.append(Row("Fees", figures.money(review.fees)))
    if review.margin_required is not None:
        rows.append(Row("Margin required", figures.money(review.margin_required)))
    if review.buying_power_after is not None:
        rows.append(Row("Buying power after", figures.money(review.buying_power_after)))
    return rows


def _legs(order: Order) -> tuple[Section, ...]:
    if not order.legs:
        return ()
    names = {LegRole.TAKE_PROFIT: "Take profit", LegRole.STOP_LOSS: "Stop loss"}
    currency = order.request.instrument.currency
    lines = tuple(
        f"{names[leg.role]} at {figures.price(leg.price, currency)} · "
        f"{leg.state.value.replace('_', ' ')}"
        for leg in order.legs
    )
    return (Section(heading="Closing orders", lines=lines),)


def _candidates(order: Order) -> tuple[Section, ...]:
    lines = tuple(
        f"{number}. Id {one.broker_order_id} · {one.state.value.replace('_', ' ')}"
        + (f", {figures.quantity(one.filled)} filled" if one.filled else "")
        for number, one in enumerate(_to_choose(order), 1)
    )
    return (Section(heading="At your broker", lines=lines),) if lines else ()


def _to_choose(order: Order) -> tuple[Candidate, ...]:
    return order.candidates[:MOST_TO_CHOOSE] if order.state in UNRESOLVED else ()


def _choices(order: Order) -> tuple[Button, ...]:
    ids = [one.broker_order_id for one in _to_choose(order)]
    named = [(f"It is {number}", one) for number, one in enumerate(ids, 1)]
    made = [
        Button(label=label, custom_id=custom_id)
        for label, which in [*named, ("None of them", custom_ids.NONE)]
        if (custom_id := custom_ids.decide(order.order_id, which)) is not None
    ]
    return tuple(made) if ids else ()


def _notes(order: Order) -> tuple[str, ...]:
    notes = order.review.notes if order.state is _S.DRAFT else ()
    # What became of the order is not known; so is what became of a cancel or change.
    return notes if order.state is _S.GONE else (*notes, *_intent_notes(order.intent))


_INTENT_WORDS = {
    IntentState.SENDING: "{} asked for; no answer yet.",
    IntentState.ACCEPTED: "{} asked for; the broker is at it.",
    IntentState.UNKNOWN: "{} sent, outcome unknown. It is being checked; do not repeat it.",
    IntentState.REFUSED: "{} refused.",
    IntentState.NOT_SENT: "{} not sent. You can ask again.",
}


def _intent_notes(intent: Intent | None) -> tuple[str, ...]:
    if intent is None:
        return ()
    name = "Cancel" if intent.kind is IntentKind.CANCEL else "Change"
    if intent.state is IntentState.DONE:
        return () if intent.kind is IntentKind.CANCEL else ("Change carried out.",)
    words = _INTENT_WORDS[intent.state].format(name)
    return (f"{words} {intent.reason}".rstrip(),)


def _footer(order: Order, now: datetime) -> tuple[Row, ...]:
    review = order.review
    if order.state is not _S.DRAFT:
        since = order.events[-1].at
        return (Row("Order id", order.order_id), Row("Changed", since))
    rows = [Row("Confirm before", review.expires_at)]
    if review.price_at is not None:
        age = figures.age(now - review.price_at)
        said = "delayed" in review.price_source  # some sources name the kind of their data
        delayed = "delayed, " if review.delayed and not said else ""
        rows.insert(0, Row("Quote", f"{review.price_source}, {delayed}{age}"))
    return tuple(rows)


def _buttons(order: Order, may_share: bool) -> tuple[Button, ...]:
    made = []
    if order.state is _S.DRAFT and order.asked_again:
        # Cancel takes the place that Confirm had: a second click there must do no harm.
        made = [("Cancel", "discard", Style.SECONDARY), ("Send anyway", "anyway", Style.DANGER)]
    elif order.state is _S.DRAFT:
        made = [("Confirm", "confirm", Style.SUCCESS), ("Cancel", "discard", Style.SECONDARY)]
    elif order.state.working:
        # Refresh takes the place that Confirm had: a second click there must do no harm.
        made = [("Refresh", "refresh", Style.SECONDARY), ("Cancel order", "cancel", Style.DANGER)]
    elif order.state in {_S.SENDING, _S.UNKNOWN, _S.GONE}:
        made = [("Refresh", "refresh", Style.SECONDARY)]
    elif can_be_canceled(order):
        made = [("Cancel closing orders", "cancel", Style.DANGER)]
    if may_share and order.fills:
        made.append(("Share", "share", Style.SECONDARY))
    usual = tuple(
        Button(label=label, custom_id=custom_ids.order(action, order.order_id), style=style)
        for label, action, style in made
    )
    return (*usual, *_choices(order))
